"""The current state of all actions: in memory, in the store, and reported to every subscriber."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from console.errors import StoreError
from console.models.outbox import Action, Step
from console.ports.clock import Clock
from console.ports.store import ActionStore
from console.services.system.subscribers import Subscribers


class ActionLedger:
    """Every open action and the latest finished ones."""

    def __init__(self, store: ActionStore, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._actions: dict[str, Action] = {}
        self._subscribers: Subscribers[[Action]] = Subscribers()

    def __getitem__(self, action_id: str) -> Action:
        return self._actions[action_id]

    @property
    def actions(self) -> Sequence[Action]:
        """The actions in their order."""
        return tuple(sorted(self._actions.values(), key=lambda action: action.seq))

    async def load(self) -> Sequence[Action]:
        """Load the saved actions and return them.

        Raises:
            StoreError: They cannot be loaded.
        """
        self._actions = {action.id: action for action in await self._store.load()}
        return self.actions

    async def add(self, action: Action, *, typed_in: Sequence[str], instead_of: Action | None) -> Action:
        """Save a new action, and `instead_of` as it is passed; return the action with its `seq`.

        Raises:
            StoreError: It could not be saved; nothing has changed.
        """
        now = self._clock.now()
        before = self._actions.get(instead_of.id) if instead_of is not None else None
        if instead_of is not None:
            instead_of = replace(instead_of, changed_at=now)
            self._actions[instead_of.id] = instead_of  # before the first await, so that no lane continues it
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
        """Save an action after a system has changed its state, then notify the subscribers.

        The state in memory changes at once. It stays changed if the store fails, because the system's change is real.

        Raises:
            StoreError: It could not be saved.
        """
        action = replace(action, changed_at=self._clock.now())
        self._actions[action.id] = action
        try:
            await self._store.change(action)
        finally:
            self._tell(self._actions[action.id])
        return action

    async def keep_first(self, action: Action) -> Action:
        """Save an action that a user has changed; if the store fails, restore the previous state in memory.

        Raises:
            StoreError: It could not be saved; nothing has changed.
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
        """Save an action with some values of one step changed. Raises as `change`."""
        action = self._actions[action_id]
        return await self.change(action.with_step(index, replace(action.steps[index], **changes)))

    def set_in_memory(self, action: Action) -> None:
        """Change an action in memory only: the time of its next retry does not need to survive a restart."""
        self._actions[action.id] = action

    def step(self, action_id: str, index: int) -> Step:
        """Return the current state of one step of an action."""
        return self._actions[action_id].steps[index]

    def subscribe(self, on_change: Callable[[Action], None]) -> Callable[[], None]:
        """Call back with every changed action; return a function that ends it."""
        return self._subscribers.add(on_change)

    def _tell(self, action: Action) -> None:
        self._subscribers.notify(action)
