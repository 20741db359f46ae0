"""A text field with a limit for typed, pasted and dropped text. The layout of a megabyte would freeze the window."""

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit


class LimitedText(QPlainTextEdit):
    """A plain text field. `was_cut` is emitted with the limit, in characters, when text did not fit.

    Text set by the program is never cut, such as a longer draft from an earlier version.
    """

    was_cut = Signal(int)

    def __init__(self, longest: int, text: str = "") -> None:
        super().__init__(text)
        self._longest = longest

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Insert the part of pasted or dropped text that fits."""
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
        """Return how many characters fit. Selected text counts as free, because it is replaced."""
        cursor = self.textCursor()
        selected = cursor.selectionEnd() - cursor.selectionStart()
        return max(0, self._longest - (self.document().characterCount() - 1) + selected)
