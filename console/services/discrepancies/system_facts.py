"""The facts that rules compare: each system's data of one customer, as far as it was sent."""

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

# Younger changes may still be on their way from one system to another.
SETTLES_IN = timedelta(days=45)


class MissingDataError(Exception):
    """A rule needs a fact that no system has sent; the message says which."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """The known facts of one customer. None means that no system has replied yet, which differs from an empty list.

    `lines` are the lines of each account's newest bill, by bill. `same_person` are this person's other customer numbers
    in CRM (same name and phone, and same birthday or address). `charges` are billing's current charges, where they were
    requested. `labels` are the systems' names by what they serve, `reported_by` is the system that sent a record.
    `gaps` names lists that are cut, damaged or incomplete and says what is missing. `as_of` is aware UTC.
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
            NotKnownError: No system has sent it.
        """
        value = getattr(self, name)
        if value is None:
            raise MissingDataError(say.NOT_SAID(system=self.label(_SERVED_BY[name]), what=name.replace("_", " ")))
        return value

    def need_whole(self, name: str) -> Any:
        """Return one complete list: a record missing from a cut or damaged list proves nothing.

        Raises:
            NotKnownError: No system has sent it, or not all of it.
        """
        value = self.need(name)
        if name in self.gaps:
            raise MissingDataError(self.gaps[name])
        return value

    def newest_bill(self, account_id: str | None) -> CustomerBill | None:
        """Return an account's newest bill that is not a credit note; None if it has none.

        Raises:
            NotKnownError: Billing has not sent the bills.
        """
        bills: Sequence[CustomerBill] = self.need("bills")
        own = [
            bill
            for bill in bills
            if bill.account_id == account_id and bill.billed_on is not None and not bill.is_credit
        ]
        return max(own, key=lambda bill: bill.billed_on or date.min, default=None)

    def without_lines(self, kind: DiscrepancyKind, bill: CustomerBill) -> NotCompared:
        """Return that a rule could not compare a bill, because its lines are unknown."""
        system = self._said_by(Capability.BILLS, bill.id)
        return NotCompared(kind, say.LINES_NOT_SAID(system=system, bill=bill.label))

    def charge_of(self, product: Product) -> Product | None:
        """Return billing's charge for a product, matched by serial number; None if unknown."""
        serial = product.serial_number
        return next((one for one in self.charges or () if serial and one.serial_number == serial), None)

    def statement(
        self, capability: Capability, says: Message | str, record: str, since: date | datetime | None = None
    ) -> SystemStatement:
        """Return a statement of the system that sent a record, or else of the systems that serve a capability."""
        day = since.date() if isinstance(since, datetime) else since
        return SystemStatement(self._said_by(capability, record), says, record, day)

    def label(self, capability: Capability) -> str:
        """Return the name of the systems that serve a capability."""
        return self.labels.get(capability, capability.value.replace("-", " ").capitalize())

    def _said_by(self, capability: Capability, record: str) -> str:
        return self.reported_by.get(record) or self.label(capability)

    def is_settled(self, since: datetime | None) -> bool:
        """Return whether a time is at least 45 days ago, so that every system must know of the change."""
        return since is not None and since <= self.as_of - SETTLES_IN


# The capability that serves each dataset, by the dataset's name on the view.
_SERVED_BY = {dataset.name: dataset.port.capability for dataset in DATASETS}
