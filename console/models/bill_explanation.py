"""Why one bill differs from another: causes whose amounts add up to the difference, and the lines behind each."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from console.models.customer_bill import CustomerBill
from console.models.money import Money


class CauseKind(Enum):
    """What kind of thing made a bill higher or lower."""

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
    """One thing billed: what it cost on each bill without tax, None where it is not on it.

    Days are those of the later bill that has it.
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
    """One cause; `amount` is what it adds to the bill, less than zero for what it takes off."""

    kind: CauseKind
    name: str
    amount: Money
    lines: tuple[LineChange, ...] = ()


@dataclass(frozen=True, slots=True)
class BillExplanation:
    """Everything about the way from one bill to another; the largest cause first, the unexplained last.

    The causes' amounts add up to `difference`, always and to the cent. `changes` are all lines of both bills.
    """

    earlier: CustomerBill
    later: CustomerBill
    difference: Money
    causes: tuple[Cause, ...]
    changes: tuple[LineChange, ...]

    @property
    def unexplained(self) -> Money:
        """What no line accounts for; nothing where all is explained."""
        found = (cause.amount for cause in self.causes if cause.kind is CauseKind.UNEXPLAINED)
        return sum(found, start=self.difference - self.difference)
