"""Masks responses for a report: shape and states stay, personal data is removed."""

import json
import re
from typing import Any

from console.http import Undecodable

_LONGEST_EXCERPT = 900
_MOST_ELEMENTS = 1
# Attributes with words of the standard or the vendor, never personal data.
_OPEN = frozenset(
    {
        "@type", "@baseType", "@referredType", "role", "state", "status", "severity", "priority", "ticketType",
        "direction", "unit", "units", "mediumType", "contactType", "category", "action", "code", "reason", "error",
        "errorCode", "balanceType", "type", "priceType", "valueType", "operatingStatus", "usageType",
    }
)  # fmt: skip
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}")


def masked(value: Any) -> str:
    """Return a response's JSON with texts and numbers replaced by their kind, cut after 900 characters."""
    if isinstance(value, Undecodable):
        return "(no JSON)"
    text = json.dumps(_mask("", value), ensure_ascii=False, indent=1)
    lines = [line.rstrip() for line in text.splitlines()]
    text = "\n".join(lines)
    return text if len(text) <= _LONGEST_EXCERPT else text[: _LONGEST_EXCERPT - 2] + "\n…"


def _mask(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name)[:60]: _mask(str(name), part) for name, part in value.items()}
    if isinstance(value, list):
        shown = [_mask(key, element) for element in value[:_MOST_ELEMENTS]]
        return [*shown, f"… {len(value) - _MOST_ELEMENTS} more"] if len(value) > _MOST_ELEMENTS else shown
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _mask_text(key, value)
    return "(not JSON)" if isinstance(value, Undecodable) else "(number)"


def _mask_text(key: str, text: str) -> str:
    if key in _OPEN and len(text) <= 40 and not any(sign.isdigit() for sign in text):
        return text
    if _DATE.match(text) and len(text) <= 40:
        return re.sub(r"\d", "#", text)
    return "" if text == "" else f"(text of {len(text)})"
