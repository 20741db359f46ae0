"""A stream for a terminal in which nothing that came from outside can move the cursor or change what was written."""

import re
from collections.abc import Iterable
from typing import TextIO

# Control characters but the end of a line and the tab, and what turns the direction of writing (Unicode 15, 23.2).
_MOVES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Return a text with every sign that a terminal would obey written out, such as \\x1b for Escape."""
    return _MOVES.sub(lambda found: ascii(found.group())[1:-1], text)


class PlainStream:
    """Writes plain text to another stream; all else it leaves to that."""

    def __init__(self, inner: TextIO) -> None:
        self._inner = inner

    def write(self, text: str) -> int:
        """Write a text and return how long it was."""
        self._inner.write(plain(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write texts, one after the other."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)
