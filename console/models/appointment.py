"""Appointments at the customer's place."""

from dataclasses import dataclass
from datetime import datetime

from console.models.detail import Detail
from console.models.reference import Reference


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """A start and an end (aware UTC), None if the system sent none; `spoken` is for a text that is read aloud."""

    starts_at: datetime | None
    ends_at: datetime | None
    spoken: bool = False

    def __str__(self) -> str:
        """Return the window in this computer's time zone, for commands and for titles that are stored."""
        if self.starts_at is None:
            return "no time"
        local = self.starts_at.astimezone()
        until = f"–{self.ends_at.astimezone():%H:%M}" if self.ends_at else ""
        return f"{local:%a} {local.day} {local:%b} {local:%H:%M}{until}"


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

    @property
    def hours(self) -> TimeWindow:
        """From when to when."""
        return TimeWindow(self.starts_at, self.ends_at)


@dataclass(frozen=True, slots=True)
class TimeSlot:
    """Hours in which an appointment can be booked, aware UTC. Source: TMF646 v4 TimeSlot."""

    id: str
    starts_at: datetime
    ends_at: datetime

    @property
    def hours(self) -> TimeWindow:
        """From when to when."""
        return TimeWindow(self.starts_at, self.ends_at)
