"""Locks the desk after a while without a hand on it, or with the operating system's screen.

What the window shows is taken out of it, not only covered.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QVBoxLayout, QWidget
from shiboken6 import isValid

from console.views.access.os_lock import watch_os_lock
from console.views.icons import ICON
from console.views.search.palette import SearchPalette
from console.views.texts import tr
from console.views.theme import THEME
from console.views.widgets.labels import Label, Surface
from console.views.window.app_events import seconds
from console.views.window.main_window import MainWindow

_LOOK_EVERY_MS = 5000
# The property of an action that works while the desk is locked.
WHILE_LOCKED = "whileLocked"
_WIDEST_BAR = 720


class LockPage(Surface):
    """What stands in the window while it is locked."""

    def __init__(self) -> None:
        super().__init__("window")
        sign = QLabel()
        sign.setPixmap(ICON.pixmap("locked", 40, THEME.colour("textSecondary")))
        sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = Label(tr("Locked"), "page", semibold=True)
        kept = Label(tr("What was open and typed is kept and comes back."), look="secondary")
        self._column = QVBoxLayout(self)
        self._column.setSpacing(10)
        self._column.addStretch()
        self._column.addWidget(sign)
        for label in (title, kept):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._column.addWidget(label)
        self._column.addSpacing(8)
        self._column.addStretch()

    def put(self, bar: QWidget) -> None:
        """Show what unlocks."""
        bar.setMinimumHeight(72)  # a sentence of two lines
        bar.setFixedWidth(_WIDEST_BAR if self.width() > _WIDEST_BAR else max(320, self.width() - 20))
        self._column.insertWidget(self._column.count() - 1, bar, 0, Qt.AlignmentFlag.AlignHCenter)


class ConsoleLock(QObject):
    """Locks when nobody has touched keyboard or mouse for `after_s`, and when the screen is locked.

    `wanted` has somebody unlock it.
    """

    def __init__(self, window: MainWindow, wanted: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._wanted, self.after_s = window, wanted, 600.0
        self._inside: QWidget | None = None
        self._dialogs: list[QDialog] = []
        self._focused: QWidget | None = None
        self._actions: list[QAction] = []
        self.page: LockPage  # there once it was locked
        self._looking = QTimer(self)
        self._looking.timeout.connect(self.look)

    def start(self) -> None:
        """Begin to watch."""
        self._looking.start(_LOOK_EVERY_MS)
        watch_os_lock(self._window, self.lock)

    @property
    def is_locked(self) -> bool:
        return self._inside is not None

    def look(self) -> None:
        """Lock where nobody was there for too long; also after the computer slept."""
        if not self.is_locked and seconds() - self._window.events.touched_s >= self.after_s:
            self.lock()

    def lock(self) -> None:
        """Take everything out of the window and have somebody sign in; what was typed stays where it is."""
        if self.is_locked:
            return
        while (popup := QApplication.activePopupWidget()) is not None:  # a menu, or the list of a field
            popup.close()
        self._focused = self._window.focusWidget()
        self._dialogs = [one for one in self._window.findChildren(QDialog) if one.isVisible()]
        for widget in (*self._dialogs, *self._window.findChildren(SearchPalette)):
            widget.hide()
        inside = self._inside = self._window.takeCentralWidget()
        if inside is not None:
            inside.setParent(None)
        self.page = LockPage()  # made now, in the theme of now, once the icons are there
        self._window.setCentralWidget(self.page)
        self.page.show()
        # Keys would go on working otherwise, the search's among them.
        every = self._window.findChildren(QAction)
        usable = (one for one in every if one.isEnabled() and one.menu() is None and not one.property(WHILE_LOCKED))
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
        self._window.setCentralWidget(self._inside)
        self._inside.show()
        self._inside = None
        self._window.status.show()
        self._window.lock_title(locked=False)
        for action in self._actions:
            action.setEnabled(True)
        if self._focused is not None and isValid(self._focused):  # what was closed meanwhile is gone
            self._focused.setFocus()
        for dialog in self._dialogs:
            dialog.show()
        self._dialogs = []
        self._window.events.touched_s = seconds()
