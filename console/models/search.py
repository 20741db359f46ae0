"""What was typed to find a customer, how it can be read, and what the systems found."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A customer that a system found, and why.

    `matched` names what matched (`Bill B-2611-0448`), in the system's own spelling; `details` are facts that tell
    customers of one name apart, most telling first.
    """

    customer_id: CustomerId
    system: str
    matched: str
    name: str | None = None
    kind: PartyKind | None = None
    status: str | None = None
    details: tuple[str, ...] = ()
