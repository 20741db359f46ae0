"""Ports of the audit: the local store, and the collector that saves a copy outside this computer."""

from collections.abc import Callable, Sequence
from typing import Protocol

from console.models.audit import AuditEntry, AuditQuery, ChainEnd, Link


class AuditStore(Protocol):
    """The encrypted audit chain on this computer. Every call raises StoreError if the store cannot be used."""

    async def append(self, bodies: Sequence[bytes]) -> Sequence[Link]:
        """Append entries in this order. They are on disk when this returns."""

    async def begin_chain(self, first_entry: Callable[[ChainEnd | None], bytes]) -> Link:
        """Start a new chain for this run; `first_entry` builds its first entry from the end of the previous chain."""

    async def last(self) -> ChainEnd | None:
        """Return the end of the chain, None if the chain is empty."""

    async def at(self, seq: int) -> ChainEnd | None:
        """Return the entry with a sequence number, None if there is none."""

    async def begin_chain_after(self, seq: int) -> None:
        """Start a new chain after `seq`: the collector has a different entry there under this chain's name."""

    async def load(self, *, after_seq: int = 0, limit: int = 1000) -> Sequence[Link]:
        """Return at most `limit` links with a sequence number above `after_seq`, in order."""

    async def find(self, query: AuditQuery) -> Sequence[Link]:
        """Return the links that match, newest first."""

    async def sent_up_to(self) -> int:
        """Return the sequence number of the last link that the collector has."""

    async def note_sent(self, seq: int) -> None:
        """Save that the collector has all links up to a sequence number."""


class GuardLog(Protocol):
    """A shared log of opened accounts, between all console programs of one person on this computer.

    Every call raises StoreError if the log cannot be used.
    """

    async def add(self, entry: AuditEntry) -> None:
        """Add one entry."""

    async def news(self) -> Sequence[AuditEntry]:
        """Return entries of other programs since the last call, oldest first. The first call returns two days."""

    async def aclose(self) -> None:
        """Close the log."""


class Collector(Protocol):
    """A service outside this computer that stores audit links, so that a change of the local chain is detected."""

    async def send(self, links: Sequence[Link]) -> None:
        """Send links in order. The collector has them when this returns.

        Raises:
            CollectorError: The collector does not accept them now; the caller retries later.
            CollectorConflictError: The collector has another entry under the same sequence number.
        """

    async def end_of(self, chain: str) -> ChainEnd | None:
        """Return the last entry that the collector has of a chain, None if it has none or cannot search.

        Raises:
            CollectorError: The collector cannot be reached now.
        """

    async def find(self, query: AuditQuery) -> Sequence[Link]:
        """Return the matching links of all consoles, newest first.

        Raises:
            CollectorError: The collector cannot be reached now, or it does not support search.
        """

    async def aclose(self) -> None:
        """Close every connection."""
