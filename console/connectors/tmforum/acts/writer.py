"""What every kind of step can do; see the port ActingSystem for the promises."""

from datetime import UTC, datetime
from typing import Protocol

from console.connectors.tmforum.client import TmForumClient
from console.models.outbox import Act, Step
from console.ports.acting import Current, Fate


class Writer(Protocol):
    """Carries one kind of step."""

    async def read_current(self, client: TmForumClient, act: Act, step: Step) -> Current:
        """Return what the system holds now of what the step would change."""

    async def perform(self, client: TmForumClient, act: Act, step: Step, *, version: str | None) -> str:
        """Do the step; return the id of what was written."""

    async def look_up(self, client: TmForumClient, act: Act, step: Step) -> Fate:
        """Return whether the step was carried out."""


def instant(at: datetime) -> str:
    """Return a time as the published descriptions ask for, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
