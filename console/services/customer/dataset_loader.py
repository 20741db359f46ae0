"""One dataset of one customer's view: loaded from one system, saved while the view is open, sent to subscribers."""

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

# Pauses before automatic retries: the first, doubled after each failure up to the longest.
_FIRST_PAUSE_S = 5.0
_LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the last request failed; `next_try_at` (aware UTC) is None if an automatic retry would not help."""

    error: ConsoleError
    at: datetime
    tries: int
    next_try_at: datetime | None

    @property
    def code(self) -> str:
        """The code to quote to the system's support."""
        return str(getattr(self.error, "code", type(self.error).__name__))


@dataclass(frozen=True, slots=True)
class DatasetState(Generic[T]):
    """The known facts of one dataset, and the state of its loading; times are aware UTC.

    `facts` stay when a later request fails: they are the last known ones. `denied` is why this user may not see the
    dataset.
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
        """Return whether the facts may be quoted to the caller: loaded recently, and no later request failed."""
        if self.is_past or self.read_at is None or self.failure is not None:
            return False
        return now - self.read_at <= self.fresh_for


class DatasetLoader(ABC, Generic[T]):
    """Loads one dataset, and has its current state.

    `state` has the facts as they are shown; `unmasked` has them as the system sent them, for comparisons and actions.
    Subscribers are called on every change, in the event loop's thread; after `close` none is called.
    """

    state: DatasetState[T]
    unmasked: T | None

    def __init__(self) -> None:
        self._subscribers: Subscribers[[DatasetState[T]]] = Subscribers()

    def subscribe(self, on_change: Callable[[DatasetState[T]], None]) -> Callable[[], None]:
        """Call back with the new state on every change; return a function that unsubscribes."""
        return self._subscribers.add(on_change)

    @property
    @abstractmethod
    def members(self) -> tuple["SystemDataset[T]", ...]:
        """Return the loader of each system that serves the dataset, in the order of the settings."""

    @property
    def was_requested(self) -> bool:
        """Whether the dataset was requested yet."""
        state = self.state
        return state.facts is not None or state.loading_since is not None or state.failure is not None

    def is_fresh(self, origin: Origin, now: datetime) -> bool:
        """Return whether a record may be quoted as current, judged by the system that sent it."""
        own = (member.state for member in self.members if member.state.system == origin.system)
        return next(own, self.state).is_fresh(now)

    @property
    def has_more(self) -> bool:
        """Whether a system has more records that can be loaded."""
        return any(member.has_more for member in self.members)

    @abstractmethod
    def refresh(self) -> None:
        """Load again, unless a request is under way; of a long list, everything that was loaded."""

    @abstractmethod
    def refresh_newest(self) -> None:
        """Load only the first page of a list again; records after it stay as they are."""

    @abstractmethod
    def load_more(self) -> None:
        """Load the next page of a long list; do nothing while a request is under way."""

    @abstractmethod
    def load_if_stale(self) -> None:
        """Load if it was never loaded or is stale; for datasets that were not on screen until now."""

    @abstractmethod
    def stop_loading(self) -> None:
        """Cancel the request under way, when the user stops it; the last known facts stay."""

    @abstractmethod
    async def wait_idle(self) -> DatasetState[T]:
        """Return the state once no request is under way, or after `close`."""

    @abstractmethod
    def close(self) -> None:
        """Cancel the request under way and stop calling subscribers."""


class SystemDataset(DatasetLoader[T]):
    """Loads one dataset from one system, and has its last good response.

    `known` are cached facts to start with. `keep` is called with every good response. With `is_past` no request is
    sent. `mask` masks values that this user sees only on demand.

    While a request is under way, further ones do nothing. An outage is retried after 5 s, then after doubling pauses of
    at most 30 s, each ±20 %. Throttled requests are retried when the system allows it. Other errors of a system are
    retried every 30 s, ±20 %.
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
        """Set facts from the cache, unless there are newer ones."""
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
            return  # the retry pause counts for this request too
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
        """Show the known facts again with the current mask."""
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
            _log.exception("loading from %s failed unexpectedly", self.state.system)
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
            # Unreadable and rejecting responses may last; a rare retry is enough to notice their end.
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
    """Return the new facts; if only the beginning of a long list was loaded, with the earlier rest after it."""
    if isinstance(facts, Records) and isinstance(before, Records):
        return facts.continued_by(before)  # type: ignore[return-value] # T is those records
    return facts
