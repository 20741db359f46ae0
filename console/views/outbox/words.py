"""The words for acts and their steps; "kept here" and "accepted by a system" are never the same words."""

from console.models.outbox import Act, ActState, Step, StepState
from console.services.desk import Desk
from console.views import texts
from console.views.texts import tr

# State -> the theme's state and the words.
ACT_WORDS: dict[ActState, tuple[str, str]] = {
    ActState.QUEUED: ("info", "kept here, waits to be sent"),
    ActState.SENDING: ("info", "being sent"),
    ActState.UNKNOWN: ("attention", "sent, no answer; being asked"),
    ActState.HALF_DONE: ("attention", "half done"),
    ActState.CONFLICT: ("attention", "changed by both; you decide"),
    ActState.REFUSED: ("danger", "refused"),
    ActState.DONE: ("ok", "done"),
    ActState.WITHDRAWN: ("neutral", "withdrawn"),
}
_STEP_WORDS: dict[StepState, str] = {
    StepState.WAITING: "kept here, not sent yet",
    StepState.SENDING: "being sent",
    StepState.ACCEPTED: "accepted, being looked at",
    StepState.UNKNOWN: "sent, no answer",
    StepState.DONE: "done by {}",
    StepState.REFUSED: "refused by {}",
    StepState.CONFLICT: "changed there meanwhile",
}
VALUE_NAMES = {
    "phone": "Phone", "email": "E-mail", "text": "Text", "reason": "Reason", "amount": "Amount", "due_on": "By",
    "currency": "Currency", "balance": "Owed",
}  # fmt: skip


def act_state(act: Act) -> tuple[str, str]:
    """Return the theme's state and the word for how far an act is."""
    look, word = ACT_WORDS[act.state]
    return look, tr(word)


def step_line(step: Step, desk: Desk) -> str:
    """Return one line on a step: its system, how far it is, and why."""
    label = desk.label(step.system)
    told = f" — {step.told}" if step.told else ""
    return f"{label}: {tr(_STEP_WORDS[step.state]).format(label)}{told}"


def act_line(act: Act) -> str:
    """Return when an act was done and what it is."""
    return f"{texts.recent_day(act.happened_at)} {texts.clock(act.happened_at)}  {act.title}"
