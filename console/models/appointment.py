"""Visits at the customer's."""

from dataclasses import dataclass
from datetime import datetime

from console.models.detail import Detail
from console.models.reference import Reference


@dataclass(frozen=True, slots=True)
class Appointment:
    """One appointment; times are aware UTC. Source: TMF646 v4 Appointment."""

    id: str
    status: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    category: str | None
    description: str | None
    place: str | None
    about: tuple[Reference, ...] = ()
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeSlot:
    """Hours in which a visit can be booked, aware UTC. Source: TMF646 v4 TimeSlot."""

    id: str
    starts_at: datetime
    ends_at: datetime
