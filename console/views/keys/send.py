"""The key that sends a form: Ctrl+Enter, on macOS Command+Return."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent


def is_send(event: QKeyEvent) -> bool:
    """Return whether a key press sends a form."""
    with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return with_control and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
