"""Actions: changes that a user makes in the systems, from typing until every system has accepted or rejected them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from console.models.payload import Payload


class RiskClass(Enum):
    """How carefully an action is sent.

    NOTE only adds and may be sent at any time. FIELD changes values and is merged three ways. MONEY and ORDER are never
    sent over changed data, and never repeated unless the system shows that they did not happen.
    """

    NOTE = "note"
    FIELD = "field"
    MONEY = "money"
    ORDER = "order"


class StepState(Enum):
    """The state of one step of an action at its system."""

    WAITING = "waiting"
    SENDING = "sending"
    AWAITING = "awaiting"  # a person must approve before it continues
    ACCEPTED = "accepted"  # the system accepted it; the console is checking that it was applied
    UNKNOWN = "unknown"
    DONE = "done"
    REJECTED = "refused"
    CONFLICT = "conflict"


class ReplyMeaning(Enum):
    """The meaning of the last response to a step, once a lookup has shown that the step did not happen."""

    NONE = ""  # no meaning: the request may still arrive
    REJECTED = "rejected"
    CONFLICT = "conflict"
    AGAIN = "again"  # turned away, for example for too many requests: it may be sent again


class Remark(Enum):
    """A fact that a user must know about a step, besides its state."""

    NONE = ""
    NOT_VISIBLE_YET = "not visible yet"
    NEVER_VISIBLE = "never visible"  # the system accepted it and does not show it
    MAY_STILL_ARRIVE = "may still arrive"
    CANNOT_TELL = "cannot tell"
    CHANGED_SINCE = "changed since"
    CHANGED_BEFORE = "changed before"  # the data it was based on has changed
    KEEPS_CHANGING = "keeps changing"
    EARLIER_VERSION = "earlier version"  # the system has the action's values from before an edit
    TWICE = "twice"
    BY_WORD = "by word"  # a user has checked the system and confirms it
    NO_RIGHT = "no right"  # this user's role no longer allows it
    NO_ACCESS = "no access"  # the account was not open for it, or its access was revoked since
    OVER_LIMIT = "over limit"
    NOT_APPROVED = "not approved"  # by another person, within their limit, for exactly this action
    MORE_THAN_OWED = "more than owed"


# Reasons of this console for not sending a step; its system received no request.
BARRED = frozenset({Remark.NO_RIGHT, Remark.NO_ACCESS, Remark.OVER_LIMIT, Remark.NOT_APPROVED, Remark.MORE_THAN_OWED})


class ActionState(Enum):
    """The state of an action, as shown to the user."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    AWAITING = "waiting for approval"
    HALF_DONE = "half done"
    CONFLICT = "conflict"
    REJECTED = "refused"
    DONE = "done"
    WITHDRAWN = "withdrawn"


# A step in one of these states has changed nothing at its system, and no request of it can still arrive.
_HARMLESS = frozenset({StepState.WAITING, StepState.REJECTED, StepState.CONFLICT, StepState.AWAITING})


@dataclass(frozen=True, slots=True)
class Step:
    """One request to one system.

    `wanted` are the new values, `base` those the rep saw. `base_version` is the record's version then, if it has one.
    `theirs` are the system's values in a conflict. `key` is the idempotency key: a retry uses the same key, a user's
    new decision gets a new one. `message` is the text of the last error response. `looks` counts the lookups since it
    was sent. `result` is the id of the record it made or changed: first the one that the response named, later the one
    that a lookup found. `back` is the step that undoes it once it is done, None if it cannot be undone.

    `was_sent` says whether a request of it may have reached the system, under any key. It is never reset; such a step
    is looked up before it is sent, rejected, edited or withdrawn. `verdict` is the meaning of the last response.
    `vouched` says that a user has checked that it did not happen. `others` are ids of records that look like it or have
    its mark too. `seen_in_list` says whether a list of the system showed it. `confirmed` says whether it was looked up
    again some time after it was done.
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
    verdict: ReplyMeaning = ReplyMeaning.NONE
    remark: Remark = Remark.NONE
    vouched: bool = False
    others: tuple[str, ...] = ()
    seen_in_list: bool = False
    confirmed: bool = False

    def __post_init__(self) -> None:
        """Convert plain mappings to payloads; raises as `Payload` does."""
        for name in ("wanted", "base", "theirs"):
            value = getattr(self, name)
            if not isinstance(value, Payload):
                object.__setattr__(self, name, Payload(value) if name == "wanted" else Payload.read(value))


@dataclass(frozen=True, slots=True)
class ActionGrant:
    """The access grant of an action: since when the account was open (aware UTC), why, and whether for call details.

    `reason` is the value of a reason of the access service, such as `a caller`.
    """

    at: datetime
    reason: str
    reaches_call_detail: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """One action of a user. `happened_at` is the time they did it, aware UTC; it is sent with the action, however late.

    `customer_name` is the customer's name at that time, shown without a request. `seq` is its position in the order, 0
    before it is saved. `next_try_at` is the time of the next automatic retry. `kind` and `values` are the declared type
    and the entered values, empty for the oldest types. `person` is the identity provider's name for the user, empty if
    nobody signs in. `grant` is their access grant, None if accounts are never locked or an earlier version saved the
    action.
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
        """The state, derived from its steps."""
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
        """Whether it is unfinished: it continues automatically or needs a user."""
        return self.state not in {ActionState.DONE, ActionState.WITHDRAWN}

    @property
    def is_begun(self) -> bool:
        """Whether at least one step is done."""
        return any(step.state is StepState.DONE for step in self.steps)

    @property
    def needs_user(self) -> bool:
        """Whether it cannot continue without a user."""
        return any(step.state in {StepState.CONFLICT, StepState.REJECTED} for step in self.steps) and self.is_open

    @property
    def is_settled(self) -> bool:
        """Whether it is open and no system can be carrying it out, so that it can be edited or withdrawn."""
        return self.is_open and all(step.state in _HARMLESS | {StepState.DONE} for step in self.steps)

    @property
    def can_be_undone(self) -> bool:
        """Whether it can be undone: a step is done, all done steps can be undone, and no system is carrying one out."""
        done = [step for step in self.steps if step.state in {StepState.DONE, StepState.AWAITING}]
        return (
            not self.withdrawn
            and bool(done)
            and all(step.back is not None and (step.back.record or step.result) for step in done)
            and (self.is_settled or self.state is ActionState.DONE)
        )

    @property
    def has_duplicate_to_undo(self) -> bool:
        """Whether a system has a duplicate of it that can be undone."""
        return any(step.remark is Remark.TWICE and step.others and step.back is not None for step in self.steps)

    def with_step(self, index: int, step: Step) -> "Action":
        """Return the action with one step replaced."""
        return replace(self, steps=(*self.steps[:index], step, *self.steps[index + 1 :]))
