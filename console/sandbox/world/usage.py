"""Usage records of calls and data; their rated amounts add up to the usage lines of the bills."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from console.sandbox.world.bills import Bill
from console.sandbox.world.customer_history import CustomerHistory, Subscription
from console.sandbox.world.numbering import Numbers
from console.sandbox.world.payments import bill_day, month_of
from console.sandbox.world.purchases import NIGHT, at

PERIODS_KEPT = 3
_MB_A_GB = 1000


@dataclass(frozen=True, slots=True)
class Usage:
    """One call or one day's data; `cents` is the cost before tax, `amount` is in minutes or MB."""

    subscription: int
    month: int
    ordinal: int
    at: datetime
    type: str
    amount: int
    to: str
    cents: int
    billed: bool


@dataclass(frozen=True, slots=True)
class Allowance:
    """The used and allowed data of a plan in the current period, in MB; `allowed` is None if unlimited."""

    subscription: int
    starts_on: date
    ends_on: date
    allowed: int | None
    used: int


def derive_usage(seed: int, history: CustomerHistory, bills: list[Bill]) -> list[Usage]:
    """Return the usage of the last three bill periods and the current one, newest first."""
    found: list[Usage] = []
    for sub in history.subscriptions:
        if not sub.plan.metered or sub.started_on > history.as_of:
            continue
        billed = {
            bill.month: line.cents
            for bill in bills
            if bill.account == sub.account
            for line in bill.lines
            if line.subscription == sub.index and line.type == "usage"
        }
        for month in _months(history, sub):
            found += _of_month(seed, history, sub, month, billed.get(month))
    return sorted(found, key=lambda usage: usage.at, reverse=True)


def derive_allowances(seed: int, history: CustomerHistory) -> list[Allowance]:
    """Return the data allowances of the mobile products in use."""
    found = []
    for sub in history.subscriptions:
        if sub.plan.family != "mobile" or sub.product_status != "active" or sub.started_on > history.as_of:
            continue
        month = _months(history, sub)[-1]
        used = sum(usage.amount for usage in _of_month(seed, history, sub, month, None) if usage.type == "data")
        cycle = history.cycle_days[sub.account]
        allowed = sub.plan.allowance_gb * _MB_A_GB or None
        found.append(
            Allowance(sub.index, bill_day(month - 1, cycle), ends_on=bill_day(month, cycle), allowed=allowed, used=used)
        )
    return found


def _months(history: CustomerHistory, sub: Subscription) -> list[int]:
    """Return the bill months with usage, the current one last."""
    cycle = history.cycle_days[sub.account]
    running = month_of(history.as_of) + (1 if history.as_of.day >= cycle else 0)
    return list(range(running - PERIODS_KEPT, running + 1))


def _of_month(seed: int, history: CustomerHistory, sub: Subscription, month: int, cents: int | None) -> list[Usage]:
    """Return one product's usage in one bill period; `cents` is its usage line on the bill, None without one."""
    rng = random.Random(f"{seed} usage {history.n} {sub.index} {month}")
    cycle = history.cycle_days[sub.account]
    first, last = bill_day(month - 1, cycle), min(bill_day(month, cycle) - timedelta(days=1), history.as_of)
    if sub.ended_on is not None and sub.billed_until is not None:
        last = min(last, sub.ended_on)
    first = max(first, sub.started_on)
    days = (last - first).days
    if days < 0:
        return []
    found: list[Usage] = []

    def add(on: date, kind: str, amount: int, to: str, price: int, *, billed: bool) -> None:
        when = at(on, rng.randrange(7, 23), rng.randrange(60))
        if len(found) < Numbers.CALLS and when <= at(history.as_of, NIGHT):
            found.append(Usage(sub.index, month, len(found), when, kind, amount, to, price, billed))

    calls = rng.randrange(2, 9) if cents is None else rng.randrange(3, 9)
    for share in _shares(cents or 0, calls, rng):
        to = f"{history.person.phone[:-3]}{rng.randrange(1000):03}"
        add(
            first + timedelta(days=rng.randrange(days + 1)),
            "voice",
            rng.randrange(1, 40),
            to,
            share,
            billed=cents is not None,
        )
    if sub.plan.family == "mobile":
        daily = (sub.plan.allowance_gb or 60) * _MB_A_GB // 24
        for day in range(days + 1):
            add(first + timedelta(days=day), "data", rng.randrange(daily // 8, daily), "internet", 0, billed=False)
    return found


def _shares(cents: int, parts: int, rng: random.Random) -> list[int]:
    """Return an amount split into random parts that add up to it."""
    cuts = sorted(rng.randrange(cents + 1) for _ in range(parts - 1))
    return [after - before for before, after in zip([0, *cuts], [*cuts, cents], strict=True)]
