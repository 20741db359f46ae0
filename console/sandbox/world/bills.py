"""The bills derived from a customer's history; their lines add up to the cent."""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from console.sandbox.world.catalogue import ACTIVATION_CENTS, INSTALLATION_CENTS, LATE_FEE_CENTS, in_currency
from console.sandbox.world.customer_history import CustomerHistory, Subscription
from console.sandbox.world.payments import BillSettlement, bill_day, bill_months, due_day, payment_plan


class Adder(Protocol):
    """A function that adds a line to the current bill; zero amounts are left out."""

    def __call__(
        self, name: str, kind: str, cents: int, span: tuple[date, date], cause: str, sub: Subscription | None = None
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class BillLine:
    """One bill line. `cents` is before tax; `cause` is the true reason for the line."""

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
    """One bill with its payment, in the smallest unit of the currency."""

    account: int
    month: int
    billed_on: date
    due_on: date
    next_on: date
    lines: tuple[BillLine, ...]
    paid: int  # amount that billing has applied
    received: int  # amount that the customer paid
    paid_on: date | None
    plan: BillSettlement

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
        if self.total <= self.paid:
            return "settled"
        return "partiallyPaid" if self.paid else "sent"


def derive_bills(seed: int, history: CustomerHistory, account: int) -> list[Bill]:
    """Return an account's bills, oldest first."""
    bills: list[Bill] = []
    late = False
    for month in bill_months(history, account):
        rng = random.Random(f"{seed} bill {history.n} {account} {month}")
        plan = payment_plan(seed, history, account, month)
        bills.append(_paid(history, account, month, _lines(history, account, month, late=late, rng=rng), plan))
        late = plan.paid_on is None or plan.half or plan.paid_on > bills[-1].due_on
    return bills


def _paid(
    history: CustomerHistory, account: int, month: int, lines: tuple[BillLine, ...], plan: BillSettlement
) -> Bill:
    """Return a bill with its payment; the amount applied can be less than the amount received."""
    cycle = history.cycle_days[account]
    billed_on, next_on = bill_day(month, cycle), bill_day(month + 1, cycle)
    total = sum(line.cents + line.tax for line in lines)
    paid_on, paid = plan.paid_on, 0
    if total <= 0:
        paid_on, paid = billed_on, total
    elif paid_on is not None:
        paid = total // 2 if plan.half else total
    lost = (account, month) == history.unapplied and total > 0
    if lost and not paid:
        paid_on, paid = due_day(billed_on) - timedelta(days=3), total
    applied = 0 if lost else paid
    return Bill(
        account,
        month,
        billed_on=billed_on,
        due_on=due_day(billed_on),
        next_on=next_on,
        lines=lines,
        paid=applied,
        received=paid,
        paid_on=paid_on,
        plan=plan,
    )


def _lines(
    history: CustomerHistory, account: int, month: int, *, late: bool, rng: random.Random
) -> tuple[BillLine, ...]:
    cycle = history.cycle_days[account]
    before, day, after = bill_day(month - 1, cycle), bill_day(month, cycle), bill_day(month + 1, cycle)
    lines: list[BillLine] = []

    def add(
        name: str, kind: str, cents: int, span: tuple[date, date], cause: str, sub: Subscription | None = None
    ) -> None:
        if cents:
            tax = _share(cents, history.person.country.tax_permille, 1000)
            lines.append(BillLine(name, kind, cents, tax, *span, cause, sub.index if sub else None))

    for sub in history.subscriptions:
        if sub.account != account or sub.never_billed or sub.started_on > day:
            continue
        if sub.is_billed_on(day):
            add(sub.plan.name, "recurring", sub.cents_on(day), (day, after), "recurring", sub)
            add("Promotion “Welcome”", "discount", -sub.promotion_on(day), (day, after), "promotion", sub)
        _part_months(sub, before, day, add)
        if sub.plan.metered and sub.started_on < day and sub.is_billed_on(before) and rng.random() < 0.6:
            cents = in_currency(rng.randrange(20, 900), history.person.country.currency)
            add(f"Calls, {sub.plan.name}", "usage", cents, (before, day), "usage", sub)
    _one_offs(history, account, (before, day), add)
    if late:
        add(
            "Late payment",
            "oneTime",
            in_currency(LATE_FEE_CENTS, history.person.country.currency),
            (before, day),
            "latePayment",
        )
    return tuple(lines)


def _part_months(sub: Subscription, before: date, day: date, add: Adder) -> None:
    """Add lines for part months since the last bill: charge for starts and refund ends, by days."""
    length = (day - before).days
    until = sub.billed_until
    ends = until if until is not None and before < until < day else None
    if before < sub.started_on < day:
        stop = ends or day
        cents = _share(sub.cents_on(sub.started_on), (stop - sub.started_on).days, length)
        add(f"{sub.plan.name}, partial month", "recurring", cents, (sub.started_on, stop), "proration", sub)
    elif ends and sub.started_on <= before:
        cents = _share(-sub.cents_on(before), (day - ends).days, length)
        add(f"{sub.plan.name}, refund for unused days", "recurring", cents, (ends, day), "proration", sub)


def _one_offs(history: CustomerHistory, account: int, span: tuple[date, date], add: Adder) -> None:
    before, day = span
    currency = history.person.country.currency
    for sub in history.subscriptions:
        if sub.account != account or sub.never_billed or not before < sub.started_on <= day:
            continue
        if sub.started_on == history.person.since and sub.plan.family == "fibre":
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
    for charge in history.charges:
        if charge.account == account and before < charge.on <= day:
            add(charge.name, charge.type, charge.cents, (charge.on, charge.on), charge.cause)


def _share(cents: int, part: int, whole: int) -> int:
    """Return cents * part / whole, rounded half away from zero."""
    size = (abs(cents) * part * 2 + whole) // (whole * 2)
    return size if cents >= 0 else -size


def differences(earlier: Bill, later: Bill) -> dict[str, int]:
    """Return why a bill differs from the one before, in cents by cause; the values add up to the difference.

    For recurring lines the cause follows from the pair: new lines are `added`, missing ones `removed`, and the rest
    `priceChange`.
    """
    found: dict[str, int] = defaultdict(int)
    monthly: dict[int | None, list[int]] = defaultdict(lambda: [0, 0])
    for side, bill in enumerate((earlier, later)):
        for line in bill.lines:
            sign = 1 if side else -1
            found["tax"] += sign * line.tax
            if line.cause == "recurring":
                monthly[line.subscription][side] += line.cents
            else:
                found[line.cause] += sign * line.cents
    for before, after in monthly.values():
        alone = "added" if after else "removed"
        found["priceChange" if before and after else alone] += after - before
    return {cause: cents for cause, cents in found.items() if cents}
