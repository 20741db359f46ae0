"""A terminal stream that escapes control characters, so that text from outside cannot change what was printed."""

import re
from collections.abc import Iterable
from typing import TextIO

# Control characters except line end and tab, and characters that change the writing direction (Unicode 15, 23.2).
_MOVES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Return a text with every character that a terminal would execute escaped, such as \\x1b for Escape."""
    return _MOVES.sub(lambda found: ascii(found.group())[1:-1], text)


class PlainStream:
    """Writes escaped text to another stream. Everything else is passed on unchanged."""

    def __init__(self, inner: TextIO) -> None:
        self._inner = inner

    def write(self, text: str) -> int:
        """Write a text and return its length."""
        self._inner.write(plain(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write texts, one after the other."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)
