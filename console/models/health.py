"""How the systems are doing, as seen from this desk."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class SystemState(Enum):
    """What the last answers of a system say about it."""

    NOT_ASKED = "not asked"
    ANSWERING = "answering"
    SLOW = "slow"
    REFUSING = "refusing"
    UNREADABLE = "unreadable"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and how it ended; `failure` is None for an answer, else the name and sentence of what went wrong.

    `what` is the question without anything personal, `received` the bytes of the body, `unchanged` whether the system
    said that the stored answer still holds.
    """

    system: str
    at: datetime
    elapsed_ms: float
    failure: str | None = None
    sign_in_rejected: bool = False
    unavailable: bool = False
    unreadable: bool = False
    what: str = ""
    received: int = 0
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class SystemHealth:
    """One system as seen from this desk; times are aware UTC, `since` is when the state began."""

    system: str
    state: SystemState = SystemState.NOT_ASKED
    since: datetime | None = None
    last_answer_at: datetime | None = None
    last_ms: float | None = None
    failure: str | None = None
    damaged_records: int = 0


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one API of a system said when its connection was tested; `problem` is None when all is well."""

    api: str
    elapsed_ms: float
    problem: str | None = None
