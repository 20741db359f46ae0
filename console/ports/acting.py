"""Writing to a system: doing one step of an act, finding out whether it happened, and what the system holds now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from console.models.outbox import Act, Step


class StepOutcome(Enum):
    """What a system says of a step that may have been carried out."""

    HAPPENED = "happened"
    DID_NOT = "did not happen"
    CHANGED_SINCE = "the record holds something else by now"
    AWAITING = "a person has to agree first"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Current:
    """What a system holds of the values a step is about; `version` is the record's, where it has one."""

    values: Mapping[str, str] = field(default_factory=dict)
    version: str | None = None


class ActingSystem(Protocol):
    """A system that takes acts. Every call raises one of the six errors of a system call."""

    @property
    def name(self) -> str:
        """The system's configured name."""

    async def read_current(self, act: Act, step: Step) -> Current:
        """Return what the system holds now of what the step would change; empty where it only adds."""

    async def perform(self, act: Act, step: Step, *, version: str | None) -> str:
        """Do a step and return the id of what was written, empty where the system does not say.

        It is sent with the step's key, so that a system that knows keys does it once; and with `version`, so that one
        that knows versions refuses it when the record has moved on. Offline it raises SystemUnavailableError, whose
        `may_have_happened` says whether the request can have arrived.

        Raises:
            ConflictError: The record is no longer of that version.
            RefusedError: The system declines, with its reason.
        """

    async def look_up(self, act: Act, step: Step) -> StepOutcome:
        """Return whether a step was carried out, by looking at what the system holds.

        Raises:
            RefusedError: It was taken and turned down later, with the reason.
        """
