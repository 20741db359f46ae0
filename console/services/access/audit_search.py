"""Audit search for supervisors, and notifications to every supervisor's console of flags from any console."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from console.errors import CollectorError, StoreError
from console.models.audit import AuditEntry, AuditQuery, Link
from console.ports.audit import AuditStore, Collector
from console.ports.clock import Clock
from console.services.access.access_service import SNOOPING
from console.services.access.audit import FORKED, Audit
from console.services.access.denial import Denial
from console.services.access.permissions import Permission, Permissions
from console.services.customer.contact import NotPossibleError, refuse_card_numbers

_log = logging.getLogger(__name__)

# Entries per search, or per load of older ones.
MOST_FOUND = 200
_EVERY_S = 20.0
_SEEN = "saw the flag"
# At its start a console reports flags this old: one shift and the night before it.
_LOOKS_BACK = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class AuditResult:
    """Audit entries, newest first.

    `whole` is true if entries of all consoles were searched, else only this console's. `has_older` is true if there may
    be older entries; `AuditSearch.find_older` loads them.
    """

    entries: tuple[AuditEntry, ...]
    whole: bool
    has_older: bool
    query: AuditQuery
    links: frozenset[tuple[str, int, str]] = frozenset()


class AuditSearch:
    """Searches the collector, which has entries of all consoles; without a collector, this console's own entries.

    A collector that cannot be searched fails with an error. Every search is logged.
    """

    def __init__(
        self, store: AuditStore, collector: Collector | None, audit: Audit, permissions: Permissions, clock: Clock
    ) -> None:
        self._store, self._collector, self._audit = store, collector, audit
        self._permissions, self._clock = permissions, clock

    def refusal(self) -> Denial | None:
        """Return why this user may not read the audit, or None if they may."""
        return self._permissions.refusal_to_do(Permission.READ_AUDIT)

    async def find(self, text: str, *, since: datetime | None = None, until: datetime | None = None) -> AuditResult:
        """Return the newest 200 entries that contain every word of a text, from `since` to `until` (aware UTC).

        Raises:
            NotPossibleError: This user may not read the audit, or the text contains a card number.
            CollectorError: The collector does not respond, or cannot be searched.
            StoreError: The store cannot be read.
        """
        refusal = self.refusal()
        if refusal is not None:
            raise NotPossibleError(refusal.message)
        wanted = " ".join(text.split())[:200]
        refuse_card_numbers([wanted])
        within = "".join(f" {word} {at:%Y-%m-%d %H:%M}Z" for word, at in (("from", since), ("to", until)) if at)
        self._audit.record("searched the audit", words=(wanted + within).strip())
        if self._collector is None:
            await self._audit.wait_idle()
        query = AuditQuery(wanted, since=since, until=until, limit=MOST_FOUND)
        return await self._search(query, AuditResult((), self._collector is not None, has_older=True, query=query))

    async def find_older(self, found: AuditResult) -> AuditResult:
        """Return what was found, followed by up to 200 older entries. Raises as `find`."""
        if not found.entries:
            return found
        return await self._search(replace(found.query, until=found.entries[-1].at), found)

    async def _search(self, query: AuditQuery, found: AuditResult) -> AuditResult:
        links = await (self._store if self._collector is None else self._collector).find(query)
        more = [link for link in links if (link.chain, link.seq, link.head) not in found.links]
        entries = _entries(more, query)
        return replace(
            found,
            entries=found.entries + entries,
            has_older=bool(entries) and len(links) >= query.limit,
            links=found.links | {(link.chain, link.seq, link.head) for link in more},
        )

    async def watch(self, on_flag: Callable[[AuditEntry], None]) -> None:
        """Report each flag of any console that this user has not confirmed, every 20 s, until cancelled.

        Returns at once if this user may not read the audit or no collector is configured.
        """
        if self.refusal() is not None or self._collector is None:
            return
        asked_before_ok, known = True, set[str]()
        while True:
            since = self._clock.now() - _LOOKS_BACK
            try:
                seen = await self._all_of(_SEEN, since)
                found = [*await self._all_of(SNOOPING, since), *await self._all_of(FORKED, since)]
                found.sort(key=lambda entry: entry.at, reverse=True)
                asked_before_ok = True
            except CollectorError as error:
                seen, found = (), []
                if asked_before_ok:
                    _log.warning("flags of other consoles cannot be loaded: %s", error)
                asked_before_ok = False
            known |= {entry.words for entry in seen if entry.who == self._audit.who}
            for entry in reversed(found):
                if _name_of(entry) not in known:
                    known.add(_name_of(entry))
                    on_flag(entry)
            await self._clock.sleep(_EVERY_S)

    async def _all_of(self, what: str, since: datetime) -> tuple[AuditEntry, ...]:
        query = AuditQuery(what=what, since=since)
        return _entries(await self._collector.find(query), query) if self._collector is not None else ()

    def note_seen(self, entry: AuditEntry) -> None:
        """Log that this user has seen a flag."""
        self._audit.record(_SEEN, entry.customer, _name_of(entry))


def _name_of(flag: AuditEntry) -> str:
    """Return the text that identifies a flag in the entry that confirms it was seen."""
    return f"of {flag.who} at {flag.at.isoformat()}: {flag.words}"


async def earlier(store: AuditStore, since: datetime) -> tuple[AuditEntry, ...]:
    """Return this console's entries since then, oldest first, at most 5000; empty if the store cannot be read."""
    try:
        query = AuditQuery(since=since, limit=5000)
        return tuple(reversed(_entries(await store.find(query), query)))
    except StoreError as error:
        _log.warning("what was written down before cannot be read: %s", error)
        return ()


def _entries(links: Sequence[Link], query: AuditQuery) -> tuple[AuditEntry, ...]:
    """Return the entries that match a query; a collector may not support every filter, so they are filtered here."""
    found = []
    for link in links:
        try:
            entry = msgspec.json.decode(link.body, type=AuditEntry)
        except msgspec.MsgspecError:
            _log.warning("an entry of the audit is none")
            continue
        if query.fits(entry, link.body):
            found.append(entry)
    return tuple(found)
