"""User input anywhere in the program: the time of the last input, and keys that also work while a form is open."""

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
    """Return a clock in seconds that also counts while the computer sleeps.

    `time.monotonic` does that on Windows only.
    """
    clock = {"linux": "CLOCK_BOOTTIME", "darwin": "CLOCK_MONOTONIC"}.get(sys.platform)
    return time.monotonic() if clock is None else time.clock_gettime(getattr(time, clock))


class AppEvents(QObject):
    """A filter on the program's native windows: the main window, and each form's from the time it has the focus.

    It does not filter the whole application. Qt would call such a filter for every event of every widget. That costs
    10 % of a busy turn and 20 ms at the start. `touched_s` is the time of the last input, on the clock of `seconds`.
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
        """Make a key also work while a form is open. A modal form blocks the window's own shortcuts."""
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
            window.installEventFilter(self)  # Qt installs the same filter only once
