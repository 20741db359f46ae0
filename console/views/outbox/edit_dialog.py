"""The dialog that edits an action's values, such as a rejected note, a number or a date.

It is used only while no system can have done any part of the action.
"""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from console.bridge import Bridge
from console.models.outbox import Action, StepState
from console.services.actions.decisions import EDITABLE
from console.services.console import Console
from console.views.outbox.words import VALUE_NAMES, typed_value
from console.views.texts import tr
from console.views.widgets.action_dialog import ActionDialog, FormText
from console.views.widgets.labels import Label


class EditDialog(ActionDialog):
    """The values of one action in fields. Typed values are saved as drafts and restored after a restart."""

    def __init__(self, console: Console, bridge: Bridge, action: Action, window: QWidget) -> None:
        super().__init__(
            tr("Edit: {}").format(console.title_of(action)), tr("Save and send"), console.drafts, bridge, window
        )
        self._console, self._action = console, action
        wanted = action.steps[0].wanted
        self._wanted = {name: typed_value(wanted[name]) for name in EDITABLE if name in wanted}
        self._text: QPlainTextEdit | None = None
        for name, value in self._wanted.items():
            if name == "text":
                self._add_text(value)
            else:
                self.add_field(name, self._draft_key(name), tr(VALUE_NAMES[name]))
        why = " ".join(step.message for step in action.steps if step.state is StepState.REJECTED)
        whose = tr("For {}.").format(action.customer_name or action.customer_id)
        self.effect.set_words(f"{whose} {why}")
        self.fill()

    def fill(self) -> None:
        for name, field in self.fields.items():
            if not self.has_draft(field):
                field.setText(self._wanted[name])
        if self._text is not None and not self._drafts.text(self._draft_key("text")):
            self._text.setPlainText(self._wanted["text"])
            self._drafts.type(self._draft_key("text"), "")

    def doing(self) -> Coroutine[Any, Any, Any]:
        values = {name: field.text() for name, field in self.fields.items()}
        if self._text is not None:
            values["text"] = self._text.toPlainText()
        return self._console.decisions.edit(self._action, values)

    def forget_drafts(self) -> None:
        super().forget_drafts()
        self._drafts.type(self._draft_key("text"), "")

    def _draft_key(self, name: str) -> str:
        return f"edit/{self._action.id}/{name}"

    def _add_text(self, value: str) -> None:
        text = FormText("text", tr("Text"))
        text.setMinimumHeight(160)
        if typed := self._drafts.text(self._draft_key("text")):
            self.say_it_is_back()
        text.setPlainText(typed or value)
        text.textChanged.connect(lambda: self._drafts.type(self._draft_key("text"), text.toPlainText()))
        self._text = text
        self.form.addRow(Label(tr("Text"), look="muted"), text)
        text.setFocus()
