"""The words for acts and their steps; "kept here" and "accepted by a system" are never the same words."""

from datetime import datetime

from console.models.outbox import Act, ActState, RiskClass, Step, StepState
from console.services.desk import Desk
from console.views import texts
from console.views.texts import tr

# State -> the theme's state, and the word for one act.
_ACT_WORDS: dict[ActState, tuple[str, str]] = {
    ActState.CONFLICT: ("conflict", "Needs you"),
    ActState.REFUSED: ("danger", "Refused"),
    ActState.UNKNOWN: ("attention", "Answer lost"),
    ActState.HALF_DONE: ("attention", "Half done"),
    ActState.AWAITING: ("attention", "Waits for approval"),
    ActState.SENDING: ("info", "Being sent"),
    ActState.QUEUED: ("info", "Kept here, waits"),
    ActState.DONE: ("ok", "Done"),
    ActState.WITHDRAWN: ("neutral", "Withdrawn"),
}
# What the page counts, in the order it is to be looked at.
SUMMARY: tuple[tuple[str, str, tuple[ActState, ...]], ...] = (
    ("conflict", "{} to decide", (ActState.CONFLICT,)),
    ("danger", "{} refused", (ActState.REFUSED,)),
    ("attention", "{} half done", (ActState.HALF_DONE,)),
    ("attention", "{} waiting for approval", (ActState.AWAITING,)),
    ("attention", "{} being asked about", (ActState.UNKNOWN,)),
    ("info", "{} waiting", (ActState.QUEUED, ActState.SENDING)),
    ("ok", "{} done", (ActState.DONE,)),
)
_STEP_WORDS: dict[StepState, str] = {
    StepState.WAITING: "Kept here, not sent yet.",
    StepState.SENDING: "Being sent.",
    StepState.ACCEPTED: "Accepted; it is being looked at whether it is there.",
    StepState.AWAITING: "Asked for; a supervisor has to agree.",
    StepState.UNKNOWN: "Sent, no answer. Not known whether it happened; it is asked first, never sent twice.",
    StepState.DONE: "Has it.",
    StepState.REFUSED: "Refused.",
    StepState.CONFLICT: "Holds something else by now.",
}
_STEP_STATES = {
    StepState.WAITING: "info", StepState.SENDING: "info", StepState.ACCEPTED: "info", StepState.UNKNOWN: "attention",
    StepState.AWAITING: "attention", StepState.DONE: "ok", StepState.REFUSED: "danger", StepState.CONFLICT: "conflict",
}  # fmt: skip
_KINDS = {
    RiskClass.NOTE: "Only adds",
    RiskClass.FIELD: "Only if the value is still the same",
    RiskClass.MONEY: "Only if the balance is still the same",
    RiskClass.ORDER: "Only if the state is still the same",
}
VALUE_NAMES = {
    "phone": "Phone", "email": "E-mail", "text": "Text", "reason": "Reason", "amount": "Amount", "due_on": "By",
    "currency": "Currency", "balance": "Owed", "state": "State", "status": "Status", "severity": "Severity",
    "note": "Note", "name": "Name", "account": "Account", "account_name": "Account name", "method_name": "By",
    "bill": "Bill", "product_name": "Product", "offering_name": "What",
    "service_name": "Service", "type": "Kind", "about_name": "About",
    "title": "What", "over": "Over the limit", "starts": "From", "ends": "Until", "place": "Place", "to": "To",
    "channel_name": "Channel", "decision": "Decision", "parts": "Parts", "street1": "Street", "city": "City",
}  # fmt: skip


def act_state(act: Act) -> tuple[str, str]:
    """Return the theme's state and the word for how far an act is."""
    look, word = _ACT_WORDS[act.state]
    if act.state is ActState.WITHDRAWN and any(step.state is StepState.DONE for step in act.steps):
        whole = all(step.state is StepState.DONE for step in act.steps)
        return look, tr("Taken back") if whole else tr("Rest given up")
    return look, tr(word)


def kind(act: Act) -> str:
    """Return how an act is sent, as the user is told it."""
    return tr(_KINDS[act.risk])


def goes_to(act: Act, desk: Desk) -> str:
    """Return the systems an act goes to."""
    return ", ".join(dict.fromkeys(desk.label(step.system) for step in act.steps))


def made_at(act: Act) -> str:
    """Return when the user did it; the day only where it is not today."""
    day = texts.recent_day(act.happened_at)
    return texts.clock(act.happened_at) if day == tr("Today") else f"{day} {texts.clock(act.happened_at)}"


def step_line(act: Act, step: Step, desk: Desk) -> tuple[str, str]:
    """Return the theme's state and one line on a step: its system, how far it is, and why."""
    label = desk.label(step.system)
    words = tr(_STEP_WORDS[step.state])
    if act.withdrawn and step.state is not StepState.DONE:
        return "neutral", tr("{}: Withdrawn; nothing was changed there.").format(label)
    if step.state is StepState.REFUSED and step.told:
        # The system's sentence says by itself who refused.
        return _STEP_STATES[step.state], step.told if step.told.startswith(label) else f"{label}: {step.told}"
    if step.told and step.state is not StepState.CONFLICT:
        words = f"{words} {step.told}"
    return _STEP_STATES[step.state], f"{label}: {words}"


def next_line(act: Act, now: datetime) -> str:
    """Return what happens next to an act, or what has to; empty where nothing does."""
    if act.state is ActState.CONFLICT:
        left = sum(len(step.theirs) for step in act.steps if step.state is StepState.CONFLICT)
        return tr("1 value to decide") if left == 1 else tr("{} values to decide").format(left)
    if act.needs_user:
        return next((step.told for step in act.steps if step.state is StepState.REFUSED), "")
    if not act.is_open:
        return ""
    if act.state is ActState.SENDING:
        return tr("on its way")
    waiting = next((step for step in act.steps if step.state is not StepState.DONE), None)
    parts = [waiting.told.rstrip(".") if waiting is not None else "", again_words(act, now)]
    return ", ".join(part for part in parts if part) or tr("goes next")


def again_words(act: Act, now: datetime) -> str:
    """Return when an act is tried again by itself; empty where that is not planned."""
    if act.next_try_at is None:
        return ""
    pause_s = (act.next_try_at - now).total_seconds()
    return tr("again now") if pause_s < 1 else tr("again in {} s").format(int(pause_s))
