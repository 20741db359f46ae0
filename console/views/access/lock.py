"""The lock of the console, after a time without input or together with the operating system's screen.

The lock removes the content from the window. It is not only covered.
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
# The Qt property of an action that works while the console is locked.
WHILE_LOCKED = "whileLocked"
_WIDEST_BAR = 720


class LockPage(Surface):
    """The page that the window shows while it is locked."""

    def __init__(self) -> None:
        super().__init__("window")
        sign = QLabel()
        sign.setPixmap(ICON.pixmap("locked", 40, THEME.colour("textSecondary")))
        sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = Label(tr("Locked"), "page", semibold=True)
        kept = Label(tr("Your open customers and drafts are saved."), look="secondary")
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
        """Show the bar that unlocks the console."""
        bar.setMinimumHeight(72)  # pixels; room for a sentence of two lines
        bar.setFixedWidth(_WIDEST_BAR if self.width() > _WIDEST_BAR else max(320, self.width() - 20))
        self._column.insertWidget(self._column.count() - 1, bar, 0, Qt.AlignmentFlag.AlignHCenter)


class ConsoleLock(QObject):
    """The lock of the window, after `after_s` seconds without input and when the screen is locked.

    `wanted` is called after locking and starts the sign-in that unlocks.
    """

    def __init__(self, window: MainWindow, wanted: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._wanted, self.after_s = window, wanted, 600.0
        self._inside: QWidget | None = None
        self._dialogs: list[QDialog] = []
        self._focused: QWidget | None = None
        self._actions: list[QAction] = []
        self.page: LockPage  # set by the first lock
        self._looking = QTimer(self)
        self._looking.timeout.connect(self.look)

    def start(self) -> None:
        """Start to watch for idle time and for the operating system's lock."""
        self._looking.start(_LOOK_EVERY_MS)
        watch_os_lock(self._window, self.lock)

    @property
    def is_locked(self) -> bool:
        return self._inside is not None

    def look(self) -> None:
        """Lock if the last input is too long ago. Sleep of the computer counts as idle time."""
        if not self.is_locked and seconds() - self._window.events.touched_s >= self.after_s:
            self.lock()

    def lock(self) -> None:
        """Remove everything from the window and start the sign-in. Typed text is not lost."""
        if self.is_locked:
            return
        while (popup := QApplication.activePopupWidget()) is not None:  # a menu, or the list of a combo box
            popup.close()
        self._focused = self._window.focusWidget()
        self._dialogs = [one for one in self._window.findChildren(QDialog) if one.isVisible()]
        for widget in (*self._dialogs, *self._window.findChildren(SearchPalette)):
            widget.hide()
        inside = self._inside = self._window.takeCentralWidget()
        if inside is not None:
            inside.setParent(None)
        self.page = LockPage()  # created now: the icons are loaded and the theme is current
        self._window.setCentralWidget(self.page)
        self.page.show()
        # Otherwise their keys would still work, also those of the search.
        every = self._window.findChildren(QAction)
        usable = (one for one in every if one.isEnabled() and one.menu() is None and not one.property(WHILE_LOCKED))
        self._actions = [one for one in usable if one.menuRole() is not QAction.MenuRole.QuitRole]
        for action in self._actions:
            action.setEnabled(False)
        self._window.status.hide()
        self._window.lock_title(locked=True)
        self._wanted()

    def unlock(self) -> None:
        """Restore everything as it was before the lock."""
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
        if self._focused is not None and isValid(self._focused):  # it may be closed by now
            self._focused.setFocus()
        for dialog in self._dialogs:
            dialog.show()
        self._dialogs = []
        self._window.events.touched_s = seconds()
