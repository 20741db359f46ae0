"""The words for acts and their steps; "kept here" and "accepted by a system" are never the same words."""

from datetime import date, datetime

from console.models.money import Money
from console.models.outbox import BARRED, Action, ActionState, Remark, RiskClass, Step, StepState
from console.services.actions.catalogue import ACTIONS
from console.services.console import Console
from console.views import texts
from console.views.texts import tr

# State -> the theme's state, and the word for one act.
_ACTION_WORDS: dict[ActionState, tuple[str, str]] = {
    ActionState.CONFLICT: ("conflict", "Needs you"),
    ActionState.REJECTED: ("danger", "Refused"),
    ActionState.UNKNOWN: ("attention", "Answer lost"),
    ActionState.HALF_DONE: ("attention", "Half done"),
    ActionState.AWAITING: ("attention", "Waits for approval"),
    ActionState.SENDING: ("info", "Being sent"),
    ActionState.QUEUED: ("info", "Kept here, waits"),
    ActionState.DONE: ("ok", "Done"),
    ActionState.WITHDRAWN: ("neutral", "Withdrawn"),
}
# What the page counts, in the order it is to be looked at.
SUMMARY: tuple[tuple[str, str, tuple[ActionState, ...]], ...] = (
    ("conflict", "{} to decide", (ActionState.CONFLICT,)),
    ("danger", "{} refused", (ActionState.REJECTED,)),
    ("attention", "{} half done", (ActionState.HALF_DONE,)),
    ("attention", "{} waiting for approval", (ActionState.AWAITING,)),
    ("attention", "{} being checked", (ActionState.UNKNOWN,)),
    ("info", "{} waiting", (ActionState.QUEUED, ActionState.SENDING)),
    ("ok", "{} done", (ActionState.DONE,)),
)
_STEP_WORDS: dict[StepState, str] = {
    StepState.WAITING: "Saved here, not sent yet.",
    StepState.SENDING: "Being sent.",
    StepState.ACCEPTED: "Accepted. Checking that it was applied.",
    StepState.AWAITING: "Asked for. A supervisor has to approve it.",
    StepState.UNKNOWN: "Sent, but no clear answer. Checking before anything is sent again.",
    StepState.DONE: "Has it.",
    StepState.REJECTED: "Refused.",
    StepState.CONFLICT: "Changed by someone else.",
}
# What must be known of a step beside its state; {0} is its system, {1} the records that were found.
_REMARKS: dict[Remark, str] = {
    Remark.NOT_VISIBLE_YET: "{0} accepted it but doesn't show it yet.",
    Remark.NEVER_VISIBLE: "{0} accepted it but doesn't show it. Look in {0} before you try again.",
    Remark.MAY_STILL_ARRIVE: "It may still arrive at {0}.",
    Remark.CANNOT_TELL: "{0} doesn't show whether it was done. Look in {0}, then choose below.",
    Remark.CHANGED_SINCE: "Changed by someone else since.",
    Remark.CHANGED_BEFORE: "What this was based on has changed. Look at it again before you send it.",
    Remark.KEEPS_CHANGING: "{0} says each time that the record was just changed. Look at it, then try again.",
    Remark.EARLIER_VERSION: "{0} has it as it was before you edited it. Take it back if that's wrong.",
    Remark.TWICE: "{0} has it twice: {1}. One of them must go.",
    Remark.BY_WORD: "You said that it's done.",
    Remark.NO_RIGHT: "Rejected: your role no longer allows this. Hand it to a supervisor, or withdraw it.",
    Remark.NO_ACCESS: "Rejected: the account wasn't open for this, or its access was revoked.",
    Remark.OVER_LIMIT: "Rejected: above your credit limit for this customer by now. Hand it to a supervisor.",
    Remark.NOT_APPROVED: "Rejected: no approval by another person, within their limit, for exactly this credit.",
    Remark.MORE_THAN_OWED: "Rejected: more than is owed by now.",
}
_FOUND_ALIKE = "Found there and alike: {}."
_STEP_STATES = {
    StepState.WAITING: "info", StepState.SENDING: "info", StepState.ACCEPTED: "info", StepState.UNKNOWN: "attention",
    StepState.AWAITING: "attention", StepState.DONE: "ok", StepState.REJECTED: "danger", StepState.CONFLICT: "conflict",
}  # fmt: skip
_KINDS = {
    RiskClass.NOTE: "Only adds",
    RiskClass.FIELD: "Only if the value is still the same",
    RiskClass.MONEY: "Only if the balance is still the same",
    RiskClass.ORDER: "Only if the state is still the same",
}


def shown_value(value: object) -> str:
    """Return a value of a payload as people read it; empty where there is none."""
    if isinstance(value, Money):
        return texts.money(value)
    if isinstance(value, datetime):
        return f"{texts.day(texts.local_day(value))} {texts.clock(value)}"
    if isinstance(value, date):
        return texts.day(value)
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    return "" if value is None else texts.value(str(value))


def typed_value(value: object) -> str:
    """Return a value as it stands in a field, to be typed over."""
    if isinstance(value, Money):
        return str(value.amount)
    return value.isoformat() if isinstance(value, date) else str(value)


VALUE_NAMES = {
    "phone": "Phone", "email": "E-mail", "text": "Text", "reason": "Reason", "amount": "Amount", "due_on": "By",
    "balance": "Owed", "state": "State", "status": "Status", "severity": "Severity",
    "note": "Note", "name": "Name", "account": "Account", "account_name": "Account name", "method_name": "By",
    "bill": "Bill", "product_name": "Product", "offering_name": "What",
    "service_name": "Service", "type": "Kind", "about_name": "About",
    "title": "What", "over": "Over the limit", "starts": "From", "ends": "Until", "place": "Place", "to": "To",
    "channel_name": "Channel", "decision": "Decision", "parts": "Payments", "street1": "Street", "city": "City",
}  # fmt: skip


def action_state(action: Action) -> tuple[str, str]:
    """Return the theme's state and the word for how far an act is."""
    look, word = _ACTION_WORDS[action.state]
    if action.state is ActionState.DONE and is_there_twice(action):
        return "attention", tr("There twice")
    if action.state is ActionState.UNKNOWN and any(step.remark is Remark.CANNOT_TELL for step in action.steps):
        return look, tr("Look yourself")
    if action.state is ActionState.DONE and only_starts(action):
        return look, tr("Started")
    if action.state is ActionState.WITHDRAWN and action.is_begun:
        whole = all(step.state is StepState.DONE for step in action.steps)
        return look, tr("Taken back") if whole else tr("Rest given up")
    return look, tr(word)


def is_there_twice(action: Action) -> bool:
    """Return whether a system has something of an act a second time."""
    return any(step.remark is Remark.TWICE for step in action.steps)


def only_starts(action: Action) -> bool:
    """Return whether an act is done once something is started whose result comes later."""
    return action.kind in ACTIONS and bool(ACTIONS[action.kind].starts)


def kind(action: Action) -> str:
    """Return how an act is sent, as the user is told it."""
    return tr(_KINDS[action.risk])


def goes_to(action: Action, console: Console) -> str:
    """Return the systems an act goes to."""
    return ", ".join(dict.fromkeys(console.label(step.system) for step in action.steps))


def made_at(action: Action) -> str:
    """Return when the user did it; the day only where it is not today."""
    day = texts.recent_day(action.happened_at)
    return texts.clock(action.happened_at) if day == tr("Today") else f"{day} {texts.clock(action.happened_at)}"


def step_line(action: Action, step: Step, console: Console) -> tuple[str, str]:
    """Return the theme's state and one line on a step: its system, how far it is, and why."""
    label = console.label(step.system)
    if action.withdrawn and step.state is not StepState.DONE:
        if step.was_sent:
            return "attention", tr("{0}: Withdrawn. It was sent once and wasn't found; look in {0}.").format(label)
        return "neutral", tr("{}: Withdrawn; nothing was changed there.").format(label)
    if step.state is StepState.REJECTED and step.message:
        return _STEP_STATES[step.state], step.message  # the sentence says by itself who rejected it
    message = step.message if step.state is not StepState.CONFLICT else ""
    remark = remark_words(step, console)
    # What only the user can find out says so first, in place of what the console would do by itself.
    parts = (remark, message) if step.remark is Remark.CANNOT_TELL else (_step_state_words(step), message, remark)
    words = " ".join(filter(None, parts))
    if step.remark in BARRED:  # it is this console that says so, not the system
        return _STEP_STATES[step.state], words
    state = "attention" if step.remark in {Remark.TWICE, Remark.EARLIER_VERSION} else _STEP_STATES[step.state]
    return state, f"{label}: {words}"


def _step_state_words(step: Step) -> str:
    """Return how far a step is; empty where the remark on it says it all."""
    if step.remark is Remark.BY_WORD or step.remark in BARRED:
        return ""
    if step.state is StepState.WAITING and step.was_sent:
        return tr("Sent before. It's looked for first, then sent again.")
    return tr(_STEP_WORDS[step.state])


def remark_words(step: Step, console: Console) -> str:
    """Return what must be known of a step beside its state, empty where there is nothing."""
    if step.remark is Remark.NONE:
        return ""
    words = tr(_REMARKS[step.remark]).format(console.label(step.system), ", ".join((step.result, *step.others)))
    if step.remark is Remark.CANNOT_TELL and step.others:
        words += " " + tr(_FOUND_ALIKE).format(", ".join(step.others))
    return words


def next_line(action: Action, console: Console, now: datetime) -> str:
    """Return what happens next to an act, or what has to; empty where nothing does."""
    if action.state is ActionState.CONFLICT:
        left = sum(len(step.theirs) for step in action.steps if step.state is StepState.CONFLICT)
        return tr("1 value to decide") if left == 1 else tr("{} values to decide").format(left)
    if action.needs_user:
        rejected = next(step for step in action.steps if step.state is StepState.REJECTED)
        return rejected.message or remark_words(rejected, console)
    if not action.is_open:
        return next((remark_words(step, console) for step in action.steps if step.remark is Remark.TWICE), "")
    if action.state is ActionState.SENDING:
        return tr("on its way")
    return ", ".join(filter(None, (_why_waiting(action, console), again_words(action, now)))) or tr("goes next")


def _why_waiting(action: Action, console: Console) -> str:
    """Return what the first step that is not done waits for."""
    waiting = next((step for step in action.steps if step.state is not StepState.DONE), None)
    return "" if waiting is None else (remark_words(waiting, console) or waiting.message).rstrip(".")


def again_words(action: Action, now: datetime) -> str:
    """Return when an act is tried again by itself; empty where that is not planned."""
    if action.next_try_at is None:
        return ""
    pause_s = (action.next_try_at - now).total_seconds()
    return tr("again now") if pause_s < 1 else tr("again in {} s").format(int(pause_s))
