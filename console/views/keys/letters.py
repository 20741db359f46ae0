"""The overlay with the letters that can follow a key such as Ctrl+J. It is visible until a key is pressed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from console.services.access.permissions import Permission
from console.views.keys.positions import letter_of
from console.views.texts import tr
from console.views.theme import THEME, font
from console.views.widgets.labels import Label, paint_frame

_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, its text and its function. `permission` is the permission that the role needs, if any."""

    letter: str
    text: str
    do: Callable[[], object]
    permission: Permission | None = None


class KeyCap(Label):
    """A letter in a small frame, as on a key."""

    def __init__(self, letter: str) -> None:
        super().__init__(letter, "small")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumWidth(22)
        self.setMinimumHeight(20)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_frame(painter, self.rect(), THEME.colour("card"), THEME.colour("borderStrong"))
            painter.setFont(font("small", semibold=True))
            painter.setPen(THEME.colour("text"))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())


class LetterOverlay(QWidget):
    """The overlay at the bottom of the window. It accepts one letter; any other key, a click or Esc closes it.

    The focus returns to where it was before the letter's function runs, so that the function can move it. `missed` is
    emitted with a sentence for a letter that does nothing.
    """

    missed = Signal(str)

    def __init__(self, window: QWidget, letters: Sequence[Letter]) -> None:
        super().__init__(window)
        self._letters: dict[str, Letter] = {}
        self._withheld: dict[str, Letter] = {}
        self._window = window
        self._before: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Go to: press a letter"))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(14, 10, 14, 10)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(4)
        self.take(letters)
        self.hide()

    def take(self, letters: Sequence[Letter], withheld: Sequence[Letter] = ()) -> None:
        """Set the letters to show. A `withheld` letter is not shown; pressing it emits `missed` with the reason."""
        self._letters = {item.letter: item for item in letters}
        self._withheld = {item.letter: item for item in withheld}
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
        rows = max(1, -(-len(letters) // _COLUMNS))
        for i, letter in enumerate(letters):
            column, row = divmod(i, rows)
            self._grid.addWidget(KeyCap(letter.letter), row, column * 2)
            self._grid.addWidget(Label(letter.text, "small"), row, column * 2 + 1)
        self.setAccessibleDescription(", ".join(f"{letter.letter} {letter.text}" for letter in letters))

    def open(self) -> None:
        """Show the letters and wait for one."""
        self._before = QApplication.focusWidget()
        self.adjustSize()
        self.reposition()
        self.show()
        self.raise_()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta}:
            return
        pressed = letter_of(event)
        found = self._letters.get(pressed)
        self._leave()
        if event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            return
        if found is not None:
            found.do()
        elif withheld := self._withheld.get(pressed):
            self.missed.emit(tr("{}: your role can't do that.").format(withheld.text))
        elif typed := (pressed or event.text().strip().upper()):
            self.missed.emit(tr("No action has the letter {}.").format(typed))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_frame(painter, self.rect(), THEME.colour("raised"), THEME.colour("borderStrong"))

    def _leave(self) -> None:
        before, self._before = self._before, None
        self.hide()
        if before is not None and before.isVisible():
            before.setFocus()

    def reposition(self) -> None:
        """Move the overlay to its place. Called when the window changes its size."""
        room = self._window.rect()
        size = self.size()
        self.setGeometry(QRect(room.center().x() - size.width() // 2, room.bottom() - size.height() - 40,
                               size.width(), size.height()))  # fmt: skip
