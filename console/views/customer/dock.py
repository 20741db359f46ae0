"""The note of a call: written beside the customer page, saved as a draft while typing, and sent as a contact."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from console.bridge import Bridge
from console.errors import ConsoleError
from console.messages import QT_TR_NOOP
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
_REASONS = (
    QT_TR_NOOP("Question about a bill"),
    QT_TR_NOOP("Question about a service"),
    QT_TR_NOOP("Fault"),
    QT_TR_NOOP("Order"),
    QT_TR_NOOP("Complaint"),
    QT_TR_NOOP("Other"),
)
_SHOWN = 3
# Least width of the page beside the note, in logical pixels. With less, the note covers part of the page.
_LEAST_BESIDE = 760


class _NoteEdit(LimitedText):
    """The text field of the note: Ctrl+Enter sends, Esc closes. Pasted text becomes plain text."""

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
    """The note at the right of the page. Esc closes it. The draft stays, also after a crash or restart."""

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
        close.setAccessibleName(tr("Close the note. The text is saved."))
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch()
        head.addWidget(self.kept)
        head.addWidget(close)
        self.reason = QComboBox()
        self.reason.setAccessibleName(tr("Reason for contact"))
        self.reason.setPlaceholderText(tr("Reason: not chosen"))
        for reason in _REASONS:
            self.reason.addItem(tr(reason), reason)
        self.reason.setCurrentIndex(self.reason.findData(console.drafts.text(self._reason_key)))
        self.reason.currentIndexChanged.connect(lambda _index: self._on_reason())
        self.text = _NoteEdit(LONGEST_NOTE)
        self.text.setObjectName("note")
        self.text.setAccessibleName(tr("Note text"))
        self.text.setPlaceholderText(tr("Write what was discussed."))
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
        """Unsubscribe from drafts and outbox."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def reposition(self, room: QWidget, head: int) -> int:
        """Place the note at the right of the page and return the width for the page, in logical pixels.

        If the page is too narrow, the note covers part of it, below the customer head of height `head`. The page then
        has its full width.
        """
        width = min(WIDTH, room.width())
        beside = room.width() - width
        top = 0 if beside >= _LEAST_BESIDE else head
        self.setGeometry(beside, top, width, room.height() - top)
        return beside if beside >= _LEAST_BESIDE else room.width()

    def send(self) -> None:
        """Save the note in the outbox, then clear the field. A second call while saving does nothing."""
        if self._sending:
            return
        self._sending = True
        self.message.set_words("")
        text, reason = self.text.toPlainText(), self.reason.currentText() or "Note"
        self._bridge.run_command(self, self._keep(text, reason), lambda _action: self._on_added(text), self._on_failed)

    async def _keep(self, text: str, reason: str) -> None:
        await self._console.drafts.save_now()  # otherwise a late save restores the last letters as a draft
        typed_in = (self._draft_key, self._reason_key)
        await self._console.actions.add_note(self._customer_id, text, reason=reason, typed_in=typed_in)

    def _on_added(self, sent: str) -> None:
        """Clear the field. Text typed since the note was sent stays as the next note."""
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
            self.kept.set_words(tr("not saved"))
            self.message.set_words(drafts.failure)
        elif not drafts.text(self._draft_key):
            self.kept.set_words("")
        elif not drafts.is_saved:
            self.kept.set_look("mark", "info")
            self.kept.set_words(tr("keeping…"))
        elif not self._console.is_saved:
            self.kept.set_look("mark", "attention")
            self.kept.set_words(tr("in memory only"))
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
    """Return the text for the time of the last save."""
    return tr("saved {}").format(texts.clock(at, seconds=True)) if at is not None else tr("kept")
