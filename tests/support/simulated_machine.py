"""A simulated computer: its time passes only when all tasks wait, and its disk can crash."""

import asyncio
import random
import selectors
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from console.errors import StoreFullError
from console.models.outbox import Action

_DAWN = datetime(2026, 11, 24, 8, tzinfo=UTC)


class _NoWait(selectors.DefaultSelector):  # type: ignore[misc, valid-type] # the platform's own class
    """Selector that never waits: it adds the waiting time to the loop's clock."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise RuntimeError("everything waits for something that will never come")
        self.loop.passed_s += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop that skips waiting times: its clock jumps to the next event."""

    def __init__(self) -> None:
        selector = _NoWait()
        selector.loop = self
        self.passed_s = 0.0
        super().__init__(selector)

    def time(self) -> float:
        return self.passed_s


class VirtualClock:
    """The `Clock` port on a virtual loop; the time of day may jump."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self.skew = timedelta()

    def now(self) -> datetime:
        return _DAWN + timedelta(seconds=self._loop.passed_s) + self.skew

    def monotonic_s(self) -> float:
        return self._loop.passed_s

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass
class Disk:
    """The data that survives a crash. Any flush may be the last event; code after it never runs.

    While `is_full`, nothing can be saved.
    """

    rng: random.Random
    trace: Callable[[str], None]
    rows: dict[str, Action] = field(default_factory=dict)
    crash_at: int = -1
    flushes: int = 0
    dead: asyncio.Event = field(default_factory=asyncio.Event)
    is_full: bool = False

    async def add(self, action: Action, *, typed_in: Sequence[str] = (), instead_of: Action | None = None) -> Action:
        await self._flush()
        kept = replace(action, seq=len(self.rows) + 1)
        self.rows |= {instead_of.id: instead_of} if instead_of else {}
        self.rows[kept.id] = kept
        await self._flushed()
        return kept

    async def change(self, action: Action) -> None:
        await self._flush()
        self.rows[action.id] = action
        await self._flushed()

    async def load(self, *, closed: int = 50) -> Sequence[Action]:
        await asyncio.sleep(0)
        return sorted(self.rows.values(), key=lambda action: action.seq)

    async def _flush(self) -> None:
        await asyncio.sleep(self.rng.uniform(0, 0.01))
        await self._maybe()
        if self.is_full:
            raise StoreFullError("The disk is full.")

    async def _flushed(self) -> None:
        await self._maybe()
        await asyncio.sleep(0)

    async def _maybe(self) -> None:
        self.flushes += 1
        if self.flushes == self.crash_at:
            self.trace("crash")
            self.dead.set()
        if self.dead.is_set():
            await asyncio.get_running_loop().create_future()  # never returns
