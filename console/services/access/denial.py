"""Why somebody may not see or do something: a reason to decide by, and what to say of it."""

from dataclasses import dataclass
from enum import Enum

from console.messages import Message


class DenialReason(Enum):
    """Why something is withheld."""

    ROLE = "role"  # the role never includes it; another person's may
    NOT_RECORDED = "not recorded"  # what is seen or done could not be written down now
    LOCKED = "locked"  # the account is not open
    CALLER_NEEDED = "caller needed"  # it is open without a caller
    STRONGER_NEEDED = "stronger verification needed"


@dataclass(frozen=True, slots=True)
class Denial:
    """Why something is withheld, and the sentence for it; `str` gives that in English."""

    reason: DenialReason
    message: Message

    def __str__(self) -> str:
        return str(self.message)
