"""What is to be sent over what a system holds by now: three-way merge of values, and money only on what was seen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from console.models.outbox import Action, Remark, RiskClass, Step, StepState, Verdict
from console.models.payload import Payload
from console.models.same_value import same_value
from console.ports.acting import RemoteState


@dataclass(frozen=True, slots=True)
class Merge:
    """`write` is what is still to be written, `conflicts` the values that both sides have changed, each differently."""

    write: Mapping[str, Any]
    conflicts: Mapping[str, Any]


def merge(*, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merge:
    """Return what is to be written and what must be asked; `conflicts` maps to what the system holds.

    A value the system already holds as wanted needs nothing; one it still holds as it was seen is written.
    """
    write, conflicts = {}, {}
    for key, wanted in mine.items():
        held = theirs.get(key, "")
        if same_value(key, held, wanted):
            continue
        if same_value(key, held, base.get(key, "")):
            write[key] = wanted
        else:
            conflicts[key] = held
    return Merge(write, conflicts)


def prepare(action: Action, step: Step, current: RemoteState) -> Step:
    """Return the step as it is to be sent over what the system holds now, or as it must be asked about."""
    if action.risk is RiskClass.NOTE:
        return step
    if action.risk in {RiskClass.MONEY, RiskClass.ORDER}:
        moved = {key: held for key, held in current.values.items() if held != step.base.get(key, held)}
        if moved:
            return replace(
                step, state=StepState.CONFLICT, theirs=Payload.read(moved), message="", remark=Remark.CHANGED_BEFORE
            )
        return step
    merged = merge(base=step.base, mine=step.wanted, theirs=current.values)
    if merged.conflicts:
        return replace(step, state=StepState.CONFLICT, theirs=Payload.read(merged.conflicts), message="")
    return step if merged.write else replace(step, state=StepState.DONE)


def decide(action: Action, values: Mapping[str, Any], index: int | None = None) -> tuple[Step, ...]:
    """Return the steps of an act after a user has decided which values it wants, which is so for every system of it.

    With `index` the decision ends the conflict of that step, over what its system holds now. A step that is done and
    would leave its system with another value is done again, over the one it wrote.
    """
    steps = []
    for number, step in enumerate(action.steps):
        chosen = {key: value for key, value in values.items() if key in step.wanted}
        wanted = Payload.read({**step.wanted, **chosen})
        changed = replace(step, wanted=wanted, theirs=Payload())
        if number == index:
            steps.append(decided_anew(replace(changed, base=Payload.read({**step.base, **step.theirs}))))
        elif step.state is StepState.DONE:
            again = decided_anew(replace(changed, base=step.wanted, result=""))
            steps.append(step if wanted == step.wanted else again)
        else:
            steps.append(decided_anew(changed) if index is None or wanted != step.wanted else step)
    return tuple(steps)


def decided_anew(step: Step) -> Step:
    """Return a step that waits again because a user decided so: a decision of its own, with a key of its own."""
    return replace(
        step,
        state=StepState.WAITING,
        message="",
        looks=0,
        verdict=Verdict.NONE,
        remark=Remark.NONE,
        vouched=False,
        key=f"{step.key}.",
    )
