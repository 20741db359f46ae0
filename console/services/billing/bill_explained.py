"""Explains the difference of two bills from their lines; the causes add up to it, or name the rest.

Source: TMF678 v4 CustomerBill and AppliedCustomerBillingRate.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from console.errors import ConsoleError
from console.messages import billing as say
from console.models.bill_explanation import BillExplanation, Cause, CauseKind, LineChange
from console.models.customer_bill import AppliedBillingRate, CustomerBill
from console.models.money import Money, minor_digits
from console.models.order import Order

_LATE = re.compile(r"\blate\b|overdue|reminder|dunning|past due", re.IGNORECASE)
# A shorter recurring line is for part of a month, whenever it begins.
_SHORTEST_MONTH_DAYS = 26
# Minor units of the currency (cents). Lines that are rounded one by one may differ this much from a bill rounded once.
_ROUNDING_UNITS = 2
_ORDERED = {CauseKind.ADDED, CauseKind.REMOVED, CauseKind.PRICE, CauseKind.PART_MONTH, CauseKind.ONE_OFF}
# An order placed this long before the earlier bill may be billed only now.
_ORDERED_BEFORE = timedelta(days=30)
_BY_TYPE = {
    "usage": CauseKind.USAGE,
    "discount": CauseKind.PROMOTION,
    "promotion": CauseKind.PROMOTION,
    "credit": CauseKind.CREDIT,
    "adjustment": CauseKind.CREDIT,
}
# Provisional kind of a monthly line, until both bills are compared.
_MONTHLY = CauseKind.PRICE


class NotComparableError(ConsoleError):
    """The difference of these two bills would mean nothing; the message says why."""


def explain(
    earlier: CustomerBill,
    earlier_lines: Sequence[AppliedBillingRate],
    later: CustomerBill,
    later_lines: Sequence[AppliedBillingRate],
) -> BillExplanation:
    """Return why the later bill is higher or lower than the earlier one, from all lines of both.

    Causes come largest first, then the rest: rounding, if it is at most 2 minor units of the currency, else
    unexplained.

    Raises:
        NotComparableError: A bill has no amount, or the bills have different currencies.
    """
    before, after = _total(earlier), _total(later)
    if before is None or after is None:
        raise NotComparableError(say.BILL_WITHOUT_AMOUNT())
    if before.currency != after.currency:
        raise NotComparableError(say.BILLS_IN_TWO_CURRENCIES(before=before.currency, after=after.currency))
    currency = after.currency
    changes = _changes(_classified(earlier_lines), _classified(later_lines), currency)
    causes = [cause for cause in _causes(changes, currency) if cause.amount.amount]
    tax = _tax(later_lines, currency) - _tax(earlier_lines, currency)
    if tax.amount:
        causes.append(Cause(CauseKind.TAX, "Taxes", tax))
    causes.sort(key=lambda cause: -abs(cause.amount.amount))
    difference = after - before
    rest = difference - sum((cause.amount for cause in causes), start=Money(Decimal(0), currency))
    if rest.amount:
        small = abs(rest.amount) <= _ROUNDING_UNITS * Decimal(1).scaleb(-minor_digits(currency))
        kind = CauseKind.ROUNDING if small else CauseKind.UNEXPLAINED
        causes.append(Cause(kind, kind.value.capitalize(), rest))
    return BillExplanation(earlier, later, difference=difference, causes=tuple(causes), changes=tuple(changes))


def _total(bill: CustomerBill) -> Money | None:
    return bill.tax_included or bill.amount_due


def _net(line: AppliedBillingRate) -> Money | None:
    return line.tax_excluded or line.tax_included


def _tax(lines: Iterable[AppliedBillingRate], currency: str) -> Money:
    """Return the tax of lines with both amounts; for a line with one amount, the tax counts in that line's cause."""
    taxes = (
        line.tax_included - line.tax_excluded
        for line in lines
        if line.tax_included
        and line.tax_excluded
        and line.tax_included.currency == line.tax_excluded.currency == currency
    )
    return sum(taxes, start=Money(Decimal(0), currency))


def _classified(lines: Sequence[AppliedBillingRate]) -> list[tuple[CauseKind, AppliedBillingRate]]:
    regular = _regular_start(lines)
    return [(_kind(line, regular), line) for line in lines]


def _regular_start(lines: Sequence[AppliedBillingRate]) -> date | None:
    """Return the start of the month that most recurring lines of a bill are for."""
    starts = Counter(line.period_start for line in lines if _is_recurring(line) and _days(line) >= _SHORTEST_MONTH_DAYS)
    return max(starts, key=lambda start: (starts[start], start), default=None) if starts else None


def _is_recurring(line: AppliedBillingRate) -> bool:
    return (line.type or "").lower().startswith(("recurring", "subscription", "rental"))


def _days(line: AppliedBillingRate) -> int:
    return (line.period_end - line.period_start).days if line.period_start and line.period_end else 0


def _kind(line: AppliedBillingRate, regular: date | None) -> CauseKind:
    word = (line.type or "").lower().replace("_", "").replace(" ", "")
    if word in _BY_TYPE:
        return _BY_TYPE[word]
    amount = _net(line)
    is_credit = amount is not None and amount.amount < 0
    if _is_recurring(line):
        is_month = _days(line) >= _SHORTEST_MONTH_DAYS and line.period_start == regular
        is_whole = line.period_start is None or (is_month and not is_credit)
        return _MONTHLY if is_whole else CauseKind.PART_MONTH
    if _LATE.search(line.name):
        return CauseKind.LATE_PAYMENT
    return CauseKind.CREDIT if is_credit else CauseKind.ONE_OFF


def _changes(
    before: list[tuple[CauseKind, AppliedBillingRate]],
    after: list[tuple[CauseKind, AppliedBillingRate]],
    currency: str,
) -> list[LineChange]:
    """Return the lines of both bills side by side: monthly lines matched by product, others by kind and name too."""
    sides: dict[tuple[CauseKind, str], list[list[AppliedBillingRate]]] = defaultdict(lambda: [[], []])
    for side, lines in enumerate((before, after)):
        for kind, line in lines:
            amount = _net(line)
            if amount is not None and amount.currency == currency:
                own = line.product_id or line.name
                sides[kind, own if kind is _MONTHLY else f"{line.name}|{own}"][side].append(line)
    found = []
    for (kind, _), (old, new) in sides.items():
        shown = (new or old)[-1]
        change = LineChange(
            shown.name, kind, before=_sum(old, currency), after=_sum(new, currency), product_id=shown.product_id,
            period_start=shown.period_start, period_end=shown.period_end,
        )  # fmt: skip
        found.append(replace(change, kind=_what_became(change)) if kind is _MONTHLY else change)
    return found


def _what_became(change: LineChange) -> CauseKind:
    """Return what happened to a monthly line: it is new, gone, or has another price."""
    if not (change.before and change.before.amount):
        return CauseKind.ADDED
    return CauseKind.PRICE if change.after and change.after.amount else CauseKind.REMOVED


def _sum(lines: Sequence[AppliedBillingRate], currency: str) -> Money | None:
    amounts = [amount for line in lines if (amount := _net(line)) is not None]
    return sum(amounts, start=Money(Decimal(0), currency)) if amounts else None


def _causes(changes: Sequence[LineChange], currency: str) -> Iterable[Cause]:
    """Yield a cause for each kind and name; changes of several products with the same name are one cause."""
    nothing = Money(Decimal(0), currency)
    grouped: dict[tuple[CauseKind, str], list[LineChange]] = defaultdict(list)
    for change in changes:
        grouped[change.kind, change.name].append(change)
    for (kind, name), lines in grouped.items():
        amount = sum(((line.after or nothing) - (line.before or nothing) for line in lines), start=nothing)
        yield Cause(kind, name, amount, tuple(lines))


def order_behind(cause: Cause, explanation: BillExplanation, orders: Sequence[Order]) -> Order | None:
    """Return the order that a cause comes from, or None.

    It names the same thing and was placed between the two bills, or up to 30 days before the earlier one; the newest
    counts.
    """
    if cause.kind not in _ORDERED or explanation.later.billed_on is None:
        return None
    since = (explanation.earlier.billed_on or explanation.later.billed_on) - _ORDERED_BEFORE
    name = cause.name.casefold()
    fitting = [
        order
        for order in orders
        if order.ordered_at is not None
        and since <= order.ordered_at.date() <= explanation.later.billed_on
        and any(item.name and name.startswith(item.name.casefold()) for item in order.items)
    ]
    return max(fitting, key=lambda order: order.ordered_at or datetime.min.replace(tzinfo=UTC), default=None)
