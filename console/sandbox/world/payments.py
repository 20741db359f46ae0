"""Payments of a customer: when and how each bill is paid, and failed attempts."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from console.sandbox.world.customer_history import CustomerHistory

MONTHS_BACK = 24
PORTAL_ERRORS = (
    "Address does not match the card",
    "The card has expired",
    "The bank asked for a confirmation that did not come",
    "Not enough money on the account",
    "The bank did not answer in time",
)
_METHODS = ("Card ending 4417", "Card ending 0231", "Direct debit", "Bank transfer", "PayPal")


@dataclass(frozen=True, slots=True)
class BillSettlement:
    """The payment of one bill after it was sent; `paid_on` is None while nothing was paid."""

    paid_at: datetime | None
    half: bool
    method: str
    channel: str
    failed_at: datetime | None = None
    error: str | None = None

    @property
    def paid_on(self) -> date | None:
        return None if self.paid_at is None else self.paid_at.date()


def month_of(day: date) -> int:
    """Return the month counted from January 2000."""
    return (day.year - 2000) * 12 + day.month - 1


def bill_day(month: int, cycle_day: int) -> date:
    year, index = divmod(month, 12)
    return date(2000 + year, index + 1, cycle_day)


def due_day(billed_on: date) -> date:
    return billed_on + timedelta(days=20)


def bill_months(history: CustomerHistory, account: int) -> list[int]:
    """Return the months in which an account was billed, oldest first."""
    cycle = history.cycle_days[account]
    last = month_of(history.as_of) if history.as_of.day >= cycle else month_of(history.as_of) - 1
    subs = [sub for sub in history.subscriptions if sub.account == account and not sub.never_billed]
    started = min((sub.started_on for sub in subs), default=history.as_of)
    first = month_of(started) if started.day < cycle else month_of(started) + 1
    months = range(max(first, month_of(history.as_of) - MONTHS_BACK + 1), last + 1)
    ends = [sub.billed_until for sub in subs]
    if None in ends:
        return list(months)
    over = max((end for end in ends if end is not None), default=history.as_of)
    return [month for month in months if bill_day(month - 1, cycle) < over]


def _paid_on(history: CustomerHistory, due_on: date, luck: float, rng: random.Random) -> date | None:
    """Return the day a bill is paid: usually before its due date, else late; None if unpaid."""
    paid_on = due_on + timedelta(days=rng.randrange(-12, 0) if luck < 0.88 else rng.randrange(2, 18))
    is_forgotten = luck > 0.97 and due_on > history.as_of - timedelta(days=40)
    return None if paid_on >= history.as_of or is_forgotten else paid_on


def payment_plan(seed: int, history: CustomerHistory, account: int, month: int) -> BillSettlement:
    """Return how one bill is paid; times are UTC."""
    rng = random.Random(f"{seed} pay {history.n} {account} {month}")
    habit = random.Random(f"{seed} habit {history.n} {account}")
    method = habit.choice(_METHODS)
    due_on = due_day(bill_day(month, history.cycle_days[account]))
    luck = rng.random()
    paid_on = _paid_on(history, due_on, luck, rng)
    channel = "system" if method == "Direct debit" else "portal"
    failed_at = error = None
    tried_on = paid_on or min(due_on, history.as_of - timedelta(days=1))
    if channel == "portal" and rng.random() < 0.07 and tried_on > bill_day(month, history.cycle_days[account]):
        failed_on, error = tried_on - timedelta(days=rng.randrange(0, 2)), rng.choice(PORTAL_ERRORS)
        failed_at = datetime.combine(failed_on, time(rng.randrange(8, 13), rng.randrange(60)), tzinfo=UTC)
    # A direct debit runs at night (04:00 UTC). People pay from 15:00, after a failed attempt that day.
    hour = rng.randrange(15, 22) if channel == "portal" else 4
    paid_at = None if paid_on is None else datetime.combine(paid_on, time(hour, rng.randrange(60)), tzinfo=UTC)
    return BillSettlement(paid_at, luck >= 0.985, method, channel, failed_at, error)
