"""Parsing of single values as servers write them: texts, states, times, units and numbers."""

import functools
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

_LONGEST_TEXT = 4000
_LARGEST_EXPONENT = 12
# Control characters, surrogates, and marks that change the text direction.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_LEAP_SECOND = re.compile(r"(T\d{2}:?\d{2}:?)60")
_LAST_MIDNIGHT = re.compile(r"(T)24(?=:?00(?::?00(?:[.,]0+)?)?(?:Z|[+-]\d{2}:?\d{2})?$)")
_A_CODE = len("EUR")
_DEEPEST = 4
_UNIT_KEYS = ("units", "unit", "unitOfMeasure")
# Signs of exactly one currency; $ and ¥ are used by several.
_SYMBOLS = {"€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₺": "TRY", "₴": "UAH", "₦": "NGN", "₫": "VND", "₪": "ILS"}
_BROKEN_FRACTION = re.compile(r"(T\d{2}:\d{2}:\d{2}):(\d{1,6})")
# With a decimal point, commas are accepted only as thousands separators before it. "12,50" and "1,520" are ambiguous,
# unless the settings say that the system writes a decimal comma.
_NUMBERS = {
    ".": re.compile(r"[-+\u2212]?(?:\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+\.\d+)", re.ASCII),
    ",": re.compile(r"[-+\u2212]?(?:\d+(?:,\d+)?|\d{1,3}(?:[.\s]\d{3})+(?:,\d+)?)"),
}
# An amount with a code or a sign before or after it.
_UNIT = r"[A-Za-z]{3}|[^\w\s.,+\u2212-]"
_TEXT_AMOUNT = re.compile(rf"({_UNIT})?\s*([-+\u2212]?[\d.,\s]+?)\s*({_UNIT})?")


@functools.lru_cache(4_000)
def plain_word(word: str) -> str:
    """Return a word for comparison: in lower case, without blanks and punctuation."""
    return "".join(sign for sign in word.lower() if sign.isalnum())


# The standard's states, by their plain word. The standard itself spells two of them in more than one way.
_STATES = {
    plain_word(state): state
    for state in (
        "new", "onHold", "validated", "sent", "partiallyPaid", "settled", "acknowledged", "rejected", "pending", "held",
        "inProgress", "cancelled", "completed", "failed", "partial", "assessingCancellation", "pendingCancellation",
        "draft", "inProgress.accepted", "created", "pendingActive", "active", "pendingTerminate", "terminated",
        "suspended", "aborted", "feasibilityChecked", "designed", "reserved", "inactive", "closed", "resolved",
        "initialized", "confirmed", "deceased", "received", "recycled", "guided", "rated", "rerated", "billed",
    )
} | {"deceaded": "deceased", "canceled": "cancelled"}  # fmt: skip


def standard_state(word: str) -> str:
    """Return a state in the standard's spelling; an unknown state is returned unchanged."""
    return _STATES.get(plain_word(word), word)


def clean(text: str, *, strip: bool = True) -> str:
    """Return a text that is safe to show: control and direction marks replaced, cut after 4000 characters."""
    shown = text.strip() if strip else text
    if not shown.isprintable():
        shown = _UNPRINTABLE.sub("\ufffd", shown)
    return shown if len(shown) <= _LONGEST_TEXT else shown[:_LONGEST_TEXT] + "…"


def read_time(text: str) -> datetime:
    """Return an ISO 8601 time, aware UTC; also 24:00 and leap seconds, which Python does not parse.

    24:00 is read as midnight of the next day, a leap second as second 59. A time without a zone is read as UTC.

    Raises:
        ValueError: The text is not a time.
        OverflowError: The time is outside the supported calendar.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _read_odd_time(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _read_odd_time(text: str) -> datetime:
    written = _LEAP_SECOND.sub(r"\g<1>59", _BROKEN_FRACTION.sub(r"\1.\2", text))
    midnight = _LAST_MIDNIGHT.sub(r"\g<1>00", written)
    found = datetime.fromisoformat(midnight)
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return found if midnight == written else found + timedelta(days=1)


def split_amount(text: str) -> tuple[str | None, str]:
    """Return the unit before or after an amount (None if there is none) and the number's text."""
    match = _TEXT_AMOUNT.fullmatch(text.strip())
    return (match[1] or match[3], match[2]) if match else (None, text)


def exact_number(value: Any, decimal_mark: str = ".") -> Decimal | None:
    """Return an exact number; None if it is not a number, is ambiguous, or has an exponent over 12 (or below -12)."""
    if isinstance(value, str):
        value = _plain_number(value.strip(), decimal_mark)
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    usable = amount.is_finite() and -_LARGEST_EXPONENT <= amount.adjusted() <= _LARGEST_EXPONENT
    return amount if usable or amount == 0 else None


def _plain_number(text: str, decimal_mark: str) -> str | None:
    """Return a number's text in Python's format; None if it is not a number or is ambiguous."""
    if not _NUMBERS[decimal_mark].fullmatch(text):
        return None
    thousands = "." if decimal_mark == "," else ","
    digits = "".join(sign for sign in text if sign != thousands and not sign.isspace())
    return digits.replace("\u2212", "-").replace(",", ".")


def whole(value: Any) -> Any:
    """Return a whole `Decimal` as an int, any other value unchanged."""
    return int(value) if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral() else value


def currency_code(unit: str) -> str:
    """Return the currency code of a money unit; an unknown unit is returned unchanged."""
    return unit.upper() if len(unit) == _A_CODE and unit.isascii() and unit.isalpha() else _SYMBOLS.get(unit, unit)


def spelt_out(value: Any, depth: int = 0) -> str | None:
    """Return a JSON value as text: list items with commas, object values with their names; None if it is empty."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | Decimal):
        return str(value) or None
    if depth > _DEEPEST:
        return None
    if isinstance(value, list):
        return ", ".join(words for part in value if (words := spelt_out(part, depth + 1))) or None
    return _object_spelt_out(value, depth) if isinstance(value, dict) else None


def _amount_spelt_out(value: Mapping[str, Any]) -> str | None:
    """Return the number with its unit, or the number of an object with nothing else; else None."""
    numbers = (value.get(key) for key in ("amount", "value"))
    amount = next((part for part in numbers if isinstance(part, int | Decimal | str)), None)
    unit = next((part for key in _UNIT_KEYS if isinstance(part := value.get(key), str)), None)
    if amount is None or (unit is None and len(value) > 1):
        return None
    return f"{amount} {unit or ''}".strip()


def _object_spelt_out(value: Mapping[str, Any], depth: int) -> str | None:
    """Return an object as text; a quantity or amount as number and unit, a reference as its name."""
    if (amount := _amount_spelt_out(value)) is not None:
        return amount
    shown = {key: part for key, part in value.items() if not key.startswith("@") and key != "href"}
    texts = {key: words for key, part in shown.items() if (words := spelt_out(part, depth + 1))}
    if "name" in texts and set(texts) <= {"id", "name"}:
        return texts["name"]
    return ", ".join(f"{key} {words}" for key, words in texts.items()) or None


def kind_of(value: Any) -> str:
    """Return the JSON type of a value in words, for a log; never its contents."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "missing"}
    return names.get(type(value), "a number")
