"""The letters that may follow a key such as Ctrl+J, shown until one is pressed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from console.views.texts import tr
from console.views.theme import THEME, font
from console.views.widgets.labels import Label, paint_frame

_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, what it does in words, and how."""

    letter: str
    text: str
    do: Callable[[], object]


class KeyCap(Label):
    """A letter in a small frame, as on a key."""

    def __init__(self, letter: str) -> None:
        super().__init__(letter, "small")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumWidth(22)
        self.setMinimumHeight(20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_frame(painter, self.rect(), THEME.colour("card"), THEME.colour("borderStrong"))
        painter.setFont(font("small", semibold=True))
        painter.setPen(THEME.colour("text"))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())


class LetterOverlay(QWidget):
    """Stands at the foot of the window, takes one letter and goes; any other key, a click or Esc lets it go.

    The focus comes back to where it was before anything is done, so that what is done can move it.
    """

    def __init__(self, window: QWidget, letters: Sequence[Letter]) -> None:
        super().__init__(window)
        self._letters = {item.letter: item for item in letters}
        self._window = window
        self._before: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Go to: press a letter"))
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 10, 14, 10)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        rows = -(-len(letters) // _COLUMNS)
        for i, item in enumerate(letters):
            column, row = divmod(i, rows)
            grid.addWidget(KeyCap(item.letter), row, column * 2)
            grid.addWidget(Label(item.text, "small"), row, column * 2 + 1)
        self.setAccessibleDescription(", ".join(f"{item.letter} {item.text}" for item in letters))
        self.hide()

    def open(self) -> None:
        """Show the letters and wait for one."""
        self._before = QApplication.focusWidget()
        self.adjustSize()
        self.place()
        self.show()
        self.raise_()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta}:
            return
        found = self._letters.get(event.text().upper()) or self._letters.get(chr(event.key() & 0xFF).upper())
        self._leave()
        if found is not None and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            found.do()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_frame(QPainter(self), self.rect(), THEME.colour("raised"), THEME.colour("borderStrong"))

    def _leave(self) -> None:
        before, self._before = self._before, None
        self.hide()
        if before is not None and before.isVisible():
            before.setFocus()

    def place(self) -> None:
        """Stand where it belongs; called when the window changes its size."""
        room = self._window.rect()
        size = self.size()
        self.setGeometry(QRect(room.center().x() - size.width() // 2, room.bottom() - size.height() - 40,
                               size.width(), size.height()))  # fmt: skip
