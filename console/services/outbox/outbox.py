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
from console.models.outbox import Act, ActState, Remark, RiskClass, StepState
from console.ports.acting import ActingSystem
from console.ports.clock import Clock
from console.ports.store import ActStore
from console.services.customer.contact import NotPossibleError
from console.services.outbox.ledger import Ledger
from console.services.outbox.merge import decide, decided_anew
from console.services.outbox.schedule import Schedule
from console.services.outbox.sender import StepSender

_log = logging.getLogger(__name__)

# So many requests at once go to one system; another that hangs takes none of them.
_SIDE_BY_SIDE = 4
# A copy of a request that something on the way has sent again comes within seconds: one look that is answered is
# enough. A rejection is looked at for as long as a system's lists may lag: one that was a mistake is done after all.
_LOOKED_AT_AFTER_S = (5.0, 60.0, 180.0)
_CONFIRMED_WITHIN_S = 24 * 3600.0
_NOTHING_KNOWN = frozenset({StepState.WAITING, StepState.REJECTED, StepState.CONFLICT})


Admit = Callable[[Act, int], Awaitable[Remark]]
"""Says whether a step may be sent now: NONE, or why it may not. Raises SystemCallError where that cannot be told."""


async def admit_all(_act: Act, _index: int) -> Remark:
    """Let every step pass."""
    return Remark.NONE


class ReadOutbox(Protocol):
    """What of an outbox is for everybody; it is changed through `Decisions`, which asks whether the user may."""

    @property
    def acts(self) -> Sequence[Act]:
        """Every act that is open and the last that are not, in their order."""

    def of_customer(self, customer_id: str) -> Sequence[Act]:
        """Return the acts on one customer, in their order."""

    def subscribe(self, on_change: Callable[[Act], None]) -> Callable[[], None]:
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
        store: ActStore,
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
        self._confirming: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_SIDE_BY_SIDE))

    # ------------------------------------------------------------------ life

    async def open(self) -> None:
        """Read what was kept; what was under way when the program ended may have happened or not.

        Raises:
            StoreError: It cannot be read.
        """
        for act in await self.ledger.load():
            self.schedule.load(act)
            found = act
            for index, step in enumerate(act.steps):
                if step.state is StepState.SENDING:
                    found = found.with_step(index, replace(step, state=StepState.UNKNOWN, was_sent=True))
            if found is not act:
                try:
                    await self.ledger.change(found)
                except (
                    StoreError
                ) as error:  # in memory it is so, and on the disk it leads to the same at the next start
                    _log.warning("the outbox cannot be kept: %s", error)

    def start(self) -> None:
        """Begin to carry out what waits."""
        if self._runner is None:
            self._runner = asyncio.create_task(self._run(), name="outbox")
            for act in self.acts:
                self._confirm(act)

    async def aclose(self) -> None:
        """Stop; what is on the wire is found out about at the next start."""
        tasks = [task for task in (self._runner, *self._lanes.values(), *self._confirming.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._runner = None

    @property
    def acts(self) -> Sequence[Act]:
        """Every act that is open and the last that are not, in their order."""
        return self.ledger.acts

    def of_customer(self, customer_id: str) -> Sequence[Act]:
        """Return the acts on one customer, in their order."""
        return tuple(act for act in self.acts if act.customer_id == customer_id)

    def subscribe(self, on_change: Callable[[Act], None]) -> Callable[[], None]:
        """Call back with every act that has changed; return what ends that."""
        return self.ledger.subscribe(on_change)

    # ------------------------------------------------------------------ what users do

    async def submit(self, act: Act, *, typed_in: Sequence[str] = (), instead_of: Act | None = None) -> Act:
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
        kept = await self.ledger.add(act, typed_in=typed_in, instead_of=given_up)
        self._wake.set()
        return kept

    async def withdraw(self, act_id: str) -> bool:
        """Take an act back, or what of it is not done yet; False while a system may be doing it.

        Raises:
            NotPossibleError: It has happened after all, or its system cannot be asked whether it has.
            StoreError: It could not be kept; the act is as it was.
        """
        if not self.ledger[act_id].is_settled:
            return False
        act = await self._surely_settled(act_id)
        await self.ledger.keep_first(replace(act, withdrawn=True))
        return True

    async def retry(self, act_id: str) -> None:
        """Try again now: what waits for its next try, and what was rejected.

        What was ever sent is looked for first. Only then it is sent again, as a request of its own: a system may keep
        its failure under the old key for ever.
        """
        act = self.ledger[act_id]
        for index, step in enumerate(act.steps):
            if step.state is StepState.REJECTED or (step.state is StepState.WAITING and step.was_sent):
                act = act.with_step(index, decided_anew(step))
        await self._decided(act)

    async def edit(self, act_id: str, wanted: Mapping[str, Any], *, title: str) -> Act | None:
        """Change what an act asks for at every system; None while one may be doing it.

        Raises:
            NotPossibleError: It has happened after all, or its system cannot be asked whether it has.
            StoreError: It could not be kept; the act is as it was.
        """
        if not self.ledger[act_id].is_settled:
            return None
        act = await self._surely_settled(act_id)
        return await self._decided(replace(act, title=title, steps=decide(act, wanted), tries=0))

    async def resolve(self, act_id: str, index: int, chosen: Mapping[str, Any], *, title: str = "") -> None:
        """End a conflict: these values are wanted of every system of the act, over what this one holds now."""
        act = self.ledger[act_id]
        await self._decided(replace(act, title=title or act.title, steps=decide(act, chosen, index)))

    async def settle(self, act_id: str, index: int, *, happened: bool) -> float:
        """End an unknown step by a user's word: they have looked at the system themselves.

        Returns 0, or for how many seconds a request without an answer may still arrive: before that a step is not sent
        again, whatever a user says. What did not happen is looked for once more, then sent as a request of its own.
        """
        act = self.ledger[act_id]
        step = act.steps[index]
        if step.state is not StepState.UNKNOWN:
            return 0.0
        if happened:
            # Which record it made nobody has said: what an answer named was not found to be this one.
            done = replace(step, state=StepState.DONE, told="", remark=Remark.BY_WORD, others=(), result="")
            await self._decided(act.with_step(index, done))
            return 0.0
        wait_s = self.sender.lost_in_s(act_id, index)
        if wait_s <= 0:
            await self._decided(act.with_step(index, replace(decided_anew(step), vouched=True, others=())))
        return wait_s

    async def forget_copies(self, act_id: str) -> None:
        """Take note that what a system has of an act a second time is being undone."""
        act = self.ledger[act_id]
        for index, step in enumerate(act.steps):
            if step.remark is Remark.TWICE:
                act = act.with_step(index, replace(step, remark=Remark.NONE, others=()))
        await self.ledger.keep_first(act)

    def system_is_back(self, system: str) -> None:
        """Try again soon what waited for a system; a little apart, so that all desks do not come at once."""
        for act in self.acts:
            if act.is_open and act.next_try_at is not None and any(step.system == system for step in act.steps):
                self.ledger.set_in_memory(self.schedule.sooner(act, 2.0))
        self._wake.set()

    async def _decided(self, act: Act) -> Act:
        act = await self.ledger.keep_first(self.schedule.now(act))
        self._wake.set()
        return act

    async def _surely_settled(self, act_id: str) -> Act:
        """Return an act of which no system has done what is not known to be done.

        A rejection may have been a mistake: what was ever sent is looked for before a user decides about it.

        Raises:
            NotPossibleError: It has happened after all, or its system cannot be asked whether it has.
        """
        act = self.ledger[act_id]
        for index, step in enumerate(act.steps):
            if step.was_sent and step.state in _NOTHING_KNOWN:
                try:
                    act = await self.sender.find_out(act, index)
                except SystemCallError as error:
                    raise NotPossibleError(say.CANNOT_BE_CHECKED(error=error)) from error
                if act.steps[index].state not in _NOTHING_KNOWN:
                    self._wake.set()
                    raise NotPossibleError(say.DONE_AFTER_ALL())
        if not (act.is_settled or act.state is ActState.DONE):
            raise NotPossibleError(say.BEING_SENT())
        return act

    # ------------------------------------------------------------------ carrying out

    async def _run(self) -> None:
        """Start a lane for every customer with something to do, whenever something may have become due."""
        while True:
            self._wake.clear()
            for act in self.schedule.after_jump(self.acts):
                self.ledger.set_in_memory(act)
            for customer_id in dict.fromkeys(act.customer_id for act in self.acts if self._is_due(act)):
                if customer_id not in self._lanes and self._next(customer_id, set()) is not None:
                    self._open_lane(customer_id)
            waker = asyncio.create_task(self._wake.wait(), name="outbox waits")
            timer = asyncio.create_task(self._clock.sleep(self.schedule.pause_s(self.acts)), name="outbox timer")
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
        while (act := self._next(customer_id, done)) is not None:
            done.add(act.id)
            try:
                await self._carry_out(act)
            except StoreError as error:
                # Nothing of this computer says anything about what a system has done: in memory it is known as it is,
                # on the disk as it last was, and both lead to another look.
                _log.warning("the outbox cannot be kept: %s", error)
                self.ledger.set_in_memory(self.schedule.postponed(self.ledger[act.id]))
                self._confirm(self.ledger[act.id])
            except Exception:  # noqa: BLE001 - else the customer would be held up for good; it is logged
                _log.exception("an act failed in a way nobody foresaw; it is tried again")
                self.ledger.set_in_memory(self.schedule.postponed(self.ledger[act.id]))

    def _next(self, customer_id: str, done: set[str]) -> Act | None:
        """Return the act to carry out next. Only notes go past one that waits for its system or for a user."""
        blocked = False
        for act in self.of_customer(customer_id):
            if not act.is_open:
                continue
            free = act.risk is RiskClass.NOTE or not blocked
            if free and act.id not in done and self._is_due(act):
                return act
            blocked = blocked or act.state not in {ActState.REJECTED, ActState.AWAITING}
        return None

    def _is_due(self, act: Act) -> bool:
        return act.is_open and not act.needs_user and self.schedule.is_due(act)

    async def _carry_out(self, act: Act) -> None:
        """Take an act as far as it goes now, then say when it is gone on with."""
        for index in range(len(act.steps)):
            act = self.ledger[act.id]
            if act.steps[index].state is StepState.DONE:
                continue
            try:
                async with self._slots[act.steps[index].system]:
                    act = await self.sender.do_step(act, index)
            except SystemCallError as error:
                await self._later(act.id, index, error, error.retry_at if isinstance(error, ThrottledError) else None)
                return
            if act.steps[index].state is not StepState.DONE:
                break
        act = self.ledger[act.id]
        if act.state is ActState.DONE:
            await self.ledger.change(replace(self.schedule.now(act), tries=0))
            self._confirm(act)
        elif act.needs_user:
            self._confirm(act)
        elif any(step.state is StepState.WAITING for step in act.steps[index : index + 1]):
            self._wake.set()  # a user has changed their mind meanwhile; it begins again with what they want now
        elif act.is_open and not act.needs_user:
            await self.ledger.change(self.schedule.postponed(act))

    async def _later(self, act_id: str, index: int, error: SystemCallError, at: datetime | None) -> None:
        """Keep why a step did not go on, and when it is tried again."""
        act = self.ledger[act_id]
        act = act.with_step(index, replace(act.steps[index], told=str(error)))
        await self.ledger.change(self.schedule.postponed(act, at))

    # ------------------------------------------------------------------ afterwards

    def _confirm(self, act: Act) -> None:
        """Look at what is done, or rejected, again a little later; what cannot be looked at waits for a new start."""
        if act.id in self._confirming or not self._to_look_at_again(act):
            return
        task = asyncio.create_task(self._look_again(act.id), name="look at an act again")
        self._confirming[act.id] = task
        task.add_done_callback(lambda _task: self._confirming.pop(act.id, None))

    def _to_look_at_again(self, act: Act) -> list[int]:
        """Return the steps that are worth another look: done and not confirmed, or rejected after they were sent."""
        age_s = (self._clock.now() - (act.changed_at or act.happened_at)).total_seconds()
        if age_s >= _CONFIRMED_WITHIN_S or act.withdrawn:
            return []
        return [
            index
            for index, step in enumerate(act.steps)
            if step.was_sent
            and (
                (step.state is StepState.DONE and not step.confirmed and act.state is ActState.DONE)
                or step.state is StepState.REJECTED
            )
        ]

    async def _look_again(self, act_id: str) -> None:
        is_done = self.ledger[act_id].state is ActState.DONE
        for pause_s in _LOOKED_AT_AFTER_S:
            if not self._to_look_at_again(self.ledger[act_id]):
                break
            await self._clock.sleep(pause_s)
            for index in self._to_look_at_again(self.ledger[act_id]):
                await self._look_again_at(act_id, index, is_last=pause_s == _LOOKED_AT_AFTER_S[-1])
        if not is_done and self.ledger[act_id].state is ActState.DONE:
            self._confirming.pop(act_id, None)
            self._confirm(self.ledger[act_id])

    async def _look_again_at(self, act_id: str, index: int, *, is_last: bool) -> None:
        act = self.ledger[act_id]
        try:
            async with self._slots[act.steps[index].system]:
                if act.steps[index].state is StepState.DONE:
                    await self.sender.look_again(act, index, is_last=is_last)
                else:
                    await self.sender.find_out(act, index)
                    self._wake.set()  # what was done after all lets the next step go
        except (SystemCallError, StoreError) as error:
            _log.info("an act was not looked at again: %s", type(error).__name__)
