"""Acts: what a user does to the systems, from the moment it is typed until every system has said yes or no."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from console.models.payload import Payload


class RiskClass(Enum):
    """How carefully an act is sent.

    NOTE only adds and may flow whenever; FIELD edits and is merged three ways; MONEY and ORDER are never sent on an old
    base and never repeated unless the system says that it did not happen.
    """

    NOTE = "note"
    FIELD = "field"
    MONEY = "money"
    ORDER = "order"


class StepState(Enum):
    """How far one step of an act is at its system."""

    WAITING = "waiting"
    SENDING = "sending"
    AWAITING = "awaiting"  # a person has to agree before it goes on
    ACCEPTED = "accepted"  # the system said yes; whether it has done it is being looked at
    UNKNOWN = "unknown"
    DONE = "done"
    REJECTED = "refused"
    CONFLICT = "conflict"


class Verdict(Enum):
    """What the last answer to a step would mean, once a look has shown that the step did not happen."""

    NONE = ""  # it says nothing: the request may still be under way
    REJECTED = "rejected"
    CONFLICT = "conflict"
    AGAIN = "again"  # turned away, such as for too many requests: it may be sent again


class Remark(Enum):
    """What a user must know about a step beside its state."""

    NONE = ""
    NOT_VISIBLE_YET = "not visible yet"
    NEVER_VISIBLE = "never visible"  # the system said yes and does not show it
    MAY_STILL_ARRIVE = "may still arrive"
    CANNOT_TELL = "cannot tell"
    CHANGED_SINCE = "changed since"
    CHANGED_BEFORE = "changed before"  # what it was decided on
    KEEPS_CHANGING = "keeps changing"
    EARLIER_VERSION = "earlier version"  # what the system holds is what was asked for before it was edited
    TWICE = "twice"
    BY_WORD = "by word"  # a user has looked at the system and says so
    NO_RIGHT = "no right"  # this user's role no longer allows it
    NO_ACCESS = "no access"  # the account was not open for it, or its access was revoked since
    OVER_LIMIT = "over limit"
    NOT_APPROVED = "not approved"  # by another person, within their limit, for exactly this
    MORE_THAN_OWED = "more than owed"


# Why a step is not sent, though nothing was asked of its system.
BARRED = frozenset({Remark.NO_RIGHT, Remark.NO_ACCESS, Remark.OVER_LIMIT, Remark.NOT_APPROVED, Remark.MORE_THAN_OWED})


class ActionState(Enum):
    """How far an act is, as the user is told it."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    AWAITING = "waiting for approval"
    HALF_DONE = "half done"
    CONFLICT = "conflict"
    REJECTED = "refused"
    DONE = "done"
    WITHDRAWN = "withdrawn"


# A step in one of these has changed nothing at its system, and nothing of it is under way.
_HARMLESS = frozenset({StepState.WAITING, StepState.REJECTED, StepState.CONFLICT, StepState.AWAITING})


@dataclass(frozen=True, slots=True)
class Step:
    """What one system is asked to do.

    `wanted` are the values to be written, `base` those they were typed over and `base_version` the record's version
    then, where there is one; `theirs` are what the system holds in a conflict. `key` is the idempotency key, made once
    and never renewed by a retry; a user's new decision has a new one. `message` is the sentence of the last answer that
    was no success, `looks` how often it was looked for since it was sent. `result` is the id of the record it made or
    changed: what the answer named, and once the step is done, what was found. `back` is the step that would take it
    back once it is done, None where nothing can.

    `was_sent` is whether any request of it may have reached the system, under whichever key; it is never taken back,
    and such a step is looked for before it is sent, rejected, edited or withdrawn. `verdict` is what the last answer
    would mean. `vouched` is whether a user has looked and says that it did not happen. `others` are records that look
    like it or carry its mark too. `seen_in_list` is whether a list of the system showed it, `confirmed` whether it was
    looked at once more some time after it was done.
    """

    kind: str
    system: str
    key: str
    wanted: Payload
    record: str = ""
    base: Payload = field(default_factory=Payload)
    base_version: str | None = None
    state: StepState = StepState.WAITING
    theirs: Payload = field(default_factory=Payload)
    message: str = ""
    looks: int = 0
    result: str = ""
    back: "Step | None" = None
    was_sent: bool = False
    verdict: Verdict = Verdict.NONE
    remark: Remark = Remark.NONE
    vouched: bool = False
    others: tuple[str, ...] = ()
    seen_in_list: bool = False
    confirmed: bool = False

    def __post_init__(self) -> None:
        """Take values that are not a payload yet; see there for what it raises."""
        for name in ("wanted", "base", "theirs"):
            value = getattr(self, name)
            if not isinstance(value, Payload):
                object.__setattr__(self, name, Payload(value) if name == "wanted" else Payload.read(value))


@dataclass(frozen=True, slots=True)
class ActionGrant:
    """How the account was open when an action was made: since when (aware UTC), why, and whether for call detail.

    `reason` is the value of a reason of the access service, such as `a caller`.
    """

    at: datetime
    reason: str
    reaches_call_detail: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a user did. `happened_at` is when they did it, aware UTC, and travels with it however late it is sent.

    `customer_name` is what they were called then, to be shown without asking. `seq` is its place in the order, 0
    before it is kept. `next_try_at` is when it is tried again by itself. `kind` and `values` are the declared kind and
    what was entered, empty for the oldest kinds. `person` is the provider's name for who did it, empty where nobody
    signs in. `grant` is how the account was open for them, None where no account is closed, or an earlier version
    kept it.
    """

    id: str
    customer_id: str
    title: str
    risk: RiskClass
    happened_at: datetime
    steps: tuple[Step, ...]
    author: str = ""
    seq: int = 0
    withdrawn: bool = False
    tries: int = 0
    next_try_at: datetime | None = None
    changed_at: datetime | None = None
    customer_name: str = ""
    kind: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    person: str = ""
    grant: ActionGrant | None = None

    @property
    def state(self) -> ActionState:
        """How far it is, worked out from its steps."""
        states = {step.state for step in self.steps}
        if self.withdrawn:
            return ActionState.WITHDRAWN
        if states == {StepState.DONE}:
            return ActionState.DONE
        for step_state, state in (
            (StepState.CONFLICT, ActionState.CONFLICT),
            (StepState.UNKNOWN, ActionState.UNKNOWN),
            (StepState.AWAITING, ActionState.AWAITING),
            (StepState.SENDING, ActionState.SENDING),
            (StepState.ACCEPTED, ActionState.SENDING),
        ):
            if step_state in states:
                return state
        if StepState.DONE in states:
            return ActionState.HALF_DONE
        return ActionState.REJECTED if StepState.REJECTED in states else ActionState.QUEUED

    @property
    def is_open(self) -> bool:
        """Whether something is still to happen, by itself or by a user."""
        return self.state not in {ActionState.DONE, ActionState.WITHDRAWN}

    @property
    def is_begun(self) -> bool:
        """Whether some system has its part of it."""
        return any(step.state is StepState.DONE for step in self.steps)

    @property
    def needs_user(self) -> bool:
        """Whether it goes no further without a user."""
        return any(step.state in {StepState.CONFLICT, StepState.REJECTED} for step in self.steps) and self.is_open

    @property
    def is_settled(self) -> bool:
        """Whether it is open and no system can be doing any of it, so that it can be changed or given up."""
        return self.is_open and all(step.state in _HARMLESS | {StepState.DONE} for step in self.steps)

    @property
    def can_be_taken_back(self) -> bool:
        """Whether something of it is done, and all of that can be undone, while no system is doing any of it."""
        done = [step for step in self.steps if step.state in {StepState.DONE, StepState.AWAITING}]
        return (
            not self.withdrawn
            and bool(done)
            and all(step.back is not None and (step.back.record or step.result) for step in done)
            and (self.is_settled or self.state is ActionState.DONE)
        )

    @property
    def has_copy_to_take_back(self) -> bool:
        """Whether a system has something of it twice, of which one can be undone."""
        return any(step.remark is Remark.TWICE and step.others and step.back is not None for step in self.steps)

    def with_step(self, index: int, step: Step) -> "Action":
        """Return the act with one step replaced."""
        return replace(self, steps=(*self.steps[:index], step, *self.steps[index + 1 :]))
