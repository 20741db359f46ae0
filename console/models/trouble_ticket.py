"""Trouble tickets and their history."""

from dataclasses import dataclass
from datetime import datetime

from console.models.detail import Detail
from console.models.reference import Reference


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One status change of a ticket; `status` is the standard's word."""

    status: str | None
    at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a ticket."""

    author: str | None
    at: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class TroubleTicket:
    """One ticket. Source: TMF621 v4 TroubleTicket; `changes` and `notes` are oldest first, if dated."""

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
        """Whether the ticket still needs work; an unknown state counts as open."""
        return (self.status or "").strip() not in {"closed", "resolved", "cancelled", "rejected"}
