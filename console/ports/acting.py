"""Port for writing to a system: carry out one step of an action, check its outcome, read the current values."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from console.models.outbox import Action, Step
from console.models.payload import Payload


class StepOutcome(Enum):
    """The result of checking at a system whether a step was carried out."""

    HAPPENED = "happened"
    DID_NOT = "did not happen"
    CHANGED_SINCE = "the record holds something else by now"
    AWAITING = "a person has to agree first"
    TURNED_DOWN = "it was taken and turned down later"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class LookupResult:
    """The result of a lookup.

    `record` is the id of the record that the step created or changed, empty if none was found. `others` are further
    records with the step's mark; if no record has the mark, records with similar content. `by_list` is True if the
    outcome comes from a list. DID_NOT is then only as reliable as the list, which may lag or drop marks.
    `is_unlisted` is True if the record was found by its id but its list does not show it. The list then lags or drops
    marks, so a second record may be missing from it too. `differs` is True if the record found has another version of
    the step than the current one. `reason` is why the step was turned down, in the system's words.
    """

    outcome: StepOutcome
    record: str = ""
    others: tuple[str, ...] = ()
    by_list: bool = False
    is_unlisted: bool = False
    differs: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RemoteState:
    """The current values at a system for the fields of a step; `version` is the record's version, if it has one."""

    values: Payload = field(default_factory=Payload)
    version: str | None = None

    def __post_init__(self) -> None:
        """Convert a plain mapping of values to a `Payload`."""
        held: Any = self.values
        if not isinstance(held, Payload):
            object.__setattr__(self, "values", Payload.read(held))


class ActingSystem(Protocol):
    """A system that carries out actions. Every call may raise one of the six `SystemCallError` types."""

    @property
    def name(self) -> str:
        """The system's configured name."""

    async def read_current(self, action: Action, step: Step) -> RemoteState:
        """Return the current values of the fields that the step would change; empty if the step only adds."""

    async def perform(self, action: Action, step: Step, *, version: str | None) -> str:
        """Carry out a step and return the id from the response, empty if the response has none.

        The request has the step's key: a system that supports idempotency keys carries it out once. It also has
        `version`: a system that supports versions rejects it if the record has changed since. Do not rely on the
        returned id: the response may belong to another request. `look_up` decides which record it is. Offline it raises
        SystemUnavailableError. `may_have_happened` of every error is True if the request may have been carried out.

        Raises:
            ConflictError: The record no longer has that version.
            RejectedError: The system rejected the step, with its reason. It may still have carried it out.
        """

    async def look_up(self, action: Action, step: Step) -> LookupResult:
        """Return whether a step was carried out, by the current records at the system; no cached response is used."""
