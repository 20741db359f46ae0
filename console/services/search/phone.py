"""Phone numbers as people type, paste and read them."""

import functools
import importlib
import re
import unicodedata
from types import ModuleType
from typing import Any

_LOOKS_LIKE = re.compile(r"^[\d+()\[\]./\-\s‐-―]{6,40}$")
# Source: RFC 3966 (`tel:`) and RFC 3261 (`sip:`). Parameters and the server follow the number.
_SCHEME = re.compile(r"^(?:tel|sips?|callto):(?://)?", re.IGNORECASE)
_AFTER_NUMBER = re.compile(r"[@;?].*$", re.DOTALL)
_EXTENSION = re.compile(
    r"(?:\s*[;,]?\s*(?:extension|extn?|ext\s*=|x|durchwahl|poste)\s*[.:=]?\s*|\s*#\s*|\s*,{1,2}\s*)(\d{1,7})\s*$",
    re.IGNORECASE,
)
# Characters of a typed number that are read.
_LONGEST_TYPED = 120
# Digits. Many numbers share a shorter ending.
_LEAST_COMPARED = 7


@functools.cache
def numbering_plans() -> ModuleType:
    """Return the library with all countries' numbering plans; loading it is too slow for the window's thread."""
    return importlib.import_module("phonenumbers")


def read_phone(text: str, country: str) -> str | None:
    """Return a number in E.164 without its extension, or None if the text is not a possible number.

    `country` (ISO 3166) is where a number without a country code is dialled. A local number without its area code gives
    None, because other systems could not use it. Source: ITU-T E.164.
    """
    number = _parsed(split_extension(text)[0], country)
    if number is None:
        return None
    phonenumbers = numbering_plans()
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def split_extension(text: str) -> tuple[str, str | None]:
    """Return a typed number without invisible marks, and its extension; None if it has none."""
    typed = unicodedata.normalize("NFKC", text[:_LONGEST_TYPED])
    plain = "".join(sign for sign in typed if unicodedata.category(sign) != "Cf").strip()
    address = _SCHEME.match(plain)
    given = re.search(r";ext=(\d{1,7})", plain, re.IGNORECASE) if address else None
    if address:
        plain = _AFTER_NUMBER.sub("", plain[address.end() :])
    match = _EXTENSION.search(plain)
    if match is not None and _LOOKS_LIKE.match(plain[: match.start()]):
        return plain[: match.start()].strip(), match[1]
    return plain.strip(), given[1] if given else None


def national_digits(phone: str) -> str:
    """Return the digits of an E.164 number without its country code, as systems may store domestic numbers."""
    phonenumbers = numbering_plans()
    try:
        return str(phonenumbers.national_significant_number(phonenumbers.parse(phone, None)))
    except phonenumbers.NumberParseException:
        return ""


def is_same_number(one: str, other: str) -> bool:
    """Return whether two numbers are the same, where each may be written with or without its country code."""
    first, second = (split_extension(text)[0] for text in (one, other))
    digits = sorted((_digits(first), _digits(second)), key=len)
    if first.startswith("+") and second.startswith("+"):
        return digits[0] == digits[1]
    shorter = digits[0].lstrip("0")
    return digits[0] == digits[1] or (len(shorter) >= _LEAST_COMPARED and digits[1].endswith(shorter))


def show_phone(text: str) -> str:
    """Return a number in the international format with its country's spacing; other text stays as it is."""
    phonenumbers = numbering_plans()
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return text
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def _parsed(plain: str, country: str) -> Any:
    """Return a parsed number, or None if it is invalid or cannot be dialled from elsewhere."""
    if not _LOOKS_LIKE.match(plain):
        return None
    phonenumbers = numbering_plans()
    dialled = plain if plain.startswith("+") else re.sub(r"^(00|011)(?=[\s\d])", "+", plain)
    try:
        number = phonenumbers.parse(dialled.replace("(0)", ""), country)
    except phonenumbers.NumberParseException:
        return None
    is_possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    return number if is_possible else None


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())
