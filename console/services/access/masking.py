"""Masks phone numbers, e-mail addresses and dates of birth for roles that see them only on demand."""

import dataclasses
import re
from typing import Any, TypeVar

from console.models.customer import ContactMedium, Party
from console.models.discrepancy import Discrepancy, DiscrepancyKind, SystemStatement
from console.services.access.permissions import PersonalField

T = TypeVar("T")

MASK = "•"
_PHONE = re.compile(r"\+\d[\d ().-]{5,18}\d")
_EMAIL = re.compile(r"[^\s@<>(),;:]+@[^\s@<>(),;:]+\.[^\s@<>(),;:]+")


def masked(value: T, kinds: frozenset[PersonalField]) -> T:
    """Return a record, a text, or a tuple of them, with these kinds of values masked in all texts.

    Record ids are not masked, because requests need them.
    """
    return _masked(value, kinds) if kinds else value


def masked_text(text: str, kinds: frozenset[PersonalField]) -> str:
    """Return a text with its international phone numbers (those with a plus) and e-mail addresses masked."""
    if PersonalField.PHONE in kinds and "+" in text:
        text = _PHONE.sub(lambda found: _phone(found.group()), text)
    if PersonalField.EMAIL in kinds and "@" in text:
        text = _EMAIL.sub(lambda found: _email(found.group()), text)
    return text


def _masked(value: Any, kinds: frozenset[PersonalField]) -> Any:
    if isinstance(value, str):
        return masked_text(value, kinds)
    if isinstance(value, tuple):
        after = tuple(_masked(one, kinds) for one in value)
        return value if all(one is other for one, other in zip(after, value, strict=True)) else after
    if isinstance(value, ContactMedium):
        return dataclasses.replace(value, text=_medium(value.kind, value.text, kinds))
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    changes = _changes(value, kinds)
    return dataclasses.replace(value, **changes) if changes else value


def _changes(value: Any, kinds: frozenset[PersonalField]) -> dict[str, Any]:
    """Return the fields of a record that masking changes, including those specific to its type."""
    changes = _masked_fields(value, kinds)
    if isinstance(value, Party) and value.birth_on and PersonalField.BIRTH in kinds:
        changes["birth_on"] = re.sub(r"\d", MASK, value.birth_on)
    if isinstance(value, Discrepancy) and value.kind is DiscrepancyKind.CONTACT_DIFFERS:
        changes["statements"] = tuple(_masked_statement(one, kinds) for one in value.statements)
        changes.pop("mends", None)  # the form that fixes it shows values in full, and logs that
    return changes


def _masked_fields(value: Any, kinds: frozenset[PersonalField]) -> dict[str, Any]:
    """Return the fields of a record that masking changes; record ids stay."""
    changes = {}
    for one in dataclasses.fields(value):
        if one.name in {"id", "record"} or one.name.endswith(("_id", "_ids")):
            continue
        before = getattr(value, one.name)
        hidden = _masked(before, kinds)
        if hidden is not before:
            changes[one.name] = hidden
    return changes


def _masked_statement(statement: SystemStatement, kinds: frozenset[PersonalField]) -> SystemStatement:
    says = str(statement.says)  # in this kind, `says` is the number or address itself
    return dataclasses.replace(statement, says=_medium("email" if "@" in says else "phone", says, kinds))


def _medium(kind: str, text: str, kinds: frozenset[PersonalField]) -> str:
    if kind == "phone" and PersonalField.PHONE in kinds:
        return _phone(text)
    if kind == "email" and PersonalField.EMAIL in kinds:
        return _email(text)
    return masked_text(text, kinds)


def _phone(text: str) -> str:
    """Return a masked number with its last two digits, enough to distinguish two numbers of one person."""
    digits = re.sub(r"\D", "", text)
    return MASK * 6 + digits[-2:]


def _email(text: str) -> str:
    return f"{text[:1]}{MASK * 3}@{MASK * 3}"
