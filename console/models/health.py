"""State of the systems, as seen from this console."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class SystemState(Enum):
    """The state of a system, derived from its latest responses."""

    NOT_ASKED = "not asked"
    ANSWERING = "answering"
    SLOW = "slow"
    REFUSING = "refusing"
    UNREADABLE = "unreadable"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its result; `failure` is None after a response, else the name and message of the error.

    `what` is the request without personal data, `received` the bytes of the body. `unchanged` says whether the system
    confirmed that the cached response is still valid.
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
    """One system as seen from this console; times are aware UTC, `since` is the start of the state."""

    system: str
    state: SystemState = SystemState.NOT_ASKED
    since: datetime | None = None
    last_answer_at: datetime | None = None
    last_ms: float | None = None
    failure: str | None = None
    damaged_records: int = 0


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a connection test of one API; `problem` is None if it works."""

    api: str
    elapsed_ms: float
    problem: str | None = None
