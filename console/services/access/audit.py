"""The audit: logs who saw and did what, for whom and why, in a chain, and sends it to a collector elsewhere."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from console.errors import CollectorConflictError, CollectorError, StoreError
from console.messages import access as say
from console.models.audit import AuditEntry, AuditQuery, ChainEnd, Link, end_named_by
from console.models.cache_size import CacheSize
from console.models.customer import CustomerId
from console.models.outbox import Action, ActionState
from console.models.payload import Payload
from console.models.person import Person
from console.ports.audit import AuditStore, Collector
from console.ports.clock import Clock
from console.services.access.denial import Denial, DenialReason
from console.services.system.subscribers import Subscribers

_log = logging.getLogger(__name__)

# Entries sent to the collector per request.
_AT_ONCE = 500
# Pauses between retries; the last one repeats.
_AGAIN_AFTER_S = (1.0, 5.0, 30.0, 120.0)

# Customers and actions remembered. Beyond this limit an entry may be logged twice, which does no harm.
_MOST_REMEMBERED = 1_000
# The audit's word for a store that does not continue from where it was last seen.
FORKED = "audit forked"
_FORK = "an older copy of this store was put back, or the store is used at two places"


class Audit:
    """Queues entries at once and writes them to the store in the background, in order.

    Entries that the store cannot write stay in the queue and are retried; `failure` says why meanwhile. `aclose` waits
    at most 5 s for them. Without a collector the chain is only on this computer, where a cut-off end cannot be
    detected.
    """

    def __init__(
        self,
        store: AuditStore,
        collector: Collector | None,
        *,
        person: Person | None,
        role: str,
        clock: Clock,
        is_required: bool = False,
    ) -> None:
        self._store, self._collector, self._clock = store, collector, clock
        self.who = person.subject if person is not None else ""
        self._role, self._is_required = role, is_required
        self.failure: str | None = None
        self._subscribers: Subscribers[[]] = Subscribers()
        self._line: list[bytes] = []
        self._seen: OrderedDict[str, set[str]] = OrderedDict()
        self._states: OrderedDict[str, ActionState] = OrderedDict()
        self._there_is_more = asyncio.Event()
        self._written, self._to_send = asyncio.Event(), asyncio.Event()
        self._to_send.set()  # entries that an earlier run did not send
        self._written.set()
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self, what: str, *, seen: ChainEnd | None, known: Mapping[str, str]) -> ChainEnd | None:
        """Start this run's chain with an entry `what` that names the last chain; start to write and send.

        `known` goes into the entry: the installation and the digest of the policy. `seen` is the chain end that this
        computer saw last. If the store or the collector does not continue from there, an older copy of the store was
        restored. This is logged as a fork.

        Returns the new chain end. Returns None if the store cannot be written now; then the previous chain continues.
        """

        def first_entry(last: ChainEnd | None) -> bytes:
            before = last.values if last is not None else {}
            return self._encoded(what, before=before, after=known)

        try:
            held = await self._store.at(seen.seq) if seen is not None else None
            last = await self._store.last()
            link = await self._store.begin_chain(first_entry)
        except StoreError as error:
            _log.warning("the audit cannot be begun anew, and goes on as it was: %s", error)
            self.record(what)
            self.start()
            return None
        if seen is not None and held != seen:
            self.record(FORKED, words=_FORK, before=last.values if last else {}, after=seen.values)
        self.start()
        if self._collector is not None and last is not None:
            self._tasks.append(
                asyncio.create_task(self._compare(self._collector, last, link.chain), name="compare the audit")
            )
        return ChainEnd(link.chain, link.seq, link.head)

    async def end(self) -> ChainEnd | None:
        """Return the end of the chain on disk; None if it cannot be read."""
        try:
            return await self._store.last()
        except StoreError:
            return None

    async def _compare(self, collector: Collector, last: ChainEnd, ours: str) -> None:
        """Log a fork if the collector has more of the last chain than this store, or another chain that follows it."""
        try:
            theirs = await collector.end_of(last.chain)
            here = await self._store.at(theirs.seq) if theirs is not None else None
            following = await collector.find(AuditQuery(last.chain))
        except (CollectorError, StoreError) as error:
            _log.info("the end of the audit was not compared: %s", error)
            return
        if theirs is not None and (here is None or here.head != theirs.head):
            self.record(FORKED, words=_FORK, before=last.values, after=theirs.values)
        for link in following:
            if link.chain != ours and _follows(link, last):
                end = ChainEnd(link.chain, link.seq, link.head)
                self.record(FORKED, words=_FORK, before=last.values, after=end.values)

    def start(self) -> None:
        """Start writing and sending in the background."""
        self._tasks = [asyncio.create_task(self._write(), name="audit")]
        if self._collector is not None:
            self._tasks.append(asyncio.create_task(self._send(self._collector), name="audit collector"))

    def subscribe(self, on_change: Callable[[], None]) -> Callable[[], None]:
        """Call back when writing starts to fail or works again; return a function that unsubscribes."""
        return self._subscribers.add(on_change)

    @property
    def sizes(self) -> tuple[CacheSize, CacheSize]:
        """How many customers and actions are remembered to avoid duplicate entries."""
        return (
            CacheSize("audit, customers seen", len(self._seen), _MOST_REMEMBERED, "customers"),
            CacheSize("audit, states of acts", len(self._states), _MOST_REMEMBERED, "acts"),
        )

    @property
    def waiting(self) -> int:
        """How many entries are not on disk yet; they are lost if the program ends."""
        return len(self._line)

    def refusal(self) -> Denial | None:
        """Return why nothing may be seen or done now: the audit is required but cannot be written. Else None."""
        if not self._is_required or self.failure is None:
            return None
        return Denial(DenialReason.NOT_RECORDED, say.NOT_RECORDED())

    def record(
        self,
        what: str,
        customer: str = "",
        words: str = "",
        *,
        system: str = "",
        before: Mapping[str, str] | None = None,
        after: Mapping[str, str] | None = None,
        facts: Mapping[str, str] | None = None,
    ) -> None:
        """Queue one entry."""
        encoded = self._encoded(what, customer, words, system=system, before=before, after=after, facts=facts)
        self._line.append(encoded)
        self._written.clear()
        self._there_is_more.set()

    def _encoded(
        self,
        what: str,
        customer: str = "",
        words: str = "",
        *,
        system: str = "",
        before: Mapping[str, str] | None = None,
        after: Mapping[str, str] | None = None,
        facts: Mapping[str, str] | None = None,
    ) -> bytes:
        now, values = self._clock.now(), (dict(before or {}), dict(after or {}), dict(facts or {}))
        return msgspec.json.encode(AuditEntry(now, self.who, self._role, what, customer, words, system, *values))

    def saw(self, customer_id: CustomerId, subject: str) -> None:
        """Log that a data scope of an account was shown, once per access."""
        subjects = self._seen.setdefault(customer_id, set())
        _keep_last(self._seen, customer_id, _MOST_REMEMBERED)
        if subject not in subjects:
            subjects.add(subject)
            self.record("saw", customer_id, subject)

    def on_access(self, what: str, customer: str, words: str, facts: Mapping[str, str] | None = None) -> None:
        """Log an event of `AccessService`."""
        if what == "closed":
            self._seen.pop(customer, None)
        self.record(what, customer, words, facts=facts)

    def on_action(self, action: Action) -> None:
        """Log an action when it is made and when its state changes, with the changed values per system."""
        if self._states.get(action.id) is action.state:
            return
        is_new = action.id not in self._states
        self._states[action.id] = action.state
        _keep_last(self._states, action.id, _MOST_REMEMBERED)
        for step in action.steps if is_new or not action.is_open else ():
            self.record(
                "did",
                action.customer_id,
                f"{action.title}: {action.state.value}",
                system=step.system,
                before=_as_texts(step.base),
                after=_as_texts(step.wanted),
            )

    async def wait_idle(self) -> None:
        """Wait until everything recorded so far is on disk."""
        await self._written.wait()

    async def aclose(self) -> None:
        """Write the queue, for at most 5 s, then stop and close the collector."""
        if self._tasks:
            try:
                await asyncio.wait_for(self._written.wait(), 5)
            except TimeoutError:
                _log.warning("%d entries of the audit could not be kept", len(self._line))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._collector is not None:
            await self._collector.aclose()

    async def _write(self) -> None:
        while True:
            await self._there_is_more.wait()
            self._there_is_more.clear()
            taken: Sequence[bytes] = tuple(self._line)
            if not taken:
                continue
            try:
                await self._store.append(taken)
            except StoreError as error:
                if self.failure is None:
                    _log.warning("the audit cannot be kept, and waits: %s", error)
                self._set_failure(str(error))
                await asyncio.sleep(_AGAIN_AFTER_S[0])
                self._there_is_more.set()
                continue
            self._set_failure(None)
            del self._line[: len(taken)]
            self._to_send.set()
            if not self._line:
                self._written.set()

    def _set_failure(self, failure: str | None) -> None:
        if failure != self.failure:
            self.failure = failure
            self._subscribers.notify()

    async def _send(self, collector: Collector) -> None:
        tries = 0
        while True:
            await self._to_send.wait()
            self._to_send.clear()
            try:
                sent = await self._store.sent_up_to()
                links = await self._store.load(after_seq=sent, limit=_AT_ONCE)
                if links:
                    await collector.send(links)
                    await self._store.note_sent(links[-1].seq)
                tries = 0
            except CollectorConflictError as error:
                _log.warning("the audit goes on in a chain of its own: %s", error)
                if not await self._leave_chain(sent):
                    await asyncio.sleep(_AGAIN_AFTER_S[-1])
                self._to_send.set()
                continue
            except (CollectorError, StoreError) as error:
                if not tries:
                    _log.warning("the audit waits to be sent: %s", error)
                tries += 1
                self._to_send.set()
                await asyncio.sleep(_AGAIN_AFTER_S[min(tries, len(_AGAIN_AFTER_S)) - 1])
                continue
            if len(links) == _AT_ONCE:
                self._to_send.set()

    async def _leave_chain(self, sent: int) -> bool:
        """Start a new chain for unsent entries: the collector has other entries at their positions."""
        try:
            await self._store.begin_chain_after(sent)
        except StoreError:
            return False
        self.record(FORKED, words=_FORK)
        return True


def _follows(link: Link, last: ChainEnd) -> bool:
    try:
        entry = msgspec.json.decode(link.body, type=AuditEntry)
    except (msgspec.MsgspecError, TypeError):
        return False
    end = end_named_by(entry)
    return entry.what != FORKED and end is not None and end.chain == last.chain


def _keep_last(remembered: OrderedDict[str, Any], key: str, most: int) -> None:
    """Move a key to the end, and drop the oldest key if there are more than `most`."""
    remembered.move_to_end(key)
    if len(remembered) > most:
        remembered.popitem(last=False)


def _as_texts(payload: Payload) -> dict[str, str]:
    """Return the values of a payload as the audit stores them."""
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in payload.items()}
