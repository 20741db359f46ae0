"""Explanation of the difference between two bills: causes that add up to it, and the lines behind each."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from console.models.customer_bill import CustomerBill
from console.models.money import Money


class CauseKind(Enum):
    """The kind of cause that made a bill higher or lower."""

    ADDED = "added"
    REMOVED = "removed"
    PRICE = "price change"
    PROMOTION = "promotion"
    PART_MONTH = "part month"
    USAGE = "usage"
    ONE_OFF = "one-off"
    CREDIT = "credit"
    LATE_PAYMENT = "late payment"
    TAX = "tax"
    ROUNDING = "rounding"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class LineChange:
    """One billed item: its cost on each bill without tax, None if it is not on that bill.

    The period is that of the later bill that has the item.
    """

    name: str
    kind: CauseKind
    before: Money | None
    after: Money | None
    product_id: str | None = None
    period_start: date | None = None
    period_end: date | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause; `amount` is its share of the difference, negative if it makes the bill lower."""

    kind: CauseKind
    name: str
    amount: Money
    lines: tuple[LineChange, ...] = ()


@dataclass(frozen=True, slots=True)
class BillExplanation:
    """The full difference between two bills: the largest cause first, the unexplained rest last.

    The causes' amounts always add up to `difference`, to the cent. `changes` are all lines of both bills.
    """

    earlier: CustomerBill
    later: CustomerBill
    difference: Money
    causes: tuple[Cause, ...]
    changes: tuple[LineChange, ...]

    @property
    def unexplained(self) -> Money:
        """The amount that no line explains; zero if all is explained."""
        found = (cause.amount for cause in self.causes if cause.kind is CauseKind.UNEXPLAINED)
        return sum(found, start=self.difference - self.difference)
