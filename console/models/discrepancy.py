"""Discrepancies between the systems about one customer, and data that could not be compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from console.messages import Message
from console.models.money import Money


class DiscrepancyKind(Enum):
    """The kinds of discrepancy between systems; each has one rule."""

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
    """One system's value, as it sent it or as a message, and since when, if known; `record` names the record."""

    system: str
    says: Message | str
    record: str
    since: date | None = None


@dataclass(frozen=True, slots=True)
class SuggestedFix:
    """The action that would fix it: the form's name and its start values."""

    action: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One difference between systems that cannot all be right.

    `about` is the affected record (a product, an account, a bill, a customer). `cost` is its cost so far for the
    customer or us, with tax if billing includes it; None if its cost cannot be counted. `since` is the first known day
    of it.
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
    """A rule that could not compare, and why: this is not the same as “no discrepancy”. No kind means all rules."""

    kind: DiscrepancyKind | None
    why: Message | str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of comparing the systems."""

    found: tuple[Discrepancy, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()
