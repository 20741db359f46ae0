"""Searches the audit for a supervisor, and brings to every supervisor's desk what was flagged at any desk."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from console.errors import CollectorError, StoreError
from console.models.audit import AuditEntry, AuditQuery, Link
from console.ports.audit import AuditStore, Collector
from console.ports.clock import Clock
from console.services.audit import Audit
from console.services.contact import NotPossibleError, refuse_card_numbers
from console.services.openings import HARVESTING
from console.services.permissions import Deed, Permissions

_log = logging.getLogger(__name__)

MOST_FOUND = 200
_EVERY_S = 20.0
# A desk that starts tells what was flagged since so long, which is a shift and the night before it.
_LOOKS_BACK = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Found:
    """Entries, newest first. `whole` is whether every desk's were looked through, or else this one's alone."""

    entries: tuple[AuditEntry, ...]
    whole: bool


class AuditSearch:
    """Looks through what the collector has of every desk; without a collector, or one that can be searched, through
    this desk's own. Every search is itself written down.
    """

    def __init__(
        self, store: AuditStore, collector: Collector | None, audit: Audit, permissions: Permissions, clock: Clock
    ) -> None:
        self._store, self._collector, self._audit = store, collector, audit
        self._permissions, self._clock = permissions, clock
        self._told: set[tuple[datetime, str, str]] = set()

    def refusal(self) -> str | None:
        """Return why this user may not read the audit, or None where they may."""
        return self._permissions.refusal_to_do(Deed.READ_AUDIT)

    async def find(self, text: str) -> Found:
        """Return the entries that hold a text, at most 200.

        Raises:
            NotPossibleError: This user may not read the audit.
            CollectorError: The collector does not answer.
            StoreError: The store cannot be read.
        """
        refusal = self.refusal()
        if refusal is not None:
            raise NotPossibleError(refusal)
        wanted = " ".join(text.split())[:200]
        refuse_card_numbers([wanted])
        self._audit.record("searched the audit", words=wanted)
        query = AuditQuery(wanted, limit=MOST_FOUND)
        if self._collector is None:
            await self._audit.settled()
            return Found(_entries(await self._store.find(query)), whole=False)
        return Found(_entries(await self._collector.find(query)), whole=True)

    async def watch(self, told: Callable[[AuditEntry], None]) -> None:
        """Tell of every flagged pattern of any desk, now and as they come; runs until it is cancelled.

        Where this user may not read the audit, or there is no collector that can be searched, it ends at once.
        """
        if self.refusal() is not None or self._collector is None:
            return
        said = False
        while True:
            query = AuditQuery(what=HARVESTING, since=self._clock.now() - _LOOKS_BACK)
            try:
                found = _entries(await self._collector.find(query))
                said = False
            except CollectorError as error:
                found = ()
                if not said:
                    _log.warning("what other desks flagged cannot be asked for: %s", error)
                said = True
            for entry in reversed(found):
                key = (entry.at, entry.who, entry.words)
                if key not in self._told:
                    self._told.add(key)
                    told(entry)
            await self._clock.sleep(_EVERY_S)

    def note_seen(self, entry: AuditEntry) -> None:
        """Write down that the supervisor here has seen a flag."""
        self._audit.record("saw the flag", entry.customer, f"of {entry.who}: {entry.words}")


async def earlier(store: AuditStore, since: datetime) -> tuple[AuditEntry, ...]:
    """Return what this desk wrote down since then, oldest first; nothing where the store cannot be read."""
    try:
        return tuple(reversed(_entries(await store.find(AuditQuery(since=since, limit=5000)))))
    except StoreError as error:
        _log.warning("what was written down before cannot be read: %s", error)
        return ()


def _entries(links: Sequence[Link]) -> tuple[AuditEntry, ...]:
    found = []
    for link in links:
        try:
            found.append(msgspec.json.decode(link.body, type=AuditEntry))
        except msgspec.MsgspecError:
            _log.warning("an entry of the audit is none")
    return tuple(found)
