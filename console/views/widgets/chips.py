"""A row of chips of which one is chosen, such as a list's filter."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QWidget

from console.views.texts import tr
from console.views.theme import THEME, font
from console.views.widgets.labels import paint_frame


class _Chip(QAbstractButton):
    """One choice. The chosen one has a frame in the accent colour."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setFont(font("small"))
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 14, max(22, metrics.height() + 6))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            chosen = self.isChecked()
            unchosen = "hover" if self.underMouse() else "cardAlt"
            edge = "accent" if chosen else "border"
            fill = THEME.colour("accentSoft" if chosen else unchosen)
            line = THEME.colour("focusRing" if self.hasFocus() else edge)
            paint_frame(painter, self.rect(), fill, line, width=2 if self.hasFocus() else 1)
            painter.setPen(THEME.colour("onAccentSoft" if chosen else "text"))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())


class FilterChips(QWidget):
    """The row of chips. It emits `chosen` with the name of the chosen chip. The first chip is chosen at the start."""

    chosen = Signal(str)

    def __init__(self, name: str, choices: Sequence[str]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._chips = {choice: _Chip(tr(choice)) for choice in choices}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for choice, chip in self._chips.items():
            self._group.addButton(chip)
            layout.addWidget(chip)
            chip.clicked.connect(lambda _checked=False, wanted=choice: self.chosen.emit(wanted))
        layout.addStretch()
        self._chips[choices[0]].setChecked(True)

    def choose(self, choice: str) -> None:
        """Choose a chip, as a click does."""
        self._chips[choice].setChecked(True)
        self.chosen.emit(choice)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the previous or next chip on Left and Right."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        names = list(self._chips)
        now = next(i for i, name in enumerate(names) if self._chips[name].isChecked())
        wanted = names[(now + step) % len(names)]
        self._chips[wanted].setFocus()
        self.choose(wanted)
