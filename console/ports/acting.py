"""Writing to a system: doing one step of an act, finding out whether it happened, and what the system holds now."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from console.models.outbox import Action, Step
from console.models.payload import Payload


class StepOutcome(Enum):
    """What a look at a system says about a step that may have been carried out."""

    HAPPENED = "happened"
    DID_NOT = "did not happen"
    CHANGED_SINCE = "the record holds something else by now"
    AWAITING = "a person has to agree first"
    TURNED_DOWN = "it was taken and turned down later"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look found.

    `record` is the id of the record that the step made or changed, empty where none was found. `others` are further
    records that carry the step's mark, or where nothing carries it, records that look like it. `by_list` is whether
    the outcome rests on a list: then DID_NOT is only as good as that list, which may lag or leave marks out.
    `is_unlisted` is whether the record was found by its id, and its list does not show it: then the list lags or
    leaves marks out, and a second record need not show either. `differs` is whether the record found holds another
    version of the step than the one that is wanted now. `reason` is why a step was turned down, in the system's words.
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
    """What a system holds of the values a step is about; `version` is the record's, where it has one."""

    values: Payload = field(default_factory=Payload)
    version: str | None = None

    def __post_init__(self) -> None:
        """Read what a system holds as the fields of a payload."""
        held: Any = self.values
        if not isinstance(held, Payload):
            object.__setattr__(self, "values", Payload.read(held))


class ActingSystem(Protocol):
    """A system that takes acts. Every call raises one of the six errors of a system call."""

    @property
    def name(self) -> str:
        """The system's configured name."""

    async def read_current(self, action: Action, step: Step) -> RemoteState:
        """Return what the system holds now of what the step would change; empty where it only adds."""

    async def perform(self, action: Action, step: Step, *, version: str | None) -> str:
        """Do a step and return the id that the answer named, empty where it named none.

        It is sent with the step's key, so that a system that knows keys does it once; and with `version`, so that one
        that knows versions rejects it when the record has moved on. The id is only what the answer said: another
        request's answer may have been taken for this one's, so `look_up` decides which record it is. Offline it raises
        SystemUnavailableError; `may_have_happened` of every error says whether the request can have been carried out.

        Raises:
            ConflictError: The record is no longer of that version.
            RefusedError: The system declines, with its reason. It may have carried it out all the same.
        """

    async def look_up(self, action: Action, step: Step) -> Finding:
        """Return whether a step was carried out, by looking at what the system holds now; nothing stored is used."""
