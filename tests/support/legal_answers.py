"""Valid responses made from the published descriptions, with unique values, and a check of the values read from them.

The check compares the record that the console reads with the response itself. An amount, day or currency in the record
that is not in the response is wrong. An attribute without a value and without a reported problem is missing.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from itertools import combinations
from typing import Any, ClassVar

from console.connectors.tmforum.check.requirements import REQUIREMENTS
from console.connectors.tmforum.reading import customer_named
from console.connectors.tmforum.record_reader import MalformedRecordError, RecordReader, WireDialect
from console.connectors.tmforum.values import clean, currency_code, plain_word, read_time, standard_state
from console.models.money import Money
from console.models.usage import Quantity
from tests.support.described import Maker

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
_CURRENCIES = ("EUR", "USD", "JPY", "KWD", "eur", "GBP ")
_UNITS = ("MB", "GB", "min", "SMS", "Mbit/s")
_ZONES = ("Z", "+00:00", "+01:00", "-06:00", "+05:30")
# Attributes that name a type or the address of another record; no screen shows them.
_NEVER_TOLD = frozenset({"href", "version", "partyId", "schemaLocation"})
# Sums that the console calculates: they may replace the amounts they consist of.
_MOST_SUMMED = 10
_SUMMED = frozenset({"accountBalance", "productPrice", "ratedProductUsage"})


class LegalMaker(Maker):
    """Maker of complete records in which every text, number and time occurs once."""

    def __init__(self, rng: random.Random, *, full: float = 0.8) -> None:
        super().__init__(rng, damage=0.0, full=full)
        self._rng, self._made = rng, 0

    def _value(self, schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> Any:
        kind = schema.get("type")
        if "$ref" in schema or "enum" in schema or kind in {"array", "boolean"}:
            return super()._value(schema, schemas, depth)
        self._made += 1
        if kind == "string":
            return self._time() if schema.get("format", "").startswith("date") else f"text {self._made}x"
        if kind == "integer":
            return 1000 + self._made
        if kind == "number":
            return float(f"{1000 + self._made}.{self._rng.randrange(1, 9)}")
        return f"any {self._made}x"

    def _object(self, flat: dict[str, Any], schemas: dict[str, Any], depth: int, name: str) -> Any:
        self._made += 1
        if name == "Money":
            return {"unit": self._rng.choice(_CURRENCIES), "value": float(f"{1000 + self._made}.5")}
        if name == "Quantity":
            return {"amount": 1000 + self._made, "units": self._rng.choice(_UNITS)}
        if name == "TimePeriod":
            ends = NOW + timedelta(days=self._made)
            return {
                "startDateTime": f"{NOW - timedelta(days=self._made):%Y-%m-%dT08:30:00Z}",
                "endDateTime": f"{ends:%Y-%m-%d}",
            }
        return super()._object(flat, schemas, depth, name)

    def _time(self) -> str:
        day = NOW.date() - timedelta(days=self._made)
        return f"{day}T{self._rng.randrange(24):02}:15:{self._made % 60:02}.000{self._rng.choice(_ZONES)}"


@dataclass(slots=True)
class Verdict:
    """The result for one response, by attribute name; `wrong` lists shown values that the response does not have."""

    right: list[str] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def judge(resource: str, answer: dict[str, Any], wanted: frozenset[str]) -> Verdict:
    """Read a response as the console does and return the result for each wanted attribute."""
    reader = RecordReader(answer, WireDialect(read_at=NOW))
    verdict = Verdict()
    try:
        told = _Told(REQUIREMENTS[resource].read(reader))
    except MalformedRecordError:
        verdict.not_understood += sorted(wanted & answer.keys())
        return verdict
    for name in sorted(wanted & answer.keys()):
        leaves = list(_leaves(answer[name]))
        if not leaves:
            continue
        if name == "usageConsumption" and not told.texts:
            continue  # a consumption without entries has nothing to show
        is_customer = name == "relatedParty" and customer_named(reader) is not None
        is_summed = name in _SUMMED and not told.money.isdisjoint(_sums({name: answer[name]}))
        if is_customer or is_summed or any(told.has(leaf) for leaf in leaves):
            verdict.right.append(name)
        elif any(problem.startswith(name) or name in problem for problem in reader.problems):
            verdict.not_understood.append(name)
        else:
            verdict.missing.append(name)
    verdict.wrong += told.beyond(answer)
    return verdict


class _Told:
    """All values of one record, by type."""

    def __init__(self, record: Any) -> None:
        self.texts: list[str] = []
        self.money: set[Money] = set()
        self.numbers: set[Decimal] = set()
        self.times: set[datetime] = set()
        self.days: set[date] = set()
        self._take(record)
        self._all = "\n".join(self.texts)

    def _take(self, value: Any) -> None:
        for kind, take in self._KINDS:
            if isinstance(value, kind):
                take(self, value)
                return
        if is_dataclass(value) and not isinstance(value, type):
            for one in fields(value):
                self._take(getattr(value, one.name))

    def _take_quantity(self, value: Quantity) -> None:
        self.numbers.add(value.amount)
        self.texts.append(str(value))

    def _take_all(self, value: tuple[Any, ...]) -> None:
        for part in value:
            self._take(part)

    _KINDS: ClassVar[tuple[tuple[Any, Callable[..., None]], ...]] = (
        (Money, lambda told, value: told.money.add(value)),
        (Quantity, _take_quantity),
        (datetime, lambda told, value: told.times.add(value)),
        (date, lambda told, value: told.days.add(value)),
        (bool, lambda told, value: told.texts.append(str(value).lower())),
        ((Decimal, int), lambda told, value: told.numbers.add(Decimal(value))),
        (Enum, lambda _told, _value: None),
        (str, lambda told, value: told.texts.append(value)),
        (tuple, _take_all),
    )

    def has(self, leaf: Any) -> bool:
        if isinstance(leaf, Money):
            same = (one for one in self.money if abs(one.amount) == abs(leaf.amount) and one.currency == leaf.currency)
            return next(same, None) is not None or f"{leaf.amount} {leaf.currency}".lower() in self._all.lower()
        if isinstance(leaf, bool):
            return True  # a flag may decide which other values are shown
        if isinstance(leaf, Decimal):
            return leaf in self.numbers or str(leaf) in self._all
        return (
            clean(leaf) in self._all
            or standard_state(leaf) in self.texts
            or self._has_time(leaf)
            or self._has_way(leaf)
        )

    def _has_way(self, leaf: str) -> bool:
        """Return whether a direction is shown; servers write it in more than one way."""
        return plain_word(leaf).rstrip("s") in self.texts

    def _has_time(self, text: str) -> bool:
        try:
            at = read_time(text)
        except (ValueError, OverflowError):
            return False
        return at in self.times or date.fromisoformat(text[:10]) in self.days or text[:10] in self._all

    def beyond(self, answer: dict[str, Any]) -> Iterator[str]:
        """Yield each shown amount, time and day that the response does not have, except the console's own sums."""
        given = list(_leaves(answer))
        amounts = {(abs(one.amount), one.currency) for one in given if isinstance(one, Money)}
        sums = _sums(answer)
        for money in self.money:
            if (abs(money.amount), money.currency) not in amounts and money not in sums:
                yield f"amount {money}"
        moments = {at for one in given if isinstance(one, str) and (at := _at(one)) is not None}
        days = {one[:10] for one in given if isinstance(one, str)}
        for at in self.times - moments:
            if at.time() != time.min or at.date().isoformat() not in days:
                yield f"time {at}"
        yield from (f"day {on}" for on in self.days if on.isoformat() not in days)


def _sums(answer: dict[str, Any]) -> set[Money]:
    """Return the sums that may replace single amounts: each within one attribute and one currency."""
    found: set[Money] = set()
    for name in _SUMMED & answer.keys():
        amounts = [one for one in _leaves(answer[name]) if isinstance(one, Money)][:_MOST_SUMMED]
        for count in range(2, len(amounts) + 1):
            for some in combinations(amounts, count):
                if len({one.currency for one in some}) == 1:
                    found.add(sum(some[1:], start=some[0]))
    return found


def _at(text: str) -> datetime | None:
    try:
        return read_time(text)
    except (ValueError, OverflowError):
        return None


def _leaves(value: Any) -> Iterator[Any]:
    """Yield the values of an attribute: amounts with their currency, numbers, texts and flags."""
    if isinstance(value, dict) and set(value) == {"unit", "value"}:
        yield Money(Decimal(str(value["value"])), currency_code(str(value["unit"]).strip()))
    elif isinstance(value, dict):
        told = (part for key, part in value.items() if key not in _NEVER_TOLD and not key.startswith("@"))
        yield from _leaves(list(told))
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        yield Decimal(str(value))
    elif isinstance(value, bool) or (isinstance(value, str) and plain_word(value)):
        yield value
