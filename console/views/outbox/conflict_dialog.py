"""Ends a conflict: for each value what it was, what the user wants, and what the system holds by now."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from console.models.outbox import Act, RiskClass, Step
from console.views.keys.send import is_send
from console.views.outbox.words import VALUE_NAMES
from console.views.texts import tr
from console.views.widgets.labels import Button, Label


class _Line:
    """One value in conflict: mine, theirs, or something typed."""

    def __init__(self, name: str, step: Step, grid: QGridLayout, row: int) -> None:
        self.name = name
        word = tr(VALUE_NAMES.get(name, name))
        mine, theirs = step.wanted.get(name, ""), step.theirs[name]
        self.group = QButtonGroup(grid)
        self.mine = QRadioButton(f"1  {mine or tr('(nothing)')}")
        self.theirs = QRadioButton(f"2  {theirs or tr('(nothing)')}")
        self.other = QLineEdit()
        self.other.setPlaceholderText(tr("4  or type it"))
        self.mine.setAccessibleName(tr("{}, yours: {}").format(word, mine))
        self.theirs.setAccessibleName(tr("{}, theirs: {}").format(word, theirs))
        self.other.setAccessibleName(tr("{}, another value").format(word))
        self._values = (mine, theirs)
        for place, button in enumerate((self.mine, self.theirs)):
            self.group.addButton(button, place)
        self.theirs.setChecked(True)
        was = step.base.get(name, "")
        self.other.setMinimumWidth(150)
        grid.setRowMinimumHeight(row, 32)  # else the wrapped sentence above takes the room, and values are cut
        for column, widget in enumerate(
            (
                Label(word, look="muted"),
                Label(was or tr("(nothing)"), look="secondary"),
                self.mine,
                self.theirs,
                self.other,
            )
        ):
            grid.addWidget(widget, row, column)

    @property
    def chosen(self) -> str:
        return self.other.text().strip() or self._values[max(0, self.group.checkedId())]


class ConflictDialog(QDialog):
    """Emits `decided` with the chosen values. 1 and 2 choose mine and theirs, Ctrl+Enter sends, Esc leaves it."""

    decided = Signal(dict)

    def __init__(self, act: Act, step: Step, system: str, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Changed by both"))
        self.setMinimumWidth(900)
        told = tr("{} was changed at {} while your change was under way. What shall it be?").format(act.title, system)
        if act.risk is RiskClass.MONEY:
            told = tr(
                "What this was decided on has changed at {}. Sending it now means that you have looked again."
            ).format(system)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        for column, head in enumerate((tr("Value"), tr("Was"), tr("Yours"), tr("Theirs"), "")):
            grid.addWidget(Label(head, "small", look="muted"), 0, column)
        money = act.risk is RiskClass.MONEY
        self.lines = [] if money else [_Line(name, step, grid, row) for row, name in enumerate(step.theirs, 1)]
        if money:
            for row, (name, held) in enumerate(step.theirs.items(), 1):
                for column, text in enumerate((tr(VALUE_NAMES.get(name, name)), step.base.get(name, ""), "", held)):
                    grid.addWidget(Label(text), row, column)
        self.send = Button(tr("Send it now") if money else tr("Send what is chosen"), "main")
        self.send.setToolTip(QKeySequence("Ctrl+Return").toString(QKeySequence.SequenceFormat.NativeText))
        self.send.clicked.connect(self._decide)
        self.send.setAutoDefault(False)
        later = Button(tr("Decide later"), "plain")
        later.setAutoDefault(False)
        later.clicked.connect(self.reject)
        row_of_buttons = QHBoxLayout()
        row_of_buttons.addStretch()
        row_of_buttons.addWidget(later)
        row_of_buttons.addWidget(self.send)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(Label(told, wrap=True))
        layout.addLayout(grid)
        layout.addLayout(row_of_buttons)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_send(event):
            self._decide()
            return
        keys = {Qt.Key.Key_1: "mine", Qt.Key.Key_2: "theirs"}
        if event.key() in keys and event.modifiers() == Qt.KeyboardModifier.NoModifier and self.lines:
            focused = self.focusWidget()
            line = next((line for line in self.lines if focused in {line.mine, line.theirs}), self.lines[0])
            getattr(line, keys[Qt.Key(event.key())]).setChecked(True)
            return
        super().keyPressEvent(event)

    def _decide(self) -> None:
        chosen: Mapping[str, str] = {line.name: line.chosen for line in self.lines}
        self.decided.emit(dict(chosen))
        self.accept()
