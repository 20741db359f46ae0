"""The Latin letter of a key press on any layout: the typed letter, else the letter at the key's position.

On a Cyrillic, Greek or Arabic layout, keys do not type Latin letters. Their positions on the keyboard are the same.
"""

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

# The three rows of letters from left to right, as on an American keyboard.
_ROWS = ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
# Linux numbers the keys of a row in order (input-event-codes.h). X11 and Wayland keymaps add 8.
_LINUX_STARTS = (16 + 8, 30 + 8, 44 + 8)
_LINUX = {start + n: letter for start, row in zip(_LINUX_STARTS, _ROWS, strict=True) for n, letter in enumerate(row)}
# Apple's virtual key codes (Events.h, kVK_ANSI_A and so on). They are positions too.
_MAC_CODES = {
    "A": 0, "S": 1, "D": 2, "F": 3, "H": 4, "G": 5, "Z": 6, "X": 7, "C": 8, "V": 9, "B": 11, "Q": 12, "W": 13, "E": 14,
    "R": 15, "Y": 16, "T": 17, "O": 31, "U": 32, "I": 34, "P": 35, "L": 37, "J": 38, "K": 40, "N": 45, "M": 46,
}  # fmt: skip
_MAC = {code: letter for letter, code in _MAC_CODES.items()}


def letter_of(event: QKeyEvent) -> str:
    """Return the letter of a key press in upper case. It is empty for a key that does not type a letter."""
    typed = event.text().upper()
    if len(typed) != 1 or not typed.isalpha():
        return ""
    if "A" <= typed <= "Z":
        return typed
    if Qt.Key.Key_A <= event.key() <= Qt.Key.Key_Z:
        return chr(event.key())
    return _by_position(event) or typed


def _by_position(event: QKeyEvent) -> str:
    if sys.platform == "darwin":
        return _MAC.get(event.nativeVirtualKey(), "")
    if sys.platform == "win32":  # Windows names a key by the Latin letter at its position, on every layout
        key = event.nativeVirtualKey()
        return chr(key) if ord("A") <= key <= ord("Z") else ""
    return _LINUX.get(event.nativeScanCode(), "")
