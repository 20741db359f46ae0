"""Trouble tickets with their history."""

from dataclasses import dataclass
from datetime import datetime

from console.models.detail import Detail
from console.models.reference import Reference


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One step of a ticket's history; `status` keeps the standard's spelling."""

    status: str | None
    at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """What someone wrote on a ticket."""

    author: str | None
    at: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class TroubleTicket:
    """One ticket. Source: TMF621 v4 TroubleTicket; `changes` and `notes` are oldest first, as far as dated."""

    id: str
    name: str
    description: str | None
    ticket_type: str | None
    severity: str | None
    priority: str | None
    status: str | None
    created_at: datetime | None
    expected_at: datetime | None
    resolved_at: datetime | None
    updated_at: datetime | None
    changes: tuple[StatusChange, ...] = ()
    notes: tuple[Note, ...] = ()
    about: tuple[Reference, ...] = ()
    details: tuple[Detail, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something; a state we do not know counts as open."""
        return (self.status or "").strip() not in {"closed", "resolved", "cancelled", "rejected"}
