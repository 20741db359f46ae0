"""What the systems say differently about one customer, and what could not be compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from console.messages import Message
from console.models.money import Money


class DiscrepancyKind(Enum):
    """What two systems can disagree about; one rule each."""

    BILLED_BUT_TERMINATED = "billed after it ended"
    ACTIVE_NOT_BILLED = "active but not billed"
    ORDER_DONE_SERVICE_INACTIVE = "ordered and done, but not working"
    SUSPENDED_IN_ONE = "suspended in one place only"
    ADDRESS_DIFFERS = "addresses differ"
    NAME_DIFFERS = "names differ"
    CONTACT_DIFFERS = "phone or e-mail differs"
    PAYMENT_NOT_APPLIED = "payment not counted"
    DUPLICATE_CUSTOMER = "customer is there twice"
    ACCOUNT_UNKNOWN = "account unknown to billing"
    ORDERS_DIFFER = "orders differ"


@dataclass(frozen=True, slots=True)
class SystemStatement:
    """What one system says, as it says it or as a message, and since when as far as it says that; `record` is where."""

    system: str
    says: Message | str
    record: str
    since: date | None = None


@dataclass(frozen=True, slots=True)
class SuggestedFix:
    """The act that would mend it: which form, and what it starts from."""

    action: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One thing that cannot be so in every system.

    `about` is the record it matters at (a product, an account, a bill, a customer); `cost` what it costs the customer
    or us so far, with tax where billing says so, None where it costs nothing that can be counted. `since` is the
    first day it was so, as far as that can be known.
    """

    kind: DiscrepancyKind
    subject: Message | str
    about: str
    statements: tuple[SystemStatement, ...]
    since: date | None = None
    cost: Money | None = None
    meaning: Message | str = ""
    fixes: tuple[SuggestedFix, ...] = ()


@dataclass(frozen=True, slots=True)
class NotCompared:
    """What a rule could not look at, and why: silence is not "no contradiction". Without a kind it is so for all."""

    kind: DiscrepancyKind | None
    why: Message | str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing the systems came to."""

    found: tuple[Discrepancy, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()
