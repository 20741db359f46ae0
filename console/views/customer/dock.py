"""The note of a call: typed at the right of the customer, kept while it is typed, and added to their contacts."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from console.bridge import Bridge
from console.errors import ConsoleError
from console.models.customer import CustomerId
from console.services.actions.notes import LONGEST_NOTE
from console.services.console import Console
from console.views import texts
from console.views.keys.send import is_send
from console.views.message_words import in_words
from console.views.outbox.words import action_state
from console.views.texts import tr
from console.views.widgets.action_dialog import send_words, shortened
from console.views.widgets.labels import Button, CloseButton, Label, Surface
from console.views.widgets.limited_text import LimitedText

WIDTH = 320
_REASONS = ("Question about a bill", "Question about a service", "Fault", "Order", "Complaint", "Other")
_SHOWN = 3
# Logical pixels a page needs beside the note; on a narrower one the note lies over it.
_LEAST_BESIDE = 760


class _NoteEdit(LimitedText):
    """Takes Ctrl+Enter for sending and Esc for closing; plain text alone, whatever is pasted."""

    sent = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_send(event):
            self.sent.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class NoteDock(Surface):
    """Lies over the right of the page. Esc closes it; the text stays, here and over any end of the program."""

    closed = Signal()

    def __init__(self, console: Console, bridge: Bridge, customer_id: CustomerId, parent: QWidget) -> None:
        super().__init__("card", "l")
        self.setParent(parent)
        self.setAccessibleName(tr("Note"))
        self._console, self._bridge, self._customer_id = console, bridge, customer_id
        self._sending = False
        title = Label(tr("Note"), "body", semibold=True)
        self.kept = Label("", "small", look="muted")
        close = CloseButton()
        close.setAccessibleName(tr("Close the note; the text stays"))
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch()
        head.addWidget(self.kept)
        head.addWidget(close)
        self.reason = QComboBox()
        self.reason.setAccessibleName(tr("Reason of the contact"))
        self.reason.setPlaceholderText(tr("Reason: none chosen"))
        for reason in _REASONS:
            self.reason.addItem(tr(reason), reason)
        self.reason.setCurrentIndex(self.reason.findData(console.drafts.text(self._reason_key)))
        self.reason.currentIndexChanged.connect(lambda _index: self._on_reason())
        self.text = _NoteEdit(LONGEST_NOTE)
        self.text.setObjectName("note")
        self.text.setAccessibleName(tr("What was said"))
        self.text.setPlaceholderText(tr("What was said. It is kept while you type."))
        self.text.setTabChangesFocus(True)
        self.text.setPlainText(console.drafts.text(self._draft_key))
        self.text.moveCursor(QTextCursor.MoveOperation.End)
        self.text.textChanged.connect(self._on_typed)
        self.text.sent.connect(self.send)
        self.text.left.connect(self.closed)
        self.send_button = Button(send_words(tr("Add note")), "main")
        self.send_button.setAccessibleName(tr("Add note"))
        self.send_button.clicked.connect(self.send)
        self.message = Label("", "small", wrap=True)
        self._actions = Label("", "small", look="secondary", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.reason)
        column.addWidget(self.text, 1)
        column.addWidget(self.message)
        column.addWidget(self.send_button)
        column.addWidget(self._actions)
        self._unsubscribe = [
            console.drafts.subscribe(self._show_kept, customer_id),
            console.outbox.subscribe(
                lambda action: self._show_actions() if action.customer_id == customer_id else None
            ),
        ]
        self._show_kept()
        self._show_actions()

    @property
    def _draft_key(self) -> str:
        return f"note/{self._customer_id}"

    @property
    def _reason_key(self) -> str:
        return f"note/{self._customer_id}/reason"

    def _on_reason(self) -> None:
        self._console.drafts.type(self._reason_key, self.reason.currentData() or "")

    def close_dock(self) -> None:
        """Stop listening."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def reposition(self, room: QWidget, head: int) -> int:
        """Lie at the right of the page; return the width left of it, all of it where there is no room beside.

        Where there is none it lies over the page, but not over its head, which is so many pixels high.
        """
        width = min(WIDTH, room.width())
        beside = room.width() - width
        top = 0 if beside >= _LEAST_BESIDE else head
        self.setGeometry(beside, top, width, room.height() - top)
        return beside if beside >= _LEAST_BESIDE else room.width()

    def send(self) -> None:
        """Keep the note in the outbox; only then the field is emptied."""
        if self._sending:
            return
        self._sending = True
        self.message.set_words("")
        text, reason = self.text.toPlainText(), self.reason.currentText() or "Note"
        self._bridge.run_command(self, self._keep(text, reason), lambda _action: self._on_added(text), self._on_failed)

    async def _keep(self, text: str, reason: str) -> None:
        await self._console.drafts.keep_now()  # else the last letters would become a draft again behind the note
        typed_in = (self._draft_key, self._reason_key)
        await self._console.actions.add_note(self._customer_id, text, reason=reason, typed_in=typed_in)

    def _on_added(self, sent: str) -> None:
        """Empty the field, but for what was typed since the note was sent: that is the next one."""
        self._sending = False
        typed = self.text.toPlainText()
        self.text.setPlainText(typed.removeprefix(sent).lstrip("\n") if typed.startswith(sent) else typed)
        self.text.moveCursor(QTextCursor.MoveOperation.End)
        self.reason.setCurrentIndex(-1)

    def _on_failed(self, error: ConsoleError) -> None:
        self._sending = False
        self.message.set_look("mark", "danger")
        self.message.set_words(in_words(error.message))

    def _on_typed(self) -> None:
        self._console.drafts.type(self._draft_key, self.text.toPlainText())
        self.message.set_words("")

    def _show_kept(self) -> None:
        drafts = self._console.drafts
        if drafts.failure is not None:
            self.kept.set_look("mark", "danger")
            self.kept.set_words(tr("not kept"))
            self.message.set_words(drafts.failure)
        elif not drafts.text(self._draft_key):
            self.kept.set_words("")
        elif not drafts.is_kept:
            self.kept.set_look("mark", "info")
            self.kept.set_words(tr("keeping…"))
        elif not self._console.is_kept:
            self.kept.set_look("mark", "attention")
            self.kept.set_words(tr("in memory alone"))
        else:
            self.kept.set_look("mark", "ok")
            self.kept.set_words(kept_words(drafts.kept_at))

    def _show_actions(self) -> None:
        actions = list(self._console.outbox.of_customer(self._customer_id))[-_SHOWN:]
        self._actions.set_words(
            "\n".join(
                f"{shortened(self._console.title_of(action))} — {action_state(action)[1]}"
                for action in reversed(actions)
            )
        )


def kept_words(at: datetime | None) -> str:
    """Return when something was last kept."""
    return tr("kept {}").format(texts.clock(at, seconds=True)) if at is not None else tr("kept")
