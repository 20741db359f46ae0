"""Readers for TMF635 usage and TMF677 allowances."""

from collections.abc import Iterator, Sequence

from console.connectors.tmforum.reading import reference
from console.connectors.tmforum.record_reader import MalformedRecordError, RecordReader
from console.connectors.tmforum.records import details
from console.connectors.tmforum.records.quantities import read_quantity
from console.connectors.tmforum.values import plain_word
from console.models.detail import Detail
from console.models.money import Money
from console.models.usage import Bucket, Counter, Quantity, Usage, UsageAmount, unit_kind

# Names of usage characteristics that count something, with the kind of their unit.
_COUNTED = {"duration": "time", "volume": "data", "amount": None, "quantity": None}
_UNIT_WORDS = frozenset({"unit", "units", "unitofmeasure", *(f"{one}unit{s}" for one in _COUNTED for s in ("", "s"))})
# Attributes of a usage consumption that may have their own summaries.
_SUMMED = ("product", "logicalResource", "service")
_USED = frozenset({"used", "usedvalue", "consumed", "consumption"})
_ALLOWED = frozenset({"allowed", "allowedvalue", "granted", "initial", "total", "limit"})
_FOR_ALL = frozenset({"", "global", "all", "total", "bucket", "overall"})


def read_usage(reader: RecordReader) -> Usage:
    """Translate a TMF635 usage record; its amounts come from its characteristics, each with its unit."""
    amounts, others = _amounts(list(reader.parts("usageCharacteristic")))
    rated = list(reader.parts("ratedProductUsage"))
    products = [named for part in rated if (named := reference(part.part("productRef"))) is not None]
    return Usage(
        id=reader.identifier(),
        at=reader.when("usageDate"),
        usage_type=reader.text("usageType"),
        description=reader.text("description"),
        amounts=amounts,
        status=reader.state("status"),
        cost=_cost(rated),
        product_name=", ".join(dict.fromkeys(product.label for product in products)) or None,
        details=others + details.read_details(reader, _USAGE),
    )


def _amounts(parts: Sequence[RecordReader]) -> tuple[tuple[UsageAmount, ...], tuple[Detail, ...]]:
    """Return the counted amounts with their units, and the other characteristics."""
    counted: list[tuple[str, RecordReader]] = []
    units: dict[str, str] = {}
    others = []
    for part in parts:
        name = part.text("name") or ""
        word = plain_word(name)
        if word in _COUNTED:
            counted.append((name, part))
        elif word in _UNIT_WORDS:
            units[word.removesuffix("s")] = part.text("value") or ""
        elif value := part.any_text("value"):
            others.append(Detail("usageCharacteristic", value, name))
    found = []
    for name, part in counted:
        text, unit = _counted(part)
        if text:
            found.append(UsageAmount(name, text, unit or _unit_of(name, units, alone=len(counted) == 1)))
    return tuple(found), tuple(others)


def _counted(part: RecordReader) -> tuple[str | None, str | None]:
    """Return a number as written, and its unit: beside the number or in its value object."""
    quantity = read_quantity(part.part("value")) if isinstance(part.raw("value"), dict) else None
    if quantity is not None:
        return str(quantity.amount), quantity.units
    return part.any_text("value"), part.text("unitOfMeasure") or part.text("unit")


def _unit_of(name: str, units: dict[str, str], *, alone: bool) -> str | None:
    """Return the unit from a separate characteristic: the amount's own unit, or a shared one of the right kind."""
    word = plain_word(name)
    own = units.get(f"{word}unit")
    if own:
        return own
    shared = units.get("unit") or units.get("unitofmeasure")
    return shared if shared and (alone or unit_kind(shared) == _COUNTED[word]) else None


def _cost(rated: Sequence[RecordReader]) -> Money | None:
    """Return the total cost of all rated products before tax; None without costs or with several currencies."""
    costs = [part.money("taxExcludedRatingAmount") for part in rated]
    amounts = [cost for cost in costs if cost is not None]
    if not amounts or len({cost.currency for cost in amounts}) > 1:
        return None
    return sum(amounts[1:], start=amounts[0])


def _rated(part: RecordReader) -> Detail | None:
    """Return the cost of one rated product usage with tax, and whether it is already billed."""
    amount, is_billed = part.money("taxIncludedRatingAmount"), part.flag("isBilled")
    word = {True: "billed", False: "not billed", None: ""}[is_billed]
    return Detail("ratedProductUsage", word, part.text("ratingAmountType") or "", amount) if amount or word else None


def read_buckets(reader: RecordReader) -> tuple[Bucket, ...]:
    """Translate the response to a TMF677 usage consumption query: all its buckets in the system's order.

    Raises:
        MalformedRecordError: The query failed, or the response has neither buckets nor an explicitly empty list.
    """
    problem = next((part.text("reason") or part.text("message") for part in reader.parts("errorMessage")), None)
    if problem:
        raise MalformedRecordError(f"the system could not answer: {problem}")
    if not isinstance(reader.raw("usageConsumption"), list | dict):
        raise MalformedRecordError("it names no usage consumption")
    found: list[Bucket] = []
    for use in reader.parts("usageConsumption"):
        buckets = [bucket for bucket in _buckets_of(use) if _says_something(bucket)]
        is_empty = any(use.raw(key) == [] for key in ("bucketRefOrValue", "bucket"))
        if not buckets and not is_empty:
            raise MalformedRecordError("a usage consumption in it has no buckets")
        found += buckets
    return tuple(found)


def _buckets_of(use: RecordReader) -> Iterator[Bucket]:
    for key in ("bucketRefOrValue", "bucket"):
        for part in use.parts(key):
            yield _bucket(part, part.part("product") or use.part("product"))
    for key in _SUMMED:
        for thing in use.parts(key):
            yield from _summaries(thing)


def _says_something(bucket: Bucket) -> bool:
    """Return whether a bucket has anything to show: a name, a text or an amount."""
    return any((bucket.name, bucket.used, bucket.allowed, bucket.remaining, bucket.text, bucket.counters))


def _bucket(part: RecordReader, product: RecordReader | None) -> Bucket:
    counters = (_counter(one) for one in part.parts("bucketCounter"))
    used, allowed = _total(part, _USED), _total(part, _ALLOWED)
    period = part.part("validFor")
    names = (part.text(key) for key in ("name", "usageType", "description"))
    return Bucket(
        id=part.text("id") or "",
        name=next(filter(None, names), None) or part.in_words() or "",
        product_id=product.text("id") if product else None,
        product_name=product.text("name") if product else None,
        used=used,
        allowed=allowed,
        remaining=read_quantity(part.part("remainingValue")),
        starts_at=period.when("startDateTime") if period else None,
        ends_at=period.when("endDateTime") if period else None,
        reserved=read_quantity(part.part("reservedValue")),
        text=part.text("remainingValueName"),
        counters=tuple(one for one in counters if one is not None and one.value not in {used, allowed, None}),
    )


def _summaries(thing: RecordReader) -> Iterator[Bucket]:
    """Yield usage sums of a product, number or service without a bucket, such as unlimited calls."""
    for part in thing.parts("consumptionSummary"):
        period = part.part("consumptionPeriod")
        yield Bucket(
            id=part.text("id") or "",
            name=part.text("counterType") or "",
            product_id=thing.text("id"),
            product_name=thing.text("name"),
            used=read_quantity(part.part("value")),
            allowed=None,
            remaining=None,
            starts_at=period.when("startDateTime") if period else None,
            ends_at=period.when("endDateTime") if period else None,
            text=part.text("valueName"),
        )


def _counter(part: RecordReader) -> Counter | None:
    user = reference(part.part("user"))
    kind, value, text = part.text("counterType"), read_quantity(part.part("value")), part.text("valueName")
    if value is None and text is None:
        return None
    return Counter(kind or "", part.text("level"), user=user.label if user else None, value=value, text=text)


def _word(part: RecordReader, key: str) -> str:
    return plain_word(part.text(key) or "")


def _total(bucket: RecordReader, words: frozenset[str]) -> Quantity | None:
    """Return the counter of a kind (`words`) for all users; of several, the first with a valid period.

    Without a counter at bucket level, return the only counter that is not of one user; None if it is not unique.
    """
    parts = [
        part
        for part in bucket.parts("bucketCounter")
        if _word(part, "counterType") in words and part.raw("user") is None
    ]
    whole = [part for part in parts if _word(part, "level") in _FOR_ALL]
    found = whole or parts
    holding = [part for part in found if part.is_valid("consumptionPeriod")] or found
    if not holding or (len(holding) > 1 and not whole):
        return None
    return read_quantity(holding[0].part("value"))


# Further facts, shown when a user opens the record.
_USAGE = (
    details.rest("usageCharacteristic", "value"),
    details.listed("ratedProductUsage", _rated),
    details.parties("relatedParty"),
    details.names("usageSpecification"),
)
