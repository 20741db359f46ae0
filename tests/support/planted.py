"""The outbox with one fault each, to see that the simulation would find it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from console.models.outbox import Act, ActState, Step, StepState
from console.ports.acting import ActingSystem, RemoteState
from console.services.outbox import Outbox


class SendsTheUnknownAgain(Outbox):
    """What may have happened is sent again without asking."""

    async def _find_out(self, act: Act, place: int, system: ActingSystem) -> Act:
        if act.steps[place].state is StepState.UNKNOWN:
            return await self._put(act.id, place, state=StepState.WAITING)
        return await super()._find_out(act, place, system)


class NewKeyEachTime(SendsTheUnknownAgain):
    """A key is made anew for every try, and what is unknown is sent again."""

    async def _put_step(self, act_id: str, place: int, step: Step, *, again: bool = False) -> Act:
        if step.state is StepState.SENDING:
            step = replace(step, key=f"{step.key}-{self._clock.monotonic_s()}")
        return await super()._put_step(act_id, place, step, again=again)


class DoneBeforeSent(Outbox):
    """An act is marked as done before it is sent."""

    async def _put(self, act_id: str, place: int, *, state: StepState, **others: Any) -> Act:
        state = StepState.DONE if state in {StepState.UNKNOWN, StepState.WAITING} else state
        return await super()._put(act_id, place, state=state, **others)


class LastFirst(Outbox):
    """The newest act goes first."""

    def _next(self, customer_id: str, done: set[str]) -> Act | None:
        now = self._clock.now()
        waiting = [act for act in self.of_customer(customer_id) if self._is_due(act, now) and act.id not in done]
        return waiting[-1] if waiting else None


class LosesTheBase(Outbox):
    """Whatever a system holds is taken for what the user saw."""

    def _prepare(self, act: Act, step: Step, current: RemoteState) -> Step:
        return super()._prepare(act, replace(step, base=dict(current.values)), current)


class MineWins(Outbox):
    """A conflict is ended without asking."""

    def _prepare(self, act: Act, step: Step, current: RemoteState) -> Step:
        prepared = super()._prepare(act, step, current)
        return replace(prepared, state=StepState.WAITING) if prepared.state is StepState.CONFLICT else prepared


class SaysKeptTooSoon(Outbox):
    """An act is said to be kept before it is."""

    async def submit(self, act: Act, *, typed_in: Sequence[str] = ()) -> Act:
        import asyncio

        async def keep() -> None:
            await asyncio.sleep(2.0)
            await super(SaysKeptTooSoon, self).submit(act, typed_in=typed_in)

        self._late = asyncio.create_task(keep())
        return act

    async def aclose(self) -> None:
        late = getattr(self, "_late", None)
        if late is not None:
            late.cancel()
        await super().aclose()


class SendsWhatWasTakenBack(Outbox):
    """A user is told that an act is taken back, and it goes out all the same."""

    async def withdraw(self, act_id: str) -> bool:
        return self._acts[act_id].is_settled


class Expires(Outbox):
    """What waited for a minute is dropped."""

    def _postponed(self, act: Act, at: datetime | None = None) -> Act:
        postponed = super()._postponed(act, at)
        old = self._clock.now() - act.happened_at > timedelta(minutes=1)
        return (
            replace(postponed, steps=tuple(replace(step, state=StepState.DONE) for step in act.steps))
            if old
            else postponed
        )


class GivesUpAsDone(Outbox):
    """After three tries an act is taken for done."""

    async def _later(self, act_id: str, place: int, error: Any, at: datetime | None) -> None:
        if self._acts[act_id].tries >= 2:
            await self._put(act_id, place, state=StepState.DONE)
        else:
            await super()._later(act_id, place, error, at)


class ForgetsAtTheStart(Outbox):
    """Acts that were waiting are gone after a restart."""

    async def open(self) -> None:
        await super().open()
        waiting = {key: act for key, act in self._acts.items() if act.state is ActState.QUEUED}
        for key, act in waiting.items():
            del self._acts[key]
            await self._store.change(replace(act, withdrawn=True, steps=()))


class SendingIsWaiting(Outbox):
    """What was under way when the program ended is sent as if it had never gone out, with a new key."""

    async def open(self) -> None:
        await super().open()
        for act in list(self._acts.values()):
            for place, step in enumerate(act.steps):
                if step.state is StepState.UNKNOWN:
                    fresh = replace(step, state=StepState.WAITING, key=f"{step.key}+")
                    self._acts[act.id] = self._acts[act.id].with_step(place, fresh)


class BelievesEveryAnswer(Outbox):
    """An answer that was lost counts as a yes."""

    async def _find_out(self, act: Act, place: int, system: ActingSystem) -> Act:
        return await self._put(act.id, place, state=StepState.DONE)


class TwoAtOnce(Outbox):
    """Two programs work off one store."""

    def start(self) -> None:
        super().start()
        self._twin = Outbox(self._store, self._systems, clock=self._clock, rng=self._rng)
        self._twin._acts = dict(self._acts)
        self.subscribe(lambda act: self._twin._acts.setdefault(act.id, act))
        self._twin.start()

    async def aclose(self) -> None:
        await super().aclose()
        if hasattr(self, "_twin"):
            await self._twin.aclose()


PLANTED: tuple[type[Outbox], ...] = (
    SendsTheUnknownAgain, NewKeyEachTime, DoneBeforeSent, LastFirst, LosesTheBase, MineWins, SaysKeptTooSoon,
    SendsWhatWasTakenBack, Expires, GivesUpAsDone, ForgetsAtTheStart, SendingIsWaiting, BelievesEveryAnswer, TwoAtOnce,
)  # fmt: skip
