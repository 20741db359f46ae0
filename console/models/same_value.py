"""Comparison of two values that systems may write differently."""

import re
from datetime import datetime
from typing import Any

# In digits. A number without country or trunk code is the same number; fewer digits may be anyone's extension.
_FEWEST_SHARED_DIGITS = 7
_NUMBER = re.compile(r"(?:tel:)?[\d\s+()./-]+")


def same_value(key: str, one: Any, other: Any) -> bool:
    """Return whether two values of a field are the same; phone numbers are compared as numbers (ITU-T E.164).

    Times are compared to the second, because some servers drop the milliseconds.
    """
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one.replace(microsecond=0) == other.replace(microsecond=0)
    if one == other:
        return True
    if key != "phone" or not (isinstance(one, str) and isinstance(other, str)):
        return False
    return _same_number(one, other)


def _same_number(one: str, other: str) -> bool:
    if not (_NUMBER.fullmatch(one) and _NUMBER.fullmatch(other)):
        return False
    shorter, longer = sorted((_digits(one), _digits(other)), key=len)
    if len(shorter) < _FEWEST_SHARED_DIGITS:
        return bool(shorter) and shorter == longer
    return longer.endswith(shorter)


def _digits(number: str) -> str:
    """Return the digits of a phone number without leading zeros and without “(0)”."""
    return re.sub(r"\D", "", number.replace("(0)", "")).lstrip("0")
