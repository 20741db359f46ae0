"""Frames for fields in the theme's colours. The style's own frames are not visible in the dark theme."""

from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit, QPlainTextEdit, QWidget

from console.views.theme import THEME
from console.views.widgets.labels import paint_frame

_FIELDS = (QLineEdit, QPlainTextEdit, QComboBox)


def _take_frames(widget: QWidget) -> None:
    """Remove the style's own frames from the fields inside a widget. With ours they would make a double line."""
    for field in widget.findChildren(QWidget):
        if isinstance(field, QLineEdit) and field.hasFrame():
            field.setFrame(False)
            field.setTextMargins(5, 0, 5, 0)
            field.setMinimumHeight(field.fontMetrics().height() + 10)
        elif isinstance(field, QPlainTextEdit):
            field.setFrameShape(QPlainTextEdit.Shape.NoFrame)


def _paint_frames(widget: QWidget) -> None:
    """Paint a frame around every field inside a widget."""
    with QPainter(widget) as painter:
        for field in widget.findChildren(QWidget):
            if isinstance(field, _FIELDS) and field.isVisible():
                width = 2 if field.hasFocus() else 1
                index = QRect(field.mapTo(widget, QPoint(0, 0)), field.size()).adjusted(-width, -width, width, width)
                line = THEME.colour("focusRing" if field.hasFocus() else "borderStrong")
                paint_frame(painter, index, THEME.colour("input"), line, width=width)


class FieldFrames:
    """A mixin for widgets. It paints a frame around their fields that shows the focus. `watch_fields` starts it."""

    def watch_fields(self: Any) -> None:
        """Start to follow the focus. Call it once; fields added before the widget is shown are included."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus)

    def event(self: Any, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.update()  # this widget paints the frames, so a moved field needs a repaint here
        return bool(super().event(event))  # type: ignore[misc] # the widget it is mixed into has it

    def showEvent(self: Any, event: QShowEvent) -> None:
        _take_frames(self)
        super().showEvent(event)  # type: ignore[misc] # as above

    def paintEvent(self: Any, event: QPaintEvent) -> None:
        super().paintEvent(event)  # type: ignore[misc] # as above
        _paint_frames(self)

    def _on_focus(self: Any, _before: QWidget | None, _now: QWidget | None) -> None:
        self.update()


class FramedDialog(FieldFrames, QDialog):
    """A dialog whose fields have a frame that shows the focus."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.watch_fields()
