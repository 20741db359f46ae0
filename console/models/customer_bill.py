"""A bill and its lines."""

from dataclasses import dataclass
from datetime import date
from typing import NewType

from console.models.detail import Detail
from console.models.money import Money

CustomerBillId = NewType("CustomerBillId", str)


@dataclass(frozen=True, slots=True)
class BillDocument:
    """The bill as the customer has it; `address` is where billing stores it. Source: TMF678 v4 billDocument."""

    name: str
    address: str
    mime_type: str | None


@dataclass(frozen=True, slots=True)
class CustomerBill:
    """One bill of one billing account. Source: TMF678 v4 CustomerBill.

    `number` is the number people read, None if the system has none. `amount_due` includes tax; `remaining` is its
    unpaid part. `state` is unchanged, even if the standard does not have it. Days are as the system wrote them.
    """

    id: CustomerBillId
    number: str | None
    account_id: str | None
    state: str | None
    billed_on: date | None
    due_on: date | None
    period_start: date | None
    period_end: date | None
    amount_due: Money | None
    tax_excluded: Money | None
    tax_included: Money | None
    remaining: Money | None
    documents: tuple[BillDocument, ...] = ()
    details: tuple[Detail, ...] = ()

    @property
    def is_credit(self) -> bool:
        """Whether it is a credit note: money that goes to the customer."""
        return self.amount_due is not None and self.amount_due.amount < 0

    def is_late(self, today: date) -> bool:
        """Return whether it is overdue: it was due before this day, and it is not a credit note."""
        return self.due_on is not None and self.due_on < today and not self.is_credit

    @property
    def label(self) -> str:
        """The number people read, else the id."""
        return self.number or self.id


@dataclass(frozen=True, slots=True)
class AppliedBillingRate:
    """One line of a bill. Source: TMF678 v4 AppliedCustomerBillingRate.

    `type` is the system's own word (`recurring`, `usage`, `oneTime`, `discount`, ...); amounts are for this line alone.
    """

    id: str
    name: str
    type: str | None
    period_start: date | None
    period_end: date | None
    tax_excluded: Money | None
    tax_included: Money | None
    product_id: str | None
    details: tuple[Detail, ...] = ()
