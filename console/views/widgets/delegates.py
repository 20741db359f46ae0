"""Painters for rows of facts: column titles, table cells, lines of a list, milestones."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from console.models.order import Milestone
from console.views import texts
from console.views.icons import ICON
from console.views.texts import tr
from console.views.theme import THEME, font
from console.views.widgets.row_model import CELL_ROLE, ROW_ROLE, Cell, Index, Row

COMPACT = 26
_LEAD_WIDTH = 72


class Header(QHeaderView):
    """Column titles on the panel's background, with a thin line below."""

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


def _paint_back(painter: QPainter, option: QStyleOptionViewItem, rect: QRect) -> bool:
    """Paint selection, hover and the line under a row. Return whether its texts use the selection's colours."""
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
    return selected and active


def _elide(painter: QPainter, text: str, rect: QRect, colour: QColor, align: Qt.AlignmentFlag) -> None:
    painter.setPen(colour)
    # One line only: line breaks would paint into the next row.
    shown = painter.fontMetrics().elidedText(
        " ".join(text.split("\n")), Qt.TextElideMode.ElideRight, max(0, rect.width())
    )
    painter.drawText(rect, int(align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)


class CellDelegate(QStyledItemDelegate):
    """The painter of a table cell: text, a bar, or a state with its icon."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        selected = _paint_back(painter, option, option.rect)
        cell = index.data(CELL_ROLE)
        if isinstance(cell, Cell):
            rect = option.rect.adjusted(8, 0, -8, 0)
            if cell.bar is not None:
                if cell.track:
                    whole = QRect(rect.left(), rect.center().y() - 4, rect.width(), 9)
                    painter.fillRect(whole, THEME.colour("track"))
                bar = QRect(rect.left(), rect.center().y() - 4, max(2, int(rect.width() * cell.bar)), 9)
                painter.fillRect(bar, THEME.colour("chartMain" if selected or cell.strong else "chartSoft"))
            else:
                colour = THEME.colour("onSelection" if selected else "text")
                if cell.shown_state:
                    colour = THEME.state(cell.shown_state).text if not selected else THEME.colour("onSelection")
                    ICON.paint(painter, QRect(rect.left(), rect.center().y() - 6, 14, 14), cell.shown_state, colour)
                    rect = rect.adjusted(19, 0, 0, 0)
                painter.setFont(font("table", semibold=cell.strong))
                align = Qt.AlignmentFlag.AlignRight if cell.number else Qt.AlignmentFlag.AlignLeft
                _elide(painter, cell.fact.text, rect, colour, align)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, COMPACT)


class LineDelegate(QStyledItemDelegate):
    """The painter of a list's line: icon, title over a second line, a state at the right, milestones below."""

    HEIGHT = 40
    MILESTONES = 44

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
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
        main = THEME.colour("onSelection" if selected else "text")
        second = THEME.colour("onSelectionSecondary" if selected else "textMuted")
        whole = option.rect.adjusted(10, 3, -10, -3)
        height = self.sizeHint(option, index).height() - (self.MILESTONES if row.milestones else 0) - 6
        top = QRect(whole.left(), whole.top(), whole.width(), height)
        if row.lead:
            self._paint_lead(painter, row.lead, top, second)
            top.setLeft(top.left() + _LEAD_WIDTH)
        if row.icon:
            ICON.paint(painter, QRect(top.left(), top.center().y() - 8, 16, 16), row.icon, main)
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

    def _paint_lead(self, painter: QPainter, lead: tuple[str, str], rect: QRect, colour: QColor) -> None:
        """Paint two short lines at the left, such as day and time."""
        painter.setFont(font("small"))
        height = painter.fontMetrics().height()
        for i, text in enumerate(lead):
            line = QRect(rect.left(), rect.top() + 1 + i * height, _LEAD_WIDTH - 6, height)
            _elide(painter, text, line, colour, Qt.AlignmentFlag.AlignRight)

    def _paint_trail(self, painter: QPainter, row: Row, rect: QRect, main: QColor, *, selected: bool) -> int:
        """Paint the third cell at the right, and return its width in pixels (0 without one)."""
        if len(row.cells) < 3 or not row.cells[2].fact.text:
            return 0
        cell = row.cells[2]
        painter.setFont(font("small"))
        width = min(painter.fontMetrics().horizontalAdvance(cell.fact.text) + 4, rect.width() // 2)
        colour = main if selected or not cell.shown_state else THEME.state(cell.shown_state).text
        _elide(
            painter,
            cell.fact.text,
            QRect(rect.right() - width, rect.top(), width, rect.height()),
            colour,
            Qt.AlignmentFlag.AlignRight,
        )
        if not cell.shown_state:
            return width + 6
        ICON.paint(painter, QRect(rect.right() - width - 20, rect.center().y() - 6, 14, 14), cell.shown_state, colour)
        return width + 26


_STEP_ICONS = {"completed": ("done", "ok"), "inProgress": ("current", "info"), "failed": ("failed", "danger")}


def paint_milestones(painter: QPainter, milestones: Sequence[Milestone], rect: QRect) -> None:
    """Paint an order's steps on a line, each with name and date. The row's accessible text has the same facts."""
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
        ICON.paint(painter, QRect(centre - 7, line_y - 7, 14, 14), icon, colour)
        painter.setFont(font("micro"))
        height = painter.fontMetrics().height()
        text = THEME.colour("textSecondary") if state in {"ok", "neutral"} else colour
        width = int(step) - 4
        _elide(painter, milestone.name, QRect(centre - 8, line_y + 9, width, height), text, Qt.AlignmentFlag.AlignLeft)
        when = texts.day(milestone.at) if milestone.at else ""
        if when and milestone.status != "completed" and milestone.at and milestone.at > datetime.now(UTC):
            when = tr("due {}").format(when)
        _elide(painter, when, QRect(centre - 8, line_y + 9 + height, width, height), text, Qt.AlignmentFlag.AlignLeft)
