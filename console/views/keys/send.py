"""The key that sends: Ctrl+Enter, Command+Return on macOS."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent


def is_send(event: QKeyEvent) -> bool:
    """Return whether a key press is the one that sends a form."""
    with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return with_control and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
