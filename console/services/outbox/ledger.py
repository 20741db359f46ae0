"""The acts as they are now: in memory, in the store, and reported to every subscriber."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from console.errors import StoreError
from console.models.outbox import Act, Step
from console.ports.clock import Clock
from console.ports.store import ActStore
from console.services.system.subscribers import Subscribers


class Ledger:
    """Every act that is open and the last that are not."""

    def __init__(self, store: ActStore, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._acts: dict[str, Act] = {}
        self._subscribers: Subscribers[[Act]] = Subscribers()

    def __getitem__(self, act_id: str) -> Act:
        return self._acts[act_id]

    @property
    def acts(self) -> Sequence[Act]:
        """The acts in their order."""
        return tuple(sorted(self._acts.values(), key=lambda act: act.seq))

    async def load(self) -> Sequence[Act]:
        """Return what was kept.

        Raises:
            StoreError: It cannot be read.
        """
        self._acts = {act.id: act for act in await self._store.load()}
        return self.acts

    async def add(self, act: Act, *, typed_in: Sequence[str], instead_of: Act | None) -> Act:
        """Keep a new act, and what it stands instead of as that is given; return it with its place in the order.

        Raises:
            StoreError: It could not be kept; nothing has changed.
        """
        now = self._clock.now()
        before = self._acts.get(instead_of.id) if instead_of is not None else None
        if instead_of is not None:
            instead_of = replace(instead_of, changed_at=now)
            self._acts[instead_of.id] = instead_of  # before anything waits: no lane goes on with it
        try:
            kept = await self._store.add(replace(act, changed_at=now), typed_in=typed_in, instead_of=instead_of)
        except StoreError:
            if before is not None:
                self._acts[before.id] = before
            raise
        self._acts[kept.id] = kept
        for changed in filter(None, (instead_of, kept)):
            self._tell(changed)
        return kept

    async def change(self, act: Act) -> Act:
        """Keep an act as a system has made it, then tell of it.

        In memory it is so at once, and stays so where the store cannot keep it: what a system has done is done.

        Raises:
            StoreError: It could not be kept.
        """
        act = replace(act, changed_at=self._clock.now())
        self._acts[act.id] = act
        try:
            await self._store.change(act)
        finally:
            self._tell(self._acts[act.id])
        return act

    async def keep_first(self, act: Act) -> Act:
        """Keep an act before it is so, as with what a user decides; where the store cannot, it is as it was before.

        Raises:
            StoreError: It could not be kept; nothing has changed.
        """
        before = self._acts[act.id]
        act = replace(act, changed_at=self._clock.now())
        self._acts[act.id] = act
        try:
            await self._store.change(act)
        except StoreError:
            if self._acts[act.id] is act:
                self._acts[act.id] = before
            raise
        self._tell(self._acts[act.id])
        return act

    async def put(self, act_id: str, index: int, **changes: Any) -> Act:
        """Keep one step of an act with some of its values changed."""
        act = self._acts[act_id]
        return await self.change(act.with_step(index, replace(act.steps[index], **changes)))

    def set_in_memory(self, act: Act) -> None:
        """Take an act as it is now, without keeping it: when it is tried again need not survive."""
        self._acts[act.id] = act

    def step(self, act_id: str, index: int) -> Step:
        """Return one step of an act as it is now."""
        return self._acts[act_id].steps[index]

    def subscribe(self, on_change: Callable[[Act], None]) -> Callable[[], None]:
        """Call back with every act that has changed; return what ends that."""
        return self._subscribers.add(on_change)

    def _tell(self, act: Act) -> None:
        self._subscribers.tell(act)
