"""Tolerant reading of records: odd keys, dates and amounts are accepted; a damaged value loses only itself."""

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
    """The whole record cannot be used; the message says why, without its contents."""


@dataclass(frozen=True, slots=True)
class WireDialect:
    """One server's differences from the standard; the defaults are the standard's own.

    `currency` is for amounts without one. `minor` is True if whole numbers are in its smallest unit. `names` maps
    standard attribute names to the server's. `values` maps an attribute's server values to standard ones.
    `customer_role` is the customer's role among related parties. `read_at` (aware UTC) is when the record was read:
    validity periods are compared with it. `decimal_mark` is the decimal mark of numbers that are sent as text.
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
_IDENTITIES = frozenset({"id", "href", "url", "@type", "billNo", "value"})  # used in requests or compared: never mask


# Cache: an object's names by lower case. Records of one resource have the same few sets of names.
_FOLDED: dict[tuple[str, ...], dict[str, str]] = {}
_MOST_FOLDED = 5_000


def _names_folded(value: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of an object, by lower case."""
    names = tuple(value)
    found = _FOLDED.get(names)
    if found is None:
        if len(_FOLDED) >= _MOST_FOLDED:
            _FOLDED.clear()
        found = _FOLDED[names] = {name.lower(): name for name in names}
    return found


class RecordReader:
    """Reads one JSON object attribute by attribute, by the standard's names in any case.

    A value that cannot be read is None and is added to `problems`, which all parts of a record share.
    """

    __slots__ = ("_names", "_value", "dialect", "problems")  # saves memory: about a dozen readers per record

    def __init__(self, value: Any, dialect: WireDialect = _STANDARD, problems: list[str] | None = None) -> None:
        if not isinstance(value, dict):
            raise MalformedRecordError(f"a record is expected, not {kind_of(value)}")
        self._value = value
        self.dialect = dialect
        self._names: dict[str, str] | None = None
        self.problems: list[str] = [] if problems is None else problems

    @property
    def now(self) -> datetime:
        """The time the record was read, aware UTC; validity periods are compared with it."""
        return self.dialect.read_at or datetime.now(UTC)

    def raw(self, key: str) -> Any:
        """Return an attribute unchanged, or None; the server's own name is tried before the standard's."""
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
        """Return the names of the existing attributes, in lower case: as sent, and the standard's for mapped ones."""
        if self._names is None:
            self._names = _names_folded(self._value)
        own = {name.lower() for name, theirs in self.dialect.names.items() if theirs in self._value}
        return self._names.keys() | own if own else self._names

    def identifier(self) -> str:
        """Return the record's id as text; whole numbers are accepted, also written as `1001.0`.

        Raises:
            MalformedRecordError: The id is missing, empty or of another type.
        """
        value = whole(self.raw("id"))
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            raise MalformedRecordError(f"its id is {kind_of(value)}")
        return clean(str(value))

    def text(self, key: str) -> str | None:
        """Return a text without control characters; None if missing or empty. Numbers become text."""
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
        """Return the whole object as text, for objects of an unexpected shape; None if it is empty."""
        words = spelt_out(self._value)
        return masked(clean(words)) if words else None

    def any_text(self, key: str) -> str | None:
        """Return a value of any shape as text: quantities with their unit, lists and objects part by part."""
        value = self.raw(key)
        if not value or not isinstance(value, dict | list):
            return self.text(key) if value not in ([], {}) else None
        words = spelt_out(value)
        if words is None:
            self._problem(key, value)
            return None
        return masked(clean(words))

    def state(self, key: str) -> str | None:
        """Return a state in the standard's spelling; the server may use any case and punctuation.

        An unknown state is returned in the system's own spelling, with its blanks at both ends.
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
        """Return a time, aware UTC; a time without a zone is read as UTC, a date alone as midnight UTC.

        The year 9999 means "no end" and returns None.
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
        """Return the day as written, ignoring hour and zone; the year 9999 returns None.

        A bill due on `2026-12-01T00:00:00+01:00` is due on December 1, in every time zone.
        """
        value = self.raw(key)
        if self.when(key) is None:
            return None
        return date.fromisoformat(str(value).strip()[:10])

    def is_valid(self, key: str = "validFor") -> bool:
        """Return whether the record was valid, by its period, at the time it was read; True without a period.

        If the end is a day without a time, the record is valid on that day too.
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
        """Return an amount from {unit, value}, a bare number or a text, as the exact decimal the system wrote.

        The unit is a currency code in any case or an unambiguous currency sign; any other unit stays unchanged.
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
        """Return an exact number, from a number or its text."""
        value = self.raw(key)
        if value is None or value == "":
            return None
        amount = exact_number(value, self.dialect.decimal_mark)
        if amount is None:
            self._problem(key, value)
        return amount

    def part(self, key: str) -> "RecordReader | None":
        """Return an object inside this one, or the first object of a list; None if there is none."""
        return next(self.parts(key), None)

    def parts(self, key: str) -> Iterator["RecordReader"]:
        """Yield the objects of a list; a single object counts as a list of one."""
        value = self.raw(key)
        if value is None:
            return
        for element in value if isinstance(value, list) else (value,):
            if isinstance(element, dict):
                yield RecordReader(element, self.dialect, self.problems)
            elif element is not None:
                self._problem(key, element)

    def _standard(self, key: str, value: str) -> str:
        """Return the standard's word for a server's own value; other values are returned unchanged."""
        own = self.dialect.values.get(key)
        return value if own is None else own.get(value, value)

    def _problem(self, key: str, value: Any) -> None:
        """Add to `problems` that a value cannot be read."""
        self.problems.append(f"{key} is {kind_of(value)} that cannot be read")
