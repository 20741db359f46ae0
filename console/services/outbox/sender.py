"""Takes one step of an act as far as it goes now: prepared, sent, looked for, and believed only when it is seen."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from console.errors import ConflictError, RejectedError, SignInRequiredError, SystemCallError, ThrottledError
from console.models.outbox import Act, Remark, RiskClass, Step, StepState, Verdict
from console.models.payload import Payload
from console.ports.acting import ActingSystem, Finding, RemoteState, StepOutcome
from console.ports.clock import Clock
from console.services.outbox.ledger import Ledger
from console.services.outbox.merge import prepare

_log = logging.getLogger(__name__)

# A record that changes under each of so many tries is a question for the user.
_MOST_MERGES = 3
# A system that said yes is believed for so many looks; then the user learns that it does not show it.
_MOST_LOOKS = 5
# A request without an answer may still be under way; only after this, by the steady clock of one run, is it lost.
LOST_AFTER_S = 60.0
_TO_LOOK_FOR = frozenset({StepState.UNKNOWN, StepState.ACCEPTED, StepState.AWAITING})


class StepSender:
    """Does steps. An answer never proves that a write did not happen; only a look does (decision 0027)."""

    def __init__(
        self,
        ledger: Ledger,
        systems: Mapping[str, ActingSystem],
        clock: Clock,
        admit: Callable[[Act, int], Awaitable[Remark]],
    ) -> None:
        self._ledger, self._systems, self._clock, self._admit = ledger, systems, clock, admit
        self._in_doubt_since_s: dict[tuple[str, int], float] = {}

    async def do_step(self, act: Act, index: int) -> Act:
        """Do one step, or find out about it, and return the act as it is then.

        Raises:
            SystemCallError: It goes no further now.
            StoreError: What its system did could not be kept; in memory it is known.
        """
        step = act.steps[index]
        system = self._systems[step.system]
        if step.state in _TO_LOOK_FOR or step.was_sent:
            act = await self.find_out(act, index)
        for _ in range(_MOST_MERGES):
            step = act.steps[index]
            if step.state is not StepState.WAITING:
                return act
            bar = await self._admit(act, index)
            current = await system.read_current(act, step) if bar is Remark.NONE else RemoteState()
            if not self._is_as_asked(act, index, step):
                return self._ledger[act.id]
            if bar is not Remark.NONE:
                return await self._ledger.put(act.id, index, state=StepState.REJECTED, told="", remark=bar)
            prepared = self._prepare(act, step, current)
            if prepared.state is not StepState.WAITING:
                return await self._ledger.change(act.with_step(index, prepared))
            act = await self._send(act, index, current.version)
            if act.steps[index].verdict is not Verdict.CONFLICT:
                return act
        return await self._ask_about_change(act, index, current)

    _prepare = staticmethod(prepare)

    def lost_in_s(self, act_id: str, index: int) -> float:
        """Return in how many seconds a request without an answer counts as lost; 0 when it does."""
        since_s = self._in_doubt_since_s.get((act_id, index))
        if since_s is None:
            return LOST_AFTER_S
        return max(0.0, since_s + LOST_AFTER_S - self._clock.monotonic_s())

    async def find_out(self, act: Act, index: int) -> Act:
        """Look whether a step was carried out, and keep what follows from it.

        Raises:
            SystemCallError: Its system cannot be asked; the step stays as it is.
        """
        step = act.steps[index]
        try:
            finding = await self._systems[step.system].look_up(act, step)
        except SystemCallError:
            if step.vouched and step.state is StepState.WAITING:
                return self._ledger[act.id]  # a user has looked in its place
            await self._cannot_look(act, index, step)
            raise
        if not self._is_as_asked(act, index, step):
            return self._ledger[act.id]
        return await self._go_on(act, index, finding)

    async def _cannot_look(self, act: Act, index: int, step: Step) -> None:
        """Leave a step to the user whose system cannot be looked at for as long as its request could be on the way."""
        is_open = step.state in {StepState.UNKNOWN, StepState.ACCEPTED, StepState.WAITING}
        if not is_open or not self._is_as_asked(act, index, step):
            return
        self._in_doubt_since_s.setdefault((act.id, index), self._clock.monotonic_s())
        if self.lost_in_s(act.id, index) <= 0:
            await self._ledger.put(act.id, index, state=StepState.UNKNOWN, remark=Remark.CANNOT_TELL)

    async def _go_on(self, act: Act, index: int, finding: Finding) -> Act:
        """Keep what follows from a look."""
        step = act.steps[index]
        if finding.outcome is StepOutcome.HAPPENED:
            return await self._is_done(act, index, finding)
        if finding.outcome is StepOutcome.TURNED_DOWN:
            return await self._reject(act, index, finding.reason)
        if finding.outcome is StepOutcome.AWAITING:
            return await self._ledger.put(
                act.id,
                index,
                state=StepState.AWAITING,
                told="",
                looks=1,
                result=finding.record or step.result,
                remark=Remark.NONE,
            )
        if step.state is StepState.ACCEPTED:
            return await self._check_yes(act, index, finding)
        return await self._without_trace(act, index, finding)

    async def look_again(self, act: Act, index: int, *, is_last: bool) -> None:
        """Look at a step some time after it was done: for a second record of it, and whether somebody changed it.

        A list that does not show the record itself says nothing of a second one: unless this is the last look, the
        step is not confirmed by that.

        Raises:
            SystemCallError: Its system cannot be asked.
        """
        step = act.steps[index]
        finding = await self._systems[step.system].look_up(act, step)
        if not self._is_as_asked(act, index, step):
            return
        remark, others = step.remark, self._not_of_others(act, finding)
        if finding.outcome is StepOutcome.HAPPENED and others:
            remark = Remark.TWICE
        elif finding.outcome is StepOutcome.CHANGED_SINCE:
            remark = Remark.CHANGED_SINCE
        await self._ledger.put(
            act.id,
            index,
            confirmed=is_last or not finding.is_unlisted,
            remark=remark,
            others=others,
            seen_in_list=step.seen_in_list or (finding.outcome is StepOutcome.HAPPENED and finding.by_list),
        )

    # ------------------------------------------------------------------ sending

    async def _send(self, act: Act, index: int, version: str | None) -> Act:
        """Send a step and keep how it ended. It is "being sent" only while its request may be on the wire."""
        step = replace(
            act.steps[index],
            state=StepState.SENDING,
            looks=0,
            verdict=Verdict.NONE,
            remark=Remark.NONE,
            vouched=False,
            result="",
        )
        act = await self._ledger.keep_first(act.with_step(index, step))
        self._in_doubt_since_s.pop((act.id, index), None)
        try:
            named = await self._systems[step.system].perform(act, step, version=version)
        except SystemCallError as error:
            return await self._failed(act, index, error)
        except Exception:
            await self._ledger.put(act.id, index, state=StepState.UNKNOWN, was_sent=True)
            raise
        act = await self._ledger.put(
            act.id, index, state=StepState.ACCEPTED, was_sent=True, result=named, told="", looks=0
        )
        return await self.find_out(act, index)

    async def _failed(self, act: Act, index: int, error: SystemCallError) -> Act:
        """Go on with a step whose request ended in an error."""
        if isinstance(error, RejectedError) and not error.may_have_happened:
            return await self._reject(act, index, str(error))
        if not error.may_have_happened:
            await self._ledger.put(act.id, index, state=StepState.WAITING, told=str(error))
            raise error
        verdict = _verdict_of(error)
        act = await self._ledger.put(
            act.id, index, state=StepState.UNKNOWN, was_sent=True, verdict=verdict, told=str(error)
        )
        self._in_doubt_since_s[act.id, index] = self._clock.monotonic_s()
        if verdict is Verdict.NONE:
            raise error
        act = await self.find_out(act, index)
        if act.steps[index].state is StepState.WAITING and verdict is Verdict.AGAIN:
            raise error  # it goes out again after a pause
        return act

    async def _ask_about_change(self, act: Act, index: int, current: RemoteState) -> Act:
        """Ask the user about a record that changes, or is said to have changed, under every try."""
        step = act.steps[index]
        if act.risk is not RiskClass.FIELD:
            return await self._ledger.put(act.id, index, state=StepState.REJECTED, remark=Remark.KEEPS_CHANGING)
        theirs = Payload.read({key: current.values.get(key, "") for key in step.wanted})
        return await self._ledger.put(
            act.id, index, state=StepState.CONFLICT, theirs=theirs, remark=Remark.KEEPS_CHANGING
        )

    # ------------------------------------------------------------------ what a look says

    async def _is_done(self, act: Act, index: int, finding: Finding) -> Act:
        step = act.steps[index]
        self._in_doubt_since_s.pop((act.id, index), None)
        others = self._not_of_others(act, finding)
        alone = Remark.EARLIER_VERSION if finding.differs else Remark.NONE
        remark = Remark.TWICE if others else alone
        return await self._ledger.put(
            act.id,
            index,
            state=StepState.DONE,
            told="",
            verdict=Verdict.NONE,
            remark=remark,
            result=finding.record or step.result,
            others=others,
            seen_in_list=finding.by_list,
        )

    async def _check_yes(self, act: Act, index: int, finding: Finding) -> Act:
        """Go on with a step that its system said yes to, but does not show as wanted."""
        looks = act.steps[index].looks + 1
        if finding.outcome is StepOutcome.CHANGED_SINCE:
            return await self._ledger.put(act.id, index, state=StepState.DONE, remark=Remark.CHANGED_SINCE)
        if finding.outcome is StepOutcome.DID_NOT and looks > _MOST_LOOKS and self._proves(act, index, finding):
            return await self._ledger.put(act.id, index, state=StepState.REJECTED, remark=Remark.NEVER_VISIBLE)
        remark = Remark.NOT_VISIBLE_YET if looks <= _MOST_LOOKS else Remark.CANNOT_TELL
        state = StepState.ACCEPTED if looks <= _MOST_LOOKS else StepState.UNKNOWN
        return await self._ledger.put(act.id, index, state=state, looks=looks, remark=remark, others=finding.others)

    async def _without_trace(self, act: Act, index: int, finding: Finding) -> Act:
        """Go on with a step that may have happened, but does not show."""
        step = act.steps[index]
        if step.vouched:
            return await self._ledger.put(act.id, index, state=StepState.WAITING, looks=0)
        if finding.outcome is StepOutcome.CANNOT_TELL:
            return await self._stay_in_doubt(act, index, finding, Remark.CANNOT_TELL)
        if step.state in {StepState.REJECTED, StepState.CONFLICT}:
            return act  # as it was
        if step.verdict is Verdict.REJECTED:
            return await self._reject(act, index, step.told)
        return await self._send_once_proven(act, index, finding)

    async def _send_once_proven(self, act: Act, index: int, finding: Finding) -> Act:
        """Send a step again that is proven not to have happened, once it can no longer be on its way."""
        step, key = act.steps[index], (act.id, index)
        is_proven = self._proves(act, index, finding)
        if is_proven and (step.verdict is not Verdict.NONE or step.state is StepState.WAITING):
            return await self._ledger.put(act.id, index, state=StepState.WAITING, looks=0)
        self._in_doubt_since_s.setdefault(key, self._clock.monotonic_s())
        if self.lost_in_s(*key) > 0:
            return await self._stay_in_doubt(act, index, finding, Remark.MAY_STILL_ARRIVE)
        if not is_proven:
            return await self._stay_in_doubt(act, index, finding, Remark.CANNOT_TELL)
        del self._in_doubt_since_s[key]
        return await self._ledger.put(act.id, index, state=StepState.WAITING, told="", looks=0, remark=Remark.NONE)

    async def _stay_in_doubt(self, act: Act, index: int, finding: Finding, remark: Remark) -> Act:
        """Keep a step as one that may have happened; how long that may last counts from the first look."""
        self._in_doubt_since_s.setdefault((act.id, index), self._clock.monotonic_s())
        looks = act.steps[index].looks + 1
        return await self._ledger.put(
            act.id, index, state=StepState.UNKNOWN, looks=looks, remark=remark, others=finding.others
        )

    async def _reject(self, act: Act, index: int, told: str) -> Act:
        return await self._ledger.put(
            act.id, index, state=StepState.REJECTED, told=told, verdict=Verdict.NONE, remark=Remark.NONE
        )

    def _proves(self, act: Act, index: int, finding: Finding) -> bool:
        """Return whether a look that found nothing can be believed.

        A record that is read by its id shows what it holds. A list may lag, or leave out what a record is known by: it
        is believed once it has shown another act of the kind.
        """
        step = act.steps[index]
        return not finding.by_list or any(
            one.seen_in_list and one.kind == step.kind and one.system == step.system
            for other in self._ledger.acts
            for one in other.steps
        )

    def _not_of_others(self, act: Act, finding: Finding) -> tuple[str, ...]:
        """Return the further records a look found that no other act here has made."""
        known = {step.result for other in self._ledger.acts if other.id != act.id for step in other.steps}
        return tuple(record for record in finding.others if record not in known)

    def _is_as_asked(self, act: Act, index: int, step: Step) -> bool:
        """Return whether a step is still what was asked about; else a user has decided meanwhile, and that counts."""
        now = self._ledger[act.id]
        return not now.withdrawn and now.steps[index] is step


def _verdict_of(error: SystemCallError) -> Verdict:
    """Return what an answer would mean if the write did not happen."""
    if isinstance(error, RejectedError):
        return Verdict.REJECTED
    if isinstance(error, ConflictError):
        return Verdict.CONFLICT
    # A 503 may come from something before the system, which may still be at work.
    if isinstance(error, SignInRequiredError) or (isinstance(error, ThrottledError) and not error.is_outage):
        return Verdict.AGAIN
    return Verdict.NONE
