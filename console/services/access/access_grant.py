"""Access to one account: the grant, its level and reason, and the data shown before the caller is verified."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum

from console.messages import access as say
from console.models.customer import CustomerId
from console.services.customer.contact import NotPossibleError, refuse_card_numbers

# Characters. A shorter reason says nothing.
_LEAST_REASON, _LONGEST_REASON = 12, 300


class AccessLevel(IntEnum):
    """How much of an account is open; a higher value opens more."""

    CLOSED = 0
    ACCOUNT = 1
    CALL_DETAIL = 2


class AccessReason(Enum):
    """Why an account was opened."""

    CALLER = "a caller"
    TICKET = "a ticket"
    JOB = "a visit"
    TYPED = "another reason"
    AHEAD = "reading ahead"


@dataclass(frozen=True, slots=True)
class AccessGrant:
    """Access of this console to one account, from `at` until `until` (aware UTC).

    `how` is the verification method, or the reason in words. `checked` is true if the console compared what the caller
    said with CRM's data.
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
    """The data of a customer that is shown before verification; None for a field that the deployment hides."""

    customer_id: CustomerId
    name: str | None
    phone: str | None


def read_reason(words: str) -> str:
    """Return a reason on one line, with single spaces.

    Raises:
        NotPossibleError: The reason has fewer than 12 characters, only one word, more than 300 characters, or a card
            number.
    """
    text = " ".join(words.split())
    refuse_card_numbers([text])
    if len(text) < _LEAST_REASON or " " not in text:
        raise NotPossibleError(say.REASON_TOO_SHORT())
    if len(text) > _LONGEST_REASON:
        raise NotPossibleError(say.REASON_TOO_LONG(most=_LONGEST_REASON))
    return text
