"""Phone numbers as people type, paste and read them."""

import functools
import importlib
import re
import unicodedata
from types import ModuleType

_LOOKS_LIKE = re.compile(r"^(tel:)?[\d+()\[\]./\-\s‐-―]{6,40}$", re.IGNORECASE)


@functools.cache
def numbering_plans() -> ModuleType:
    """Return the library with all countries' numbering plans; loading it takes too long for the window's thread."""
    return importlib.import_module("phonenumbers")


def read_phone(text: str, country: str) -> str | None:
    """Return a number in E.164, or None where the text is no possible number.

    `country` (ISO 3166) is where a number without a country code is dialled. Source: ITU-T E.164.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not _LOOKS_LIKE.match(plain):
        return None
    phonenumbers = numbering_plans()
    plain = (
        re.sub(r"^(tel:)?\s*(00|011)(?=[\s\d])", "+", plain.removeprefix("tel:"))
        if not plain.startswith("+")
        else plain
    )
    try:
        number = phonenumbers.parse(plain.replace("(0)", ""), country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def show_phone(text: str) -> str:
    """Return a number in the form it is read aloud in its country's way; what is no number stays as it is."""
    phonenumbers = numbering_plans()
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return text
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
