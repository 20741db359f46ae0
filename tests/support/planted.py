"""The outbox with one fault each, to see that the simulation would find it."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from console.errors import StoreError, SystemCallError
from console.models.outbox import Action, ActionState, Step, StepState, Verdict
from console.ports.acting import RemoteState
from console.services.outbox import Outbox
from console.services.outbox.schedule import Schedule
from console.services.outbox.sender import StepSender
from tests.support.wire_schedule import Plan


class SendsTheUnknownAgain(Outbox):
    """What may have happened is sent again without asking."""

    class sender_type(StepSender):  # noqa: N801 - it stands for the attribute of that name
        async def find_out(self, action: Action, index: int) -> Action:
            if action.steps[index].state is StepState.UNKNOWN:
                return await self._ledger.put(action.id, index, state=StepState.WAITING, was_sent=False)
            return await super().find_out(action, index)


class NewKeyEachTime(Outbox):
    """A key is made anew for every try, and what is unknown is sent again."""

    class sender_type(SendsTheUnknownAgain.sender_type):  # noqa: N801
        async def _send(self, action: Action, index: int, version: str | None) -> Action:
            step = action.steps[index]
            fresh = replace(step, key=f"{step.key}-{self._clock.monotonic_s()}")
            return await super()._send(await self._ledger.change(action.with_step(index, fresh)), index, version)


class DoneBeforeSent(Outbox):
    """An act is marked as done before it is sent."""

    class sender_type(StepSender):  # noqa: N801
        async def _failed(self, action: Action, index: int, error: SystemCallError) -> Action:
            return await self._ledger.put(action.id, index, state=StepState.DONE)


class LastFirst(Outbox):
    """The newest act goes first."""

    def _next(self, customer_id: str, done: set[str]) -> Action | None:
        waiting = [action for action in self.of_customer(customer_id) if self._is_due(action) and action.id not in done]
        return waiting[-1] if waiting else None


class LosesTheBase(Outbox):
    """Whatever a system holds is taken for what the user saw."""

    class sender_type(StepSender):  # noqa: N801
        def _prepare(self, action: Action, step: Step, current: RemoteState) -> Step:
            return super()._prepare(action, replace(step, base=dict(current.values)), current)


class MineWins(Outbox):
    """A conflict is ended without asking."""

    class sender_type(StepSender):  # noqa: N801
        def _prepare(self, action: Action, step: Step, current: RemoteState) -> Step:
            prepared = super()._prepare(action, step, current)
            return replace(prepared, state=StepState.WAITING) if prepared.state is StepState.CONFLICT else prepared


class SaysKeptTooSoon(Outbox):
    """An act is said to be kept before it is."""

    async def submit(self, action: Action, *, typed_in: Sequence[str] = ()) -> Action:
        import asyncio

        async def keep() -> None:
            await asyncio.sleep(2.0)
            await super(SaysKeptTooSoon, self).submit(action, typed_in=typed_in)

        self._late = asyncio.create_task(keep())
        return action

    async def aclose(self) -> None:
        late = getattr(self, "_late", None)
        if late is not None:
            late.cancel()
        await super().aclose()


class SendsWhatWasTakenBack(Outbox):
    """A user is told that an act is taken back, and it goes out all the same."""

    async def withdraw(self, action_id: str) -> bool:
        return self.ledger[action_id].is_settled


class Expires(Outbox):
    """What waited for a minute is dropped."""

    class schedule_type(Schedule):  # noqa: N801
        def postponed(self, action: Action, at: datetime | None = None) -> Action:
            postponed = super().postponed(action, at)
            if self._clock.now() - action.happened_at <= timedelta(minutes=1):
                return postponed
            return replace(postponed, steps=tuple(replace(step, state=StepState.DONE) for step in action.steps))


class GivesUpAsDone(Outbox):
    """After three tries an act is taken for done."""

    async def _later(self, action_id: str, index: int, error: Any, at: datetime | None) -> None:
        if self.ledger[action_id].tries >= 2:
            await self.ledger.put(action_id, index, state=StepState.DONE)
        else:
            await super()._later(action_id, index, error, at)


class ForgetsAtTheStart(Outbox):
    """Acts that were waiting are gone after a restart."""

    async def open(self) -> None:
        await super().open()
        for action in self.actions:
            if action.state is ActionState.QUEUED:
                await self.ledger.change(replace(action, withdrawn=True, steps=()))


class SendingIsWaiting(Outbox):
    """What was under way when the program ended is sent as if it had never gone out, with a new key."""

    async def open(self) -> None:
        await super().open()
        for action in self.actions:
            for index, step in enumerate(action.steps):
                if step.state is StepState.UNKNOWN:
                    fresh = replace(step, state=StepState.WAITING, key=f"{step.key}+", was_sent=False)
                    self.ledger.set_in_memory(self.ledger[action.id].with_step(index, fresh))


class BelievesEveryAnswer(Outbox):
    """An answer that was lost counts as a yes."""

    class sender_type(StepSender):  # noqa: N801
        async def find_out(self, action: Action, index: int) -> Action:
            return await self._ledger.put(action.id, index, state=StepState.DONE)


class BelievesEveryNo(Outbox):
    """A rejection is believed without a look."""

    @staticmethod
    def plan(rng: random.Random) -> Plan:
        return Plan((rng.choice(("note", "refund", "ticket")),), ("403 after it was done",))

    class sender_type(StepSender):  # noqa: N801
        async def _failed(self, action: Action, index: int, error: SystemCallError) -> Action:
            from console.errors import RejectedError

            if isinstance(error, RejectedError):
                return await self._reject(action, index, str(error))
            return await super()._failed(action, index, error)


class TurnedAwayIsNotSent(Outbox):
    """What was turned away is sent again without a look."""

    class sender_type(StepSender):  # noqa: N801
        async def _failed(self, action: Action, index: int, error: SystemCallError) -> Action:
            from console.services.outbox.sender import _verdict_of

            if _verdict_of(error) is Verdict.AGAIN:
                error.may_have_happened = False
            return await super()._failed(action, index, error)


class TwoAtOnce(Outbox):
    """Two programs work off one store."""

    def start(self) -> None:
        super().start()
        store = self.ledger._store
        self._twin = Outbox(store, self.sender._systems, clock=self._clock, rng=self.schedule._rng)
        self._twin.ledger._actions = dict(self.ledger._actions)
        self.subscribe(lambda action: self._twin.ledger._actions.setdefault(action.id, action))
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
        async def do_step(self, action: Action, index: int) -> Action:
            try:
                return await super().do_step(action, index)
            except StoreError as error:
                step = replace(
                    self._ledger.step(action.id, index), state=StepState.REJECTED, message=str(error), was_sent=False
                )
                self._ledger.set_in_memory(self._ledger[action.id].with_step(index, step))
                return self._ledger[action.id]

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
