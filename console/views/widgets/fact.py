"""Values with an origin. They can have the focus, show their origin, and be copied."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from console.models.provenance import Origin
from console.views import texts
from console.views.keys.send import is_send
from console.views.texts import tr
from console.views.theme import THEME
from console.views.widgets.labels import Label, paint_frame


@dataclass(frozen=True, slots=True)
class ShownFact:
    """A value on screen: its name, its text (also used for copies), and the record it was read from.

    With `worked_out`, the console calculated it from that record and others. A value that is not `fresh` is not safe to
    quote.
    """

    label: str
    text: str
    origin: Origin | None
    system_label: str = ""
    worked_out: bool = False
    fresh: bool = True

    def describe(self) -> str:
        """Return the origin of the value, on one line."""
        if self.origin is None:
            return tr("origin not known")
        line = texts.origin_line(self.origin, self.system_label)
        if self.worked_out:
            line = tr("calculated from {}").format(line)
        return line if self.fresh else tr("{}, not safe to quote").format(line)


class OriginMenu(QMenu):
    """The context menu of every value: copy it, show its origin."""

    def __init__(self, parent: QWidget, fact: ShownFact, show_origin: Callable[[ShownFact], None]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = QAction(tr("Copy"), self)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.triggered.connect(lambda: copy_text(fact.text))
        origin = QAction(tr("Where this comes from"), self)
        origin.setShortcut(QKeySequence("Ctrl+I"))
        origin.triggered.connect(lambda: show_origin(fact))
        origin.setEnabled(fact.origin is not None)
        self.addActions([copy, origin])


def console_fact(label: str, text: str) -> ShownFact:
    """Return a value that is not in any system: the console's own, or calculated from several records."""
    return ShownFact(label, text, None, tr("This console"))


_CLIPBOARD_S = 60


def copy_text(text: str) -> None:
    """Put a text on the clipboard. It is removed after 60 s, unless the clipboard has changed."""
    clipboard = QGuiApplication.clipboard()
    clipboard.setText(text)
    QTimer.singleShot(_CLIPBOARD_S * 1000, clipboard, lambda: clear_copied(text))


def clear_copied(text: str) -> None:
    """Remove a text from the clipboard if it is still there."""
    clipboard = QGuiApplication.clipboard()
    if clipboard.text() == text:
        clipboard.clear()


def show_origin_of(widget: QWidget, fact: ShownFact, row: tuple[ShownFact, ...] = ()) -> None:
    """Show a value's origin, or all values of its row, through the window around a widget."""
    show = getattr(widget.window(), "show_origin", None)
    if show is not None:
        show(fact, row)


class FactLabel(Label):
    """A single value, such as a balance or a phone number."""

    def __init__(
        self, label: str, size: str = "table", *, semibold: bool = False, look: str = "text", elide: bool = False
    ) -> None:
        super().__init__("", size, semibold=semibold, look=look, elide=elide)
        self._fact = ShownFact(label, "", None)
        self._record: Callable[[], tuple[ShownFact, ...]] = tuple
        self.setContentsMargins(3, 1, 3, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(label)
        self.setObjectName(label)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_fact(self, fact: ShownFact, record: Callable[[], tuple[ShownFact, ...]] = tuple) -> None:
        """Show a value; only changes are painted again. `record` returns the other values of its record."""
        self._fact, self._record = fact, record
        self.set_words(fact.text)
        self.setAccessibleName(f"{fact.label}: {fact.text}")
        self.setAccessibleDescription(fact.describe())
        self.setVisible(bool(fact.text))

    def focused_fact(self) -> ShownFact:
        return self._fact

    def focused_record(self) -> tuple[ShownFact, ...]:
        """Return the value and all other values of its record. Return an empty tuple without other values."""
        record = self._record()
        return (self._fact, *record) if record else ()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(texts.tooltip(f"{self._fact.text}\n{self._fact.describe()}"))
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            copy_text(self._fact.text)
        elif is_send(event):  # the form's key pressed once too often; it must not open the origin
            event.accept()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            show_origin_of(self, self._fact, self.focused_record())
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        show_origin_of(self, self._fact, self.focused_record())
        super().mouseDoubleClickEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        OriginMenu(self, self._fact, lambda fact: show_origin_of(self, fact, self.focused_record())).popup(
            event.globalPos()
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            with QPainter(self) as painter:
                paint_frame(painter, self.rect(), QColor(0, 0, 0, 0), THEME.colour("focusRing"), width=2)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
