"""Why a user may not see or do something: a reason for code to decide by, and a message to show."""

from dataclasses import dataclass
from enum import Enum

from console.messages import Message


class DenialReason(Enum):
    """Why access is denied."""

    ROLE = "role"  # this role never includes it; another may
    NOT_RECORDED = "not recorded"  # the audit cannot be written now
    LOCKED = "locked"  # the account is locked
    CALLER_NEEDED = "caller needed"  # the account was opened without a caller
    STRONGER_NEEDED = "stronger verification needed"


@dataclass(frozen=True, slots=True)
class Denial:
    """A reason and its message; `str` returns the message in English."""

    reason: DenialReason
    message: Message

    def __str__(self) -> str:
        return str(self.message)
