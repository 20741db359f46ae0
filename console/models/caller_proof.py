"""Caller checks that a system does: the PIN of an account, and a code sent to a phone number of record."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class ProofResult(Enum):
    """A system's result for a PIN or a code.

    `LOCKED`: too many wrong tries. `NOTHING_SET`: the customer has no PIN. `EXPIRED`: the code is too old or was used.
    """

    MATCH = "match"
    MISMATCH = "mismatch"
    LOCKED = "locked"
    NOTHING_SET = "nothingSet"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class SentCode:
    """A code that a system sent, without the code itself. `ends_in` is the last two digits of the phone number.

    `expires_at` is aware UTC, by the system's clock.
    """

    id: str
    ends_in: str
    expires_at: datetime
