"""What a hand does anywhere in the program: that there was one, and keys that work while a form is open."""

import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QWindow
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
    """Watches the system's windows of the program, the main one and each form's, from the time they have the focus.

    Not the application: a filter there is called for every event of every widget, which costs a tenth of a busy turn
    and 20 ms of a start. `touched_s` is when a hand was last on keyboard or mouse, in `seconds`.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.touched_s = seconds()
        self._keys: dict[QKeySequence, Callable[[], object]] = {}
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._watch)
        self._watch(window.windowHandle())

    def on_key(self, key: str, do: Callable[[], object]) -> None:
        """Have a key work also while a form has the keyboard, which keeps the window's own keys from working."""
        self._keys[QKeySequence(key)] = do

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind not in _HANDS:
            return False
        self.touched_s = seconds()
        if isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
            do = self._keys.get(QKeySequence(event.keyCombination()))
            if do is not None and QApplication.activeModalWidget() is not None:
                do()
                return True
        return False

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)  # once, however often it is told
