"""The billing system: accounts, balances and bills."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from console.models.billing_account import BillingAccount
from console.models.customer import CustomerId
from console.models.customer_bill import AppliedBillingRate, BillDocument, CustomerBill, CustomerBillId
from console.models.health import CheckResult
from console.models.inventory import Product
from console.models.payment import Payment
from console.models.provenance import Records, Sourced
from console.models.search import SearchHit, SearchQuery
from console.models.usage import Bucket, Usage


class BillingSystem(Protocol):
    """A system that bills.

    Every call raises one of the six errors of a system call and never waits longer than the system's time limit.
    Offline it raises SystemUnavailableError; the caller decides whether to show what it last knew. A record that
    cannot be read is left out and counted in `Records.damaged`.
    """

    @property
    def name(self) -> str:
        """The system's configured name, such as `billing`."""

    async def fetch_billing_accounts(self, customer_id: CustomerId) -> Records[BillingAccount]:
        """Return the customer's billing accounts in the system's order.

        Source: TMF666 v4.0.0, GET /billingAccount.
        """

    async def fetch_customer_bills(self, customer_id: CustomerId, *, after: int = 0) -> Records[CustomerBill]:
        """Return the customer's bills over all accounts, newest first; bills without a date come last.

        Amounts include tax unless the field says otherwise, in the account's currency. Read from offset `after` of the
        system's list on and cut at the deployment's record limit; then `next_offset` says where to go on.

        Source: TMF678 v4.0.0, GET /customerBill.
        """

    async def fetch_applied_billing_rates(self, bill_id: CustomerBillId) -> Records[AppliedBillingRate]:
        """Return the lines of one bill in the system's order.

        Source: TMF678 v4.0.0, GET /appliedCustomerBillingRate.
        """

    async def fetch_bill_document(self, document: BillDocument) -> bytes:
        """Return a bill as the customer has it, as it came; at most the deployment's answer limit long.

        Source: TMF678 v4.0.0, billDocument.
        """

    async def fetch_payments(self, customer_id: CustomerId, *, after: int = 0) -> Records[Payment]:
        """Return what the customer paid or tried to pay, newest first, with tax; cut as bills are.

        Source: TMF676 v4.0.0, GET /payment.
        """

    async def fetch_refunds(self, customer_id: CustomerId, *, after: int = 0) -> Records[Payment]:
        """Return what was given back, newest first; cut as bills are. Source: TMF676 v4.0.0, GET /refund."""

    async def fetch_recent_refunds(self, customer_id: CustomerId, *, within: timedelta) -> Sequence[Payment]:
        """Return all that was given back within a time until now by the system's own clock, failed ones left out.

        Asked anew, to the end of the list. Source: TMF676 v4.0.0, GET /refund.

        Raises:
            BadAnswerError: Some of it cannot be read, so that a sum of it would be too small.
        """

    async def fetch_charges(self, customer_id: CustomerId) -> Records[Product]:
        """Return what is charged every month, ended and suspended charges included; before tax.

        A charge and the product it is for have the same serial number. Source: TMF637 v4.0.0, GET /product of billing.
        """

    async def fetch_usage(self, customer_id: CustomerId, *, after: int = 0) -> Records[Usage]:
        """Return single uses such as calls, newest first; costs are without tax. Cut as bills are.

        Source: TMF635 v4.0.0, GET /usage.
        """

    async def fetch_usage_consumption(self, customer_id: CustomerId) -> Sourced[tuple[Bucket, ...]]:
        """Return what is used and left of the customer's allowances in the running period, in the system's order.

        Source: TMF677 v4.0.0, POST /queryUsageConsumption, which changes nothing the customer has.
        """

    def can_search(self, query: SearchQuery) -> bool:
        """Return whether the query holds anything this system can be asked for, as the deployment has it."""

    async def search_customers(self, query: SearchQuery, *, limit: int) -> Sequence[SearchHit]:
        """Return customers whose account or bill has the typed number, at most `limit`.

        Source: TMF666 and TMF678 v4.0.0.
        """

    async def check(self) -> Sequence[CheckResult]:
        """Return what each API this desk uses says to a small question; never raises."""
