"""The billing system: accounts, balances and bills."""

from collections.abc import Sequence
from typing import Protocol

from console.models.billing_account import BillingAccount
from console.models.customer import CustomerId
from console.models.customer_bill import AppliedBillingRate, CustomerBill, CustomerBillId
from console.models.health import CheckResult
from console.models.provenance import Records
from console.models.search import SearchHit, SearchQuery


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

    async def fetch_customer_bills(self, customer_id: CustomerId) -> Records[CustomerBill]:
        """Return the customer's bills over all accounts, newest first; bills without a date come last.

        Amounts include tax unless the field says otherwise, in the account's currency. Cut at the deployment's record
        limit; then `complete` is false.

        Source: TMF678 v4.0.0, GET /customerBill.
        """

    async def fetch_applied_billing_rates(self, bill_id: CustomerBillId) -> Records[AppliedBillingRate]:
        """Return the lines of one bill in the system's order.

        Source: TMF678 v4.0.0, GET /appliedCustomerBillingRate.
        """

    def can_search(self, query: SearchQuery) -> bool:
        """Return whether the query holds anything this system can be asked for, as the deployment has it."""

    async def search_customers(self, query: SearchQuery, *, limit: int) -> Sequence[SearchHit]:
        """Return customers whose account or bill has the typed number, at most `limit`.

        Source: TMF666 and TMF678 v4.0.0.
        """

    async def check(self) -> Sequence[CheckResult]:
        """Return what each API this desk uses says to a small question; never raises."""
