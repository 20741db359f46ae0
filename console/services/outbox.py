"""The only way out for a write: an act is kept first, then sent, and followed until its systems hold it."""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from console.errors import ConflictError, ConsoleError, RefusedError, StoreError, SystemCallError, ThrottledError
from console.models.outbox import Act, ActState, RiskClass, Step, StepState
from console.ports.acting import ActingSystem, StepOutcome
from console.ports.clock import Clock
from console.ports.store import ActStore
from console.services.merge import decide, decided_anew, prepare

_log = logging.getLogger(__name__)

_SIDE_BY_SIDE = 4
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 2.0, 60.0
_MOST_MERGES = 4
# A system that said yes is believed for so many looks; then it is said that it did not do it.
_MOST_LOOKS = 5
# A request whose answer was lost may still be under way; only after this, by the steady clock of one run, is it lost.
_LOST_AFTER_S = 60.0


class Outbox:
    """Keeps acts and carries them out, those on one customer in their order, different customers side by side.

    Nothing ever expires. An act found under way at the start may have happened: its system is asked before anything is
    sent again. What needs a user waits for one; notes go on past it.
    """

    def __init__(
        self,
        store: ActStore,
        systems: Mapping[str, ActingSystem],
        *,
        clock: Clock,
        rng: random.Random,
    ) -> None:
        self._store, self._systems = store, systems
        self._clock, self._rng = clock, rng
        self._acts: dict[str, Act] = {}
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None
        self._slots = asyncio.Semaphore(_SIDE_BY_SIDE)
        self._doubtful_since_s: dict[tuple[str, int], float] = {}
        self._subscribers: list[Callable[[Act], None]] = []

    # ------------------------------------------------------------------ life

    async def open(self) -> None:
        """Read what was kept; what was under way when the program ended may have happened or not.

        Raises:
            StoreError: It cannot be read.
        """
        for act in await self._store.load():
            found = act
            for place, step in enumerate(act.steps):
                if step.state is StepState.SENDING:
                    found = found.with_step(place, replace(step, state=StepState.UNKNOWN, was_doubtful=True))
            if found is not act:
                await self._store.change(found)
            self._acts[found.id] = found

    def start(self) -> None:
        """Begin to carry out what waits."""
        if self._runner is None:
            self._runner = asyncio.create_task(self._run(), name="outbox")

    async def aclose(self) -> None:
        """Stop; what is on the wire is found out about at the next start."""
        tasks = [task for task in (self._runner, *self._lanes.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._runner = None

    @property
    def acts(self) -> Sequence[Act]:
        """Every act that is open and the last that are not, in their order."""
        return tuple(sorted(self._acts.values(), key=lambda act: act.seq))

    def of_customer(self, customer_id: str) -> Sequence[Act]:
        """Return the acts on one customer, in their order."""
        return tuple(act for act in self.acts if act.customer_id == customer_id)

    def subscribe(self, told: Callable[[Act], None]) -> Callable[[], None]:
        """Call back with every act that has changed; return what ends that."""
        self._subscribers.append(told)
        return lambda: self._subscribers.remove(told) if told in self._subscribers else None

    # ------------------------------------------------------------------ what users do

    async def submit(self, act: Act, *, typed_in: Sequence[str] = (), instead_of: Act | None = None) -> Act:
        """Keep an act and begin to carry it out; once this returns it is not lost any more.

        `typed_in` are the places of the drafts it was made of, which go; `instead_of` is an act no system is doing, of
        which what is not done is given up in the same breath.

        Raises:
            StoreError: It could not be kept, and nothing is sent.
        """
        now = self._clock.now()
        given_up = instead_of and replace(instead_of, withdrawn=True, changed_at=now)
        self._acts |= {given_up.id: given_up} if given_up else {}  # before anything waits: no lane goes on with it
        try:
            kept = await self._store.add(replace(act, changed_at=now), typed_in=typed_in, instead_of=given_up)
        except StoreError:
            self._acts |= {instead_of.id: instead_of} if instead_of else {}
            raise
        self._acts[kept.id] = kept
        for told in filter(None, (given_up, kept)):
            self._tell(told)
        self._wake.set()
        return kept

    async def withdraw(self, act_id: str) -> bool:
        """Take an act back, or what of it is not done yet; False while a system may be doing it."""
        act = self._acts[act_id]
        if not act.is_settled:
            return False
        await self._change(replace(act, withdrawn=True))
        return True

    async def retry(self, act_id: str) -> None:
        """Try again now: what waits for its next try, and what was refused."""
        act = self._acts[act_id]
        for place, step in enumerate(act.steps):
            if step.state is StepState.REFUSED:
                act = act.with_step(place, decided_anew(step))
        await self._change(replace(act, next_try_at=None))
        self._wake.set()

    async def edit(self, act_id: str, wanted: Mapping[str, str], *, title: str) -> Act | None:
        """Change what an act asks for at every system; None while one may be doing it."""
        act = self._acts[act_id]
        if not act.is_settled:
            return None
        edited = replace(act, title=title, steps=decide(act, wanted), next_try_at=None, tries=0)
        edited = await self._change(edited)
        self._wake.set()
        return edited

    async def resolve(self, act_id: str, place: int, chosen: Mapping[str, str], *, title: str = "") -> None:
        """End a conflict: these values are wanted of every system of the act, over what this one holds now."""
        act = self._acts[act_id]
        decided = replace(act, title=title or act.title, steps=decide(act, chosen, place), next_try_at=None)
        await self._change(decided)
        self._wake.set()

    async def settle(self, act_id: str, place: int, *, happened: bool) -> None:
        """End an unknown step by a user's word: they have looked at the system themselves."""
        step = (act := self._acts[act_id]).steps[place]
        if step.state is not StepState.UNKNOWN:
            return
        state = StepState.DONE if happened else StepState.WAITING
        await self._change(replace(act.with_step(place, replace(step, state=state, told="")), next_try_at=None))
        self._wake.set()

    def system_is_back(self, system: str) -> None:
        """Try again soon what waited for a system; a little apart, so that all desks do not come at once."""
        now = self._clock.now()
        for act in self.acts:
            if act.is_open and act.next_try_at is not None and any(step.system == system for step in act.steps):
                soon = now + timedelta(seconds=self._rng.uniform(0.0, 2.0))
                self._acts[act.id] = replace(act, next_try_at=min(act.next_try_at, soon))
        self._wake.set()

    # ------------------------------------------------------------------ carrying out

    async def _run(self) -> None:
        """Start a lane for every customer with something to do, whenever something may have become due."""
        while True:
            self._wake.clear()
            now = self._clock.now()
            for customer_id in dict.fromkeys(act.customer_id for act in self.acts if self._is_due(act, now)):
                if customer_id not in self._lanes and self._next(customer_id, set()) is not None:
                    self._open_lane(customer_id)
            waiting = [act.next_try_at for act in self._acts.values() if act.is_open and act.next_try_at]
            pause_s = max(0.05, (min(waiting) - now).total_seconds()) if waiting else 3600.0
            waker = asyncio.create_task(self._wake.wait(), name="outbox waits")
            timer = asyncio.create_task(self._clock.sleep(pause_s), name="outbox timer")
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
        async with self._slots:
            done: set[str] = set()
            while True:
                act = self._next(customer_id, done)
                if act is None:
                    return
                done.add(act.id)
                try:
                    await self._carry_out(act)
                except StoreError as error:
                    # Nothing more is sent than can be kept; on the disk it stands as it last stood.
                    _log.warning("the outbox cannot be kept: %s", error)
                    self._acts[act.id] = self._postponed(self._acts[act.id])
                except Exception:  # noqa: BLE001 - else the customer would be held up for good; it is logged
                    _log.exception("an act failed in a way nobody foresaw; it is tried again")
                    self._acts[act.id] = self._postponed(self._acts[act.id])

    def _next(self, customer_id: str, done: set[str]) -> Act | None:
        """Return the act to carry out next. Only notes go past one that waits for its system or for a user."""
        now, blocked = self._clock.now(), False
        for act in self.of_customer(customer_id):
            if not act.is_open:
                continue
            free = act.risk is RiskClass.NOTE or not blocked
            if free and act.id not in done and self._is_due(act, now):
                return act
            blocked = blocked or act.state not in {ActState.REFUSED, ActState.AWAITING}
        return None

    def _is_due(self, act: Act, now: datetime) -> bool:
        return act.is_open and not act.needs_user and (act.next_try_at is None or act.next_try_at <= now)

    async def _carry_out(self, act: Act) -> None:
        """Take an act as far as it goes now."""
        for place in range(len(act.steps)):
            act = self._acts[act.id]
            if act.steps[place].state is StepState.DONE:
                continue
            try:
                act = await self._do_step(act, place)
            except ThrottledError as error:
                await self._later(act.id, place, error, error.retry_at)
                return
            except SystemCallError as error:
                await self._later(act.id, place, error, None)
                return
            except ConsoleError as error:
                await self._put(act.id, place, state=StepState.REFUSED, told=str(error))
                return
            if act.steps[place].state is not StepState.DONE:
                return

    async def _do_step(self, act: Act, place: int) -> Act:
        """Do one step, or find out about it; the act as it is kept then comes back."""
        system = self._systems[act.steps[place].system]
        if act.steps[place].state in {StepState.UNKNOWN, StepState.ACCEPTED, StepState.AWAITING}:
            act = await self._find_out(act, place, system)
            if act.steps[place].state is not StepState.WAITING:
                return act
        for _ in range(_MOST_MERGES):
            step = act.steps[place]
            current = await system.read_current(act, step)
            if self._acts[act.id].withdrawn or self._acts[act.id].steps[place] is not step:
                self._wake.set()  # a user has changed their mind meanwhile; begin again with what they want now
                return self._acts[act.id]
            prepared = self._prepare(act, step, current)
            if prepared.state is not StepState.WAITING:
                return await self._put_step(act.id, place, prepared)
            act = await self._put_step(act.id, place, replace(prepared, state=StepState.SENDING, looks=0))
            try:
                return await self._send(act, place, system, current.version)
            except ConflictError:
                act = await self._put(act.id, place, state=StepState.WAITING)
        told = "The record changes too often; it is tried again."
        return await self._put(act.id, place, state=StepState.WAITING, told=told, again=True)

    async def _send(self, act: Act, place: int, system: ActingSystem, version: str | None) -> Act:
        """Send a step that is kept as being sent, and keep how it ended."""
        step = act.steps[place]
        try:
            result = await system.perform(act, step, version=version)
        except ConflictError:
            raise
        except RefusedError as error:
            # A copy sent before may have been carried out, and this be refused for that very reason.
            happened = step.was_doubtful and await system.look_up(act, step) is StepOutcome.HAPPENED
            state, told = (StepState.DONE, "") if happened else (StepState.REFUSED, str(error))
            return await self._put(act.id, place, state=state, told=told)
        except SystemCallError as error:
            doubtful = error.may_have_happened
            state = StepState.UNKNOWN if doubtful else StepState.WAITING
            self._doubtful_since_s.pop((act.id, place), None)
            await self._put_step(act.id, place, replace(step, state=state, was_doubtful=step.was_doubtful or doubtful))
            raise
        act = await self._put(act.id, place, state=StepState.ACCEPTED, result=result)
        return await self._find_out(act, place, system)

    _prepare = staticmethod(prepare)

    async def _find_out(self, act: Act, place: int, system: ActingSystem) -> Act:
        """Ask a system whether a step was carried out."""
        step = act.steps[place]
        try:
            outcome = await system.look_up(act, step)
        except RefusedError as error:  # it was taken, and turned down since
            return await self._put(act.id, place, state=StepState.REFUSED, told=str(error))
        if outcome is StepOutcome.HAPPENED:
            return await self._put(act.id, place, state=StepState.DONE, told="")
        if outcome is StepOutcome.AWAITING:
            return await self._put(act.id, place, state=StepState.AWAITING, told="", looks=1, again=True)
        if step.state is StepState.ACCEPTED:
            return await self._check_yes(act, place, outcome)
        return await self._wait_for_the_lost(act, place, outcome)

    async def _check_yes(self, act: Act, place: int, outcome: StepOutcome) -> Act:
        """Go on with a step that its system said yes to, but does not show as wanted."""
        looks = act.steps[place].looks + 1
        if outcome is StepOutcome.CHANGED_SINCE:
            return await self._put(act.id, place, state=StepState.DONE, told="Done; somebody has changed it since.")
        if outcome is StepOutcome.DID_NOT and looks > _MOST_LOOKS:
            told = "The system said yes, but does not have it. Ask its support, or send it again."
            return await self._put(act.id, place, state=StepState.REFUSED, told=told)
        told = "Accepted; it does not show there yet."
        return await self._put(act.id, place, state=StepState.ACCEPTED, told=told, looks=looks, again=True)

    async def _wait_for_the_lost(self, act: Act, place: int, outcome: StepOutcome) -> Act:
        """Go on with a step that may have happened, but does not show; it is not sent while it may still arrive."""
        now_s = self._clock.monotonic_s()
        since_s = self._doubtful_since_s.setdefault((act.id, place), now_s)
        if outcome is not StepOutcome.CANNOT_TELL and now_s - since_s >= _LOST_AFTER_S:
            del self._doubtful_since_s[act.id, place]
            return await self._put(act.id, place, state=StepState.WAITING, told="", looks=0)
        told = "It is not there yet, but may still arrive; it is looked for before it is sent again."
        if outcome is StepOutcome.CANNOT_TELL:
            told = "It may have happened. The system cannot say; look there, and then say which."
        looks = act.steps[place].looks + 1
        return await self._put(act.id, place, state=StepState.UNKNOWN, told=told, looks=looks, again=True)

    async def _later(self, act_id: str, place: int, error: SystemCallError, at: datetime | None) -> None:
        """Keep why a step did not go on, and when it is tried again."""
        act = self._acts[act_id]
        act = act.with_step(place, replace(act.steps[place], told=str(error)))
        if at is not None:
            at += timedelta(seconds=self._rng.uniform(0.0, 1.0))
        await self._change(self._postponed(act, at))

    def _postponed(self, act: Act, at: datetime | None = None) -> Act:
        turns = max((step.looks - 1 for step in act.steps if step.looks), default=act.tries)
        pause_s = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** min(turns, 10)) * self._rng.uniform(0.7, 1.3)
        return replace(act, tries=act.tries + 1, next_try_at=at or self._clock.now() + timedelta(seconds=pause_s))

    async def _put(
        self,
        act_id: str,
        place: int,
        *,
        state: StepState,
        told: str | None = None,
        looks: int | None = None,
        result: str | None = None,
        again: bool = False,
    ) -> Act:
        """Keep a step in a state; `again` says that the act is looked at later by itself."""
        step = self._acts[act_id].steps[place]
        step = replace(
            step,
            state=state,
            told=step.told if told is None else told,
            looks=step.looks if looks is None else looks,
            result=step.result if result is None else result,
        )
        return await self._put_step(act_id, place, step, again=again)

    async def _put_step(self, act_id: str, place: int, step: Step, *, again: bool = False) -> Act:
        act = self._acts[act_id].with_step(place, step)
        if again:
            act = self._postponed(act)
        elif step.state in {StepState.DONE, StepState.SENDING}:
            act = replace(act, next_try_at=None, tries=0 if step.state is StepState.DONE else act.tries)
        return await self._change(act)

    async def _change(self, act: Act) -> Act:
        """Keep an act as it is now, then tell of it: what is told is on the disk.

        Here it stands as it is at once, so that a user and a lane never both go on from what it was before.
        """
        act = replace(act, changed_at=self._clock.now())
        self._acts[act.id] = act
        await self._store.change(act)
        self._tell(self._acts[act.id])
        return act

    def _tell(self, act: Act) -> None:
        for told in list(self._subscribers):
            told(act)
