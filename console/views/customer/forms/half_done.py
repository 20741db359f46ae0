"""The dialog for a half-done action: which systems have it, and the choice to finish or undo it."""

from typing import Any

from PySide6.QtWidgets import QButtonGroup, QDialog, QVBoxLayout, QWidget

from console.bridge import Bridge
from console.errors import ConsoleError
from console.models.outbox import Action, StepState
from console.services.console import Console
from console.views.keys.send import is_send
from console.views.message_words import in_words
from console.views.outbox.words import action_state, step_line
from console.views.texts import tr
from console.views.widgets.action_dialog import send_words
from console.views.widgets.choice import ChoiceButton
from console.views.widgets.labels import Button, Label, button_row

FINISH, TAKE_BACK = "finish", "take back"


class HalfDoneDialog(QDialog):
    """The dialog follows the action while it is open. Closing it does not change the action."""

    def __init__(self, console: Console, bridge: Bridge, action: Action, window: QWidget) -> None:
        super().__init__(window)
        self._console, self._bridge, self._action = console, bridge, action
        self.setWindowTitle(console.title_of(action))
        self.setMinimumWidth(640)
        self._head = Label("", "body", semibold=True, wrap=True)
        self._about = Label(f"{action.customer_name or action.customer_id}", "small", look="muted")
        self._steps = [Label("", wrap=True) for _ in action.steps]
        self._meaning = Label("", look="secondary", wrap=True)
        self._message = Label("", "small", wrap=True)
        self._message.set_look("mark", "danger")
        self.choices = {
            FINISH: ChoiceButton(tr("Keep trying until it's finished"), tr("Finish")),
            TAKE_BACK: ChoiceButton(tr("Undo everything"), tr("Undo everything")),
        }
        group = QButtonGroup(self)
        self.go = Button(send_words(tr("Finish")), "main")
        self.go.setAutoDefault(False)
        self.go.clicked.connect(self._go)
        close = Button(tr("Close   {}").format("Esc"), "plain")
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        for widget in (self._head, self._about, *self._steps, self._meaning):
            column.addWidget(widget)
        for choice in self.choices.values():
            group.addButton(choice)
            choice.toggled.connect(lambda _on: self._show_go())
            column.addWidget(choice)
        column.addWidget(Label(tr("It stays in the Outbox and the alerts until it's finished."), "small", look="muted"))
        column.addWidget(self._message)
        column.addLayout(button_row(close, self.go))
        self._unsubscribe = console.outbox.subscribe(self._on_action)
        self.finished.connect(lambda _result: self._unsubscribe())
        self.choices[FINISH].setChecked(True)
        self._show()
        self.choices[FINISH].setFocus()

    def _on_action(self, action: Action) -> None:
        if action.id == self._action.id:
            self._action = action
            self._show()

    def _show(self) -> None:
        action = self._action
        has = [self._console.label(step.system) for step in action.steps if step.state is StepState.DONE]
        lacks = [self._console.label(step.system) for step in action.steps if step.state is not StepState.DONE]
        _, word = action_state(action)
        have, lack = ", ".join(dict.fromkeys(has)), ", ".join(dict.fromkeys(lacks))
        if not action.is_open:
            self._head.set_words(word)
        elif has:
            self._head.set_words(tr("Half done: {} has it, {} doesn't").format(have, lack))
        else:
            self._head.set_words(tr("{}: {} doesn't have it").format(word, lack))
        for label, step in zip(self._steps, action.steps, strict=True):
            state, words = step_line(action, step, self._console)
            undo = ""
            if step.state is StepState.DONE:
                undo = tr(" It can be undone.") if step.back is not None else tr(" It can't be undone.")
            label.set_words(f"{words}{undo}")
            label.set_look("mark", state)
        self._meaning.set_words(_meaning(action, have, lack))
        self.choices[TAKE_BACK].setEnabled(action.can_be_undone)
        self._show_go()

    def _show_go(self) -> None:
        takes_back = self.choices[TAKE_BACK].isChecked()
        words = tr("Undo") if takes_back else tr("Finish")
        self.go.setText(send_words(words))
        self.go.setAccessibleName(words)
        self.go.setEnabled(self._action.can_be_undone if takes_back else self._action.is_open)

    def keyPressEvent(self, event: Any) -> None:
        if is_send(event):
            self._go()
        else:
            super().keyPressEvent(event)

    def _go(self) -> None:
        if not self.go.isEnabled():
            return
        takes_back = self.choices[TAKE_BACK].isChecked()
        doing = (
            self._console.decisions.undo(self._action) if takes_back else self._console.decisions.retry(self._action)
        )
        self._bridge.run_command(self, doing, lambda _done: self.accept(), self._failed)

    def _failed(self, error: ConsoleError) -> None:
        self._message.set_words(in_words(error.message))


def _meaning(action: Action, have: str, lack: str) -> str:
    if not action.is_open:
        return tr("Nothing left to finish.")
    if any(step.state is StepState.UNKNOWN for step in action.steps):
        return tr("No clear reply from {}. Checking before anything is sent again.").format(lack)
    if not have:
        return tr("No system has been changed yet.")
    return tr("Until it's finished, {} and {} have different data for this customer.").format(have, lack)
