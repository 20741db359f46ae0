"""Rows of facts as a Qt model. Each value has its origin, its state and its paint options."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from console.models.order import Milestone
from console.views import texts
from console.views.widgets.fact import ShownFact

Index = QModelIndex | QPersistentModelIndex

CELL_ROLE = Qt.ItemDataRole.UserRole
ROW_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Cell:
    """One value in a table.

    `bar` is the length of a bar, from 0 to 1; `track` paints its full length behind it. `state` colours the text and
    adds an icon.
    """

    fact: ShownFact
    state: str | None = None
    bar: float | None = None
    track: bool = False
    number: bool = False
    strong: bool = False

    @property
    def shown_state(self) -> str | None:
        """The state to paint. A state that is not safe to quote is painted as `stale`, with the clock icon."""
        return self.state if self.state is None or self.fact.fresh else "stale"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. `key` identifies the record across updates, `cells` has its values from left to right.

    In a list the first cell is the title, the second the line under it, the third is at the right. `lead` has two short
    lines at the left, `milestones` are painted below. `details` returns the record's other values, for its dialog.
    """

    key: str
    cells: tuple[Cell, ...]
    icon: str | None = None
    milestones: tuple[Milestone, ...] = ()
    lead: tuple[str, str] | None = None
    data: Any = field(default=None, compare=False)
    details: Callable[[], Sequence[Cell]] = field(default=tuple, compare=False)


class RowModel(QAbstractTableModel):
    """The rows of one list or table. Each row is created when it is first needed.

    An update preserves selection and scroll position where possible: with the same records in the same order, only
    values change. Further records are added at the end.
    """

    def __init__(self, columns: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._keys: list[str] = []
        self._indexes: dict[str, int] = {}
        self._make: Callable[[int], Row] = lambda _place: Row("", ())
        self._made: dict[int, Row] = {}

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows. Rows that were not needed before are created now."""
        return tuple(self.row(index) for index in range(len(self._keys)))

    def row(self, index: int) -> Row:
        if index not in self._made:
            self._made[index] = self._make(index)
        return self._made[index]

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        new = tuple(rows)
        self.set_entries([row.key for row in new], new.__getitem__)

    def set_entries(self, keys: Sequence[str], make: Callable[[int], Row]) -> bool:
        """Show the records of these keys. Return whether all old rows stayed in place.

        `make` returns the row at an index.
        """
        before, new = len(self._keys), list(keys)
        if new[:before] == self._keys:
            self._make, self._made = make, {}
            if before:
                self.dataChanged.emit(self.index(0, 0), self.index(before - 1, max(0, self.columnCount() - 1)))
            if len(new) > before:
                self.beginInsertRows(QModelIndex(), before, len(new) - 1)
                self._keep(new)
                self.endInsertRows()
            return True
        self.beginResetModel()
        self._make, self._made = make, {}
        self._keep(new)
        self.endResetModel()
        return False

    def _keep(self, keys: list[str]) -> None:
        self._keys = keys
        self._indexes = {key: index for index, key in reversed(list(enumerate(keys)))}

    def row_of(self, key: str | None) -> int | None:
        return None if key is None else self._indexes.get(key)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._keys)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(self._columns):
            if role == Qt.ItemDataRole.DisplayRole:
                return self._columns[section]
            if role == Qt.ItemDataRole.TextAlignmentRole and self._keys and section < len(self.row(0).cells):
                right = self.row(0).cells[section].number
                return int(
                    (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)
                    | Qt.AlignmentFlag.AlignVCenter
                )
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._keys):
            return None
        row = self.row(index.row())
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
        Qt.ItemDataRole.ToolTipRole: lambda row, cell: texts.tooltip(
            "\n".join(part.fact.text for part in row.cells if part.fact.text) + f"\n{cell.fact.describe()}"
        ),
        Qt.ItemDataRole.AccessibleTextRole: lambda row, _cell: ", ".join(
            f"{part.fact.label}: {part.fact.text}" for part in row.cells if part.fact.text
        ),
        Qt.ItemDataRole.AccessibleDescriptionRole: lambda _row, cell: cell.fact.describe(),
    }
