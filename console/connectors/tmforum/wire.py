"""Reading a record as it really comes: odd keys, dates and amounts are understood, damage costs its value alone."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from console.connectors.tmforum.values import (
    clean,
    currency_code,
    exact_number,
    kind_of,
    read_time,
    spelt_out,
    split_amount,
    standard_state,
    whole,
)
from console.models.card_number import masked
from console.models.money import Money, minor_digits

_NO_END_YEAR = 9999
_A_DAY = len("2026-12-01")


class MalformedRecordError(ValueError):
    """The record cannot be used at all; the text says why, without its contents."""


@dataclass(frozen=True, slots=True)
class WireDialect:
    """How one server writes what the standard has in another way; the defaults are the standard's own.

    `currency` is for amounts that come without one, `minor` whether whole numbers are in its smallest unit. `names`
    leads from an attribute's name in the standard to the server's, `values` from an attribute and the server's value
    to the standard's. `customer_role` is what the customer is called among related parties. `read_at` is when it was
    said (aware UTC), which decides what of it holds. `decimal_mark` stands before the fraction of numbers that come as
    texts.
    """

    currency: str | None = None
    minor: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    customer_role: str = "customer"
    read_at: datetime | None = None
    decimal_mark: str = "."


_STANDARD = WireDialect()


_ABSENT: Any = object()
_IDENTITIES = frozenset({"id", "href", "url", "@type", "billNo", "value"})  # what is asked by, and what is compared


# The names of an object in lower case, by its names: records of one resource have the same few sets of them.
_FOLDED: dict[tuple[str, ...], dict[str, str]] = {}
_MOST_FOLDED = 5_000


def _names_folded(value: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of an object by their lower case."""
    names = tuple(value)
    found = _FOLDED.get(names)
    if found is None:
        if len(_FOLDED) >= _MOST_FOLDED:
            _FOLDED.clear()
        found = _FOLDED[names] = {name.lower(): name for name in names}
    return found


class RecordReader:
    """One JSON object, read attribute by attribute, by the standard's names.

    Keys are found in any case. What cannot be read is None and noted in `problems`, which all parts of a record share.
    """

    __slots__ = ("_names", "_value", "dialect", "problems")  # there are a dozen for each record

    def __init__(self, value: Any, dialect: WireDialect = _STANDARD, problems: list[str] | None = None) -> None:
        if not isinstance(value, dict):
            raise MalformedRecordError(f"a record is expected, not {kind_of(value)}")
        self._value = value
        self.dialect = dialect
        self._names: dict[str, str] | None = None
        self.problems: list[str] = [] if problems is None else problems

    @property
    def now(self) -> datetime:
        """When this was said, aware UTC: what holds is judged by it."""
        return self.dialect.read_at or datetime.now(UTC)

    def raw(self, key: str) -> Any:
        """Return an attribute as it came, or None; the server's own name for it goes before the standard's."""
        value, own_names = self._value, self.dialect.names
        if own_names and (own := own_names.get(key)) is not None and own in value:
            return value[own]
        found = value.get(key, _ABSENT)
        if found is not _ABSENT:
            return found
        names = self._names
        if names is None:
            names = self._names = _names_folded(value)
        name = names.get(key.lower())
        return None if name is None else value[name]

    def present(self) -> Container[str]:
        """Return the names of the attributes that are there, in lower case: the standard's, and those it stands for."""
        if self._names is None:
            self._names = _names_folded(self._value)
        own = {name.lower() for name, theirs in self.dialect.names.items() if theirs in self._value}
        return self._names.keys() | own if own else self._names

    def identifier(self) -> str:
        """Return the record's id; a whole number is as good as a text, also one written as `1001.0`.

        Raises:
            MalformedRecordError: There is none.
        """
        value = whole(self.raw("id"))
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            raise MalformedRecordError(f"its id is {kind_of(value)}")
        return clean(str(value))

    def text(self, key: str) -> str | None:
        """Return a text without control characters; None for a missing or empty one. Numbers are spelt out."""
        value = self.raw(key)
        if isinstance(value, str):
            text = value
        elif value is None:
            return None
        elif isinstance(value, bool):
            return str(value).lower()
        elif isinstance(value, int | Decimal):
            text = str(whole(value) if key == "id" else value)
        else:
            self._problem(key, value)
            return None
        words = clean(text)
        if self.dialect.values:
            words = self._standard(key, words)
        if not words:
            return None
        return words if key in _IDENTITIES or words.isalpha() else masked(words)

    def in_words(self) -> str | None:
        """Return everything this object says in words, for one of a shape that nobody foresaw; None for nothing."""
        words = spelt_out(self._value)
        return masked(clean(words)) if words else None

    def any_text(self, key: str) -> str | None:
        """Return the text of a value of any shape: quantities with their unit, lists and objects part by part."""
        value = self.raw(key)
        if not value or not isinstance(value, dict | list):
            return self.text(key) if value not in ([], {}) else None
        words = spelt_out(value)
        if words is None:
            self._problem(key, value)
            return None
        return masked(clean(words))

    def state(self, key: str) -> str | None:
        """Return a state by the standard's spelling, whatever case or signs a server writes it in.

        One that the standard does not know survives in the system's own spelling, blanks at its ends included.
        """
        value = self.raw(key)
        if not isinstance(value, str) or not value:
            return self.text(key)
        said = self._standard(key, clean(value, strip=False))
        return standard_state(said)

    def flag(self, key: str) -> bool | None:
        value = self.raw(key)
        if isinstance(value, str) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        if value is None or isinstance(value, bool):
            return value
        self._problem(key, value)
        return None

    def when(self, key: str) -> datetime | None:
        """Return a time, aware UTC; without a zone it is taken as UTC, a date alone as its midnight.

        The year 9999 stands for "no end" and is None.
        """
        value = self.raw(key)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            self._problem(key, value)
            return None
        try:
            found = read_time(value.strip())
        except (ValueError, OverflowError):
            self._problem(key, value)
            return None
        return None if found.year >= _NO_END_YEAR else found

    def day(self, key: str) -> date | None:
        """Return a day as it was written, whatever hour and zone stand behind it; the year 9999 is None.

        A bill that is due on `2026-12-01T00:00:00+01:00` is due on the first, wherever it is read.
        """
        value = self.raw(key)
        if self.when(key) is None:
            return None
        return date.fromisoformat(str(value).strip()[:10])

    def is_valid(self, key: str = "validFor") -> bool:
        """Return whether this holds by its period, at the time it was read; without a period it does.

        A day alone as its end is the last day on which it holds.
        """
        period = self.part(key)
        if period is None:
            return True
        at = self.now
        starts, ends = period.when("startDateTime"), period.when("endDateTime")
        if ends is not None and len(str(period.raw("endDateTime")).strip()) == _A_DAY:
            ends += timedelta(days=1)
        return (starts is None or starts <= at) and (ends is None or at < ends)

    def money(self, key: str) -> Money | None:
        """Return an amount, from {unit, value}, a bare number or a text; the exact decimal the system wrote.

        The unit is a code in any case or a sign that stands for one currency; any other is kept as it came.
        """
        value = self.raw(key)
        if value is None or value == "":
            return None
        unit = None
        if isinstance(value, dict):
            unit, value = self._unit_and_value(value)
        if isinstance(value, str):
            own, value = split_amount(value)
            unit = own or unit
        amount = exact_number(value, self.dialect.decimal_mark)
        if amount is None:
            self._problem(key, value)
            return None
        unit = unit or self.dialect.currency
        if unit is None:
            self.problems.append(f"{key} has no currency")
            return None
        currency = currency_code(unit)
        minor = self.dialect.minor and isinstance(value, int)
        return Money(amount.scaleb(-minor_digits(currency)) if minor else amount, currency)

    def _unit_and_value(self, amount: dict[str, Any]) -> tuple[str | None, Any]:
        part = RecordReader(amount, self.dialect, self.problems)
        unit = part.text("unit") or part.text("units") or part.text("currency")
        value = part.raw("value")
        return unit, part.raw("amount") if value is None else value

    def number(self, key: str) -> Decimal | None:
        """Return a number, exact, from a number or its text."""
        value = self.raw(key)
        if value is None or value == "":
            return None
        amount = exact_number(value, self.dialect.decimal_mark)
        if amount is None:
            self._problem(key, value)
        return amount

    def part(self, key: str) -> "RecordReader | None":
        """Return an object inside this one; of a list, its first."""
        return next(self.parts(key), None)

    def parts(self, key: str) -> Iterator["RecordReader"]:
        """Yield the objects of a list; an object where a list should be is a list of one."""
        value = self.raw(key)
        if value is None:
            return
        for element in value if isinstance(value, list) else (value,):
            if isinstance(element, dict):
                yield RecordReader(element, self.dialect, self.problems)
            elif element is not None:
                self._problem(key, element)

    def _standard(self, key: str, value: str) -> str:
        """Return the standard's word for a value the server has its own for."""
        own = self.dialect.values.get(key)
        return value if own is None else own.get(value, value)

    def _problem(self, key: str, value: Any) -> None:
        """Note that a value cannot be read."""
        self.problems.append(f"{key} is {kind_of(value)} that cannot be read")
