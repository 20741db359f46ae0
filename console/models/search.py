"""What was typed to find a customer, how it can be read, and what the systems found."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from console.models.customer import CustomerId, PartyKind


class Reading(Enum):
    """One way to understand the typed text."""

    NAME = "name"
    NUMBER = "number"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """The typed text and its readings.

    `name` keeps the text as typed, `number` a customer, account, bill or order number as typed without blanks around
    it, `email` in lower case, `phone` in E.164 (`+19375550142`). A reading that makes no sense is None.
    """

    text: str
    name: str | None = None
    number: str | None = None
    email: str | None = None
    phone: str | None = None

    @property
    def readings(self) -> tuple[Reading, ...]:
        values = {
            Reading.NUMBER: self.number,
            Reading.PHONE: self.phone,
            Reading.EMAIL: self.email,
            Reading.NAME: self.name,
        }
        return tuple(reading for reading, value in values.items() if value)


class MatchedBy(Enum):
    """What of a customer was found."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "e-mail"
    CUSTOMER = "customer number"
    ACCOUNT = "account"
    BILL = "bill"
    PRODUCT_ORDER = "product order"
    SERVICE_ORDER = "service order"
    SEEN_HERE = "on this computer"
    PHONE_AND_BIRTHDAY = "same phone and birthday"
    PHONE_AND_ADDRESS = "same phone and address"


@dataclass(frozen=True, slots=True)
class Match:
    """Why a customer was found: by what, and its number or address in the system's own spelling."""

    by: MatchedBy
    value: str = ""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A customer that a system found, and why; without a `matched` it was looked up after another system found it.

    `details` are facts that tell customers of one name apart, most telling first.
    """

    customer_id: CustomerId
    system: str
    matched: Match | None
    name: str | None = None
    kind: PartyKind | None = None
    status: str | None = None
    details: tuple[str, ...] = ()


class Asking(Enum):
    """How far a system is with the question."""

    ASKING = "asking"
    ANSWERED = "answered"
    FAILED = "failed"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class SystemProgress:
    """One system's part in a search; `sentence` says what went wrong, `elapsed_ms` how long it took.

    `has_more` is whether it found more than are shown.
    """

    system: str
    state: Asking
    elapsed_ms: float = 0.0
    sentence: str | None = None
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """One customer that was found, and every reason why, with the system that gave it."""

    customer_id: CustomerId
    name: str | None
    kind: PartyKind | None
    status: str | None
    details: tuple[str, ...]
    reasons: tuple[tuple[str, Match], ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found so far; `is_complete` once every asked system has answered or failed."""

    query: SearchQuery
    found: tuple[FoundCustomer, ...] = ()
    systems: tuple[SystemProgress, ...] = ()

    @property
    def is_complete(self) -> bool:
        return all(progress.state is not Asking.ASKING for progress in self.systems)


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A customer the desk knows without asking; `numbers` are phone, account, bill and order numbers as written."""

    customer_id: CustomerId
    name: str
    kind: PartyKind | None = None
    status: str | None = None
    details: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    seen_at: datetime | None = None
