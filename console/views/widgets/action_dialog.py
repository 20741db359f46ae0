"""The frame of every form that acts: what it will do in words, one button that sends, a line for what is wrong."""

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
    """Return what stands on a button that sends: what it does, and the keys for it as the keyboard has them."""
    keys = QKeySequence(SEND_KEYS).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{text}   {keys.replace('Return', 'Enter')}"


def shortened(text: str) -> str:
    """Return a value that stands in a sentence, cut where it is far too long for one."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


class FormText(LimitedText):
    """A longer text in a form; Tab leaves it, Ctrl+Enter is the form's."""

    def __init__(self, name: str, words: str, text: str = "") -> None:
        super().__init__(LONGEST_FORM_TEXT, text)
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Ctrl+Enter to the form."""
        if is_send(event):
            event.ignore()
        else:
            super().keyPressEvent(event)


async def _keep_and_do(drafts: Drafts, doing: Coroutine[Any, Any, Any]) -> None:
    try:
        await drafts.keep_now()  # else the last letters would become a draft again behind the act
        await doing
    finally:
        doing.close()


class ActionDialog(FramedDialog):
    """A form over the page. Ctrl+Enter sends, Enter alone never does, Esc closes and keeps what was typed.

    Every field made by `add_field` is a draft: it is kept while it is typed and is back when the form opens again.
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
        self._anew = Button(tr("Start anew"), "link", "small")
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
        room.setFixedHeight(_EFFECT_LINES * self.effect.fontMetrics().lineSpacing())  # whatever is typed, no form grows
        self.message = Label("", "small", wrap=True)
        self.message.setMinimumHeight(
            2 * self.message.fontMetrics().lineSpacing()
        )  # a sentence that comes moves nothing
        self.send_button = Button(send_words(send), "main")
        self.send_button.setAccessibleName(send)
        self.send_button.setAutoDefault(False)
        self.send_button.clicked.connect(self._send)
        cancel = Button(tr("Close   {}").format("Esc"), "plain")
        cancel.setAccessibleName(tr("Close; what was typed stays"))
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
        """Return a new row's field, with the draft of its place."""
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
        """Say that what stands here was typed before; it can be thrown away."""
        self._back.set_words(tr("What you typed before is back; it was not sent."))
        self._back_row.show()

    @property
    def draft_keys(self) -> list[str]:
        """Where the drafts of this form are kept."""
        return list(self._indexes)

    def has_draft(self, field: QLineEdit) -> bool:
        """Return whether a field holds what the user typed rather than what it started from."""
        return any(found is field and self._drafts.text(draft_key) for draft_key, found in self._indexes.items())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_send(event):
            self._send()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._say(tr("{}.").format(self.send_button.text().replace("   ", ": ")), "info")
        else:
            super().keyPressEvent(event)

    def doing(self) -> Coroutine[Any, Any, Any]:
        """Return what sends the form as it is filled now."""
        raise TypeError(f"{type(self).__name__} does not say what it does")

    def show_effect(self) -> None:
        """Say what sending would do now; called whenever something is typed."""

    def fill(self) -> None:
        """Put what the form starts from into the fields that hold nothing typed."""

    def forget_drafts(self) -> None:
        """What was typed is kept elsewhere now, or not wanted any more."""
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
        # What is sent is taken from the fields now: the form may be closed before its turn comes.
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
