"""The ports of the systems that bill: accounts, bills, payments, usage, and what is charged every month."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from console.models.billing_account import BillingAccount
from console.models.customer import CustomerId
from console.models.customer_bill import AppliedBillingRate, BillDocument, CustomerBill, CustomerBillId
from console.models.inventory import Product
from console.models.payment import Payment
from console.models.provenance import Records
from console.models.usage import Bucket, Usage
from console.ports.port import Port
from console.settings import Capability

# Errors, time limits and offline behaviour of every call are as `console.ports.customers` says.


class BillingAccounts(Protocol):
    """A system that keeps billing accounts and what is owed on them."""

    async def fetch_billing_accounts(self, customer_id: CustomerId) -> Records[BillingAccount]:
        """Return the customer's billing accounts in the system's order.

        Source: TMF666 v4.0.0, GET /billingAccount.
        """


class Bills(Protocol):
    """A system that bills."""

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


class Payments(Protocol):
    """A system that takes payments and gives back."""

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


class Charges(Protocol):
    """A system that charges products every month."""

    async def fetch_charges(self, customer_id: CustomerId) -> Records[Product]:
        """Return what is charged every month, ended and suspended charges included; before tax.

        A charge and the product it is for have the same serial number. Source: TMF637 v4.0.0, GET /product of billing.
        """


class UsageRecords(Protocol):
    """A system that rates usage and counts allowances."""

    async def fetch_usage(self, customer_id: CustomerId, *, after: int = 0) -> Records[Usage]:
        """Return single uses such as calls, newest first; costs are without tax. Cut as bills are.

        Source: TMF635 v4.0.0, GET /usage.
        """

    async def fetch_usage_consumption(self, customer_id: CustomerId) -> Records[Bucket]:
        """Return what is used and left of the customer's allowances in the running period, in the system's order.

        Source: TMF677 v4.0.0, POST /queryUsageConsumption, which changes nothing the customer has.
        """


BILLING_ACCOUNTS: Port[BillingAccounts] = Port(Capability.BILLING_ACCOUNTS)
BILLS: Port[Bills] = Port(Capability.BILLS)
PAYMENTS: Port[Payments] = Port(Capability.PAYMENTS)
CHARGES: Port[Charges] = Port(Capability.CHARGES)
USAGE: Port[UsageRecords] = Port(Capability.USAGE)
