"""Customer search: the typed text, its readings, and the customers that the systems found."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from console.models.customer import CustomerId, PartyKind


class Reading(Enum):
    """One way to read the typed text."""

    NAME = "name"
    NUMBER = "number"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """The typed text and its readings.

    `name` is the text as typed. `number` is a customer, account, bill or order number as typed, without spaces around
    it. `email` is in lower case, `phone` in E.164 (`+19375550142`). A reading that does not fit the text is None.
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
    """The data of a customer that matched."""

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
    """The reason why a customer was found: the kind of data, and its value as the system writes it."""

    by: MatchedBy
    value: str = ""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A customer that a system found, and why. Without `matched`, it was looked up after another system found it.

    `details` are facts that distinguish customers of the same name, the most useful first.
    """

    customer_id: CustomerId
    system: str
    matched: Match | None
    name: str | None = None
    kind: PartyKind | None = None
    status: str | None = None
    details: tuple[str, ...] = ()


class SystemSearchState(Enum):
    """The progress of one system's request."""

    ASKING = "asking"
    ANSWERED = "answered"
    FAILED = "failed"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class SystemProgress:
    """One system's progress in a search; `sentence` is the error message, `elapsed_ms` the duration.

    `has_more` says whether it found more than is shown.
    """

    system: str
    state: SystemSearchState
    elapsed_ms: float = 0.0
    sentence: str | None = None
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """One customer that was found, with every reason and the system that gave it."""

    customer_id: CustomerId
    name: str | None
    kind: PartyKind | None
    status: str | None
    details: tuple[str, ...]
    reasons: tuple[tuple[str, Match], ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The result so far; `is_complete` once every requested system has replied or failed."""

    query: SearchQuery
    found: tuple[FoundCustomer, ...] = ()
    systems: tuple[SystemProgress, ...] = ()

    @property
    def is_complete(self) -> bool:
        return all(progress.state is not SystemSearchState.ASKING for progress in self.systems)


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A customer that the console finds without a request; `numbers` are phone, account, bill and order numbers."""

    customer_id: CustomerId
    name: str
    kind: PartyKind | None = None
    status: str | None = None
    details: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    seen_at: datetime | None = None
