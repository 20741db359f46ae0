"""The guard that masks card numbers in every field of the program as they are typed or pasted."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from console.models.card_number import masked
from console.views.texts import tr
from console.views.window.main_window import MainWindow


class CardGuard(QObject):
    """The guard for the fields of a window and its dialogs. It checks each field from its first focus on."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._busy = False
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus)

    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        if not isinstance(now, QLineEdit | QPlainTextEdit) or now.property("cardGuard"):
            return
        if self._is_ours(now):
            now.setProperty("cardGuard", True)  # noqa: FBT003 - Qt's own
            now.textChanged.connect(lambda *_text: self._check(now))
            self._check(now)

    def _is_ours(self, widget: QWidget) -> bool:
        """Return whether a field belongs to the window or its dialogs.

        Qt's `isAncestorOf` does not look across dialogs, so the parents are checked one by one.
        """
        parent: QWidget | None = widget
        while parent is not None and parent is not self._window:
            parent = parent.parentWidget()
        return parent is not None

    def _check(self, field: QLineEdit | QPlainTextEdit) -> None:
        text = field.text() if isinstance(field, QLineEdit) else field.toPlainText()
        shown = masked(text)
        if self._busy or shown == text:
            return
        self._busy = True
        try:
            if isinstance(field, QLineEdit):
                field.setText(shown)
                field.textEdited.emit(shown)
            else:
                field.setPlainText(shown)  # this also clears the undo history, so the number can't be restored
                field.moveCursor(QTextCursor.MoveOperation.End)
        finally:
            self._busy = False
        self._window.status.say(
            tr("That was a card number. It was masked, because card numbers are never saved or sent.")
        )
