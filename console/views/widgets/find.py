"""The find bar above a list. It moves the cursor to the next row with the typed words."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLineEdit, QWidget

from console.views.texts import tr
from console.views.theme import font
from console.views.widgets.labels import Label
from console.views.widgets.rows import FactList, FactTable

# Rows to search per turn of the event loop. A search creates the rows, so more would make the window slow.
_ROWS_A_TURN = 300


class FindBar(QWidget):
    """Typing finds from the cursor on. Enter finds the next row, Shift+Enter the previous one, Esc closes the bar."""

    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Find in this panel"))
        self.field.setAccessibleName(tr("Find in this panel"))
        self.field.setFont(font("table"))
        self.field.setMaxLength(200)
        self._message = Label("", "small", look="muted")
        self._view: FactList | FactTable | None = None
        self._from = 0
        self._left = 0
        self._step = 1
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._look)
        self.field.textEdited.connect(lambda _text: self._start(0, 1))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 3, 8, 3)
        layout.addWidget(self.field, 1)
        layout.addWidget(self._message)
        self.hide()

    def open(self, view: FactList | FactTable) -> None:
        """Show the bar for a list or table, and move the focus to its field."""
        self._view = view
        self._message.set_words("")
        self.show()
        self.field.setFocus()
        self.field.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._turn.stop()
            self.hide()
            if self._view is not None:
                self._view.setFocus()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._start(-1 if back else 1, -1 if back else 1)
        else:
            super().keyPressEvent(event)

    def _start(self, offset: int, step: int) -> None:
        if self._view is None:
            return
        count = self._view.rows_model.rowCount()
        current = max(0, self._view.currentIndex().row())
        self._from, self._step, self._left = current + offset, step, count
        self._look()

    def _look(self) -> None:
        wanted = " ".join(self.field.text().casefold().split())
        if self._view is None or not wanted:
            self._message.set_words("")
            return
        model = self._view.rows_model
        for _ in range(min(_ROWS_A_TURN, self._left)):
            index = self._from % model.rowCount()
            words = " ".join(cell.fact.text for cell in model.row(index).cells).casefold()
            if wanted in words:
                self._view.setCurrentIndex(model.index(index, 0))
                self._view.scrollTo(model.index(index, 0), QAbstractItemView.ScrollHint.PositionAtCenter)
                self._message.set_words(tr("row {}").format(index + 1))
                return
            self._from += self._step
            self._left -= 1
        if self._left > 0:
            self._turn.start(0)
        else:
            self._message.set_words(tr("not found"))
