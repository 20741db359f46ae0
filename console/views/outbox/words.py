"""The texts for actions and their steps. "Saved here" and "accepted by a system" always have different texts."""

from datetime import date, datetime

from console.messages import QT_TR_NOOP
from console.models.money import Money
from console.models.outbox import BARRED, Action, ActionState, Remark, RiskClass, Step, StepState
from console.services.actions.catalogue import ACTIONS
from console.services.console import Console
from console.views import texts
from console.views.texts import tr

# Action state -> the theme's state and the text.
_ACTION_WORDS: dict[ActionState, tuple[str, str]] = {
    ActionState.CONFLICT: ("conflict", QT_TR_NOOP("Needs you")),
    ActionState.REJECTED: ("danger", QT_TR_NOOP("Rejected")),
    ActionState.UNKNOWN: ("attention", QT_TR_NOOP("Checking")),
    ActionState.HALF_DONE: ("attention", QT_TR_NOOP("Half done")),
    ActionState.AWAITING: ("attention", QT_TR_NOOP("Waits for approval")),
    ActionState.SENDING: ("info", QT_TR_NOOP("Sending")),
    ActionState.QUEUED: ("info", QT_TR_NOOP("Saved, waiting")),
    ActionState.DONE: ("ok", QT_TR_NOOP("Done")),
    ActionState.WITHDRAWN: ("neutral", QT_TR_NOOP("Withdrawn")),
}
# The counts on the page, the most urgent first: theme state, text, action states.
SUMMARY: tuple[tuple[str, str, tuple[ActionState, ...]], ...] = (
    ("conflict", QT_TR_NOOP("{} to decide"), (ActionState.CONFLICT,)),
    ("danger", QT_TR_NOOP("{} rejected"), (ActionState.REJECTED,)),
    ("attention", QT_TR_NOOP("{} half done"), (ActionState.HALF_DONE,)),
    ("attention", QT_TR_NOOP("{} waiting for approval"), (ActionState.AWAITING,)),
    ("attention", QT_TR_NOOP("{} being checked"), (ActionState.UNKNOWN,)),
    ("info", QT_TR_NOOP("{} waiting"), (ActionState.QUEUED, ActionState.SENDING)),
    ("ok", QT_TR_NOOP("{} done"), (ActionState.DONE,)),
)
_STEP_WORDS: dict[StepState, str] = {
    StepState.WAITING: QT_TR_NOOP("Saved here, not sent yet."),
    StepState.SENDING: QT_TR_NOOP("Being sent."),
    StepState.ACCEPTED: QT_TR_NOOP("Accepted. Checking that it was applied."),
    StepState.AWAITING: QT_TR_NOOP("Approval requested. A supervisor must approve it."),
    StepState.UNKNOWN: QT_TR_NOOP("Sent, but no clear answer. Checking before anything is sent again."),
    StepState.DONE: QT_TR_NOOP("Done."),
    StepState.REJECTED: QT_TR_NOOP("Rejected."),
    StepState.CONFLICT: QT_TR_NOOP("Changed by someone else."),
}
# Texts for a step's remark. {0} is the system, {1} the numbers of the records found there.
_REMARKS: dict[Remark, str] = {
    Remark.NOT_VISIBLE_YET: QT_TR_NOOP("{0} accepted it but doesn't show it yet."),
    Remark.NEVER_VISIBLE: QT_TR_NOOP("{0} accepted it but doesn't show it. Look in {0} before you try again."),
    Remark.MAY_STILL_ARRIVE: QT_TR_NOOP("It may still arrive at {0}."),
    Remark.CANNOT_TELL: QT_TR_NOOP("{0} doesn't show whether it was done. Look in {0}, then choose below."),
    Remark.CHANGED_SINCE: QT_TR_NOOP("Changed by someone else since."),
    Remark.CHANGED_BEFORE: QT_TR_NOOP("The data behind this has changed. Check it before you send it."),
    Remark.KEEPS_CHANGING: QT_TR_NOOP("{0} keeps reporting a newer change. Check the record, then try again."),
    Remark.EARLIER_VERSION: QT_TR_NOOP("{0} has the version before your edit. Undo it if that's wrong."),
    Remark.TWICE: QT_TR_NOOP("{0} has a duplicate: {1}. Undo one of them."),
    Remark.BY_WORD: QT_TR_NOOP("You said that it's done."),
    Remark.NO_RIGHT: QT_TR_NOOP("Rejected: your role no longer allows this. Hand it to a supervisor, or withdraw it."),
    Remark.NO_ACCESS: QT_TR_NOOP("Rejected: the account wasn't open for this, or its access was revoked."),
    Remark.OVER_LIMIT: QT_TR_NOOP(
        "Rejected: above your credit limit for this customer by now. Hand it to a supervisor."
    ),
    Remark.NOT_APPROVED: QT_TR_NOOP(
        "Rejected: no approval by another person, within their limit, for exactly this credit."
    ),
    Remark.MORE_THAN_OWED: QT_TR_NOOP("Rejected: more than the current balance."),
}
_FOUND_ALIKE = QT_TR_NOOP("Similar records found: {}.")
_STEP_STATES = {
    StepState.WAITING: "info", StepState.SENDING: "info", StepState.ACCEPTED: "info", StepState.UNKNOWN: "attention",
    StepState.AWAITING: "attention", StepState.DONE: "ok", StepState.REJECTED: "danger", StepState.CONFLICT: "conflict",
}  # fmt: skip
_KINDS = {
    RiskClass.NOTE: QT_TR_NOOP("Only adds"),
    RiskClass.FIELD: QT_TR_NOOP("Only if the value is still the same"),
    RiskClass.MONEY: QT_TR_NOOP("Only if the balance is still the same"),
    RiskClass.ORDER: QT_TR_NOOP("Only if the state is still the same"),
}


def shown_value(value: object) -> str:
    """Return a payload's value as people read it. None gives an empty text."""
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
    """Return a value as text for an input field: an amount without currency, a date in ISO 8601."""
    if isinstance(value, Money):
        return str(value.amount)
    return value.isoformat() if isinstance(value, date) else str(value)


VALUE_NAMES = {
    "phone": QT_TR_NOOP("Phone"),
    "email": QT_TR_NOOP("E-mail"),
    "text": QT_TR_NOOP("Text"),
    "reason": QT_TR_NOOP("Reason"),
    "amount": QT_TR_NOOP("Amount"),
    "due_on": QT_TR_NOOP("By"),
    "balance": QT_TR_NOOP("Balance due"),
    "state": QT_TR_NOOP("State"),
    "status": QT_TR_NOOP("Status"),
    "severity": QT_TR_NOOP("Severity"),
    "note": QT_TR_NOOP("Note"),
    "name": QT_TR_NOOP("Name"),
    "account": QT_TR_NOOP("Account"),
    "account_name": QT_TR_NOOP("Account name"),
    "method_name": QT_TR_NOOP("By"),
    "bill": QT_TR_NOOP("Bill"),
    "product_name": QT_TR_NOOP("Product"),
    "offering_name": QT_TR_NOOP("What"),
    "service_name": QT_TR_NOOP("Service"),
    "type": QT_TR_NOOP("Kind"),
    "about_name": QT_TR_NOOP("About"),
    "title": QT_TR_NOOP("What"),
    "over": QT_TR_NOOP("Over the limit"),
    "starts": QT_TR_NOOP("From"),
    "ends": QT_TR_NOOP("Until"),
    "place": QT_TR_NOOP("Place"),
    "to": QT_TR_NOOP("To"),
    "channel_name": QT_TR_NOOP("Channel"),
    "decision": QT_TR_NOOP("Decision"),
    "parts": QT_TR_NOOP("Payments"),
    "street1": QT_TR_NOOP("Street"),
    "city": QT_TR_NOOP("City"),
}


def action_state(action: Action) -> tuple[str, str]:
    """Return the theme's state and the text for an action's state."""
    look, word = _ACTION_WORDS[action.state]
    if action.state is ActionState.DONE and is_there_twice(action):
        return "attention", tr("Duplicate")
    if action.state is ActionState.UNKNOWN and any(step.remark is Remark.CANNOT_TELL for step in action.steps):
        return look, tr("Needs your check")
    if action.state is ActionState.DONE and only_starts(action):
        return look, tr("Started")
    if action.state is ActionState.WITHDRAWN and action.is_begun:
        whole = all(step.state is StepState.DONE for step in action.steps)
        return look, tr("Undone") if whole else tr("Rest cancelled")
    return look, tr(word)


def is_there_twice(action: Action) -> bool:
    """Return whether a system has a duplicate from this action."""
    return any(step.remark is Remark.TWICE for step in action.steps)


def only_starts(action: Action) -> bool:
    """Return whether the action only starts something, whose result comes later."""
    return action.kind in ACTIONS and bool(ACTIONS[action.kind].starts)


def kind(action: Action) -> str:
    """Return the text for how an action is sent, by its risk class."""
    return tr(_KINDS[action.risk])


def goes_to(action: Action, console: Console) -> str:
    """Return the labels of the systems that an action is sent to."""
    return ", ".join(dict.fromkeys(console.label(step.system) for step in action.steps))


def made_at(action: Action) -> str:
    """Return when the user did the action: the time, with the day if it is not today."""
    day = texts.recent_day(action.happened_at)
    return texts.clock(action.happened_at) if day == tr("Today") else f"{day} {texts.clock(action.happened_at)}"


def step_line(action: Action, step: Step, console: Console) -> tuple[str, str]:
    """Return the theme's state and one line about a step: its system, its state, and why."""
    label = console.label(step.system)
    if action.withdrawn and step.state is not StepState.DONE:
        if step.was_sent:
            return "attention", tr("{0}: Withdrawn. It was sent once and not found. Check {0}.").format(label)
        return "neutral", tr("{}: Withdrawn. Nothing was changed there.").format(label)
    if step.state is StepState.REJECTED and step.message:
        return _STEP_STATES[step.state], step.message  # the message already names who rejected it
    message = step.message if step.state is not StepState.CONFLICT else ""
    remark = remark_words(step, console)
    # For CANNOT_TELL only the user can check. So the remark comes first and replaces the state's text.
    parts = (remark, message) if step.remark is Remark.CANNOT_TELL else (_step_state_words(step), message, remark)
    words = " ".join(filter(None, parts))
    if step.remark in BARRED:  # this console rejected it, not the system
        return _STEP_STATES[step.state], words
    state = "attention" if step.remark in {Remark.TWICE, Remark.EARLIER_VERSION} else _STEP_STATES[step.state]
    return state, f"{label}: {words}"


def _step_state_words(step: Step) -> str:
    """Return the text for a step's state. It is empty if the remark is enough."""
    if step.remark is Remark.BY_WORD or step.remark in BARRED:
        return ""
    if step.state is StepState.WAITING and step.was_sent:
        return tr("Sent before. Checking first, then sending again.")
    return tr(_STEP_WORDS[step.state])


def remark_words(step: Step, console: Console) -> str:
    """Return the text for a step's remark, or an empty text without a remark."""
    if step.remark is Remark.NONE:
        return ""
    words = tr(_REMARKS[step.remark]).format(console.label(step.system), ", ".join((step.result, *step.others)))
    if step.remark is Remark.CANNOT_TELL and step.others:
        words += " " + tr(_FOUND_ALIKE).format(", ".join(step.others))
    return words


def next_line(action: Action, console: Console, now: datetime) -> str:
    """Return what happens next with an action, or what the user must do.

    It is empty for a finished action, unless a system has a duplicate.
    """
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
    return ", ".join(filter(None, (_why_waiting(action, console), again_words(action, now)))) or tr("next")


def _why_waiting(action: Action, console: Console) -> str:
    """Return why the first unfinished step waits."""
    waiting = next((step for step in action.steps if step.state is not StepState.DONE), None)
    return "" if waiting is None else (remark_words(waiting, console) or waiting.message).rstrip(".")


def again_words(action: Action, now: datetime) -> str:
    """Return when the console tries an action again, in seconds. It is empty if no try is planned."""
    if action.next_try_at is None:
        return ""
    pause_s = (action.next_try_at - now).total_seconds()
    return tr("again now") if pause_s < 1 else tr("again in {} s").format(int(pause_s))
