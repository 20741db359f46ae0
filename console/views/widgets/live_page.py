"""The base of the pages that update every second while visible, and a plain scroll area."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from console.views.widgets.labels import Surface


class LivePage(Surface):
    """A page that calls `tick` when it is shown, then every second until it is hidden."""

    def __init__(self) -> None:
        super().__init__("window")
        self.seconds = QTimer(self)
        self.seconds.setInterval(1000)
        self.seconds.timeout.connect(self.tick)

    def tick(self) -> None:
        """Update everything that changes with time."""

    def focus_first(self) -> None:
        """Move the focus to the first element."""

    def close_page(self) -> None:
        """Stop listening to the services."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.tick()
        self.seconds.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.seconds.stop()


class PlainScroll(QScrollArea):
    """A scroll area for one widget, without frame, background or focus."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inner)
        self.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
