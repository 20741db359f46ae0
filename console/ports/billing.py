"""Ports of the billing systems: accounts, bills, payments, usage and monthly charges."""

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

# For errors, time limits and offline behaviour of every call, see `console.ports.customers`.


class BillingAccounts(Protocol):
    """A system with billing accounts and their balances."""

    async def fetch_billing_accounts(self, customer_id: CustomerId) -> Records[BillingAccount]:
        """Return the customer's billing accounts in the system's order.

        Source: TMF666 v4.0.0, GET /billingAccount.
        """


class Bills(Protocol):
    """A system with customer bills."""

    async def fetch_customer_bills(self, customer_id: CustomerId, *, after: int = 0) -> Records[CustomerBill]:
        """Return the customer's bills of all accounts, newest first; bills without a date come last.

        Amounts are in the account's currency and include tax unless the field name says otherwise. The list starts at
        offset `after` of the system's list and stops at the record limit; `next_offset` is then the next offset.

        Source: TMF678 v4.0.0, GET /customerBill.
        """

    async def fetch_applied_billing_rates(self, bill_id: CustomerBillId) -> Records[AppliedBillingRate]:
        """Return the applied billing rates (lines) of one bill in the system's order.

        Source: TMF678 v4.0.0, GET /appliedCustomerBillingRate.
        """

    async def fetch_bill_document(self, document: BillDocument) -> bytes:
        """Return the unchanged bytes of the bill as the customer gets it; at most the response size limit.

        Source: TMF678 v4.0.0, billDocument.
        """


class Payments(Protocol):
    """A system with payments and refunds."""

    async def fetch_payments(self, customer_id: CustomerId, *, after: int = 0) -> Records[Payment]:
        """Return the customer's payments, failed ones included, newest first, with tax; limited as bills are.

        Source: TMF676 v4.0.0, GET /payment.
        """

    async def fetch_refunds(self, customer_id: CustomerId, *, after: int = 0) -> Records[Payment]:
        """Return the customer's refunds, newest first; limited as bills are. Source: TMF676 v4.0.0, GET /refund."""

    async def fetch_recent_refunds(self, customer_id: CustomerId, *, within: timedelta) -> Sequence[Payment]:
        """Return the refunds of the last `within`, by the system's own clock, without failed ones.

        Reads the whole list from the system. Source: TMF676 v4.0.0, GET /refund.

        Raises:
            BadResponseError: A refund cannot be read, so a sum of them would be too small.
        """


class Charges(Protocol):
    """A system with monthly charges."""

    async def fetch_charges(self, customer_id: CustomerId) -> Records[Product]:
        """Return the monthly charges, ended and suspended ones included; amounts before tax.

        A charge and its product have the same serial number. Source: TMF637 v4.0.0, GET /product of billing.
        """


class UsageRecords(Protocol):
    """A system with rated usage and allowances."""

    async def fetch_usage(self, customer_id: CustomerId, *, after: int = 0) -> Records[Usage]:
        """Return usage records such as calls, newest first; costs without tax. Limited as bills are.

        Source: TMF635 v4.0.0, GET /usage.
        """

    async def fetch_usage_consumption(self, customer_id: CustomerId) -> Records[Bucket]:
        """Return how much of the customer's allowances is used and left in the current period, in the system's order.

        Source: TMF677 v4.0.0, POST /queryUsageConsumption, which changes nothing at the system.
        """


BILLING_ACCOUNTS: Port[BillingAccounts] = Port(Capability.BILLING_ACCOUNTS)
BILLS: Port[Bills] = Port(Capability.BILLS)
PAYMENTS: Port[Payments] = Port(Capability.PAYMENTS)
CHARGES: Port[Charges] = Port(Capability.CHARGES)
USAGE: Port[UsageRecords] = Port(Capability.USAGE)
