"""Lists of facts: a model of rows, the list and table that show it, and the delegates that paint it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from console.models.order import Milestone
from console.views import texts
from console.views.icons import ICON
from console.views.theme import THEME, font
from console.views.widgets.fact import OriginMenu, ShownFact, copy_text, show_origin_of

Index = QModelIndex | QPersistentModelIndex

CELL_ROLE = Qt.ItemDataRole.UserRole
ROW_ROLE = Qt.ItemDataRole.UserRole + 1

COMPACT = 26


@dataclass(frozen=True, slots=True)
class Cell:
    """One value in a table; `bar` is 0 to 1 for a bar, `state` colours the text and gives it an icon."""

    fact: ShownFact
    state: str | None = None
    bar: float | None = None
    number: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: `key` identifies the record over changes, `cells` its values from left to right.

    In a list the first cell is the title, the second the line under it, the third stands right. `milestones` are
    painted below.
    """

    key: str
    cells: tuple[Cell, ...]
    icon: str | None = None
    milestones: tuple[Milestone, ...] = ()
    data: Any = field(default=None, compare=False)


class RowModel(QAbstractTableModel):
    """The rows of one list or table; setting rows keeps what can be kept, so that selection and scroll stay."""

    def __init__(self, columns: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._rows: tuple[Row, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        return self._rows

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; where they are the same records in the same order, only values change."""
        new = tuple(rows)
        if [row.key for row in new] == [row.key for row in self._rows]:
            changed = [i for i, (old, row) in enumerate(zip(self._rows, new, strict=True)) if old != row]
            self._rows = new
            if changed:
                last = max(0, self.columnCount() - 1)
                self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], last))
            return
        self.beginResetModel()
        self._rows = new
        self.endResetModel()

    def row_of(self, key: str | None) -> int | None:
        return next((i for i, row in enumerate(self._rows) if row.key == key), None)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(self._columns):
            if role == Qt.ItemDataRole.DisplayRole:
                return self._columns[section]
            if role == Qt.ItemDataRole.TextAlignmentRole and self._rows and section < len(self._rows[0].cells):
                right = self._rows[0].cells[section].number
                return int(
                    (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)
                    | Qt.AlignmentFlag.AlignVCenter
                )
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if index.column() >= len(row.cells):
            return None
        cell = row.cells[index.column()]
        answer = self._ANSWERS.get(role)
        return answer(row, cell) if answer is not None else None

    _ANSWERS: ClassVar[dict[int, Callable[[Row, Cell], Any]]] = {
        CELL_ROLE: lambda _row, cell: cell,
        Qt.ItemDataRole.DisplayRole: lambda _row, cell: cell.fact.text,
        Qt.ItemDataRole.ToolTipRole: lambda _row, cell: texts.tooltip(
            f"{cell.fact.label}: {cell.fact.text}\n{cell.fact.describe()}"
        ),
        Qt.ItemDataRole.AccessibleTextRole: lambda row, _cell: ", ".join(
            f"{part.fact.label}: {part.fact.text}" for part in row.cells if part.fact.text
        ),
        Qt.ItemDataRole.AccessibleDescriptionRole: lambda _row, cell: cell.fact.describe(),
    }


class _FactKeys:
    """What lists and tables of facts share: the fact under the cursor, copy, origin, menu."""

    def focused_fact(self: Any) -> ShownFact | None:
        cell = self.currentIndex().data(CELL_ROLE)
        return cell.fact if isinstance(cell, Cell) else None

    def copy_current(self: Any) -> None:
        """Copy the selected rows, values separated by tabs; with one row, the current value."""
        rows = sorted({index.row() for index in self.selectedIndexes()})
        fact = self.focused_fact()
        if len(rows) > 1:
            copy_text("\n".join("\t".join(cell.fact.text for cell in self.model().rows[row].cells) for row in rows))
        elif fact is not None:
            copy_text(fact.text)


class Header(QHeaderView):
    """Column titles on the panel's own ground, with a hairline below."""

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:
        painter.save()
        painter.fillRect(rect, THEME.colour("card"))
        painter.setPen(THEME.colour("divider"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        align = self.model().headerData(index, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        text = str(self.model().headerData(index, Qt.Orientation.Horizontal) or "")
        painter.setFont(font("small"))
        side = (
            Qt.AlignmentFlag.AlignRight
            if align and int(align) & int(Qt.AlignmentFlag.AlignRight)
            else Qt.AlignmentFlag.AlignLeft
        )
        _elide(painter, text, rect.adjusted(8, 0, -8, 0), THEME.colour("textMuted"), side)
        painter.restore()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), max(24, self.fontMetrics().height() + 8))


class FactTable(_FactKeys, QTableView):
    """A table of facts with a fixed row height. `chosen` is emitted with the row the cursor is on.

    It never scrolls sideways: where there is little room the `optional` columns go, the first of them first.
    """

    chosen = Signal(object)
    focus_moved = Signal()

    def __init__(self, name: str, columns: Sequence[str], stretch: int, optional: Sequence[int] = ()) -> None:
        super().__init__()
        self._stretch, self._optional = stretch, tuple(optional)
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

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show rows, keeping the row the cursor is on."""
        key = self._current_key()
        scroll = self.verticalScrollBar().value()
        first = not self.rows_model.rows
        self.rows_model.set_rows(rows)
        if first and rows:
            self._fit_columns()
        place = self.rows_model.row_of(key)
        if place is not None and self.currentIndex().row() != place:
            self.setCurrentIndex(self.rows_model.index(place, 0))
            self.verticalScrollBar().setValue(scroll)

    def _fit_columns(self) -> None:
        """Make columns wide enough for the first rows; measured, not asked of the view, which would visit them all."""
        metrics = QFontMetrics(font("table", semibold=True))
        for column in range(self.rows_model.columnCount()):
            cells = [row.cells[column] for row in self.rows_model.rows[:40] if column < len(row.cells)]
            widest = max(
                (metrics.horizontalAdvance(cell.fact.text) + (24 if cell.state else 0) for cell in cells), default=0
            )
            title = metrics.horizontalAdvance(str(self.rows_model.headerData(column, Qt.Orientation.Horizontal) or ""))
            bar = 60 if any(cell.bar is not None for cell in cells) else 0
            self._widths[column] = min(260, max(widest, title, bar)) + 18
            self.setColumnWidth(column, self._widths[column])
        self._hide_what_does_not_fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hide_what_does_not_fit()

    def _hide_what_does_not_fit(self) -> None:
        # The stretched column takes what is left; a text there may end in an ellipsis, a number may not.
        needed = sum(min(width, 120) if column == self._stretch else width for column, width in self._widths.items())
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

    def _moved(self) -> None:
        row = self.currentIndex().data(ROW_ROLE)
        if isinstance(row, Row):
            self.chosen.emit(row)
        self.focus_moved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_current()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        fact = self.focused_fact()
        if fact is not None:
            OriginMenu(self, fact, lambda shown: show_origin_of(self, shown)).popup(event.globalPos())


class FactList(_FactKeys, QListView):
    """A list of facts with a title, a second line and a state each. `chosen` and `opened` are emitted with the row."""

    chosen = Signal(object)
    opened = Signal(object)
    focus_moved = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(name)
        self.rows_model = RowModel((name,), self)
        self.setModel(self.rows_model)
        self.setItemDelegate(LineDelegate(self))
        self.setUniformItemSizes(False)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Button)
        self.selectionModel().currentChanged.connect(lambda _new, _old: self._moved())
        self.activated.connect(lambda index: self.opened.emit(index.data(ROW_ROLE)))

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show rows, keeping the one the cursor is on."""
        current = self.currentIndex().data(ROW_ROLE)
        scroll = self.verticalScrollBar().value()
        self.rows_model.set_rows(rows)
        place = self.rows_model.row_of(current.key) if isinstance(current, Row) else None
        if place is not None and self.currentIndex().row() != place:
            self.setCurrentIndex(self.rows_model.index(place, 0))
            self.verticalScrollBar().setValue(scroll)

    def _moved(self) -> None:
        row = self.currentIndex().data(ROW_ROLE)
        if isinstance(row, Row):
            self.chosen.emit(row)
        self.focus_moved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_current()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        fact = self.focused_fact()
        if fact is not None:
            OriginMenu(self, fact, lambda shown: show_origin_of(self, shown)).popup(event.globalPos())


def _paint_back(painter: QPainter, option: QStyleOptionViewItem, rect: QRect) -> bool:
    """Paint selection, hover and the line under a row; return whether the row is selected."""
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    active = bool(option.state & QStyle.StateFlag.State_Active) and option.widget.hasFocus()
    if selected:
        painter.fillRect(rect, THEME.colour("selection" if active else "selectionInactive"))
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(rect, THEME.colour("hover"))
    painter.setPen(THEME.colour("divider"))
    painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
    if selected and active:
        painter.setPen(THEME.colour("focusRing"))
        painter.drawLine(rect.left(), rect.top(), rect.right(), rect.top())
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
    return selected


def _elide(painter: QPainter, text: str, rect: QRect, colour: QColor, align: Qt.AlignmentFlag) -> None:
    painter.setPen(colour)
    # One line only: a text with line breaks would otherwise run into the next row.
    shown = painter.fontMetrics().elidedText(
        " ".join(text.split("\n")), Qt.TextElideMode.ElideRight, max(0, rect.width())
    )
    painter.drawText(rect, int(align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)


class CellDelegate(QStyledItemDelegate):
    """Paints a table cell: text, a bar, or a state with its icon."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        selected = _paint_back(painter, option, option.rect)
        cell = index.data(CELL_ROLE)
        if isinstance(cell, Cell):
            rect = option.rect.adjusted(8, 0, -8, 0)
            if cell.bar is not None:
                bar = QRect(rect.left(), rect.center().y() - 4, max(2, int(rect.width() * cell.bar)), 9)
                painter.fillRect(bar, THEME.colour("chartMain" if selected or cell.strong else "chartSoft"))
            else:
                colour = THEME.colour("onSelection" if selected else "text")
                if cell.state:
                    colour = THEME.state(cell.state).text if not selected else THEME.colour("onSelection")
                    icon = ICON.icon(cell.state, colour)
                    icon.paint(painter, QRect(rect.left(), rect.center().y() - 6, 14, 14))
                    rect = rect.adjusted(19, 0, 0, 0)
                painter.setFont(font("table", semibold=cell.strong))
                align = Qt.AlignmentFlag.AlignRight if cell.number else Qt.AlignmentFlag.AlignLeft
                _elide(painter, cell.fact.text, rect, colour, align)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        return QSize(60, COMPACT)


class LineDelegate(QStyledItemDelegate):
    """Paints a line of a list: icon, title over a second line, a state at the right, milestones below."""

    HEIGHT = 40
    MILESTONES = 44

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        row = index.data(ROW_ROLE)
        more = self.MILESTONES if isinstance(row, Row) and row.milestones else 0
        lines = QFontMetrics(font("table")).height() + QFontMetrics(font("small")).height()
        return QSize(100, max(self.HEIGHT, lines + 8) + more)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        if not isinstance(row, Row):
            return
        painter.save()
        selected = _paint_back(painter, option, option.rect)
        main = option.palette.color(QPalette.ColorRole.HighlightedText) if selected else THEME.colour("text")
        second = THEME.colour("onSelectionSecondary" if selected else "textMuted")
        whole = option.rect.adjusted(10, 3, -10, -3)
        height = self.sizeHint(option, index).height() - (self.MILESTONES if row.milestones else 0) - 6
        top = QRect(whole.left(), whole.top(), whole.width(), height)
        if row.icon:
            ICON.icon(row.icon, main).paint(painter, QRect(top.left(), top.center().y() - 8, 16, 16))
            top.setLeft(top.left() + 26)
        title_height = QFontMetrics(font("table", semibold=True)).height()
        under = row.cells[1].fact.text if len(row.cells) > 1 else ""
        line = QRect(top.left(), top.top(), top.width(), title_height if under else top.height())
        trail = self._paint_trail(painter, row, line, main, selected=selected)
        painter.setFont(font("table", semibold=True))
        _elide(painter, row.cells[0].fact.text, line.adjusted(0, 0, -trail, 0), main, Qt.AlignmentFlag.AlignLeft)
        if under:
            painter.setFont(font("small"))
            rest = QRect(top.left(), line.bottom() + 1, top.width(), top.height() - title_height)
            _elide(painter, under, rest, second, Qt.AlignmentFlag.AlignLeft)
        if row.milestones:
            area = QRect(whole.left(), top.bottom() + 2, whole.width(), self.MILESTONES)
            paint_milestones(painter, row.milestones, area)
        painter.restore()

    def _paint_trail(self, painter: QPainter, row: Row, rect: QRect, main: QColor, *, selected: bool) -> int:
        """Paint what stands right and return its width."""
        if len(row.cells) < 3 or not row.cells[2].fact.text:
            return 0
        cell = row.cells[2]
        painter.setFont(font("small"))
        width = min(painter.fontMetrics().horizontalAdvance(cell.fact.text) + 4, rect.width() // 2)
        colour = main if selected or not cell.state else THEME.state(cell.state).text
        _elide(
            painter,
            cell.fact.text,
            QRect(rect.right() - width, rect.top(), width, rect.height()),
            colour,
            Qt.AlignmentFlag.AlignRight,
        )
        if not cell.state:
            return width + 6
        ICON.icon(cell.state, colour).paint(painter, QRect(rect.right() - width - 20, rect.center().y() - 6, 14, 14))
        return width + 26


_STEP_ICONS = {"completed": ("done", "ok"), "inProgress": ("current", "info"), "failed": ("failed", "danger")}


def paint_milestones(painter: QPainter, milestones: Sequence[Milestone], rect: QRect) -> None:
    """Paint an order's steps on a line, each with name and date; the same facts are in the row's accessible text."""
    step = rect.width() / max(1, len(milestones))
    line_y = rect.top() + 9
    centres = [int(rect.left() + step * i + 8) for i in range(len(milestones))]
    for i in range(len(milestones) - 1):
        done = milestones[i + 1].status == "completed"
        painter.setPen(THEME.state("ok").solid if done else THEME.colour("track"))
        painter.drawLine(centres[i] + 8, line_y, centres[i + 1] - 8, line_y)
    for centre, milestone in zip(centres, milestones, strict=True):
        icon, state = _STEP_ICONS.get(milestone.status or "", ("todo", "neutral"))
        colour = THEME.state(state).text
        ICON.icon(icon, colour).paint(painter, QRect(centre - 7, line_y - 7, 14, 14))
        painter.setFont(font("micro"))
        height = painter.fontMetrics().height()
        text = THEME.colour("textSecondary") if state in {"ok", "neutral"} else colour
        width = int(step) - 4
        _elide(painter, milestone.name, QRect(centre - 8, line_y + 9, width, height), text, Qt.AlignmentFlag.AlignLeft)
        when = texts.day(milestone.at) if milestone.at else ""
        _elide(painter, when, QRect(centre - 8, line_y + 9 + height, width, height), text, Qt.AlignmentFlag.AlignLeft)
