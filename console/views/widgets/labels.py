"""Texts, chips and buttons painted in the theme's colours.

They use no style sheet, because its cost grows with every widget.
"""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.views.texts import tr
from console.views.theme import THEME, font

_CHIP_MARGIN = 6


class Label(QLabel):
    """A plain text with a font size of `theme.SIZES` and a look.

    Looks: `text`, `secondary` and `muted` by importance; `mark` in a state's colour; `chip` framed in its colours.
    With `elide`, a text that does not fit ends in an ellipsis and does not widen the layout.
    """

    def __init__(
        self,
        text: str = "",
        size: str = "table",
        *,
        semibold: bool = False,
        look: str = "text",
        wrap: bool = False,
        elide: bool = False,
    ) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(size, semibold=semibold))
        self.setWordWrap(wrap)
        self._look, self._state, self._elide = look, "neutral", elide
        if text:
            self.setText(text)

    def set_look(self, look: str, state: str = "neutral") -> None:
        """Change the look and its state. Without a change, nothing is painted again."""
        if (look, state) == (self._look, self._state):
            return
        framed = "chip" in {look, self._look}
        self._look, self._state = look, state
        if framed:
            self.updateGeometry()
        self.update()

    def set_words(self, text: str) -> None:
        """Change the text. Without a change, nothing is laid out again."""
        if text != self.text():
            self.setText(text)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width() + 2 * _CHIP_MARGIN, hint.height() + 4) if self._look == "chip" else hint

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint() if not self.wordWrap() else super().minimumSizeHint()
        return QSize(min(24, hint.width()), hint.height()) if self._elide else hint

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            rect = self.contentsRect()
            if self._look == "chip":
                colours = THEME.state(self._state)
                paint_frame(painter, self.rect(), colours.back, colours.border, dashed=self._state == "stale")
                rect.adjust(_CHIP_MARGIN, 0, -_CHIP_MARGIN, 0)
            paint_text(painter, self, rect, self._colour(), elide=self._elide)

    def _colour(self) -> QColor:
        if self._look in {"mark", "chip"}:
            return THEME.state(self._state).text
        return THEME.colour({"secondary": "textSecondary", "muted": "textMuted"}.get(self._look, "text"))


def paint_frame(
    painter: QPainter, rect: QRect, fill: QColor, line: QColor, *, width: int = 1, dashed: bool = False
) -> None:
    """Paint a rounded box inside a rectangle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(line, width, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine))
    painter.setBrush(fill)
    inset = width / 2
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), 4, 4)


def paint_text(painter: QPainter, label: QLabel, rect: QRect, colour: QColor, *, elide: bool) -> None:
    """Paint a label's text: wrapped if the label wraps, else on one line, with `elide` cut by an ellipsis."""
    painter.setPen(colour)
    flags = int(label.alignment())
    text = label.text()
    if label.wordWrap():
        flags |= int(Qt.TextFlag.TextWordWrap)
    elif elide:
        text = label.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, flags, text)


class Button(QPushButton):
    """A button. Looks: `plain` outlined, `main` filled (one per window), `link` unframed, `field` like an input."""

    def __init__(self, text: str, look: str = "plain", size: str = "table", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._look = look
        self.setFont(font(size, semibold=look == "main"))
        self.setAccessibleName(text.replace("&&", "&"))
        self.setObjectName(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the button on Enter, as on Space. Qt does this only in dialogs."""
        if (
            event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
            and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self.text()) + (22 if not self.icon().isNull() else 0)
        around = 8 if self._look == "link" else 24
        return QSize(width + around, metrics.height() + (6 if self._look == "link" else 10))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            hovered = self.underMouse() and self.isEnabled()
            fill, line, text = self._colours(hovered=hovered, pressed=self.isDown())
            if self._look != "link" or hovered:
                paint_frame(painter, self.rect(), fill, line)
            if self.hasFocus():
                inner = THEME.colour("focusRing") if self._look != "main" else THEME.colour("text")
                paint_frame(painter, self.rect(), QColor(0, 0, 0, 0), inner, width=2)
            rect = self.rect().adjusted(4 if self._look == "link" else 11, 0, -4 if self._look == "link" else -11, 0)
            if not self.icon().isNull():
                size = 16
                self.icon().paint(
                    painter, QRect(rect.left(), rect.center().y() - size // 2 + 1, size, size), mode=QIcon.Mode.Normal
                )
                rect.setLeft(rect.left() + 22)
            painter.setPen(text)
            align = Qt.AlignmentFlag.AlignLeft if self._look == "field" else Qt.AlignmentFlag.AlignCenter
            painter.drawText(
                rect, int(align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic), self.text()
            )

    def _colours(self, *, hovered: bool, pressed: bool) -> tuple[QColor, QColor, QColor]:
        """Return the colours of fill, line and text."""
        if not self.isEnabled():
            return THEME.colour("card"), THEME.colour("border"), THEME.colour("textDisabled")
        if self._look == "main":
            released = "accentFillHover" if hovered else "accentFill"
            fill = THEME.colour("accentFillPressed" if pressed else released)
            return fill, fill, THEME.colour("onAccentFill")
        resting = "input" if self._look == "field" else "card"
        released = "hover" if hovered else resting
        fill = THEME.colour("selection" if pressed else released)
        if self._look == "link":
            return fill, fill, THEME.colour("link")
        return fill, THEME.colour("borderStrong"), THEME.colour("textMuted" if self._look == "field" else "text")


def button_row(*buttons: QPushButton) -> QHBoxLayout:
    """Return the button row of a dialog: its buttons at the right, the main one last."""
    row = QHBoxLayout()
    row.addStretch()
    for button in buttons:
        row.addWidget(button)
    return row


class CloseButton(QPushButton):
    """The close button on a tab. Tab does not stop here, because a key also closes the tab."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(20, 20)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip(tr("Close"))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            if self.underMouse():
                paint_frame(painter, self.rect().adjusted(2, 2, -2, -2), THEME.colour("hover"), THEME.colour("border"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(THEME.colour("textMuted"), 1.4))
            painter.drawLine(7, 7, 13, 13)
            painter.drawLine(13, 7, 7, 13)


class Surface(QWidget):
    """A widget filled with one colour of the theme, with a thin line at the given edges: `b`, `t`, `r`, `l`."""

    def __init__(self, colour: str, edges: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour, self._edges = colour, edges

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            rect = self.rect()
            painter.fillRect(rect, THEME.colour(self._colour))
            painter.setPen(THEME.colour("divider" if self._colour == "cardHead" else "border"))
            if "b" in self._edges:
                painter.drawLine(rect.bottomLeft(), rect.bottomRight())
            if "t" in self._edges:
                painter.drawLine(rect.topLeft(), rect.topRight())
            if "r" in self._edges:
                painter.drawLine(rect.topRight(), rect.bottomRight())
            if "l" in self._edges:
                painter.drawLine(rect.topLeft(), rect.bottomLeft())

    def set_colour(self, colour: str) -> None:
        if colour != self._colour:
            self._colour = colour
            self.update()


class StateSurface(Surface):
    """A surface in the background colour of a state, such as the bottom line of a panel."""

    def __init__(self) -> None:
        super().__init__("cardHead", "t")
        self._state = ""

    def set_state(self, state: str) -> None:
        """Use the colours of a state. An empty state uses the neutral colours."""
        if state != self._state:
            self._state = state
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._state:
            super().paintEvent(event)
            return
        with QPainter(self) as painter:
            colours = THEME.state(self._state)
            painter.fillRect(self.rect(), colours.back)
            painter.setPen(
                QPen(colours.border, 1, Qt.PenStyle.DashLine if self._state == "stale" else Qt.PenStyle.SolidLine)
            )
            painter.drawLine(self.rect().topLeft(), self.rect().topRight())


def titled_surface(title: str, *widgets: QWidget) -> QWidget:
    """Return a card with a title above widgets. Labels have their own height, the others share the rest."""
    card = Surface("card")
    column = QVBoxLayout(card)
    column.setContentsMargins(1, 6, 1, 4)
    head = Label(title, semibold=True)
    head.setContentsMargins(10, 0, 10, 0)
    column.addWidget(head)
    for widget in widgets:
        column.addWidget(widget, 0 if isinstance(widget, Label) else 1)
    return card


class Card(QWidget):
    """The box of a panel. It shows a ring while `set_ring` is on: the focus is inside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ring = False

    def set_ring(self, *, ring: bool) -> None:
        if ring != self._ring:
            self._ring = ring
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        line = THEME.colour("focusRing" if self._ring else "border")
        with QPainter(self) as painter:
            paint_frame(painter, self.rect(), THEME.colour("card"), line, width=2 if self._ring else 1)
