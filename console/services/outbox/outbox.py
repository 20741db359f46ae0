"""Keeps acts and carries them out, those on one customer in their order, different customers side by side."""

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
from console.services.outbox.ledger import Ledger
from console.services.outbox.merge import decide, decided_anew
from console.services.outbox.schedule import Schedule
from console.services.outbox.sender import StepSender

_log = logging.getLogger(__name__)

# So many requests at once go to one system; another that hangs takes none of them.
_SIDE_BY_SIDE = 4
_NOTHING_KNOWN = frozenset({StepState.WAITING, StepState.REJECTED, StepState.CONFLICT})


Admit = Callable[[Action, int], Awaitable[Remark]]
"""Says whether a step may be sent now: NONE, or why it may not. Raises SystemCallError where that cannot be told."""


async def admit_all(_action: Action, _index: int) -> Remark:
    """Let every step pass."""
    return Remark.NONE


class ReadOutbox(Protocol):
    """What of an outbox is for everybody; it is changed through `Decisions`, which asks whether the user may."""

    @property
    def actions(self) -> Sequence[Action]:
        """Every act that is open and the last that are not, in their order."""

    def of_customer(self, customer_id: str) -> Sequence[Action]:
        """Return the acts on one customer, in their order."""

    def subscribe(self, on_change: Callable[[Action], None]) -> Callable[[], None]:
        """Call back with every act that has changed; return what ends that."""

    def system_is_back(self, system: str) -> None:
        """Try again soon what waited for a system."""


class Outbox:
    """Nothing ever expires. An act found under way at the start may have happened: its system is asked before anything
    is sent again. What needs a user waits for one; notes go on past it.
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
        self.ledger = Ledger(store, clock)
        self.schedule = self.schedule_type(clock, rng)
        self.sender = self.sender_type(self.ledger, systems, clock, admit)
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_SIDE_BY_SIDE))
        self._confirmation = Confirmation(
            self.ledger, self.sender, slots=self._slots, clock=clock, on_found=self._wake.set
        )

    # ------------------------------------------------------------------ life

    async def open(self) -> None:
        """Read what was kept; what was under way when the program ended may have happened or not.

        Raises:
            StoreError: It cannot be read.
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
                    # In memory it is set; on the disk the old state leads to the same at the next start.
                    _log.warning("the outbox cannot be kept: %s", error)

    def start(self) -> None:
        """Begin to carry out what waits."""
        if self._runner is None:
            self._runner = asyncio.create_task(self._run(), name="outbox")
            for action in self.actions:
                self._confirmation.start(action)

    async def aclose(self) -> None:
        """Stop; what is on the wire is found out about at the next start."""
        tasks = [task for task in (self._runner, *self._lanes.values(), *self._confirmation.tasks) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._runner = None

    @property
    def actions(self) -> Sequence[Action]:
        """Every act that is open and the last that are not, in their order."""
        return self.ledger.actions

    def of_customer(self, customer_id: str) -> Sequence[Action]:
        """Return the acts on one customer, in their order."""
        return tuple(action for action in self.actions if action.customer_id == customer_id)

    def subscribe(self, on_change: Callable[[Action], None]) -> Callable[[], None]:
        """Call back with every act that has changed; return what ends that."""
        return self.ledger.subscribe(on_change)

    # ------------------------------------------------------------------ what users do

    async def submit(self, action: Action, *, typed_in: Sequence[str] = (), instead_of: Action | None = None) -> Action:
        """Keep an act and begin to carry it out; once this returns it is not lost any more.

        `typed_in` are the places of the drafts it was made of, which go; `instead_of` is an act no system is doing, of
        which what is not done is given up in the same breath.

        Raises:
            NotPossibleError: What it stands instead of has happened, or may have.
            StoreError: It could not be kept, and nothing is sent.
        """
        given_up = None
        if instead_of is not None:
            given_up = replace(await self._surely_settled(instead_of.id), withdrawn=True)
        kept = await self.ledger.add(action, typed_in=typed_in, instead_of=given_up)
        self._wake.set()
        return kept

    async def withdraw(self, action_id: str) -> bool:
        """Take an act back, or what of it is not done yet; False while a system may be doing it.

        Raises:
            NotPossibleError: It has happened after all, or its system cannot be asked whether it has.
            StoreError: It could not be kept; the act is as it was.
        """
        if not self.ledger[action_id].is_settled:
            return False
        action = await self._surely_settled(action_id)
        await self.ledger.keep_first(replace(action, withdrawn=True))
        return True

    async def retry(self, action_id: str) -> None:
        """Try again now: what waits for its next try, and what was rejected.

        What was ever sent is looked for first. Only then it is sent again, as a request of its own: a system may keep
        its failure under the old key for ever.
        """
        action = self.ledger[action_id]
        for index, step in enumerate(action.steps):
            if step.state is StepState.REJECTED or (step.state is StepState.WAITING and step.was_sent):
                action = action.with_step(index, decided_anew(step))
        await self._decided(action)

    async def edit(self, action_id: str, wanted: Mapping[str, Any], *, title: str) -> Action | None:
        """Change what an act asks for at every system; None while one may be doing it.

        Raises:
            NotPossibleError: It has happened after all, or its system cannot be asked whether it has.
            StoreError: It could not be kept; the act is as it was.
        """
        if not self.ledger[action_id].is_settled:
            return None
        action = await self._surely_settled(action_id)
        return await self._decided(replace(action, title=title, steps=decide(action, wanted), tries=0))

    async def resolve(self, action_id: str, index: int, chosen: Mapping[str, Any], *, title: str = "") -> None:
        """End a conflict: these values are wanted of every system of the act, over what this one holds now."""
        action = self.ledger[action_id]
        await self._decided(replace(action, title=title or action.title, steps=decide(action, chosen, index)))

    async def settle(self, action_id: str, index: int, *, happened: bool) -> float:
        """End an unknown step by a user's word: they have looked at the system themselves.

        Returns 0, or for how many seconds a request without an answer may still arrive: before that a step is not sent
        again, whatever a user says. What did not happen is looked for once more, then sent as a request of its own.
        """
        action = self.ledger[action_id]
        step = action.steps[index]
        if step.state is not StepState.UNKNOWN:
            return 0.0
        if happened:
            # Which record it made nobody has said: what an answer named was not found to be this one.
            done = replace(step, state=StepState.DONE, message="", remark=Remark.BY_WORD, others=(), result="")
            await self._decided(action.with_step(index, done))
            return 0.0
        wait_s = self.sender.lost_in_s(action_id, index)
        if wait_s <= 0:
            await self._decided(action.with_step(index, replace(decided_anew(step), vouched=True, others=())))
        return wait_s

    async def forget_copies(self, action_id: str) -> None:
        """Take note that what a system has of an act a second time is being undone."""
        action = self.ledger[action_id]
        for index, step in enumerate(action.steps):
            if step.remark is Remark.TWICE:
                action = action.with_step(index, replace(step, remark=Remark.NONE, others=()))
        await self.ledger.keep_first(action)

    def system_is_back(self, system: str) -> None:
        """Try again soon what waited for a system; a little apart, so that all desks do not come at once."""
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
        """Return an act of which no system has done what is not known to be done.

        A rejection may have been a mistake: what was ever sent is looked for before a user decides about it.

        Raises:
            NotPossibleError: It has happened after all, or its system cannot be asked whether it has.
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
        """Start a lane for every customer with something to do, whenever something may have become due."""
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
        """Carry out one customer's acts in their order, as far as they go."""
        done: set[str] = set()
        while (action := self._next(customer_id, done)) is not None:
            done.add(action.id)
            try:
                await self._carry_out(action)
            except StoreError as error:
                # Nothing of this computer says anything about what a system has done: in memory it is known as it is,
                # on the disk as it last was, and both lead to another look.
                _log.warning("the outbox cannot be kept: %s", error)
                self.ledger.set_in_memory(self.schedule.postponed(self.ledger[action.id]))
                self._confirmation.start(self.ledger[action.id])
            except Exception:  # noqa: BLE001 - else the customer would be held up for good; it is logged
                _log.exception("an act failed in a way nobody foresaw; it is tried again")
                self.ledger.set_in_memory(self.schedule.postponed(self.ledger[action.id]))

    def _next(self, customer_id: str, done: set[str]) -> Action | None:
        """Return the act to carry out next. Only notes go past one that waits for its system or for a user."""
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
        """Take an act as far as it goes now, then say when it is gone on with."""
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
            self._wake.set()  # a user has changed their mind meanwhile; it begins again with what they want now
        elif action.is_open and not action.needs_user:
            await self.ledger.change(self.schedule.postponed(action))

    async def _later(self, action_id: str, index: int, error: SystemCallError, at: datetime | None) -> None:
        """Keep why a step did not go on, and when it is tried again."""
        action = self.ledger[action_id]
        action = action.with_step(index, replace(action.steps[index], message=str(error)))
        await self.ledger.change(self.schedule.postponed(action, at))
