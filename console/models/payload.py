"""Payload of a step: the values to write, or the values they were based on, as declared fields with types."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from console.models.money import Money

# All fields of payloads and their types; a field means the same in every kind of step.
# Amounts include tax, except prices, which are before tax. Times are aware UTC.
FIELDS: Mapping[str, type] = {
    **dict.fromkeys(
        (
            "text", "reason", "note", "name", "title", "status", "state", "severity", "type", "category", "action",
            "decision", "digest", "phone", "email", "street1", "street2", "city", "postCode", "stateOrProvince",
            "country", "place", "to", "channel", "channel_name", "account", "account_name", "method", "method_name",
            "bill", "line", "product", "product_name", "serial", "offering", "offering_name", "service",
            "service_name", "order", "act", "about", "about_kind", "about_name", "speed",
        ),
        str,
    ),
    "amount": Money,
    "balance": Money,
    "over": Money,
    "due_on": date,
    "starts": datetime,
    "ends": datetime,
    "enabled": bool,
    "restart": bool,
    "parts": int,
}  # fmt: skip
# Earlier versions saved the currency beside the amount; it is now part of the amount.
_CURRENCY = "currency"


class Payload(Mapping[str, Any]):
    """The values of declared fields; a field that is missing has no value.

    Raises:
        TypeError: A field is not declared, or its value has another type.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self._values = dict(values or {})
        for name, value in self._values.items():
            if name not in FIELDS:
                raise TypeError(f"{name} is not a declared field of a payload")
            if type(value) is not FIELDS[name]:
                raise TypeError(f"{name} is of type {FIELDS[name].__name__}, not {type(value).__name__}")

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Return a payload from saved values (of this or an earlier version) or from a system's values.

        Earlier versions saved every value as text, and the currency beside the amount. A value that cannot be read as
        its field's type stays a text. It differs from every valid value, so a person sees it.
        """
        made = cls()
        currency = stored.get(_CURRENCY, "")
        for name, value in stored.items():
            if name != _CURRENCY:
                made._values[name] = _read(FIELDS.get(name, str), value, currency)
        return made

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(tuple(self._values.items()))

    def __repr__(self) -> str:
        return f"Payload({self._values!r})"

    def text(self, name: str) -> str:
        """Return a field as text, empty if it has no value."""
        value = self._values.get(name, "")
        return value if isinstance(value, str) else str(value)

    def money(self, name: str = "amount") -> Money:
        """Return an amount.

        Raises:
            TypeError: The field has no amount.
        """
        value = self._values.get(name)
        if not isinstance(value, Money):
            raise TypeError(f"{name} is no amount")
        return value


def _read(kind: type, value: Any, currency: str) -> Any:
    try:
        return _READERS[kind](value, currency)
    except (ValueError, TypeError, KeyError, InvalidOperation):
        return str(value)


def _read_money(value: Any, currency: str) -> Money:
    if isinstance(value, Money):
        return value
    if isinstance(value, Mapping):
        return Money(Decimal(value["amount"]), str(value["currency"]))
    amount, _, named = str(value).partition(" ")
    return Money(Decimal(amount.replace(",", "")), _code(named or currency))


def _code(currency: str) -> str:
    if len(currency) != len("USD"):
        raise ValueError(f"{currency} is not a currency")
    return currency


def _read_day(value: Any, _currency: str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _read_moment(value: Any, _currency: str) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    return found


def _read_flag(value: Any, _currency: str) -> bool:
    return value if isinstance(value, bool) else {"true": True, "false": False}[value]


_READERS: Mapping[type, Callable[[Any, str], Any]] = {
    str: lambda value, _currency: str(value),
    Money: _read_money,
    date: _read_day,
    datetime: _read_moment,
    bool: _read_flag,
    int: lambda value, _currency: int(value),
}
