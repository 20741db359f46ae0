"""The parts of an action's declaration: its fields, its effects, and the steps that carry it out."""

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
# A value in a form or preview: text, an amount, or a message with values. The window formats it.
Shown = str | Money | Message


class FieldKind(Enum):
    """The way a value is entered."""

    CHOICE = "choice"
    PICK = "pick"  # a choice that starts empty, unless the record is selected on the page or is the only one
    TEXT = "text"
    LONG_TEXT = "long text"
    AMOUNT = "amount"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class FieldOption:
    """One choice of a field: its value, the words for it, and the state of its record in the system's own word."""

    value: str
    words: Shown
    state: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `start` is its first value; if it is empty, a choice starts with its first option."""

    name: str
    label: Message
    kind: FieldKind = FieldKind.TEXT
    choices: tuple[FieldOption, ...] = ()
    start: str = ""
    hint: Message | str = ""


class Undo(Enum):
    """Whether an effect can be undone; `Effect.undo` has the words for it."""

    HERE = "here"
    IN_SYSTEM = "in its system"  # not from this console
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One change that the action makes, for the rep to read and for checks to compare.

    `capability` is the one that the changed system serves. `record` is the kind and id of the changed record; the id is
    empty if the action creates it. `values` are its values afterwards in the console's own words, such as `status` or
    `balance`. `undo` says in words whether the change can be undone.
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
    """One request to one system; `back` is the step that undoes it once it is done.

    Its kind gives the capability that the system must serve. Its record decides among several systems; see `routing`.
    """

    kind: str
    record: str
    wanted: Mapping[str, Any]
    base: Mapping[str, Any] = field(default_factory=dict)
    back: "PlannedStep | None" = None


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """The result of an action, computed before anything is written.

    `cost` is the price and its start. `approval` is the reason why another person must approve, empty if not needed.
    `warnings` do not stop the user. `say` is a sentence for the caller.
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
    """One type of action.

    `fields` returns the form's fields for the values entered so far. `fields` and `plan` raise NotPossibleError with a
    message if the action is not possible. `asks` are the datasets it depends on; they are loaded again when its form
    opens. `letter` is pressed after Ctrl+D, empty if there is none. `follow_s` are the seconds after acceptance at
    which the systems are loaded again, because they need time for the change. `in_full` says that its form shows whole
    phone numbers or e-mail addresses; this is logged if the role has them masked. `starts` is the dataset of the record
    that the action only starts, such as `tests`. Then the action shows "started" when done, and the result comes later.
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
