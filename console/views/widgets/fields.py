"""Frames for fields in the theme's colours; the style's own are not seen on dark."""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit, QPlainTextEdit, QWidget

from console.views.theme import THEME
from console.views.widgets.labels import paint_frame

_FIELDS = (QLineEdit, QPlainTextEdit, QComboBox)


def frame_fields(widget: QWidget) -> None:
    """Paint a frame around every field inside a widget; called at the end of its paint event."""
    painter = QPainter(widget)
    for field in widget.findChildren(QWidget):
        if isinstance(field, _FIELDS) and field.isVisible():
            place = QRect(field.mapTo(widget, QPoint(0, 0)), field.size()).adjusted(-1, -1, 1, 1)
            line = THEME.colour("focusRing" if field.hasFocus() else "borderStrong")
            paint_frame(painter, place, THEME.colour("input"), line, width=2 if field.hasFocus() else 1)


class FramedDialog(QDialog):
    """A dialog whose fields have a frame that shows where the focus is."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus)

    def _on_focus(self, _before: QWidget | None, _now: QWidget | None) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        frame_fields(self)
