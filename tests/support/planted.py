"""Variants of the outbox with one fault each, to check that the simulation finds it."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from console.errors import StoreError, SystemCallError
from console.models.outbox import Action, ActionState, ReplyMeaning, Step, StepState
from console.ports.acting import RemoteState
from console.services.outbox import Outbox
from console.services.outbox.schedule import Schedule
from console.services.outbox.sender import StepSender
from tests.support.wire_schedule import Plan


class SendsTheUnknownAgain(Outbox):
    """Fault: an unknown step is sent again without a check."""

    class sender_type(StepSender):  # noqa: N801 - it stands for the attribute of that name
        async def find_out(self, action: Action, index: int) -> Action:
            if action.steps[index].state is StepState.UNKNOWN:
                return await self._ledger.put(action.id, index, state=StepState.WAITING, was_sent=False)
            return await super().find_out(action, index)


class NewKeyEachTime(Outbox):
    """Fault: each try has a new key, and an unknown step is sent again."""

    class sender_type(SendsTheUnknownAgain.sender_type):  # noqa: N801
        async def _send(self, action: Action, index: int, version: str | None) -> Action:
            step = action.steps[index]
            fresh = replace(step, key=f"{step.key}-{self._clock.monotonic_s()}")
            return await super()._send(await self._ledger.change(action.with_step(index, fresh)), index, version)


class DoneBeforeSent(Outbox):
    """Fault: an action whose request failed is marked as done."""

    class sender_type(StepSender):  # noqa: N801
        async def _failed(self, action: Action, index: int, error: SystemCallError) -> Action:
            return await self._ledger.put(action.id, index, state=StepState.DONE)


class LastFirst(Outbox):
    """Fault: the newest action is sent first."""

    def _next(self, customer_id: str, done: set[str]) -> Action | None:
        waiting = [action for action in self.of_customer(customer_id) if self._is_due(action) and action.id not in done]
        return waiting[-1] if waiting else None


class LosesTheBase(Outbox):
    """Fault: the system's current values replace the values that the user saw."""

    class sender_type(StepSender):  # noqa: N801
        def _prepare(self, action: Action, step: Step, current: RemoteState) -> Step:
            return super()._prepare(action, replace(step, base=dict(current.values)), current)


class MineWins(Outbox):
    """Fault: a conflict is resolved in the user's favour without asking."""

    class sender_type(StepSender):  # noqa: N801
        def _prepare(self, action: Action, step: Step, current: RemoteState) -> Step:
            prepared = super()._prepare(action, step, current)
            return replace(prepared, state=StepState.WAITING) if prepared.state is StepState.CONFLICT else prepared


class SaysKeptTooSoon(Outbox):
    """Fault: an action is reported as saved 2 s before it is saved."""

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
    """Fault: the user sees that an action was withdrawn, and it is sent anyway."""

    async def withdraw(self, action_id: str) -> bool:
        return self.ledger[action_id].is_settled


class Expires(Outbox):
    """Fault: an action that waited for more than a minute is dropped."""

    class schedule_type(Schedule):  # noqa: N801
        def postponed(self, action: Action, at: datetime | None = None) -> Action:
            postponed = super().postponed(action, at)
            if self._clock.now() - action.happened_at <= timedelta(minutes=1):
                return postponed
            return replace(postponed, steps=tuple(replace(step, state=StepState.DONE) for step in action.steps))


class GivesUpAsDone(Outbox):
    """Fault: an action is marked as done after three tries."""

    async def _later(self, action_id: str, index: int, error: Any, at: datetime | None) -> None:
        if self.ledger[action_id].tries >= 2:
            await self.ledger.put(action_id, index, state=StepState.DONE)
        else:
            await super()._later(action_id, index, error, at)


class ForgetsAtTheStart(Outbox):
    """Fault: waiting actions are gone after a restart."""

    async def open(self) -> None:
        await super().open()
        for action in self.actions:
            if action.state is ActionState.QUEUED:
                await self.ledger.change(replace(action, withdrawn=True, steps=()))


class SendingIsWaiting(Outbox):
    """Fault: a step in progress at the end of the program is sent as new, with a new key."""

    async def open(self) -> None:
        await super().open()
        for action in self.actions:
            for index, step in enumerate(action.steps):
                if step.state is StepState.UNKNOWN:
                    fresh = replace(step, state=StepState.WAITING, key=f"{step.key}+", was_sent=False)
                    self.ledger.set_in_memory(self.ledger[action.id].with_step(index, fresh))


class BelievesEveryAnswer(Outbox):
    """Fault: a lost response counts as success."""

    class sender_type(StepSender):  # noqa: N801
        async def find_out(self, action: Action, index: int) -> Action:
            return await self._ledger.put(action.id, index, state=StepState.DONE)


class BelievesEveryNo(Outbox):
    """Fault: a rejection is accepted without a check."""

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
    """Fault: a request answered with "try again later" is sent again without a check."""

    class sender_type(StepSender):  # noqa: N801
        async def _failed(self, action: Action, index: int, error: SystemCallError) -> Action:
            from console.services.outbox.sender import _verdict_of

            if _verdict_of(error) is ReplyMeaning.AGAIN:
                error.may_have_happened = False
            return await super()._failed(action, index, error)


class TwoAtOnce(Outbox):
    """Fault: two programs send from one store."""

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
    """Fault: a response that says to retry later counts as proof that the request did not arrive."""

    sender_type = TurnedAwayIsNotSent.sender_type

    @staticmethod
    def plan(rng: random.Random) -> Plan:
        return Plan(("note",), ("429 with Retry-After 0 after it was done",))


class AShortPageMeansNo(Outbox):
    """Fault: a record that is not on the first page counts as not made."""

    def __init__(self, store: Any, systems: Mapping[str, Any], **others: Any) -> None:
        for system in systems.values():
            _believe_first_page(system._client)
        super().__init__(store, systems, **others)

    @staticmethod
    def plan(rng: random.Random) -> Plan:
        # The first tickets prove that the list works, so it is trusted; the last ones are on its second page.
        return Plan(("ticket",) * 6, (*("nothing",) * 4, "answer lost", "answer lost"), "oldest first, three a page")


class AFullDiskMeansNo(Outbox):
    """Fault: a step that could not be saved here is reported as rejected by the system."""

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
