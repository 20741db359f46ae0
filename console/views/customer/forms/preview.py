"""The preview of an action: for each system the values now and after, and whether the change can be undone."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from console.services.actions.declared import Effect, Undo
from console.services.actions.routing import SystemEffects
from console.views.message_words import in_words, shown
from console.views.texts import tr
from console.views.widgets.labels import Label
from console.views.widgets.live_page import PlainScroll

# The first and third columns have the longest values; the last one has whole sentences.
_STRETCH = (4, 3, 4, 4)


class PreviewTable(PlainScroll):
    """The effects of a plan, grouped by system. A system without effects has one line that says so.

    Texts wrap and are never cut, because the user is responsible for what will change. The table takes the focus, so
    that keys scroll it.
    """

    def __init__(self) -> None:
        self._inner = QWidget()
        super().__init__(self._inner)
        self.setAccessibleName(tr("What will change"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._grid = QGridLayout(self._inner)
        self._grid.setContentsMargins(10, 4, 10, 8)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(5)
        for column, stretch in enumerate(_STRETCH):
            self._grid.setColumnStretch(column, stretch)
        self._shown: tuple[SystemEffects, ...] | None = None

    def show_effects(self, systems: Sequence[SystemEffects]) -> None:
        """Show the effects in each system; clear the table without any."""
        if tuple(systems) == self._shown:
            return
        self._shown = tuple(systems)
        self._clear()
        if not systems:
            return
        titles = (tr("What"), tr("Now"), tr("After"), tr("Can it be undone?"))
        self._add_row([Label(title, "small", look="muted") for title in titles], " ")
        for system in systems:
            label, effects = system.label, system.effects
            by_order = any(effect.record[0] == "product order" for effect in effects)
            changed = "" if effects else tr("no change")
            message = tr("when the order is completed") if by_order else changed
            self._add_row([Label(label, semibold=True), Label(""), Label(message, look="secondary", wrap=True)], label)
            for effect in effects:
                self._add_effect(label, effect)
        self._grid.setRowStretch(self._grid.rowCount(), 1)

    def texts(self) -> list[str]:
        """Return all visible texts, in reading order."""
        return [label.text() for label in self._inner.findChildren(Label) if label.text() and label.isVisibleTo(self)]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.ignore()  # the form handles Enter
        else:
            super().keyPressEvent(event)

    def _add_effect(self, label: str, effect: Effect) -> None:
        after = Label(shown(effect.after), semibold=True, wrap=True)
        undo = Label(in_words(effect.undo), wrap=True)
        if effect.undo and effect.undone is Undo.HERE:
            undo.set_look("mark", "ok")
        elif effect.undone is Undo.NEVER:
            undo.set_look("mark", "danger")
        what = in_words(effect.what)
        cells = [Label(what, wrap=True), Label(shown(effect.now), wrap=True), after, undo]
        cells[0].setContentsMargins(10, 0, 0, 0)
        self._add_row(cells, f"{label}, {what}")

    def _add_row(self, cells: list[Label], name: str) -> None:
        row = self._grid.rowCount()
        for column, cell in enumerate(cells):
            cell.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            cell.setAccessibleName(f"{name}: {cell.text()}" if column else cell.text())
            self._grid.addWidget(cell, row, column)

    def _clear(self) -> None:
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
