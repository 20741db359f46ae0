"""What happens anywhere in the program: a hand on it, a key while a form is open, a window that comes up."""

import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

_HANDS = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


def seconds() -> float:
    """Return a count of seconds that goes on while the computer sleeps, which Python's own does on Windows alone."""
    clock = {"linux": "CLOCK_BOOTTIME", "darwin": "CLOCK_MONOTONIC"}.get(sys.platform)
    return time.monotonic() if clock is None else time.clock_gettime(getattr(time, clock))


class AppEvents(QObject):
    """Watches all events of the program: once for all who need it, since each watcher costs time on every event.

    `touched_s` is when a hand was last on keyboard or mouse, in `seconds`.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.touched_s = seconds()
        self._keys: dict[QKeySequence, Callable[[], object]] = {}
        self._window_shown: list[Callable[[QWidget], object]] = []
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def on_key(self, key: str, do: Callable[[], object]) -> None:
        """Have a key work also while a form has the keyboard, which keeps the window's own keys from working."""
        self._keys[QKeySequence(key)] = do

    def on_window_shown(self, do: Callable[[QWidget], object]) -> None:
        """Do something with every window of the program as it is shown, dialogs and menus too."""
        self._window_shown.append(do)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _HANDS:
            self.touched_s = seconds()
            if isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
                do = self._keys.get(QKeySequence(event.keyCombination()))
                if do is not None and QApplication.activeModalWidget() is not None:
                    do()
                    return True
        elif kind == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            for shown in self._window_shown:
                shown(watched)
        return False
