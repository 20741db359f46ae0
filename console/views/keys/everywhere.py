"""Keys that work wherever one is, also while a form is open, which keeps the window's own keys from working."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication


class KeysEverywhere(QObject):
    """Does what belongs to a key while a dialog has the keyboard; without one the menus do it."""

    def __init__(self, parent: QObject, keys: Mapping[str, Callable[[], object]]) -> None:
        super().__init__(parent)
        self._keys = {QKeySequence(key): do for key, do in keys.items()}
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            do = self._keys.get(QKeySequence(event.keyCombination()))
            if do is not None and QApplication.activeModalWidget() is not None:
                do()
                return True
        return super().eventFilter(watched, event)
