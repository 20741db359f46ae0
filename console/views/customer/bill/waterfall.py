"""The waterfall chart from one bill to another: one step for each cause; the bars of the whole bills are cut off."""

from decimal import Decimal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from console.models.bill_explanation import BillExplanation
from console.models.money import Money
from console.views import texts
from console.views.texts import tr
from console.views.theme import THEME, font

_MOST = 7
_TOP, _BOTTOM, _SIDE = 22, 22, 10


class Waterfall(QWidget):
    """The waterfall chart, in the chart colours. Its values are also set as the accessible description."""

    def __init__(self) -> None:
        super().__init__()
        self._steps: list[tuple[str, Decimal, Decimal]] = []  # name, from, to; the first and last are the bills
        self._texts: list[str] = []
        self.setMinimumSize(QSize(320, 150))
        self.setAccessibleName(tr("From one bill to the other"))

    def show_explanation(self, explanation: BillExplanation | None) -> None:
        """Show one step for each cause. After the first `_MOST` causes, the rest is one step; None clears the chart."""
        self._steps, self._texts = [], []
        if explanation is not None:
            self._fill(explanation)
        message = (f"{name} {text}" for (name, _, _), text in zip(self._steps, self._texts, strict=True))
        self.setAccessibleDescription("; ".join(message))
        self.update()

    def _fill(self, explanation: BillExplanation) -> None:
        earlier, later = explanation.earlier, explanation.later
        before, after = earlier.tax_included or earlier.amount_due, later.tax_included or later.amount_due
        if before is None or after is None:
            return
        self._add(texts.day(earlier.billed_on), Decimal(0), before.amount, texts.amount(before))
        level = before.amount
        causes = [(cause.name, cause.amount) for cause in explanation.causes]
        if len(causes) > _MOST:
            rest = sum((amount for _, amount in causes[_MOST:]), start=Money(Decimal(0), after.currency))
            causes = [*causes[:_MOST], (tr("{} more").format(len(causes) - _MOST), rest)]
        for name, amount in causes:
            self._add(name, level, level + amount.amount, texts.change(amount))
            level += amount.amount
        self._add(texts.day(later.billed_on), Decimal(0), after.amount, texts.amount(after))

    def _add(self, name: str, start: Decimal, end: Decimal, text: str) -> None:
        self._steps.append((name, start, end))
        self._texts.append(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setFont(font("small"))
            if not self._steps:
                return
            low, high = self._range()
            room = self.height() - _TOP - _BOTTOM
            width = (self.width() - 2 * _SIDE) / len(self._steps)

            def y(value: Decimal) -> float:
                return _TOP + room * float((high - max(value, low)) / (high - low))

            for index, ((name, start, end), text) in enumerate(zip(self._steps, self._texts, strict=True)):
                is_bill = index in {0, len(self._steps) - 1}
                top, bottom = sorted((y(end), y(low) if is_bill else y(start)))
                column = QRectF(_SIDE + index * width, 0, width, self.height())
                self._paint_step(painter, column, (top, bottom), is_bill=is_bill, falls=end < start and not is_bill)
                painter.setPen(THEME.colour("text"))
                over = QRectF(column.left() - 4, top - 18, width + 8, 16)
                painter.drawText(over, int(Qt.AlignmentFlag.AlignCenter), text)
                painter.setPen(THEME.colour("textSecondary"))
                shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(width) - 4)
                under = QRectF(column.left(), self.height() - 18, width, 16)
                painter.drawText(under, int(Qt.AlignmentFlag.AlignCenter), shown)
            painter.setPen(THEME.colour("border"))
            painter.drawLine(_SIDE, self.height() - _BOTTOM, self.width() - _SIDE, self.height() - _BOTTOM)

    def _range(self) -> tuple[Decimal, Decimal]:
        """Return the lowest and highest value of the axis. It does not start at 0 if the steps would be too small."""
        levels = [value for _, start, end in self._steps[1:-1] for value in (start, end)]
        levels += [self._steps[0][2], self._steps[-1][2]]
        low, high = min(levels), max(levels)
        span = (high - low) or Decimal(1)
        return min(low, max(Decimal(0), low - span / 2)), high

    @staticmethod
    def _paint_step(
        painter: QPainter, column: QRectF, span: tuple[float, float], *, is_bill: bool, falls: bool
    ) -> None:
        """Paint one bar: grey for a whole bill, filled for an increase, hatched for a decrease."""
        top, bottom = span
        bar = QRectF(column.left() + column.width() * 0.12, top, column.width() * 0.76, max(2.0, bottom - top))
        change = "chartDown" if falls else "chartMain"
        colour = THEME.colour("chartOther" if is_bill else change)
        painter.setPen(QPen(colour, 1))
        painter.setBrush(QBrush(colour, Qt.BrushStyle.BDiagPattern if falls else Qt.BrushStyle.SolidPattern))
        painter.drawRect(bar)
