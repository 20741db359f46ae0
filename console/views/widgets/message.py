"""The content of a panel without facts: grey bars, or one message in the middle."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from console.views.icons import ICON
from console.views.texts import tr
from console.views.theme import THEME
from console.views.widgets.labels import Button, Label


class Skeleton(QWidget):
    """Grey bars, not animated, in the place of rows that are loading."""

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            colour = THEME.colour("track")
            for i, top in enumerate(range(12, max(13, self.height() - 20), 36)):
                if i >= 6:
                    break
                painter.fillRect(QRect(12, top, int(self.width() * (0.3 + 0.08 * (i % 3))), 9), colour)
                painter.fillRect(QRect(12, top + 14, int(self.width() * (0.45 - 0.06 * (i % 2))), 6), colour)
                painter.fillRect(QRect(self.width() - 72, top + 4, 60, 9), colour)


class PanelMessage(QWidget):
    """A message in the middle of an empty panel: a title, an explanation, and a Refresh button."""

    def __init__(self) -> None:
        super().__init__()
        self.icon = QLabel()
        self.icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = Label("", "body", semibold=True, wrap=True)
        self.text = Label("", look="secondary", wrap=True)
        for label in (self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = Button(tr("Refresh"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.addStretch()
        for widget in (self.icon, self.title, self.text):
            layout.addWidget(widget)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch()

    def show_words(self, icon: str, state: str, title: str, text: str, *, can_refresh: bool) -> None:
        self.icon.setPixmap(ICON.pixmap(icon, 20, THEME.state(state).text))
        self.title.set_words(title)
        self.text.set_words(text)
        self.text.setVisible(bool(text))
        self.button.setVisible(can_refresh)
