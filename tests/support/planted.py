"""The outbox with one fault each, to see that the simulation would find it."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from console.errors import StoreError, SystemCallError
from console.models.outbox import Act, ActState, Step, StepState, Verdict
from console.ports.acting import RemoteState
from console.services.outbox import Outbox
from console.services.outbox.schedule import Schedule
from console.services.outbox.sender import StepSender
from tests.support.wire_schedule import Plan


class SendsTheUnknownAgain(Outbox):
    """What may have happened is sent again without asking."""

    class sender_type(StepSender):  # noqa: N801 - it stands for the attribute of that name
        async def find_out(self, act: Act, index: int) -> Act:
            if act.steps[index].state is StepState.UNKNOWN:
                return await self._ledger.put(act.id, index, state=StepState.WAITING, was_sent=False)
            return await super().find_out(act, index)


class NewKeyEachTime(Outbox):
    """A key is made anew for every try, and what is unknown is sent again."""

    class sender_type(SendsTheUnknownAgain.sender_type):  # noqa: N801
        async def _send(self, act: Act, index: int, version: str | None) -> Act:
            step = act.steps[index]
            fresh = replace(step, key=f"{step.key}-{self._clock.monotonic_s()}")
            return await super()._send(await self._ledger.change(act.with_step(index, fresh)), index, version)


class DoneBeforeSent(Outbox):
    """An act is marked as done before it is sent."""

    class sender_type(StepSender):  # noqa: N801
        async def _failed(self, act: Act, index: int, error: SystemCallError) -> Act:
            return await self._ledger.put(act.id, index, state=StepState.DONE)


class LastFirst(Outbox):
    """The newest act goes first."""

    def _next(self, customer_id: str, done: set[str]) -> Act | None:
        waiting = [act for act in self.of_customer(customer_id) if self._is_due(act) and act.id not in done]
        return waiting[-1] if waiting else None


class LosesTheBase(Outbox):
    """Whatever a system holds is taken for what the user saw."""

    class sender_type(StepSender):  # noqa: N801
        def _prepare(self, act: Act, step: Step, current: RemoteState) -> Step:
            return super()._prepare(act, replace(step, base=dict(current.values)), current)


class MineWins(Outbox):
    """A conflict is ended without asking."""

    class sender_type(StepSender):  # noqa: N801
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
        return self.ledger[act_id].is_settled


class Expires(Outbox):
    """What waited for a minute is dropped."""

    class schedule_type(Schedule):  # noqa: N801
        def postponed(self, act: Act, at: datetime | None = None) -> Act:
            postponed = super().postponed(act, at)
            if self._clock.now() - act.happened_at <= timedelta(minutes=1):
                return postponed
            return replace(postponed, steps=tuple(replace(step, state=StepState.DONE) for step in act.steps))


class GivesUpAsDone(Outbox):
    """After three tries an act is taken for done."""

    async def _later(self, act_id: str, index: int, error: Any, at: datetime | None) -> None:
        if self.ledger[act_id].tries >= 2:
            await self.ledger.put(act_id, index, state=StepState.DONE)
        else:
            await super()._later(act_id, index, error, at)


class ForgetsAtTheStart(Outbox):
    """Acts that were waiting are gone after a restart."""

    async def open(self) -> None:
        await super().open()
        for act in self.acts:
            if act.state is ActState.QUEUED:
                await self.ledger.change(replace(act, withdrawn=True, steps=()))


class SendingIsWaiting(Outbox):
    """What was under way when the program ended is sent as if it had never gone out, with a new key."""

    async def open(self) -> None:
        await super().open()
        for act in self.acts:
            for index, step in enumerate(act.steps):
                if step.state is StepState.UNKNOWN:
                    fresh = replace(step, state=StepState.WAITING, key=f"{step.key}+", was_sent=False)
                    self.ledger.set_in_memory(self.ledger[act.id].with_step(index, fresh))


class BelievesEveryAnswer(Outbox):
    """An answer that was lost counts as a yes."""

    class sender_type(StepSender):  # noqa: N801
        async def find_out(self, act: Act, index: int) -> Act:
            return await self._ledger.put(act.id, index, state=StepState.DONE)


class BelievesEveryNo(Outbox):
    """A rejection is believed without a look."""

    @staticmethod
    def plan(rng: random.Random) -> Plan:
        return Plan((rng.choice(("note", "refund", "ticket")),), ("403 after it was done",))

    class sender_type(StepSender):  # noqa: N801
        async def _failed(self, act: Act, index: int, error: SystemCallError) -> Act:
            from console.errors import RejectedError

            if isinstance(error, RejectedError):
                return await self._reject(act, index, str(error))
            return await super()._failed(act, index, error)


class TurnedAwayIsNotSent(Outbox):
    """What was turned away is sent again without a look."""

    class sender_type(StepSender):  # noqa: N801
        async def _failed(self, act: Act, index: int, error: SystemCallError) -> Act:
            from console.services.outbox.sender import _verdict_of

            if _verdict_of(error) is Verdict.AGAIN:
                error.may_have_happened = False
            return await super()._failed(act, index, error)


class TwoAtOnce(Outbox):
    """Two programs work off one store."""

    def start(self) -> None:
        super().start()
        store = self.ledger._store
        self._twin = Outbox(store, self.sender._systems, clock=self._clock, rng=self.schedule._rng)
        self._twin.ledger._acts = dict(self.ledger._acts)
        self.subscribe(lambda act: self._twin.ledger._acts.setdefault(act.id, act))
        self._twin.start()

    async def aclose(self) -> None:
        await super().aclose()
        if hasattr(self, "_twin"):
            await self._twin.aclose()


PLANTED: tuple[type[Outbox], ...] = (
    SendsTheUnknownAgain, NewKeyEachTime, DoneBeforeSent, LastFirst, LosesTheBase, MineWins, SaysKeptTooSoon,
    SendsWhatWasTakenBack, Expires, GivesUpAsDone, ForgetsAtTheStart, SendingIsWaiting, BelievesEveryAnswer,
    BelievesEveryNo, TurnedAwayIsNotSent, TwoAtOnce,
)  # fmt: skip


# ------------------------------------------------------------------ on the wire


class AHeaderMeansNo(Outbox):
    """An answer that asks to come again later is taken for a request that did not arrive."""

    sender_type = TurnedAwayIsNotSent.sender_type

    @staticmethod
    def plan(rng: random.Random) -> Plan:
        return Plan(("note",), ("429 with Retry-After 0 after it was done",))


class AShortPageMeansNo(Outbox):
    """What is not on the first page did not happen."""

    def __init__(self, store: Any, systems: Mapping[str, Any], **others: Any) -> None:
        for system in systems.values():
            _believe_first_page(system._client)
        super().__init__(store, systems, **others)

    @staticmethod
    def plan(rng: random.Random) -> Plan:
        # The list has shown the first ones, which makes it believed; the last ones stand on its second page.
        return Plan(("ticket",) * 6, (*("nothing",) * 4, "answer lost", "answer lost"), "oldest first, three a page")


class AFullDiskMeansNo(Outbox):
    """What could not be kept here is called rejected there."""

    class sender_type(StepSender):  # noqa: N801
        async def do_step(self, act: Act, index: int) -> Act:
            try:
                return await super().do_step(act, index)
            except StoreError as error:
                step = replace(
                    self._ledger.step(act.id, index), state=StepState.REJECTED, told=str(error), was_sent=False
                )
                self._ledger.set_in_memory(self._ledger[act.id].with_step(index, step))
                return self._ledger[act.id]

    @staticmethod
    def plan(rng: random.Random) -> Plan:
        return Plan((rng.choice(("note", "refund")),), full_disk=True)


def _believe_first_page(client: Any) -> None:
    whole = client.fetch_page_now

    async def first_page(resource: str, parameters: Any, offset: int) -> Any:
        page, size = await whole(resource, parameters, 0)
        return page if offset == 0 else [], size

    client.fetch_page_now = first_page


PLANTED_ON_THE_WIRE: tuple[type[Outbox], ...] = (BelievesEveryNo, AHeaderMeansNo, AShortPageMeansNo, AFullDiskMeansNo)
