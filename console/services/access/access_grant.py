"""How an account is open at this console, why, and what is shown of a caller before."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum

from console.messages import access as say
from console.models.customer import CustomerId
from console.services.customer.contact import NotPossibleError, refuse_card_numbers

_LEAST_REASON, _LONGEST_REASON = 12, 300


class AccessLevel(IntEnum):
    """How far an account is open."""

    CLOSED = 0
    ACCOUNT = 1
    CALL_DETAIL = 2


class AccessReason(Enum):
    """Why an account is opened."""

    CALLER = "a caller"
    TICKET = "a ticket"
    JOB = "a visit"
    TYPED = "another reason"
    AHEAD = "reading ahead"


@dataclass(frozen=True, slots=True)
class AccessGrant:
    """One account open at this desk; `how` is the method or the reason in words. `at` and `until` are aware UTC.

    `checked` is whether the desk compared what the caller said with what CRM holds.
    """

    customer_id: CustomerId
    reason: AccessReason
    how: str
    level: AccessLevel
    at: datetime
    until: datetime
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """What is shown of a customer before they are verified; None where the deployment shows it not."""

    customer_id: CustomerId
    name: str | None
    phone: str | None


def read_reason(words: str) -> str:
    """Return a reason on one line.

    Raises:
        NotPossibleError: It is too short to say anything, too long, or holds a card number.
    """
    text = " ".join(words.split())
    refuse_card_numbers([text])
    if len(text) < _LEAST_REASON or " " not in text:
        raise NotPossibleError(say.REASON_TOO_SHORT())
    if len(text) > _LONGEST_REASON:
        raise NotPossibleError(say.REASON_TOO_LONG(most=_LONGEST_REASON))
    return text
