"""Locks the desk after a while without a hand on it: what it shows is taken out of the window, not only covered."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialog, QVBoxLayout, QWidget

from console.views.main_window import MainWindow
from console.views.search.palette import SearchPalette
from console.views.widgets.labels import Surface

_HANDS = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
}
_LOOK_EVERY_MS = 5000


class LockPage(Surface):
    """What stands in the window while it is locked."""

    def __init__(self) -> None:
        super().__init__("window")
        self._column = QVBoxLayout(self)
        self._column.addStretch()
        self._bar: QWidget | None = None

    def put(self, bar: QWidget) -> None:
        """Show what unlocks."""
        self._bar = bar
        self._column.insertWidget(0, bar)


class DeskLock(QObject):
    """Locks when nobody has touched keyboard or mouse for `after_s`; `wanted` has somebody unlock it."""

    def __init__(self, window: MainWindow, wanted: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._wanted, self.after_s = window, wanted, 600.0
        self._touched_s = time.monotonic()
        self._inside: QWidget | None = None
        self._dialogs: list[QDialog] = []
        self._actions: list[QAction] = []
        self.page = LockPage()
        self._looking = QTimer(self)
        self._looking.timeout.connect(self.look)

    def start(self) -> None:
        """Begin to watch."""
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)
        self._looking.start(_LOOK_EVERY_MS)

    @property
    def is_locked(self) -> bool:
        return self._inside is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _HANDS:
            self._touched_s = time.monotonic()
        return super().eventFilter(watched, event)

    def look(self) -> None:
        """Lock where nobody was there for too long; also after the computer slept."""
        if not self.is_locked and time.monotonic() - self._touched_s >= self.after_s:
            self.lock()

    def lock(self) -> None:
        """Take everything out of the window and have somebody sign in; what was typed stays where it is."""
        if self.is_locked:
            return
        self._dialogs = [one for one in self._window.findChildren(QDialog) if one.isVisible()]
        for widget in (*self._dialogs, *self._window.findChildren(SearchPalette)):
            widget.hide()
        inside = self._inside = self._window.takeCentralWidget()
        if inside is not None:
            inside.setParent(None)
        self._window.setCentralWidget(self.page)
        self.page.show()
        # Keys would go on working otherwise, the search's among them.
        every = self._window.findChildren(QAction)
        usable = (one for one in every if one.isEnabled() and one.menu() is None)
        self._actions = [one for one in usable if one.menuRole() is not QAction.MenuRole.QuitRole]
        for action in self._actions:
            action.setEnabled(False)
        self._window.status.hide()
        self._window.lock_title(locked=True)
        self._wanted()

    def unlock(self) -> None:
        """Put everything back as it was."""
        if self._inside is None:
            return
        self._window.takeCentralWidget()
        self.page = LockPage()
        self._window.setCentralWidget(self._inside)
        self._inside.show()
        self._inside = None
        self._window.status.show()
        self._window.lock_title(locked=False)
        for action in self._actions:
            action.setEnabled(True)
        for dialog in self._dialogs:
            dialog.show()
        self._dialogs = []
        self._touched_s = time.monotonic()
