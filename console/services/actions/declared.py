"""The words in which an act is declared: its fields, what it would change, and the steps that do it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from console.messages import Message
from console.models.money import Money
from console.models.outbox import RiskClass
from console.services.access.permissions import Permission
from console.settings import Capability

if TYPE_CHECKING:
    from console.services.actions.action_context import ActionContext

Values = Mapping[str, str]
# What a form or a preview shows: words, an amount, or a message with values; the window puts it into words.
Shown = str | Money | Message


class FieldKind(Enum):
    """How a value is entered."""

    CHOICE = "choice"
    PICK = "pick"  # a choice in which nothing is chosen beforehand, unless it is selected on the page or the only one
    TEXT = "text"
    LONG_TEXT = "long text"
    AMOUNT = "amount"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class FieldOption:
    """One of the values of a field, the words for it, and the state the record it stands for is in, as it came."""

    value: str
    words: Shown
    state: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form; `start` is what stands in it first; of a choice the first where it is empty."""

    name: str
    label: Message
    kind: FieldKind = FieldKind.TEXT
    choices: tuple[FieldOption, ...] = ()
    start: str = ""
    hint: Message | str = ""


class Undo(Enum):
    """Whether an effect can be taken back; the words beside it say how."""

    HERE = "here"
    IN_SYSTEM = "in its system"  # not from here
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One thing that will be otherwise afterwards, for a person and for whoever checks it.

    `capability` is what its system serves. `record` is the kind and the id of what changes, the id empty where it is
    made by the act; `values` are its values afterwards in the desk's own words, such as `status` or `balance`. `undo`
    says in words whether it can be taken back.
    """

    capability: Capability
    what: Message | str
    now: Shown
    after: Shown
    undo: Message | str
    record: tuple[str, str]
    values: Values = field(default_factory=dict)
    undone: Undo = Undo.HERE


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """What a system is to be asked; `back` is what would take it back once it is done.

    Its kind says what the system must serve, and its record which of several systems it is; see `routing`.
    """

    kind: str
    record: str
    wanted: Mapping[str, Any]
    base: Mapping[str, Any] = field(default_factory=dict)
    back: "PlannedStep | None" = None


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """What an act would do, worked out before anything is written.

    `cost` says what it costs and from when, `approval` why somebody else must agree first, empty where nobody must.
    `warnings` are what the user should know and may go on with.
    """

    title: str
    risk: RiskClass
    steps: tuple[PlannedStep, ...]
    effects: tuple[Effect, ...]
    cost: Message | str = ""
    approval: Message | str = ""
    warnings: tuple[Message, ...] = ()
    say: Message | str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionType:
    """One kind of act.

    `fields` says what is asked, given what was entered so far; it and `plan` raise NotPossibleError with the sentence
    that says why not. `asks` are the parts of a customer's view it rests on; they are asked again when its form opens.
    `letter` comes after Ctrl+D, empty where there is none. `follow_s` is when, in seconds after it was accepted, its
    systems are asked again for what takes them a while. `in_full` is whether its form has whole phone numbers or e-mail
    addresses in it, which is recorded where the role has them covered. `starts` names the part of the view in which the
    record stands that it only starts, such as `tests`: done is then that it was started, and the result comes later.
    """

    name: str
    title: Message
    group: str
    letter: str
    permission: Permission
    send: Message
    asks: tuple[str, ...]
    fields: Callable[["ActionContext", Values], Sequence[Field]]
    plan: Callable[["ActionContext", Values], ActionPlan]
    follow_s: tuple[float, ...] = ()
    in_full: bool = False
    starts: str = ""
