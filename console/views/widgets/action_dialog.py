"""The base of every action form: a text about the effect, one button that sends, and a line for errors."""

import functools
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from console.bridge import Bridge
from console.errors import ConsoleError
from console.services.actions.notes import LONGEST_FORM_TEXT
from console.services.outbox.drafts import Drafts
from console.views import texts
from console.views.keys.send import is_send
from console.views.message_words import in_words
from console.views.texts import tr
from console.views.widgets.fields import FramedDialog
from console.views.widgets.labels import Button, Label, button_row
from console.views.widgets.limited_text import LimitedText
from console.views.widgets.live_page import PlainScroll

SEND_KEYS = "Ctrl+Return"
_EFFECT_LINES = 6
_LONGEST_SHOWN = 60


def send_words(text: str) -> str:
    """Return the text of a button that sends: its action, and the keys as this operating system writes them."""
    keys = QKeySequence(SEND_KEYS).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{text}   {keys.replace('Return', 'Enter')}"


def shortened(text: str) -> str:
    """Return a value for use in a sentence, cut to `_LONGEST_SHOWN` characters."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


class FormText(LimitedText):
    """A field for longer text in a form. Tab leaves it; Ctrl+Enter sends the form."""

    def __init__(self, name: str, words: str, text: str = "") -> None:
        super().__init__(LONGEST_FORM_TEXT, text)
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass Ctrl+Enter to the form."""
        if is_send(event):
            event.ignore()
        else:
            super().keyPressEvent(event)


async def _keep_and_do(drafts: Drafts, doing: Coroutine[Any, Any, Any]) -> None:
    try:
        await drafts.save_now()  # else the last letters could be saved as a draft after the action
        await doing
    finally:
        doing.close()


class ActionDialog(FramedDialog):
    """A form over the page. Ctrl+Enter sends, Enter alone never sends, Esc closes; drafts stay saved.

    Every field from `add_field` is a draft: it is saved as the user types, and restored when the form opens again.
    """

    def __init__(self, title: str, send: str, drafts: Drafts, bridge: Bridge, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(560)
        self._drafts, self._bridge = drafts, bridge
        self._sending = False
        self._indexes: dict[str, QLineEdit] = {}
        self.fields: dict[str, QLineEdit] = {}
        self._back = Label("", "small", wrap=True)
        self._back.set_look("mark", "attention")
        self._anew = Button(tr("Start over"), "link", "small")
        self._anew.setAutoDefault(False)
        self._anew.clicked.connect(self._start_anew)
        self._back_row = QWidget()
        back = QHBoxLayout(self._back_row)
        back.setContentsMargins(0, 0, 0, 0)
        back.addWidget(self._back, 1)
        back.addWidget(self._anew)
        self._back_row.hide()
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(16)
        self.form.setVerticalSpacing(8)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.effect = Label("", "small", look="secondary", wrap=True)
        self.effect.setAccessibleName(tr("What will happen"))
        self.effect.setAlignment(Qt.AlignmentFlag.AlignTop)
        room = PlainScroll(self.effect)
        room.setFixedHeight(_EFFECT_LINES * self.effect.fontMetrics().lineSpacing())  # so that the form never grows
        self.message = Label("", "small", wrap=True)
        self.message.setMinimumHeight(
            2 * self.message.fontMetrics().lineSpacing()
        )  # so that a message does not move the form
        self.send_button = Button(send_words(send), "main")
        self.send_button.setAccessibleName(send)
        self.send_button.setAutoDefault(False)
        self.send_button.clicked.connect(self._send)
        cancel = Button(tr("Close   {}").format("Esc"), "plain")
        cancel.setAccessibleName(tr("Close. Drafts are saved."))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        row = button_row(cancel, self.send_button)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addWidget(self._back_row)
        column.addLayout(self.form)
        column.addWidget(room)
        column.addWidget(self.message)
        column.addLayout(row)

    def add_field(self, name: str, draft_key: str, words: str) -> QLineEdit:
        """Return the field of a new row, filled with the draft of `draft_key`."""
        field = QLineEdit(self._drafts.text(draft_key))
        field.setObjectName(name)
        field.setAccessibleName(words)
        field.textEdited.connect(functools.partial(self._typed, draft_key))
        self._indexes[draft_key] = field
        self.fields[name] = field
        self.form.addRow(Label(words, look="muted"), field)
        if field.text():
            self.say_it_is_back()
        return field

    def say_it_is_back(self) -> None:
        """Show that a draft was restored, with a button to start over."""
        self._back.set_words(tr("Draft restored. Not sent."))
        self._back_row.show()

    @property
    def draft_keys(self) -> list[str]:
        """The keys of this form's drafts."""
        return list(self._indexes)

    def has_draft(self, field: QLineEdit) -> bool:
        """Return whether a field has text typed by the user, not its initial value."""
        return any(found is field and self._drafts.text(draft_key) for draft_key, found in self._indexes.items())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_send(event):
            self._send()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._say(tr("{}.").format(self.send_button.text().replace("   ", ": ")), "info")
        else:
            super().keyPressEvent(event)

    def doing(self) -> Coroutine[Any, Any, Any]:
        """Return a coroutine that sends the form with its current values."""
        raise TypeError(f"{type(self).__name__} does not say what it does")

    def show_effect(self) -> None:
        """Show what sending would do now. Called after every change of a field."""

    def fill(self) -> None:
        """Fill the fields without a draft with their initial values."""

    def forget_drafts(self) -> None:
        """Delete the drafts of this form: they were sent, or the user starts over."""
        for draft_key in self._indexes:
            self._drafts.type(draft_key, "")

    def _typed(self, draft_key: str, text: str) -> None:
        self._drafts.type(draft_key, text)
        self.message.set_words("")
        self.show_effect()

    def _start_anew(self) -> None:
        self.forget_drafts()
        for field in self._indexes.values():
            field.clear()
        self._back_row.hide()
        self.message.set_words("")
        self.fill()
        self.show_effect()
        self.focusNextChild()

    def _send(self) -> None:
        if self._sending or not self.send_button.isEnabled():
            return
        self._sending = True
        self.message.set_words("")
        # Read the fields now, because the form may be closed before the command runs.
        command = _keep_and_do(self._drafts, self.doing())
        self._bridge.run_command(self, command, lambda _action: self._sent(), self._failed)

    def _sent(self) -> None:
        self.forget_drafts()
        self.accept()

    def _failed(self, error: ConsoleError) -> None:
        self._sending = False
        self._say(in_words(error.message), "danger")

    def _say(self, sentence: str, state: str) -> None:
        self.message.set_look("mark", state)
        self.message.set_words(sentence)
        self.message.setToolTip(texts.tooltip(sentence))
