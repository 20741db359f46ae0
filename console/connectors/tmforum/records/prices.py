"""Readers for TMF637 and TMF622 prices with their alterations."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.values import plain_word
from console.models.inventory import PriceKind, ProductPrice
from console.models.money import Money, minor_digits

_HUNDRED = Decimal(100)
_ONE_TIME = frozenset({"onetime", "onetimecharge", "oneoff", "once", "nonrecurring", "nonrecurrent", "setup"})
_PERIODS = {
    "monthly": "month", "months": "month", "1month": "month", "permonth": "month", "mensual": "month",
    "yearly": "year", "annual": "year", "annually": "year", "years": "year", "1year": "year", "peryear": "year",
    "weekly": "week", "weeks": "week", "daily": "day", "days": "day", "quarterly": "quarter",
}  # fmt: skip
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}


class _NotUnderstoodError(ValueError):
    """An alteration is ambiguous: it may mean more than one amount."""


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of a product at the time it was read; see `Product` for the fields."""

    price: Money | None = None
    period: str | None = None
    until: datetime | None = None
    full: Money | None = None
    others: tuple[ProductPrice, ...] = ()


def read_prices(reader: RecordReader, keys: tuple[str, ...], started_at: datetime | None) -> PriceList:
    """Return the sum of the recurring prices before tax, and every other price separately.

    The sum has the period and currency of the first recurring price. These prices are not added, so that the sum is
    never a guess: prices with only a tax-included amount, of another period, or with an ambiguous alteration.
    """
    prices = [read_price(part, started_at) for key in keys for part in reader.parts(key) if part.is_valid()]
    found = [price for price in prices if price is not None]
    summed = [price for price in found if price.kind is PriceKind.RECURRING and not price.with_tax and price.certain]
    if not summed:
        return PriceList(others=tuple(found))
    first = summed[0]
    alike = [one for one in summed if (one.period, one.amount.currency) == (first.period, first.amount.currency)]
    return _added_up(alike, others=tuple(price for price in found if price not in alike))


def _added_up(alike: Sequence[ProductPrice], others: tuple[ProductPrice, ...]) -> PriceList:
    """Return the sum of prices of one period and currency, when it ends, and the full sum without reductions."""
    nothing = Money(Decimal(0), alike[0].amount.currency)
    now = sum((one.amount for one in alike), start=nothing)
    full = sum((one.full or one.amount for one in alike), start=nothing)
    until = min((one.until for one in alike if one.until is not None), default=None)
    return PriceList(now, alike[0].period, until=until, full=full if full != now else None, others=others)


def read_period(reader: RecordReader) -> str | None:
    """Return the period of a price: `month`, `year`, `week`, `day`, `quarter`, else the system's own word."""
    word = reader.text("recurringChargePeriod") or reader.text("recurringChargePeriodType")
    return _PERIODS.get(plain_word(word), word.lower()) if word else None


def price_kind(reader: RecordReader) -> PriceKind:
    """Return the kind of a price; accepts all spellings of `priceType` in the standard's own files."""
    word = plain_word(reader.text("priceType") or "")
    if word in _ONE_TIME or word.startswith(("onetime", "nonrec")):
        return PriceKind.ONE_TIME
    if "recur" in word or "reccur" in word or (not word and reader.text("recurringChargePeriod")):
        return PriceKind.RECURRING
    return PriceKind.USAGE if word.startswith("usage") else PriceKind.OTHER


def read_price(reader: RecordReader, started_at: datetime | None) -> ProductPrice | None:
    """Return one price of a product or order item as charged now, or None if it has no amount."""
    amount, with_tax = _amount(reader)
    if amount is None:
        return None
    kind, period = price_kind(reader), read_period(reader)
    now, until, certain = amount, None, True
    try:
        now, until = _altered(reader, amount, kind, started_at)
    except _NotUnderstoodError:
        reader.problems.append("an alteration of a price cannot be read")
        certain = False
    return ProductPrice(
        kind,
        reader.text("name") or reader.text("priceType"),
        amount=now,
        period=period,
        unit=reader.text("unitOfMeasure"),
        with_tax=with_tax,
        certain=certain,
        until=until,
        full=amount if amount != now else None,
    )


def _amount(reader: RecordReader) -> tuple[Money | None, bool]:
    """Return the amount of a price before tax, else with tax, and whether it includes tax."""
    price = reader.part("price")
    if price is None:
        return None, False
    before = price.money("dutyFreeAmount")
    return (before, False) if before is not None else (price.money("taxIncludedAmount"), True)


def _altered(
    reader: RecordReader, amount: Money, kind: PriceKind, started_at: datetime | None
) -> tuple[Money, datetime | None]:
    """Return the amount charged now, and the earliest end of an alteration, if there is one.

    Raises:
        _NotUnderstoodError: An alteration is ambiguous, or its end is unknown.
    """
    parts = [part for key in ("productPriceAlteration", "priceAlteration") for part in reader.parts(key)]
    ends: list[datetime] = []
    for part in sorted(parts, key=lambda one: one.number("priority") or Decimal(0)):
        altering = price_kind(part)
        if not part.is_valid() or altering not in {kind, PriceKind.OTHER}:
            continue
        end = _end(part, read_period(part) or read_period(reader), started_at)
        if end is not None and end <= part.now:
            continue
        amount = _apply(part, amount)
        ends += [end] if end is not None else []
    return amount, min(ends, default=None)


def _less_percentage(amount: Money, percentage: Decimal) -> Money:
    """Return an amount reduced by a percentage, rounded half up to the currency's smallest unit."""
    if not 0 < percentage <= _HUNDRED:
        raise _NotUnderstoodError
    left = amount.amount * (_HUNDRED - percentage) / _HUNDRED
    smallest = Decimal(1).scaleb(-minor_digits(amount.currency))
    return Money(left.quantize(smallest, ROUND_HALF_UP), amount.currency)


def _apply(part: RecordReader, amount: Money) -> Money:
    price = part.part("price")
    percentage = price.number("percentage") if price else None
    change = _amount(part)[0]
    if percentage:
        if change and change.amount:  # two changes in one: their order is unknown
            raise _NotUnderstoodError
        return _less_percentage(amount, percentage)
    if change is None or change.currency != amount.currency:
        raise _NotUnderstoodError
    if change.amount > 0 and not plain_word(part.text("priceType") or "").startswith("discount"):
        raise _NotUnderstoodError  # it may be an addition, a discount or a replacement price
    return Money(amount.amount - abs(change.amount), amount.currency)


def _end(part: RecordReader, period: str | None, started_at: datetime | None) -> datetime | None:
    """Return when an alteration ends, or None if it has no end."""
    valid = part.part("validFor")
    if valid is not None and (end := valid.when("endDateTime")) is not None:
        return end
    lasts = part.number("applicationDuration")
    if not lasts:
        return None
    if started_at is None or lasts < 0 or lasts != int(lasts) or period not in {*_MONTHS, *_DAYS}:
        raise _NotUnderstoodError
    if period in _DAYS:
        return started_at + timedelta(days=int(lasts) * _DAYS[period])
    return _months_after(started_at, int(lasts) * _MONTHS[period])


def _months_after(at: datetime, months: int) -> datetime:
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    if year > MAXYEAR:
        raise _NotUnderstoodError
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))
