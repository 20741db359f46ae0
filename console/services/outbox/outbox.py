"""Outbox: saves actions and carries them out, in order for each customer, customers in parallel."""

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from console.errors import StoreError, SystemCallError, ThrottledError
from console.messages import outbox as say
from console.models.outbox import Action, ActionState, Remark, RiskClass, StepState
from console.ports.acting import ActingSystem
from console.ports.clock import Clock
from console.ports.store import ActionStore
from console.services.customer.contact import NotPossibleError
from console.services.outbox.confirmation import Confirmation
from console.services.outbox.ledger import ActionLedger
from console.services.outbox.merge import decide, decided_anew
from console.services.outbox.schedule import Schedule
from console.services.outbox.sender import StepSender

_log = logging.getLogger(__name__)

# Parallel requests to each system; a system that hangs does not use up those of another.
_SIDE_BY_SIDE = 4
_NOTHING_KNOWN = frozenset({StepState.WAITING, StepState.REJECTED, StepState.CONFLICT})


Admit = Callable[[Action, int], Awaitable[Remark]]
"""Says whether a step may be sent now: NONE, or why it may not. Raises SystemCallError where that cannot be told."""


async def admit_all(_action: Action, _index: int) -> Remark:
    """Allow every step."""
    return Remark.NONE


class ReadOutbox(Protocol):
    """Read access to an outbox, for everyone. Changes go through `Decisions`, which checks the user's permission."""

    @property
    def actions(self) -> Sequence[Action]:
        """Every open action and the latest finished ones, in their order."""

    def of_customer(self, customer_id: str) -> Sequence[Action]:
        """Return the actions on one customer, in their order."""

    def subscribe(self, on_change: Callable[[Action], None]) -> Callable[[], None]:
        """Call back with every changed action; return a function that ends it."""

    def system_is_back(self, system: str) -> None:
        """Retry soon the actions that wait for a system."""


class Outbox:
    """Saved actions never expire. An action in progress at the last exit may have happened, so its system is checked
    before anything is sent again. An action that needs a user waits; notes can pass it.
    """

    sender_type: type[StepSender] = StepSender
    schedule_type: type[Schedule] = Schedule

    def __init__(
        self,
        store: ActionStore,
        systems: Mapping[str, ActingSystem],
        *,
        clock: Clock,
        rng: random.Random,
        admit: Admit = admit_all,
    ) -> None:
        self._clock = clock
        self.ledger = ActionLedger(store, clock)
        self.schedule = self.schedule_type(clock, rng)
        self.sender = self.sender_type(self.ledger, systems, clock, admit)
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_SIDE_BY_SIDE))
        self._confirmation = Confirmation(
            self.ledger, self.sender, slots=self._slots, clock=clock, on_found=self._wake.set
        )

    # ------------------------------------------------------------------ start and stop

    async def open(self) -> None:
        """Load the saved actions. Steps that were being sent at the last exit become unknown.

        Raises:
            StoreError: They cannot be loaded.
        """
        for action in await self.ledger.load():
            self.schedule.load(action)
            found = action
            for index, step in enumerate(action.steps):
                if step.state is StepState.SENDING:
                    found = found.with_step(index, replace(step, state=StepState.UNKNOWN, was_sent=True))
            if found is not action:
                try:
                    await self.ledger.change(found)
                except StoreError as error:
                    # The state in memory is set. The old state on disk has the same effect at the next start.
                    _log.warning("the outbox cannot be kept: %s", error)

    def start(self) -> None:
        """Start to carry out the waiting actions."""
        if self._runner is None:
            self._runner = asyncio.create_task(self._run(), name="outbox")
            for action in self.actions:
                self._confirmation.start(action)

    async def aclose(self) -> None:
        """Stop. Requests that are still on the wire are checked at the next start."""
        tasks = [task for task in (self._runner, *self._lanes.values(), *self._confirmation.tasks) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._runner = None

    @property
    def actions(self) -> Sequence[Action]:
        """Every open action and the latest finished ones, in their order."""
        return self.ledger.actions

    def of_customer(self, customer_id: str) -> Sequence[Action]:
        """Return the actions on one customer, in their order."""
        return tuple(action for action in self.actions if action.customer_id == customer_id)

    def subscribe(self, on_change: Callable[[Action], None]) -> Callable[[], None]:
        """Call back with every changed action; return a function that ends it."""
        return self.ledger.subscribe(on_change)

    # ------------------------------------------------------------------ decisions of users

    async def submit(self, action: Action, *, typed_in: Sequence[str] = (), instead_of: Action | None = None) -> Action:
        """Save an action and start to carry it out; once this returns, the action cannot be lost.

        `typed_in` are the keys of its drafts, which are deleted. `instead_of` is an action that no system is carrying
        out; its open part is withdrawn in the same transaction.

        Raises:
            NotPossibleError: The replaced action has happened, or may have.
            StoreError: It could not be saved; nothing is sent.
        """
        given_up = None
        if instead_of is not None:
            given_up = replace(await self._surely_settled(instead_of.id), withdrawn=True)
        kept = await self.ledger.add(action, typed_in=typed_in, instead_of=given_up)
        self._wake.set()
        return kept

    async def withdraw(self, action_id: str) -> bool:
        """Withdraw an action or its open part; False while a system may be carrying it out.

        Raises:
            NotPossibleError: It has happened after all, or its system cannot be checked.
            StoreError: It could not be saved; the action is unchanged.
        """
        if not self.ledger[action_id].is_settled:
            return False
        action = await self._surely_settled(action_id)
        await self.ledger.keep_first(replace(action, withdrawn=True))
        return True

    async def retry(self, action_id: str) -> None:
        """Retry an action now: its waiting and its rejected steps.

        A step that was ever sent is looked up first. Only then it is sent again with a new key, because a system may
        return the failure of the old key forever.
        """
        action = self.ledger[action_id]
        for index, step in enumerate(action.steps):
            if step.state is StepState.REJECTED or (step.state is StepState.WAITING and step.was_sent):
                action = action.with_step(index, decided_anew(step))
        await self._decided(action)

    async def edit(self, action_id: str, wanted: Mapping[str, Any], *, title: str) -> Action | None:
        """Change the values of an action at every system; None while a system may be carrying it out.

        Raises:
            NotPossibleError: It has happened after all, or its system cannot be checked.
            StoreError: It could not be saved; the action is unchanged.
        """
        if not self.ledger[action_id].is_settled:
            return None
        action = await self._surely_settled(action_id)
        return await self._decided(replace(action, title=title, steps=decide(action, wanted), tries=0))

    async def resolve(self, action_id: str, index: int, chosen: Mapping[str, Any], *, title: str = "") -> None:
        """End a conflict: write these values to every system of the action, over this system's current values."""
        action = self.ledger[action_id]
        await self._decided(replace(action, title=title or action.title, steps=decide(action, chosen, index)))

    async def report_outcome(self, action_id: str, index: int, *, happened: bool) -> float:
        """End an unknown step as the user decides after checking the system themselves.

        Return 0, or the seconds in which a request without a reply may still arrive. Until then the step is not sent
        again, whatever the user says. A step that did not happen is looked up once more, then sent with a new key.
        """
        action = self.ledger[action_id]
        step = action.steps[index]
        if step.state is not StepState.UNKNOWN:
            return 0.0
        if happened:
            # The record is unknown: a lookup did not confirm the record that the response named.
            done = replace(step, state=StepState.DONE, message="", remark=Remark.BY_WORD, others=(), result="")
            await self._decided(action.with_step(index, done))
            return 0.0
        wait_s = self.sender.lost_in_s(action_id, index)
        if wait_s <= 0:
            await self._decided(action.with_step(index, replace(decided_anew(step), vouched=True, others=())))
        return wait_s

    async def forget_copies(self, action_id: str) -> None:
        """Clear the duplicates of an action, because they are being undone."""
        action = self.ledger[action_id]
        for index, step in enumerate(action.steps):
            if step.remark is Remark.TWICE:
                action = action.with_step(index, replace(step, remark=Remark.NONE, others=()))
        await self.ledger.keep_first(action)

    def system_is_back(self, system: str) -> None:
        """Retry the waiting actions of a system within 2 s, at random times so that not all consoles retry at once."""
        for action in self.actions:
            if (
                action.is_open
                and action.next_try_at is not None
                and any(step.system == system for step in action.steps)
            ):
                self.ledger.set_in_memory(self.schedule.sooner(action, 2.0))
        self._wake.set()

    async def _decided(self, action: Action) -> Action:
        action = await self.ledger.keep_first(self.schedule.now(action))
        self._wake.set()
        return action

    async def _surely_settled(self, action_id: str) -> Action:
        """Return an action whose unfinished steps have not happened at any system.

        A rejection may have been a mistake. So every step that was ever sent is looked up before a user decides about
        it.

        Raises:
            NotPossibleError: It has happened after all, or its system cannot be checked.
        """
        action = self.ledger[action_id]
        for index, step in enumerate(action.steps):
            if step.was_sent and step.state in _NOTHING_KNOWN:
                try:
                    action = await self.sender.find_out(action, index)
                except SystemCallError as error:
                    raise NotPossibleError(say.CANNOT_BE_CHECKED(error=error)) from error
                if action.steps[index].state not in _NOTHING_KNOWN:
                    self._wake.set()
                    raise NotPossibleError(say.DONE_AFTER_ALL())
        if not (action.is_settled or action.state is ActionState.DONE):
            raise NotPossibleError(say.BEING_SENT())
        return action

    # ------------------------------------------------------------------ carrying out

    async def _run(self) -> None:
        """Start a lane for every customer with a due action, each time one may have become due."""
        while True:
            self._wake.clear()
            for action in self.schedule.after_jump(self.actions):
                self.ledger.set_in_memory(action)
            for customer_id in dict.fromkeys(action.customer_id for action in self.actions if self._is_due(action)):
                if customer_id not in self._lanes and self._next(customer_id, set()) is not None:
                    self._open_lane(customer_id)
            waker = asyncio.create_task(self._wake.wait(), name="outbox waits")
            timer = asyncio.create_task(self._clock.sleep(self.schedule.pause_s(self.actions)), name="outbox timer")
            try:
                await asyncio.wait({waker, timer}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                waker.cancel()
                timer.cancel()

    def _open_lane(self, customer_id: str) -> None:
        task = asyncio.create_task(self._lane(customer_id), name="outbox lane")
        self._lanes[customer_id] = task

        def ended(_task: asyncio.Task[None]) -> None:
            self._lanes.pop(customer_id, None)
            self._wake.set()

        task.add_done_callback(ended)

    async def _lane(self, customer_id: str) -> None:
        """Carry out one customer's actions in their order, as far as possible."""
        done: set[str] = set()
        while (action := self._next(customer_id, done)) is not None:
            done.add(action.id)
            try:
                await self._carry_out(action)
            except StoreError as error:
                # A failure of this computer proves nothing about a system. Memory has the known state, the disk the
                # previous one; both lead to another lookup.
                _log.warning("the outbox cannot be kept: %s", error)
                self.ledger.set_in_memory(self.schedule.postponed(self.ledger[action.id]))
                self._confirmation.start(self.ledger[action.id])
            except Exception:  # noqa: BLE001 - else the customer would be held up for good; it is logged
                _log.exception("an action failed unexpectedly; it is tried again")
                self.ledger.set_in_memory(self.schedule.postponed(self.ledger[action.id]))

    def _next(self, customer_id: str, done: set[str]) -> Action | None:
        """Return the next action to carry out. Only notes pass an action that waits for its system or a user."""
        blocked = False
        for action in self.of_customer(customer_id):
            if not action.is_open:
                continue
            free = action.risk is RiskClass.NOTE or not blocked
            if free and action.id not in done and self._is_due(action):
                return action
            blocked = blocked or action.state not in {ActionState.REJECTED, ActionState.AWAITING}
        return None

    def _is_due(self, action: Action) -> bool:
        return action.is_open and not action.needs_user and self.schedule.is_due(action)

    async def _carry_out(self, action: Action) -> None:
        """Carry out an action as far as possible now, then schedule its next try."""
        for index in range(len(action.steps)):
            action = self.ledger[action.id]
            if action.steps[index].state is StepState.DONE:
                continue
            try:
                async with self._slots[action.steps[index].system]:
                    action = await self.sender.do_step(action, index)
            except SystemCallError as error:
                await self._later(
                    action.id, index, error, error.retry_at if isinstance(error, ThrottledError) else None
                )
                return
            if action.steps[index].state is not StepState.DONE:
                break
        action = self.ledger[action.id]
        if action.state is ActionState.DONE:
            await self.ledger.change(replace(self.schedule.now(action), tries=0))
            self._confirmation.start(action)
        elif action.needs_user:
            self._confirmation.start(action)
        elif any(step.state is StepState.WAITING for step in action.steps[index : index + 1]):
            self._wake.set()  # a user has changed it meanwhile: start again with the new values
        elif action.is_open and not action.needs_user:
            await self.ledger.change(self.schedule.postponed(action))

    async def _later(self, action_id: str, index: int, error: SystemCallError, at: datetime | None) -> None:
        """Save the reason why a step did not continue, and the time of its next try."""
        action = self.ledger[action_id]
        action = action.with_step(index, replace(action.steps[index], message=str(error)))
        await self.ledger.change(self.schedule.postponed(action, at))
