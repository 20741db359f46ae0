"""Reading a record as it really comes: odd keys, dates and amounts are understood, damage costs its value alone."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from console.models.card_number import masked
from console.models.money import Money, minor_digits

_LONGEST_TEXT = 4000
_NO_END_YEAR = 9999
_LARGEST_EXPONENT = 12
# Control characters, and the marks that turn the direction of all text after them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_BROKEN_FRACTION = re.compile(r"(T\d{2}:\d{2}:\d{2}):(\d{1,6})")
# Commas only where they can be nothing but thousands: before a decimal point. "12,50" and "1,520" may be either.
_TEXT_AMOUNT = re.compile(
    r"^\s*(?P<before>[A-Z]{3})?\s*(?P<amount>[-+−]?(?:\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+\.\d+))\s*(?P<after>[A-Z]{3})?\s*$",
    re.ASCII,
)


class MalformedRecordError(ValueError):
    """The record cannot be used at all; the text says why, without its contents."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one server writes what the standard has in another way; the defaults are the standard's own.

    `currency` is for amounts that come without one, `minor` whether whole numbers are in its smallest unit. `names`
    leads from an attribute's name in the standard to the server's, `values` from an attribute and the server's value
    to the standard's. `customer_role` is what the customer is called among related parties.
    """

    currency: str | None = None
    minor: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    customer_role: str = "customer"


_STANDARD = Spelling()


_IDENTITIES = frozenset({"id", "href", "url", "@type", "billNo", "value"})  # what is asked by, and what is compared


class Reader:
    """One JSON object, read attribute by attribute, by the standard's names.

    Keys are found in any case. What cannot be read is None and noted in `problems`, which all parts of a record share.
    """

    def __init__(self, value: Any, spelling: Spelling = _STANDARD, problems: list[str] | None = None) -> None:
        if not isinstance(value, dict):
            raise MalformedRecordError(f"a record is expected, not {_kind(value)}")
        self._value = value
        self.spelling = spelling
        self._folded: dict[str, Any] | None = None
        self.problems: list[str] = [] if problems is None else problems

    def raw(self, key: str) -> Any:
        """Return an attribute as it came, or None; the server's own name for it goes before the standard's."""
        own = self.spelling.names.get(key)
        if own is not None and own in self._value:
            return self._value[own]
        if key in self._value:
            return self._value[key]
        if self._folded is None:
            self._folded = {name.lower(): part for name, part in self._value.items()}
        return self._folded.get(key.lower())

    def identifier(self) -> str:
        """Return the record's id; a number is as good as a text.

        Raises:
            MalformedRecordError: There is none.
        """
        value = self.raw("id")
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            raise MalformedRecordError(f"its id is {_kind(value)}")
        return clean(str(value))

    def text(self, key: str) -> str | None:
        """Return a text without control characters; None for a missing or empty one. Numbers are spelt out."""
        value = self.raw(key)
        if value is None or value == "":
            return None
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str | int | Decimal):
            words = self._standard(key, clean(str(value))) or None
            return masked(words) if words and key not in _IDENTITIES else words
        self._problem(key, value)
        return None

    def state(self, key: str) -> str | None:
        """Return a state in the system's own spelling, blanks at its ends included; unknown ones survive."""
        value = self.raw(key)
        return self._standard(key, clean(value, strip=False)) if isinstance(value, str) and value else self.text(key)

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
            found = datetime.fromisoformat(_BROKEN_FRACTION.sub(r"\1.\2", value.strip()))
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
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

    def money(self, key: str) -> Money | None:
        """Return an amount, from {unit, value}, a bare number or a text; the exact decimal the system wrote."""
        value = self.raw(key)
        if value is None or value == "":
            return None
        currency = self.spelling.currency
        if isinstance(value, dict):
            part = Reader(value, self.spelling, self.problems)
            currency = part.text("unit") or part.text("units") or part.text("currency") or currency
            value = part.raw("value") if part.raw("value") is not None else part.raw("amount")
        amount = self._amount(value)
        if isinstance(value, str) and (match := _TEXT_AMOUNT.match(value)):
            currency = match["before"] or match["after"] or currency
        if amount is None:
            self._problem(key, value)
            return None
        if currency is None:
            self.problems.append(f"{key} has no currency")
            return None
        minor = self.spelling.minor and isinstance(value, int)
        return Money(amount.scaleb(-minor_digits(currency)) if minor else amount, currency)

    def number(self, key: str) -> Decimal | None:
        """Return a number, exact, from a number or its text."""
        value = self.raw(key)
        if value is None or value == "":
            return None
        amount = self._amount(value)
        if amount is None:
            self._problem(key, value)
        return amount

    def part(self, key: str) -> "Reader | None":
        """Return an object inside this one; of a list, its first."""
        return next(self.parts(key), None)

    def parts(self, key: str) -> Iterator["Reader"]:
        """Yield the objects of a list; an object where a list should be is a list of one."""
        value = self.raw(key)
        for element in value if isinstance(value, list) else [] if value is None else [value]:
            if isinstance(element, dict):
                yield Reader(element, self.spelling, self.problems)
            elif element is not None:
                self._problem(key, element)

    def _standard(self, key: str, value: str) -> str:
        """Return the standard's word for a value the server has its own for."""
        own = self.spelling.values.get(key)
        return value if own is None else own.get(value, value)

    def _amount(self, value: Any) -> Decimal | None:
        if isinstance(value, bool):
            return None
        if isinstance(value, str):
            match = _TEXT_AMOUNT.match(value)
            value = match["amount"].replace(",", "").replace("−", "-") if match else None
        if not isinstance(value, str | int | Decimal):
            return None
        try:
            amount = Decimal(value)
        except InvalidOperation:
            return None
        usable = amount.is_finite() and -_LARGEST_EXPONENT <= amount.adjusted() <= _LARGEST_EXPONENT
        return amount if usable or amount == 0 else None

    def _problem(self, key: str, value: Any) -> None:
        """Note that a value cannot be read."""
        self.problems.append(f"{key} is {_kind(value)} that cannot be read")


def clean(text: str, *, strip: bool = True) -> str:
    """Return a text that is safe to show: control and direction marks become visible, very long ones are cut."""
    shown = text.strip() if strip else text
    if not shown.isprintable():
        shown = _UNPRINTABLE.sub("\ufffd", shown)
    return shown if len(shown) <= _LONGEST_TEXT else shown[:_LONGEST_TEXT] + "…"


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "missing"}
    return names.get(type(value), "a number")
