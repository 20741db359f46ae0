"""A button for one of several values. The chosen one is clearly visible; long values wrap."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from console.views.theme import THEME, font
from console.views.widgets.labels import paint_frame

_MARK, _MARGIN = 14, 8
_WRAP = int(Qt.TextFlag.TextWrapAnywhere | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class ChoiceButton(QAbstractButton):
    """A value with a round mark before it. It is checkable, for a group with one chosen value or none yet."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(name)
        self.setCheckable(True)
        self.setFont(font("table"))
        self._widest = QFontMetrics(font("table", semibold=True))  # the chosen font, so that nothing moves
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        room = QRect(0, 0, max(40, width - _MARK - 3 * _MARGIN), 10_000)
        return max(30, self._widest.boundingRect(room, _WRAP, self.text()).height() + 12)

    def sizeHint(self) -> QSize:
        wide = min(280, self._widest.horizontalAdvance(self.text()) + _MARK + 3 * _MARGIN + 2)
        return QSize(wide, self.heightForWidth(wide))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 30)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            chosen = self.isChecked()
            unchosen = "hover" if self.underMouse() else "card"
            edge = "accent" if chosen else "border"
            back = THEME.colour("accentSoft" if chosen else unchosen)
            line = THEME.colour("focusRing" if self.hasFocus() else edge)
            paint_frame(painter, self.rect(), back, line, width=2 if self.hasFocus() else 1)
            mark = QRect(_MARGIN, self.rect().center().y() - _MARK // 2, _MARK, _MARK)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(THEME.colour("accent" if chosen else "borderStrong"), 1.5))
            painter.drawEllipse(mark)
            if chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(THEME.colour("accent"))
                painter.drawEllipse(mark.adjusted(4, 4, -4, -4))
            painter.setPen(THEME.colour("text"))
            painter.setFont(font("table", semibold=chosen))
            painter.drawText(self.rect().adjusted(_MARK + 2 * _MARGIN, 0, -_MARGIN, 0), _WRAP, self.text())
