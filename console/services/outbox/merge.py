"""Preparation of a step against the system's current data: three-way merge of values, and a stop for changed money."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from console.models.outbox import Action, Remark, ReplyMeaning, RiskClass, Step, StepState
from console.models.payload import Payload
from console.models.same_value import same_value
from console.ports.acting import RemoteState


@dataclass(frozen=True, slots=True)
class Merge:
    """Result of a merge: `write` are the values to write, `conflicts` those that both sides changed differently."""

    write: Mapping[str, Any]
    conflicts: Mapping[str, Any]


def merge(*, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merge:
    """Return the values to write, and the conflicts with the system's value of each.

    A value that the system already has is left out. A value that is unchanged since the rep saw it (`base`) is written.
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
    """Return the step as it can be sent over the system's current data, or as a conflict for the user.

    Notes are never compared. Money and orders are a conflict if any value of `base` has changed. Fields are merged.
    """
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
    """Return the steps of an action after a user has chosen values; they apply to every system of the action.

    With `index`, the choice ends the conflict of that step, based on its system's current values. A finished step that
    wrote another value is done again, based on the value it wrote.
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
    """Return a step that waits again after a user's decision; it is a new request, so it gets a new key."""
    return replace(
        step,
        state=StepState.WAITING,
        message="",
        looks=0,
        verdict=ReplyMeaning.NONE,
        remark=Remark.NONE,
        vouched=False,
        key=f"{step.key}.",
    )
