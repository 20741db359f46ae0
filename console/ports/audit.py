"""Where the audit is kept, and where it is sent so that it outlives this machine."""

from collections.abc import Callable, Sequence
from typing import Protocol

from console.models.audit import AuditEntry, AuditQuery, ChainEnd, Link


class AuditStore(Protocol):
    """The chain on this computer, encrypted. Every call raises StoreError where the store cannot be used."""

    async def append(self, bodies: Sequence[bytes]) -> Sequence[Link]:
        """Add entries at the end, in this order; once this has returned they are on the disk."""

    async def begin_chain(self, first_entry: Callable[[ChainEnd | None], bytes]) -> Link:
        """Begin a chain of this run's own; `first_entry` makes its first entry from the end of the chain before."""

    async def last(self) -> ChainEnd | None:
        """Return the end of the chain, None where there is none yet."""

    async def at(self, seq: int) -> ChainEnd | None:
        """Return the entry at a place, None where there is none."""

    async def begin_chain_after(self, seq: int) -> None:
        """Let what follows a place be of a new chain: the collector has something else there by the name of this."""

    async def load(self, *, after_seq: int = 0, limit: int = 1000) -> Sequence[Link]:
        """Return links from a place on, in their order."""

    async def find(self, query: AuditQuery) -> Sequence[Link]:
        """Return what matches, newest first."""

    async def sent_up_to(self) -> int:
        """Return the place of the last link the collector has."""

    async def note_sent(self, seq: int) -> None:
        """Remember that the collector has everything up to a place."""


class GuardLog(Protocol):
    """What all programs of one person on this computer note of accounts they opened, to be known to each other.

    Every call raises StoreError where it cannot be used.
    """

    async def add(self, entry: AuditEntry) -> None:
        """Note one thing."""

    async def news(self) -> Sequence[AuditEntry]:
        """Return what others noted since this was asked last, oldest first; at first that of two days."""

    async def aclose(self) -> None:
        """Close it."""


class Collector(Protocol):
    """A place outside this machine that keeps what it is given: it anchors the chain's end."""

    async def send(self, links: Sequence[Link]) -> None:
        """Hand over links in their order; once this has returned it has them.

        Raises:
            CollectorError: It does not take them now; they are offered again.
            CollectorConflictError: It has another entry in the place of one of them.
        """

    async def end_of(self, chain: str) -> ChainEnd | None:
        """Return the last entry it has of a chain, None where it has none or cannot tell.

        Raises:
            CollectorError: It cannot be asked now.
        """

    async def find(self, query: AuditQuery) -> Sequence[Link]:
        """Return what matches of what every desk sent, newest first.

        Raises:
            CollectorError: It cannot be asked now, or only takes entries and cannot be searched.
        """

    async def aclose(self) -> None:
        """Close every connection."""
