"""The facts that rules compare: what each system said about one customer, as far as it said anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from console.messages import Message
from console.messages import discrepancies as say
from console.models.billing_account import BillingAccount
from console.models.customer import Customer
from console.models.customer_bill import AppliedBillingRate, CustomerBill
from console.models.discrepancy import DiscrepancyKind, NotCompared, SystemStatement
from console.models.inventory import Product, Service
from console.models.order import Order
from console.models.payment import Payment
from console.models.search import SearchHit
from console.services.customer.datasets import DATASETS
from console.settings import Capability

T = TypeVar("T")

# What is younger may still be on its way from one system to another.
SETTLES_IN = timedelta(days=45)


class NotKnownError(Exception):
    """A rule needs what no system has said; the message says what."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """The known facts of one customer. None means that no system has replied yet, which differs from an empty list.

    `lines` are the lines of each account's newest bill, by bill. `same_person` are customers that CRM has under another
    number with the same name and address. `charges` are billing's current charges, where they were requested.
    `labels` are the systems' names by what they serve, `reported_by` is the system that sent a record. `gaps` names
    lists that are cut, damaged or incomplete and says what is missing. `as_of` is aware UTC.
    """

    as_of: datetime
    customer: Customer | None = None
    accounts: Sequence[BillingAccount] | None = None
    bills: Sequence[CustomerBill] | None = None
    lines: Mapping[str, Sequence[AppliedBillingRate]] = field(default_factory=dict)
    products: Sequence[Product] | None = None
    services: Sequence[Service] | None = None
    product_orders: Sequence[Order] | None = None
    service_orders: Sequence[Order] | None = None
    payments: Sequence[Payment] | None = None
    same_person: Sequence[SearchHit] | None = None
    charges: Sequence[Product] | None = None
    labels: Mapping[Capability, str] = field(default_factory=dict)
    reported_by: Mapping[str, str] = field(default_factory=dict)
    gaps: Mapping[str, Message] = field(default_factory=dict)

    def need(self, name: str) -> Any:
        """Return one kind of fact.

        Raises:
            NotKnownError: No system has said it.
        """
        value = getattr(self, name)
        if value is None:
            raise NotKnownError(say.NOT_SAID(system=self.label(_SERVED_BY[name]), what=name.replace("_", " ")))
        return value

    def need_whole(self, name: str) -> Any:
        """Return one list, all of it: that something is not in a list says nothing when the list is cut or damaged.

        Raises:
            NotKnownError: No system has said it, or not all of it.
        """
        value = self.need(name)
        if name in self.gaps:
            raise NotKnownError(self.gaps[name])
        return value

    def newest_bill(self, account_id: str | None) -> CustomerBill | None:
        """Return the newest bill of an account that is no credit note, None where it has none.

        Raises:
            NotKnownError: Billing has not said the bills.
        """
        bills: Sequence[CustomerBill] = self.need("bills")
        own = [
            bill
            for bill in bills
            if bill.account_id == account_id and bill.billed_on is not None and not bill.is_credit
        ]
        return max(own, key=lambda bill: bill.billed_on or date.min, default=None)

    def without_lines(self, kind: DiscrepancyKind, bill: CustomerBill) -> NotCompared:
        """Return that a rule could not look at a bill whose lines are not known."""
        system = self._said_by(Capability.BILLS, bill.id)
        return NotCompared(kind, say.LINES_NOT_SAID(system=system, bill=bill.label))

    def charge_of(self, product: Product) -> Product | None:
        """Return what billing charges for a product as far as it was asked; None where that is not known."""
        serial = product.serial_number
        return next((one for one in self.charges or () if serial and one.serial_number == serial), None)

    def statement(
        self, capability: Capability, says: Message | str, record: str, since: date | datetime | None = None
    ) -> SystemStatement:
        """Return what the system says that told of a record, or else that serves a capability."""
        day = since.date() if isinstance(since, datetime) else since
        return SystemStatement(self._said_by(capability, record), says, record, day)

    def label(self, capability: Capability) -> str:
        """Return the word for the systems that serve a capability."""
        return self.labels.get(capability, capability.value.replace("-", " ").capitalize())

    def _said_by(self, capability: Capability, record: str) -> str:
        return self.reported_by.get(record) or self.label(capability)

    def is_settled(self, since: datetime | None) -> bool:
        """Return whether something is so old that every system must have heard of it."""
        return since is not None and since <= self.as_of - SETTLES_IN


# By its name on the view, what a system must serve to say a list.
_SERVED_BY = {dataset.name: dataset.port.capability for dataset in DATASETS}
