"""Carries out one step of an action as far as possible: prepare, send, look up. Only a lookup proves the result."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from console.errors import ConflictError, RejectedError, SignInRequiredError, SystemCallError, ThrottledError
from console.models.outbox import Action, Remark, ReplyMeaning, RiskClass, Step, StepState
from console.models.payload import Payload
from console.ports.acting import ActingSystem, LookupResult, RemoteState, StepOutcome
from console.ports.clock import Clock
from console.services.outbox.ledger import ActionLedger
from console.services.outbox.merge import prepare

_log = logging.getLogger(__name__)

# After so many tries under which the record changed each time, the user decides.
_MOST_MERGES = 3
# An accepted step is looked up so many times; then the user learns that the system does not show it.
_MOST_LOOKS = 5
# In seconds, by the monotonic clock of one run: a request without a reply may still arrive until then.
LOST_AFTER_S = 60.0
_TO_LOOK_FOR = frozenset({StepState.UNKNOWN, StepState.ACCEPTED, StepState.AWAITING})


class StepSender:
    """Carries out steps. A response never proves that a write did not happen; only a lookup does (decision 0027)."""

    def __init__(
        self,
        ledger: ActionLedger,
        systems: Mapping[str, ActingSystem],
        clock: Clock,
        admit: Callable[[Action, int], Awaitable[Remark]],
    ) -> None:
        self._ledger, self._systems, self._clock, self._admit = ledger, systems, clock, admit
        self._in_doubt_since_s: dict[tuple[str, int], float] = {}

    async def do_step(self, action: Action, index: int) -> Action:
        """Carry out one step, or look up its result, and return the action's new state.

        Raises:
            SystemCallError: It cannot continue now.
            StoreError: The system's change could not be saved; it is known in memory.
        """
        step = action.steps[index]
        system = self._systems[step.system]
        if step.state in _TO_LOOK_FOR or step.was_sent:
            action = await self.find_out(action, index)
        for _ in range(_MOST_MERGES):
            step = action.steps[index]
            if step.state is not StepState.WAITING:
                return action
            bar = await self._admit(action, index)
            current = await system.read_current(action, step) if bar is Remark.NONE else RemoteState()
            if not self._is_as_asked(action, index, step):
                return self._ledger[action.id]
            if bar is not Remark.NONE:
                return await self._ledger.put(action.id, index, state=StepState.REJECTED, message="", remark=bar)
            prepared = self._prepare(action, step, current)
            if prepared.state is not StepState.WAITING:
                return await self._ledger.change(action.with_step(index, prepared))
            action = await self._send(action, index, current.version)
            if action.steps[index].verdict is not ReplyMeaning.CONFLICT:
                return action
        return await self._ask_about_change(action, index, current)

    _prepare = staticmethod(prepare)

    def lost_in_s(self, action_id: str, index: int) -> float:
        """Return the seconds until a request without a reply counts as lost; 0 if it already does."""
        since_s = self._in_doubt_since_s.get((action_id, index))
        if since_s is None:
            return LOST_AFTER_S
        return max(0.0, since_s + LOST_AFTER_S - self._clock.monotonic_s())

    async def find_out(self, action: Action, index: int) -> Action:
        """Look up whether a step was carried out, and save what follows.

        Raises:
            SystemCallError: Its system cannot be checked; the step stays as it is.
        """
        step = action.steps[index]
        try:
            finding = await self._systems[step.system].look_up(action, step)
        except SystemCallError:
            if step.vouched and step.state is StepState.WAITING:
                return self._ledger[action.id]  # the user has already checked the system
            await self._cannot_look(action, index, step)
            raise
        if not self._is_as_asked(action, index, step):
            return self._ledger[action.id]
        return await self._go_on(action, index, finding)

    async def _cannot_look(self, action: Action, index: int, step: Step) -> None:
        """Leave a step to the user if its system could not be checked during the time its request may still arrive."""
        is_open = step.state in {StepState.UNKNOWN, StepState.ACCEPTED, StepState.WAITING}
        if not is_open or not self._is_as_asked(action, index, step):
            return
        self._in_doubt_since_s.setdefault((action.id, index), self._clock.monotonic_s())
        if self.lost_in_s(action.id, index) <= 0:
            await self._ledger.put(action.id, index, state=StepState.UNKNOWN, remark=Remark.CANNOT_TELL)

    async def _go_on(self, action: Action, index: int, finding: LookupResult) -> Action:
        """Save what follows from a lookup."""
        step = action.steps[index]
        if finding.outcome is StepOutcome.HAPPENED:
            return await self._is_done(action, index, finding)
        if finding.outcome is StepOutcome.TURNED_DOWN:
            return await self._reject(action, index, finding.reason)
        if finding.outcome is StepOutcome.AWAITING:
            return await self._ledger.put(
                action.id,
                index,
                state=StepState.AWAITING,
                message="",
                looks=1,
                result=finding.record or step.result,
                remark=Remark.NONE,
            )
        if step.state is StepState.ACCEPTED:
            return await self._check_yes(action, index, finding)
        return await self._without_trace(action, index, finding)

    async def check_again(self, action: Action, index: int, *, is_last: bool) -> None:
        """Look up a finished step again: for a second record of it, and for changes by someone else.

        A list that does not show the record itself does not rule out a second one. So it does not confirm the step,
        unless this is the last check.

        Raises:
            SystemCallError: Its system cannot be checked.
        """
        step = action.steps[index]
        finding = await self._systems[step.system].look_up(action, step)
        if not self._is_as_asked(action, index, step):
            return
        remark, others = step.remark, self._not_of_others(action, finding)
        if finding.outcome is StepOutcome.HAPPENED and others:
            remark = Remark.TWICE
        elif finding.outcome is StepOutcome.CHANGED_SINCE:
            remark = Remark.CHANGED_SINCE
        await self._ledger.put(
            action.id,
            index,
            confirmed=is_last or not finding.is_unlisted,
            remark=remark,
            others=others,
            seen_in_list=step.seen_in_list or (finding.outcome is StepOutcome.HAPPENED and finding.by_list),
        )

    # ------------------------------------------------------------------ sending

    async def _send(self, action: Action, index: int, version: str | None) -> Action:
        """Send a step and save the result. Its state is SENDING only while its request may be on the wire."""
        step = replace(
            action.steps[index],
            state=StepState.SENDING,
            looks=0,
            verdict=ReplyMeaning.NONE,
            remark=Remark.NONE,
            vouched=False,
            result="",
        )
        action = await self._ledger.keep_first(action.with_step(index, step))
        self._in_doubt_since_s.pop((action.id, index), None)
        try:
            named = await self._systems[step.system].perform(action, step, version=version)
        except SystemCallError as error:
            return await self._failed(action, index, error)
        except Exception:
            await self._ledger.put(action.id, index, state=StepState.UNKNOWN, was_sent=True)
            raise
        action = await self._ledger.put(
            action.id, index, state=StepState.ACCEPTED, was_sent=True, result=named, message="", looks=0
        )
        return await self.find_out(action, index)

    async def _failed(self, action: Action, index: int, error: SystemCallError) -> Action:
        """Save what follows from a request that ended in an error."""
        if isinstance(error, RejectedError) and not error.may_have_happened:
            return await self._reject(action, index, str(error))
        if not error.may_have_happened:
            await self._ledger.put(action.id, index, state=StepState.WAITING, message=str(error))
            raise error
        verdict = _verdict_of(error)
        action = await self._ledger.put(
            action.id, index, state=StepState.UNKNOWN, was_sent=True, verdict=verdict, message=str(error)
        )
        self._in_doubt_since_s[action.id, index] = self._clock.monotonic_s()
        if verdict is ReplyMeaning.NONE:
            raise error
        action = await self.find_out(action, index)
        if action.steps[index].state is StepState.WAITING and verdict is ReplyMeaning.AGAIN:
            raise error  # it is sent again after a pause
        return action

    async def _ask_about_change(self, action: Action, index: int, current: RemoteState) -> Action:
        """Let the user decide about a record that changes, or is reported as changed, at every try."""
        step = action.steps[index]
        if action.risk is not RiskClass.FIELD:
            return await self._ledger.put(action.id, index, state=StepState.REJECTED, remark=Remark.KEEPS_CHANGING)
        theirs = Payload.read({key: current.values.get(key, "") for key in step.wanted})
        return await self._ledger.put(
            action.id, index, state=StepState.CONFLICT, theirs=theirs, remark=Remark.KEEPS_CHANGING
        )

    # ------------------------------------------------------------------ results of a lookup

    async def _is_done(self, action: Action, index: int, finding: LookupResult) -> Action:
        step = action.steps[index]
        self._in_doubt_since_s.pop((action.id, index), None)
        others = self._not_of_others(action, finding)
        alone = Remark.EARLIER_VERSION if finding.differs else Remark.NONE
        remark = Remark.TWICE if others else alone
        return await self._ledger.put(
            action.id,
            index,
            state=StepState.DONE,
            message="",
            verdict=ReplyMeaning.NONE,
            remark=remark,
            result=finding.record or step.result,
            others=others,
            seen_in_list=finding.by_list,
        )

    async def _check_yes(self, action: Action, index: int, finding: LookupResult) -> Action:
        """Save what follows for a step that its system accepted but does not show as wanted."""
        looks = action.steps[index].looks + 1
        if finding.outcome is StepOutcome.CHANGED_SINCE:
            return await self._ledger.put(action.id, index, state=StepState.DONE, remark=Remark.CHANGED_SINCE)
        if finding.outcome is StepOutcome.DID_NOT and looks > _MOST_LOOKS and self._proves(action, index, finding):
            return await self._ledger.put(action.id, index, state=StepState.REJECTED, remark=Remark.NEVER_VISIBLE)
        remark = Remark.NOT_VISIBLE_YET if looks <= _MOST_LOOKS else Remark.CANNOT_TELL
        state = StepState.ACCEPTED if looks <= _MOST_LOOKS else StepState.UNKNOWN
        return await self._ledger.put(action.id, index, state=state, looks=looks, remark=remark, others=finding.others)

    async def _without_trace(self, action: Action, index: int, finding: LookupResult) -> Action:
        """Save what follows for a step that may have happened but is not found."""
        step = action.steps[index]
        if step.vouched:
            return await self._ledger.put(action.id, index, state=StepState.WAITING, looks=0)
        if finding.outcome is StepOutcome.CANNOT_TELL:
            return await self._stay_in_doubt(action, index, finding, Remark.CANNOT_TELL)
        if step.state in {StepState.REJECTED, StepState.CONFLICT}:
            return action  # unchanged
        if step.verdict is ReplyMeaning.REJECTED:
            return await self._reject(action, index, step.message)
        return await self._send_once_proven(action, index, finding)

    async def _send_once_proven(self, action: Action, index: int, finding: LookupResult) -> Action:
        """Send a step again after a lookup proved that it did not happen and its request can no longer arrive."""
        step, key = action.steps[index], (action.id, index)
        is_proven = self._proves(action, index, finding)
        if is_proven and (step.verdict is not ReplyMeaning.NONE or step.state is StepState.WAITING):
            return await self._ledger.put(action.id, index, state=StepState.WAITING, looks=0)
        self._in_doubt_since_s.setdefault(key, self._clock.monotonic_s())
        if self.lost_in_s(*key) > 0:
            return await self._stay_in_doubt(action, index, finding, Remark.MAY_STILL_ARRIVE)
        if not is_proven:
            return await self._stay_in_doubt(action, index, finding, Remark.CANNOT_TELL)
        del self._in_doubt_since_s[key]
        return await self._ledger.put(
            action.id, index, state=StepState.WAITING, message="", looks=0, remark=Remark.NONE
        )

    async def _stay_in_doubt(self, action: Action, index: int, finding: LookupResult, remark: Remark) -> Action:
        """Save a step as unknown; the time it may still arrive counts from the first lookup."""
        self._in_doubt_since_s.setdefault((action.id, index), self._clock.monotonic_s())
        looks = action.steps[index].looks + 1
        return await self._ledger.put(
            action.id, index, state=StepState.UNKNOWN, looks=looks, remark=remark, others=finding.others
        )

    async def _reject(self, action: Action, index: int, message: str) -> Action:
        return await self._ledger.put(
            action.id, index, state=StepState.REJECTED, message=message, verdict=ReplyMeaning.NONE, remark=Remark.NONE
        )

    def _proves(self, action: Action, index: int, finding: LookupResult) -> bool:
        """Return whether a lookup that found nothing proves that the step did not happen.

        A record that is read by its id shows its current values. A list may lag or omit the step's mark. It counts as
        proof once it has shown another action of this kind.
        """
        step = action.steps[index]
        return not finding.by_list or any(
            one.seen_in_list and one.kind == step.kind and one.system == step.system
            for other in self._ledger.actions
            for one in other.steps
        )

    def _not_of_others(self, action: Action, finding: LookupResult) -> tuple[str, ...]:
        """Return the further records of a lookup that no other action in this console has made."""
        known = {step.result for other in self._ledger.actions if other.id != action.id for step in other.steps}
        return tuple(record for record in finding.others if record not in known)

    def _is_as_asked(self, action: Action, index: int, step: Step) -> bool:
        """Return whether a step is unchanged since the request; else the user's newer decision applies."""
        now = self._ledger[action.id]
        return not now.withdrawn and now.steps[index] is step


def _verdict_of(error: SystemCallError) -> ReplyMeaning:
    """Return what an error response means if the write did not happen."""
    if isinstance(error, RejectedError):
        return ReplyMeaning.REJECTED
    if isinstance(error, ConflictError):
        return ReplyMeaning.CONFLICT
    # A 503 may come from a component in front of the system, while the system is still working.
    if isinstance(error, SignInRequiredError) or (isinstance(error, ThrottledError) and not error.is_outage):
        return ReplyMeaning.AGAIN
    return ReplyMeaning.NONE
