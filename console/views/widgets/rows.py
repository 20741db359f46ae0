"""The list and the table that show rows of facts. Every value in them can be copied and can show its origin."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QFontMetrics, QKeyEvent, QKeySequence, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QListView, QTableView, QWidget

from console.views.theme import font
from console.views.widgets.delegates import COMPACT, CellDelegate, Header, LineDelegate
from console.views.widgets.fact import OriginMenu, ShownFact, copy_text, show_origin_of
from console.views.widgets.row_model import CELL_ROLE, ROW_ROLE, Cell, Row, RowModel

_MOST_COPIED = 5000
_WHOLE_ROW = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
# Keys that go to the last row (True) or the first.
_FAR = {Qt.Key.Key_Home: False, Qt.Key.Key_Up: False, Qt.Key.Key_End: True, Qt.Key.Key_Down: True}
# Distance to the end, in heights of the view, at which more of a long list is loaded.
_NEAR_END = 1.5


def record_facts(row: Row) -> tuple[ShownFact, ...]:
    """Return all values of a row's record, including those that the row does not show."""
    return tuple(cell.fact for cell in (*row.cells, *row.details()) if cell.fact.text)


class _FactView:
    """The shared part of lists and tables: the fact under the cursor, copy, origin, menu, signals of the cursor."""

    copies_whole_line = False
    _start_key = ""

    def start_at(self: Any, key: str) -> None:
        """Move the cursor to the row of a key, now or when the row is loaded. An empty key cancels that."""
        self._start_key = key
        self._go_to_start()

    def _go_to_start(self: Any) -> None:
        index = self.rows_model.row_of(self._start_key) if self._start_key else None
        if index is not None:
            self._start_key = ""
            self.setCurrentIndex(self.rows_model.index(index, 0))

    def watch_end(self: Any) -> None:
        """Emit `near_end` whenever the user scrolls close to the end of the list (`_NEAR_END`)."""
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._on_scroll())

    def _on_scroll(self: Any) -> None:
        bar = self.verticalScrollBar()
        if self.isVisible() and bar.maximum() > 0 and bar.maximum() - bar.value() < _NEAR_END * self.height():
            self.near_end.emit()

    def focused_fact(self: Any) -> ShownFact | None:
        cell = self.currentIndex().data(CELL_ROLE)
        return cell.fact if isinstance(cell, Cell) else None

    def focused_record(self: Any) -> tuple[ShownFact, ...]:
        """Return all values of the record under the cursor."""
        row = self.currentIndex().data(ROW_ROLE)
        return record_facts(row) if isinstance(row, Row) else ()

    def copy_current(self: Any) -> None:
        """Copy the selected rows, values separated by tabs, at most 5000 rows.

        With one row, copy the current value, or in a list the whole line.
        """
        chosen = sorted({index.row() for index in self.selectedIndexes()})
        fact = self.focused_fact()
        rows = [self.rows_model.row(row) for row in chosen[:_MOST_COPIED]]
        if len(rows) > 1:
            copy_text("\n".join("\t".join(cell.fact.text for cell in row.cells) for row in rows))
        elif self.copies_whole_line and rows:
            copy_text(" · ".join(cell.fact.text for cell in rows[0].cells[:3] if cell.fact.text))
        elif fact is not None:
            copy_text(fact.text)

    def keyPressEvent(self: Any, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_current()
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() in _FAR:
            # Qt would move the cursor but not the selection: the marked row would not be the current row.
            last = self.rows_model.rowCount() - 1
            if last >= 0:
                row = last if _FAR[Qt.Key(event.key())] else 0
                index = self.rows_model.index(row, max(0, self.currentIndex().column()))
                self.selectionModel().setCurrentIndex(index, _WHOLE_ROW)
                self.scrollTo(index)
        else:
            super().keyPressEvent(event)  # type: ignore[misc] # the view it is mixed into has it

    def focusInEvent(self: Any, event: QFocusEvent) -> None:
        """Select the cursor's row when the list gets the focus. Qt sets only the cursor."""
        super().focusInEvent(event)  # type: ignore[misc] # the view it is mixed into has it
        if self.rows_model.rowCount() and not self.selectionModel().hasSelection():
            self.setCurrentIndex(self.rows_model.index(max(0, self.currentIndex().row()), 0))
            self.selectionModel().select(self.currentIndex(), _WHOLE_ROW)

    def top_key(self: Any) -> str | None:
        """Return the key of the first visible row. Return None at the top of the list: no scroll is needed then."""
        if self.verticalScrollBar().value() == 0:
            return None
        index = self.indexAt(QPoint(1, 1))
        row = index.data(ROW_ROLE) if index.isValid() else None
        return row.key if isinstance(row, Row) else None

    def stay_at(self: Any, key: str | None) -> None:
        """Scroll a row to the top of the view, if it still exists."""
        index = self.rows_model.row_of(key)
        if index:
            self.scrollTo(self.rows_model.index(index, 0), QAbstractItemView.ScrollHint.PositionAtTop)

    def show_row(self: Any, row: Row) -> None:
        """Show all values of a row in full, with their origin."""
        facts = record_facts(row)
        if facts:
            show_origin_of(self, facts[0], facts)

    def contextMenuEvent(self: Any, event: QContextMenuEvent) -> None:
        fact = self.focused_fact()
        if fact is not None:
            OriginMenu(self, fact, lambda shown: show_origin_of(self, shown, self.focused_record())).popup(
                event.globalPos()
            )

    def _moved(self: Any) -> None:
        row = self.currentIndex().data(ROW_ROLE)
        if isinstance(row, Row):
            self.chosen.emit(row)
        self.focus_moved.emit()


class FactTable(_FactView, QTableView):
    """A table of facts with a fixed row height. `chosen` is emitted with the row under the cursor.

    It never scrolls sideways. In a narrow table the `optional` columns are hidden, in the given order.
    """

    chosen = Signal(object)
    opened = Signal(object)
    focus_moved = Signal()
    near_end = Signal()

    def __init__(
        self, name: str, columns: Sequence[str], stretch: int, optional: Sequence[int] = (), least: int = 84
    ) -> None:
        """Create an empty table. Optional columns show only if the stretched column has at least `least` pixels."""
        super().__init__()
        self._stretch, self._optional, self._least = stretch, tuple(optional), least
        self._widths: dict[int, int] = {}
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setObjectName(name)
        self.setAccessibleName(name)
        self.rows_model = RowModel(columns, self)
        self.setModel(self.rows_model)
        self.setItemDelegate(CellDelegate(self))
        self.setFont(font("table"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(COMPACT)
        header = Header(Qt.Orientation.Horizontal, self)
        self.setHorizontalHeader(header)
        header.setHighlightSections(False)
        header.setFont(font("small"))
        header.setMinimumSectionSize(30)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Button)
        self.selectionModel().currentChanged.connect(lambda _new, _old: self._moved())
        self.activated.connect(lambda index: self.opened.emit(index.data(ROW_ROLE)))
        self.watch_end()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show rows. The cursor stays on its row."""
        new = tuple(rows)
        self.show_entries([row.key for row in new], new.__getitem__)

    def show_entries(self, keys: Sequence[str], make: Callable[[int], Row]) -> None:
        """Show the records of these keys, each row made when it comes into sight; the cursor stays on its row."""
        key, top = self._current_key(), self.top_key()
        kept = self.rows_model.set_entries(keys, make)
        if keys or not self._widths:  # an empty table's titles must be readable too
            self._fit_columns()
        index = self.rows_model.row_of(key)
        if index is not None and self.currentIndex().row() != index:
            self.setCurrentIndex(self.rows_model.index(index, 0))
        if not kept:
            self.stay_at(top)
        self._go_to_start()

    def _fit_columns(self) -> None:
        """Make columns wide enough for the first 40 rows. Qt's own resizing would read all rows."""
        metrics = QFontMetrics(font("table", semibold=True))
        for column in range(self.rows_model.columnCount()):
            first = range(min(40, self.rows_model.rowCount()))
            rows = [self.rows_model.row(index) for index in first]
            cells = [row.cells[column] for row in rows if column < len(row.cells)]
            widest = max(
                (metrics.horizontalAdvance(cell.fact.text) + (24 if cell.state else 0) for cell in cells), default=0
            )
            title = metrics.horizontalAdvance(str(self.rows_model.headerData(column, Qt.Orientation.Horizontal) or ""))
            bar = 60 if any(cell.bar is not None for cell in cells) else 0
            self._widths[column] = min(260, max(widest, title, bar)) + 18
            if self.columnWidth(column) != self._widths[column]:
                self.setColumnWidth(column, self._widths[column])
        self._hide_what_does_not_fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hide_what_does_not_fit()

    def _hide_what_does_not_fit(self) -> None:
        # The stretched column gets the remaining width. Its text may end in an ellipsis; a number must not.
        needed = sum(
            min(width, self._least) if column == self._stretch else width for column, width in self._widths.items()
        )
        hidden: set[int] = set()
        for column in self._optional:
            if needed <= self.viewport().width():
                break
            hidden.add(column)
            needed -= self._widths.get(column, 0)
        for column in self._optional:
            if self.isColumnHidden(column) != (column in hidden):
                self.setColumnHidden(column, column in hidden)
        last = self.rows_model.columnCount() - 1
        self.horizontalHeader().setStretchLastSection(self._stretch in hidden and last not in hidden)

    def _current_key(self) -> str | None:
        row = self.currentIndex().data(ROW_ROLE)
        return row.key if isinstance(row, Row) else None


class FactList(_FactView, QListView):
    """A list of facts, each with a title, a second line and a state. `chosen` and `opened` are emitted with the row."""

    copies_whole_line = True
    chosen = Signal(object)
    opened = Signal(object)
    focus_moved = Signal()
    near_end = Signal()

    def __init__(self, name: str, parent: QWidget | None = None, *, uniform: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(name)
        self.rows_model = RowModel((name,), self)
        self.setModel(self.rows_model)
        self.setItemDelegate(LineDelegate(self))
        self.setUniformItemSizes(uniform)  # long lists must not measure every row
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        # Rows of one height are laid out in one pass, others in batches, one per turn of the event loop.
        mode = QListView.LayoutMode.SinglePass if uniform else QListView.LayoutMode.Batched
        self.setLayoutMode(mode)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Button)
        self.selectionModel().currentChanged.connect(lambda _new, _old: self._moved())
        self.activated.connect(lambda index: self.opened.emit(index.data(ROW_ROLE)))
        self.watch_end()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show rows. The cursor stays on its row."""
        new = tuple(rows)
        self.show_entries([row.key for row in new], new.__getitem__)

    def show_entries(self, keys: Sequence[str], make: Callable[[int], Row]) -> None:
        """Show the records of these keys, each row made when it comes into sight; the cursor stays on its row."""
        current, top = self.currentIndex().data(ROW_ROLE), self.top_key()
        kept = self.rows_model.set_entries(keys, make)
        index = self.rows_model.row_of(current.key) if isinstance(current, Row) else None
        if index is not None and self.currentIndex().row() != index:
            self.setCurrentIndex(self.rows_model.index(index, 0))
        if not kept:
            self.stay_at(top)
        self._go_to_start()
