"""One part of a customer's view: asked of one system, kept while the view is open, told to whoever shows it."""

import asyncio
import logging
import random
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from console.errors import ConsoleError, NotServedError, SystemCallError, SystemUnavailableError, ThrottledError
from console.messages import customer as say
from console.models.provenance import Origin, Records
from console.ports.clock import Clock
from console.services.access.denial import Denial
from console.services.system.subscribers import Subscribers

T = TypeVar("T")
_log = logging.getLogger(__name__)

_FIRST_PAUSE_S = 5.0
_LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the last question was not answered; `next_try_at` is None where asking again by itself would not help."""

    error: ConsoleError
    at: datetime
    tries: int
    next_try_at: datetime | None

    @property
    def code(self) -> str:
        """What to quote to the system's support."""
        return str(getattr(self.error, "code", type(self.error).__name__))


@dataclass(frozen=True, slots=True)
class DatasetState(Generic[T]):
    """What is known of one part, and how the asking goes; times are aware UTC.

    `facts` stay when a later question fails: they are what was last known. `denied` is why this user may not see it.
    """

    system: str
    fresh_for: timedelta
    facts: T | None = None
    read_at: datetime | None = None
    loading_since: datetime | None = None
    failure: Failure | None = None
    denied: Denial | None = None
    stopped: bool = False
    is_past: bool = False

    def is_fresh(self, now: datetime) -> bool:
        """Return whether the facts may be said aloud as of now: they came, recently, and no later question failed."""
        if self.is_past or self.read_at is None or self.failure is not None:
            return False
        return now - self.read_at <= self.fresh_for


class DatasetLoader(ABC, Generic[T]):
    """What is known of one dataset, and the way to ask for it.

    `state` has the facts as they are shown, `held` has them as they were told, for what compares and plans. Subscribers
    are told of every change in the event loop's thread; after `close` nothing is told.
    """

    state: DatasetState[T]
    unmasked: T | None

    def __init__(self) -> None:
        self._subscribers: Subscribers[[DatasetState[T]]] = Subscribers()

    def subscribe(self, on_change: Callable[[DatasetState[T]], None]) -> Callable[[], None]:
        """Call back with the part on every change; return what ends that."""
        return self._subscribers.add(on_change)

    @property
    @abstractmethod
    def members(self) -> tuple["SystemDataset[T]", ...]:
        """Return what asks each system that serves the dataset, in the order of the settings."""

    @property
    def was_requested(self) -> bool:
        """Whether anyone has asked for it yet."""
        state = self.state
        return state.facts is not None or state.loading_since is not None or state.failure is not None

    def is_fresh(self, origin: Origin, now: datetime) -> bool:
        """Return whether what a record says may be said aloud as of now, by the system that told of it."""
        own = (member.state for member in self.members if member.state.system == origin.system)
        return next(own, self.state).is_fresh(now)

    @property
    def has_more(self) -> bool:
        """Whether a system has more than was read, and it can be asked for."""
        return any(member.has_more for member in self.members)

    @abstractmethod
    def refresh(self) -> None:
        """Ask, unless it is being asked already; of a long list all that was read is read again."""

    @abstractmethod
    def refresh_newest(self) -> None:
        """Ask for the first page of a list alone; what was read after it stays as it is."""

    @abstractmethod
    def load_more(self) -> None:
        """Ask for what follows what was read of a long list; while anything is being asked it does nothing."""

    @abstractmethod
    def load_if_stale(self) -> None:
        """Ask if it was never asked, or what is known has become old; for parts nobody looks at until now."""

    @abstractmethod
    def stop_loading(self) -> None:
        """Give up on the question under way, at the user's wish; what was last known stays."""

    @abstractmethod
    async def wait_idle(self) -> DatasetState[T]:
        """Return the part once no question is under way, or it was closed."""

    @abstractmethod
    def close(self) -> None:
        """Drop what is under way and tell nobody any more."""


class SystemDataset(DatasetLoader[T]):
    """Asks one system for one dataset and keeps its last good answer.

    `known` is what was last known before; `keep` is handed every good answer; with `is_past` nobody is ever asked.
    Questions are folded: asking while asking changes nothing. An outage is asked about again by itself, each time after
    a longer pause with jitter. `mask` covers what this user sees only on demand.
    """

    def __init__(
        self,
        *,
        system: str,
        fetch: Callable[[], Awaitable[T]],
        read_at: Callable[[T], datetime],
        refusal: Callable[[], Denial | None],
        fresh_for: timedelta,
        clock: Clock,
        rng: random.Random,
        known: T | None = None,
        keep: Callable[[T], None] = lambda _facts: None,
        is_past: bool = False,
        fetch_more: Callable[[T], Awaitable[T]] | None = None,
        fetch_newest: Callable[[], Awaitable[T]] | None = None,
        mask: Callable[[T], T] = lambda facts: facts,
    ) -> None:
        super().__init__()
        self.unmasked = known
        self._mask = mask
        read = read_at(known) if known is not None else None
        shown = mask(known) if known is not None else None
        self.state: DatasetState[T] = DatasetState(system, fresh_for, shown, read, is_past=is_past)
        self._save = keep
        self._is_past = is_past
        self._fetch = fetch
        self._fetch_more = fetch_more
        self._fetch_newest = fetch_newest or fetch
        self._read_at = read_at
        self._refusal = refusal
        self._clock = clock
        self._rng = rng
        self._loading: asyncio.Task[None] | None = None
        self._retry: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def members(self) -> tuple["SystemDataset[T]", ...]:
        return (self,)

    def refresh(self) -> None:
        self._start(self._fetch)

    def refresh_newest(self) -> None:
        self._start(self._fetch_newest)

    def _start(self, fetch: Callable[[], Awaitable[T]]) -> None:
        if self._closed or self._is_past or self._loading is not None:
            return
        self._cancel_retry()
        refusal = self._refusal()
        if refusal is not None:
            self._set(denied=refusal, facts=None, read_at=None)
            return
        self._loading = asyncio.create_task(self._run(fetch), name=f"ask {self.state.system}")
        self._set(loading_since=self._clock.now(), denied=None, stopped=False)

    def seed(self, facts: T) -> None:
        """Take facts that were known before, where nothing newer has come."""
        if not self._closed and self.state.facts is None and self.state.denied is None:
            self._set(facts=facts, read_at=self._read_at(facts))

    def load_if_stale(self) -> None:
        state = self.state
        if (
            state.failure is None
            and state.denied is None
            and not state.stopped
            and not state.is_fresh(self._clock.now())
        ):
            self.refresh()

    @property
    def has_more(self) -> bool:
        facts = self.state.facts
        return self._fetch_more is not None and isinstance(facts, Records) and facts.next_offset is not None

    def load_more(self) -> None:
        if self._closed or self._loading is not None or self._fetch_more is None or not self.has_more:
            return
        if self.state.failure is not None:
            return  # the pause after a failure is for this question too
        facts, fetch_more = self.unmasked, self._fetch_more

        async def fetch() -> T:
            return await fetch_more(facts)  # type: ignore[arg-type] # has_more: there are facts

        self._loading = asyncio.create_task(self._run(fetch), name=f"ask {self.state.system} for more")
        self._set(loading_since=self._clock.now(), stopped=False)

    def stop_loading(self) -> None:
        if self._loading is not None:
            self._loading.cancel()
            self._loading = None
            self._set(loading_since=None, stopped=True)

    def apply_mask(self) -> None:
        """Show what is known once more, covered as it is to be now."""
        if self.unmasked is not None and not self._closed:
            self._set(facts=self.unmasked)

    async def wait_idle(self) -> DatasetState[T]:
        while self._loading is not None and not self._closed:
            await asyncio.wait([self._loading])
            await asyncio.sleep(0)
        return self.state

    def close(self) -> None:
        self._closed = True
        self._subscribers.clear()
        self._cancel_retry()
        if self._loading is not None:
            self._loading.cancel()

    async def _run(self, fetch: Callable[[], Awaitable[T]]) -> None:
        me = asyncio.current_task()
        try:
            facts = await fetch()
        except ConsoleError as error:
            self._failed(me, error)
        except Exception:  # noqa: BLE001 - a part must end in a state, whatever happens; it is logged in full
            _log.exception("asking %s failed in a way nobody foresaw", self.state.system)
            self._failed(me, ConsoleError(say.READING_FAILED()))
        else:
            if self._loading is me and not self._closed:
                self._loading = None
                facts = _with_rest(facts, self.unmasked)
                self._save(facts)
                self._set(facts=facts, read_at=self._read_at(facts), loading_since=None, failure=None)

    def _failed(self, me: asyncio.Task[None] | None, error: ConsoleError) -> None:
        if self._loading is not me or self._closed:
            return
        self._loading = None
        now = self._clock.now()
        tries = self.state.failure.tries + 1 if self.state.failure else 1
        next_try_at = None
        if isinstance(error, ThrottledError):
            next_try_at = error.retry_at + timedelta(seconds=self._rng.uniform(0, 1))
        elif isinstance(error, SystemUnavailableError):
            pause_s = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** min(tries - 1, 10))
            next_try_at = now + timedelta(seconds=pause_s * self._rng.uniform(0.8, 1.2))
        elif isinstance(error, SystemCallError) and not isinstance(error, NotServedError):
            # Rubbish and refusals may last; now and then is often enough to notice that they are over.
            next_try_at = now + timedelta(seconds=_LONGEST_PAUSE_S * self._rng.uniform(0.8, 1.2))
        if next_try_at is not None:
            self._retry = asyncio.create_task(
                self._refresh_later((next_try_at - now).total_seconds()), name="ask later"
            )
        self._set(loading_since=None, failure=Failure(error, now, tries, next_try_at))

    async def _refresh_later(self, pause_s: float) -> None:
        await self._clock.sleep(max(0.0, pause_s))
        self._retry = None
        self.refresh()

    def _cancel_retry(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None

    def _set(self, **changes: Any) -> None:
        if "facts" in changes:
            self.unmasked = changes["facts"]
            changes["facts"] = self._mask(self.unmasked) if self.unmasked is not None else None
        self.state = replace(self.state, **changes)
        self._subscribers.notify(self.state)


def _with_rest(facts: T, before: T | None) -> T:
    """Return facts just read; of a long list of which only the beginning is read again, with what followed it."""
    if isinstance(facts, Records) and isinstance(before, Records):
        return facts.continued_by(before)  # type: ignore[return-value] # T is those records
    return facts
