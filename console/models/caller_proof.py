"""What a system checks of a caller by itself: the PIN of an account, and a code sent to a number of record."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class ProofResult(Enum):
    """What a system says to a PIN or a code.

    `LOCKED` is after too many wrong ones, `NOTHING_SET` where the customer has no PIN, `EXPIRED` for a code that is too
    old or was used.
    """

    MATCH = "match"
    MISMATCH = "mismatch"
    LOCKED = "locked"
    NOTHING_SET = "nothingSet"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class SentCode:
    """A code that a system sent: never the code itself. `ends_in` is the last two digits of the number it went to.

    `expires_at` is aware UTC, by the system's clock.
    """

    id: str
    ends_in: str
    expires_at: datetime
