"""Shares account accesses between the programs of one person on this computer: window and commands."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

from console.errors import StoreError
from console.models.audit import AuditEntry
from console.ports.audit import GuardLog
from console.ports.clock import Clock

_log = logging.getLogger(__name__)


class SharedNotes:
    """Entries that window and commands share. Without a log nothing is shared, and each program knows only its own."""

    def __init__(self, log: GuardLog | None, clock: Clock) -> None:
        self._shared, self._clock = log, clock
        self._adding: set[asyncio.Task[None]] = set()

    async def news(self) -> Sequence[AuditEntry]:
        """Return the entries of other programs since the last call, oldest first; empty if they cannot be read."""
        if self._shared is None:
            return ()
        try:
            return await self._shared.news()
        except StoreError as error:
            _log.warning("what other programs noted of accounts cannot be read: %s", error)
            return ()

    async def add(self, what: str, customer: str, words: str = "", facts: Mapping[str, str] | None = None) -> None:
        """Write one entry; if that fails, only this program knows it."""
        if self._shared is None:
            return
        try:
            await self._shared.add(
                AuditEntry(
                    self._clock.now(), "", role="", what=what, customer=customer, words=words, facts=dict(facts or {})
                )
            )
        except StoreError as error:
            _log.warning("other programs cannot be notified of an account: %s", error)

    def add_later(self, what: str, customer: str) -> None:
        """Write one entry in the background."""
        if self._shared is not None:
            task = asyncio.create_task(self.add(what, customer), name="note for other programs")
            self._adding.add(task)
            task.add_done_callback(self._adding.discard)

    async def aclose(self) -> None:
        """Wait until all entries are written, then close the log."""
        await asyncio.gather(*self._adding, return_exceptions=True)
        if self._shared is not None:
            await self._shared.aclose()
