"""A text field that takes so many characters and no more, however they come: laying out a megabyte stops the window."""

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit


class LimitedText(QPlainTextEdit):
    """Plain text alone. `was_cut` is emitted with the limit when something did not fit.

    What a program puts into it by itself, such as a longer draft of an earlier version, stays whole.
    """

    was_cut = Signal(int)

    def __init__(self, longest: int, text: str = "") -> None:
        super().__init__(text)
        self._longest = longest

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Take what fits of what is pasted or dropped."""
        if not source.hasText():
            return
        text, room = source.text(), self._room()
        self.insertPlainText(text[:room])
        self.ensureCursorVisible()
        if len(text) > room:
            self.was_cut.emit(self._longest)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isprintable() and event.text() and self._room() < len(event.text()):
            self.was_cut.emit(self._longest)
            return
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        if len(event.commitString()) > self._room():
            event.setCommitString(event.commitString()[: self._room()])
            self.was_cut.emit(self._longest)
        super().inputMethodEvent(event)

    def _room(self) -> int:
        """Return how many characters fit; what is selected makes room."""
        cursor = self.textCursor()
        selected = cursor.selectionEnd() - cursor.selectionStart()
        return max(0, self._longest - (self.document().characterCount() - 1) + selected)
