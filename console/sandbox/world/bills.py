"""The bills that follow from a customer's life; their lines add up to the cent."""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from console.sandbox.world.catalogue import ACTIVATION_CENTS, INSTALLATION_CENTS, LATE_FEE_CENTS, in_currency
from console.sandbox.world.life import Life, Subscription

MONTHS_BACK = 24


class Adder(Protocol):
    """Adds a line to the bill in hand; amounts of nothing are left out."""

    def __call__(
        self, name: str, kind: str, cents: int, span: tuple[date, date], cause: str, sub: Subscription | None = None
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `cents` is before tax, `cause` the truth about why it is there."""

    name: str
    type: str
    cents: int
    tax: int
    starts_on: date
    ends_on: date
    cause: str
    subscription: int | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill, with what was paid of it."""

    account: int
    month: int
    billed_on: date
    due_on: date
    next_on: date
    lines: tuple[Line, ...]
    paid: int
    paid_on: date | None

    @property
    def cents(self) -> int:
        return sum(line.cents for line in self.lines)

    @property
    def tax(self) -> int:
        return sum(line.tax for line in self.lines)

    @property
    def total(self) -> int:
        return self.cents + self.tax

    @property
    def state(self) -> str:
        if self.paid >= self.total:
            return "settled"
        return "partiallyPaid" if self.paid else "sent"


def month_of(day: date) -> int:
    """Return the month counted from January 2000."""
    return (day.year - 2000) * 12 + day.month - 1


def bill_day(month: int, cycle_day: int) -> date:
    year, index = divmod(month, 12)
    return date(2000 + year, index + 1, cycle_day)


def bill_months(life: Life, account: int) -> range:
    """Return the months in which an account was billed, oldest first."""
    cycle = life.cycle_days[account]
    last = month_of(life.as_of) if life.as_of.day >= cycle else month_of(life.as_of) - 1
    started = min((sub.started_on for sub in life.subscriptions if sub.account == account), default=life.as_of)
    first = month_of(started) if started.day < cycle else month_of(started) + 1
    return range(max(first, month_of(life.as_of) - MONTHS_BACK + 1), last + 1)


def derive_bills(seed: int, life: Life, account: int) -> list[Bill]:
    """Return an account's bills, oldest first."""
    bills: list[Bill] = []
    for month in bill_months(life, account):
        rng = random.Random(f"{seed} bill {life.n} {account} {month}")
        lines = _lines(life, account, month, late=bool(bills) and _was_late(bills[-1]), rng=rng)
        if lines:
            bills.append(_paid(life, account, month, lines, rng))
    return bills


def _was_late(bill: Bill) -> bool:
    return bill.paid < bill.total or bill.paid_on is None or bill.paid_on > bill.due_on


def _paid(life: Life, account: int, month: int, lines: tuple[Line, ...], rng: random.Random) -> Bill:
    cycle = life.cycle_days[account]
    billed_on, next_on = bill_day(month, cycle), bill_day(month + 1, cycle)
    due_on = billed_on + timedelta(days=20)
    total = sum(line.cents + line.tax for line in lines)
    luck = rng.random()
    delay = rng.randrange(-12, 0) if luck < 0.88 else rng.randrange(2, 18)
    paid_on: date | None = due_on + timedelta(days=delay)
    paid = total if luck < 0.985 else total // 2
    if paid_on is None or paid_on > life.as_of or (luck > 0.97 and due_on > life.as_of - timedelta(days=40)):
        paid, paid_on = 0, None
    if total <= 0:
        paid, paid_on = total, billed_on
    return Bill(account, month, billed_on, due_on, next_on, lines, paid, paid_on)


def _lines(life: Life, account: int, month: int, *, late: bool, rng: random.Random) -> tuple[Line, ...]:
    cycle = life.cycle_days[account]
    before, day, after = bill_day(month - 1, cycle), bill_day(month, cycle), bill_day(month + 1, cycle)
    lines: list[Line] = []

    def add(
        name: str, kind: str, cents: int, span: tuple[date, date], cause: str, sub: Subscription | None = None
    ) -> None:
        if cents:
            tax = _share(cents, life.person.country.tax_permille, 1000)
            lines.append(Line(name, kind, cents, tax, *span, cause, sub.index if sub else None))

    for sub in life.subscriptions:
        if sub.account != account or sub.never_billed or sub.started_on > day:
            continue
        until = sub.billed_until
        if until is None or until > day:
            add(sub.plan.name, "recurring", sub.cents, (day, after), "recurring", sub)
            if sub.promotion_until and day < sub.promotion_until:
                add("Promotion “Welcome”", "discount", -sub.promotion_cents, (day, after), "promotion", sub)
        _part_months(sub, before, day, add)
        if sub.plan.metered and (until is None or until > before) and rng.random() < 0.6:
            add(
                f"Calls, {sub.plan.name}",
                "usage",
                in_currency(rng.randrange(20, 900), life.person.country.currency),
                (before, day),
                "usage",
                sub,
            )
    _one_offs(life, account, (before, day), add)
    if late:
        add(
            "Late payment",
            "oneTime",
            in_currency(LATE_FEE_CENTS, life.person.country.currency),
            (before, day),
            "latePayment",
        )
    return tuple(lines)


def _part_months(sub: Subscription, before: date, day: date, add: Adder) -> None:
    """Charge what began and give back what ended since the last bill, by days."""
    length = (day - before).days
    until = sub.billed_until
    ends = until if until is not None and before < until < day else None
    if before < sub.started_on < day:
        stop = ends or day
        cents = _share(sub.cents, (stop - sub.started_on).days, length)
        add(f"{sub.plan.name}, part month", "recurring", cents, (sub.started_on, stop), "proration", sub)
    elif ends and sub.started_on <= before:
        cents = _share(-sub.cents, (day - ends).days, length)
        add(f"{sub.plan.name}, given back", "recurring", cents, (ends, day), "proration", sub)


def _one_offs(life: Life, account: int, span: tuple[date, date], add: Adder) -> None:
    before, day = span
    currency = life.person.country.currency
    for sub in life.subscriptions:
        if sub.account != account or sub.never_billed or not before < sub.started_on <= day:
            continue
        if sub.started_on == life.person.since and sub.plan.family == "fibre":
            add(
                "Installation",
                "oneTime",
                in_currency(INSTALLATION_CENTS, currency),
                (sub.started_on, sub.started_on),
                "oneOff",
                sub,
            )
        elif sub.plan.family == "mobile":
            add(
                f"Activation, {sub.plan.name}",
                "oneTime",
                in_currency(ACTIVATION_CENTS, currency),
                (sub.started_on, sub.started_on),
                "oneOff",
                sub,
            )
    for owner, on, cents in life.outage_credits:
        if owner == account and before < on <= day:
            add("Credit for an outage", "credit", -cents, (on, on), "credit")


def _share(cents: int, part: int, whole: int) -> int:
    """Return cents * part / whole, rounded half away from zero."""
    size = (abs(cents) * part * 2 + whole) // (whole * 2)
    return size if cents >= 0 else -size


def differences(earlier: Bill, later: Bill) -> dict[str, int]:
    """Return why a bill differs from the one before, in cents by cause; the values add up to the difference."""
    found: dict[str, int] = defaultdict(int)
    for sign, bill in ((-1, earlier), (1, later)):
        for line in bill.lines:
            found[line.cause] += sign * line.cents
            found["tax"] += sign * line.tax
    return {cause: cents for cause, cents in found.items() if cents}
