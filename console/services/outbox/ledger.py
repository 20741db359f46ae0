"""The acts as they are now: in memory, in the store, and reported to every subscriber."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from console.errors import StoreError
from console.models.outbox import Action, Step
from console.ports.clock import Clock
from console.ports.store import ActionStore
from console.services.system.subscribers import Subscribers


class Ledger:
    """Every act that is open and the last that are not."""

    def __init__(self, store: ActionStore, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._actions: dict[str, Action] = {}
        self._subscribers: Subscribers[[Action]] = Subscribers()

    def __getitem__(self, action_id: str) -> Action:
        return self._actions[action_id]

    @property
    def actions(self) -> Sequence[Action]:
        """The acts in their order."""
        return tuple(sorted(self._actions.values(), key=lambda action: action.seq))

    async def load(self) -> Sequence[Action]:
        """Return what was kept.

        Raises:
            StoreError: It cannot be read.
        """
        self._actions = {action.id: action for action in await self._store.load()}
        return self.actions

    async def add(self, action: Action, *, typed_in: Sequence[str], instead_of: Action | None) -> Action:
        """Keep a new act, and what it stands instead of as that is given; return it with its place in the order.

        Raises:
            StoreError: It could not be kept; nothing has changed.
        """
        now = self._clock.now()
        before = self._actions.get(instead_of.id) if instead_of is not None else None
        if instead_of is not None:
            instead_of = replace(instead_of, changed_at=now)
            self._actions[instead_of.id] = instead_of  # before anything waits: no lane goes on with it
        try:
            kept = await self._store.add(replace(action, changed_at=now), typed_in=typed_in, instead_of=instead_of)
        except StoreError:
            if before is not None:
                self._actions[before.id] = before
            raise
        self._actions[kept.id] = kept
        for changed in filter(None, (instead_of, kept)):
            self._tell(changed)
        return kept

    async def change(self, action: Action) -> Action:
        """Keep an act as a system has made it, then tell of it.

        In memory it is so at once, and stays so where the store cannot keep it: what a system has done is done.

        Raises:
            StoreError: It could not be kept.
        """
        action = replace(action, changed_at=self._clock.now())
        self._actions[action.id] = action
        try:
            await self._store.change(action)
        finally:
            self._tell(self._actions[action.id])
        return action

    async def keep_first(self, action: Action) -> Action:
        """Keep an act before it is so, as with what a user decides; where the store cannot, it is as it was before.

        Raises:
            StoreError: It could not be kept; nothing has changed.
        """
        before = self._actions[action.id]
        action = replace(action, changed_at=self._clock.now())
        self._actions[action.id] = action
        try:
            await self._store.change(action)
        except StoreError:
            if self._actions[action.id] is action:
                self._actions[action.id] = before
            raise
        self._tell(self._actions[action.id])
        return action

    async def put(self, action_id: str, index: int, **changes: Any) -> Action:
        """Keep one step of an act with some of its values changed."""
        action = self._actions[action_id]
        return await self.change(action.with_step(index, replace(action.steps[index], **changes)))

    def set_in_memory(self, action: Action) -> None:
        """Take an act as it is now, without keeping it: when it is tried again need not survive."""
        self._actions[action.id] = action

    def step(self, action_id: str, index: int) -> Step:
        """Return one step of an act as it is now."""
        return self._actions[action_id].steps[index]

    def subscribe(self, on_change: Callable[[Action], None]) -> Callable[[], None]:
        """Call back with every act that has changed; return what ends that."""
        return self._subscribers.add(on_change)

    def _tell(self, action: Action) -> None:
        self._subscribers.notify(action)
