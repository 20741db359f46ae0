"""The details of the selected action: its state at each system, its values, and the buttons for it."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.models.outbox import BARRED, Action, ActionState, Remark, StepState
from console.services.console import Console
from console.views.outbox.words import VALUE_NAMES, again_words, made_at, shown_value, step_line
from console.views.texts import tr
from console.views.widgets.labels import Button, Label
from console.views.widgets.live_page import PlainScroll

_MOST_STEPS = 4


class ActionDetails(QWidget):
    """One action and the buttons that apply to it. `do` maps each button's name to its function."""

    def __init__(self, console: Console, do: dict[str, Callable[[], None]], go_back: Callable[[], None]) -> None:
        super().__init__()
        self.setAccessibleName(tr("Selected action"))
        self._console, self._go_back = console, go_back
        self._title = Label("", semibold=True, wrap=True)
        self._about = Label("", "small", look="muted", wrap=True)
        self._steps = [Label("", wrap=True) for _ in range(_MOST_STEPS)]
        self._wanted = Label("", look="secondary", wrap=True)
        self._wanted.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._next = Label("", "small", look="secondary", wrap=True)
        words = {
            "retry": tr("Try again now"),
            "edit": tr("Edit…"),
            "happened": tr("It was done"),
            "did not": tr("It wasn't done, send it"),
            "withdraw": tr("Withdraw"),
            "take back": tr("Undo"),
            "take back copy": tr("Undo the duplicate"),
            "hand over": tr("Hand to a supervisor"),
        }
        self.buttons = {name: Button(text, "plain") for name, text in words.items()}
        bar = QHBoxLayout()
        bar.setContentsMargins(14, 4, 14, 10)
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _checked=False, wanted=name: do[wanted]())
            bar.addWidget(button)
        bar.addStretch()
        inner = QWidget()
        lines = QVBoxLayout(inner)
        lines.setContentsMargins(14, 12, 14, 4)
        lines.setSpacing(4)
        for label in (self._title, self._about, *self._steps, self._wanted, self._next):
            lines.addWidget(label)
        lines.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(PlainScroll(inner), 1)
        column.addLayout(bar)

    def show_action(self, action: Action | None) -> None:
        """Show an action's current state. None clears the details."""
        self._show_buttons(action)
        if action is None:
            for label in (self._title, self._about, *self._steps, self._wanted, self._next):
                label.set_words("")
            return
        self._title.set_words(self._console.title_of(action))
        self._about.set_words(
            tr("{}, {}, made {}").format(
                action.customer_name or action.customer_id, action.customer_id, made_at(action)
            )
        )
        for i, label in enumerate(self._steps):
            state, words = (
                step_line(action, action.steps[i], self._console) if i < len(action.steps) else ("neutral", "")
            )
            label.set_words(words)
            label.set_look("mark", state)
            label.setVisible(bool(words))
        self._wanted.set_words(self._console.shown(_wanted_words(action)))
        self._next.set_words(self._next_words(action))

    def _next_words(self, action: Action) -> str:
        if action.state is ActionState.HALF_DONE and not action.needs_user:
            return tr("One system has it, the other doesn't yet. The console keeps trying.")
        if action.next_try_at is not None and action.is_open and not action.needs_user:
            tried = tr("Tried once") if action.tries == 1 else tr("Tried {} times").format(action.tries)
            return f"{tried}, {again_words(action, datetime.now(UTC))}."
        return ""

    def _show_buttons(self, action: Action | None) -> None:
        states = {step.state for step in action.steps} if action is not None else set()
        shown = _offered(action) if action is not None else dict.fromkeys(self.buttons, False)
        focused = next((name for name, button in self.buttons.items() if button.hasFocus()), "")
        if focused and not shown[focused]:
            self._go_back()  # else Qt moves the focus to some other widget, and the next key goes there
        give_up = tr("Cancel the rest") if StepState.DONE in states else tr("Withdraw")
        self.buttons["withdraw"].setText(give_up)
        self.buttons["withdraw"].setAccessibleName(give_up)
        for name, button in self.buttons.items():
            button.setVisible(shown[name])


def _wanted_words(action: Action) -> str:
    wanted = {key: value for step in action.steps for key, value in step.wanted.items() if value}
    text = wanted.pop("text", "")
    if wanted.get("reason") == "Note":  # "Note" means that no reason was given
        del wanted["reason"]
    named = ((VALUE_NAMES[key], value) for key, value in wanted.items() if key in VALUE_NAMES)
    values = "  ·  ".join(f"{tr(name)} {shown_value(value)}" for name, value in named)
    return "\n".join(part for part in (values, text) if part)


def _offered(action: Action) -> dict[str, bool]:
    """Return for each button's name whether the action shows it now."""
    states = {step.state for step in action.steps}
    remarks = {step.remark for step in action.steps}
    return {
        "retry": action.is_open and not states.isdisjoint({StepState.REJECTED, StepState.WAITING}),
        "edit": action.is_settled and Remark.NO_RIGHT not in remarks,
        "happened": StepState.UNKNOWN in states,
        "did not": StepState.UNKNOWN in states,
        "withdraw": action.is_open and states.isdisjoint({StepState.UNKNOWN, StepState.AWAITING}),
        "take back": action.can_be_undone,
        "take back copy": action.has_duplicate_to_undo,
        "hand over": action.is_open and not remarks.isdisjoint(BARRED),
    }
