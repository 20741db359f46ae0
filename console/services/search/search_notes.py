"""Log of search texts: each text once, not every keystroke."""

import asyncio
from collections.abc import Callable

from console.ports.clock import Clock

# Keystrokes within this time belong to the same text.
_SETTLED_AFTER_S = 3.0


class SearchNotes:
    """Logs a text once the user stops typing for 3 s, or types something else."""

    def __init__(self, noted: Callable[[str], None], clock: Clock) -> None:
        self._noted, self._clock = noted, clock
        self._text = ""
        self._settling: asyncio.Task[None] | None = None

    def looked_for(self, text: str) -> None:
        """Note the current search text."""
        if not text or text == self._text:
            return
        if self._text and not (text.startswith(self._text) or self._text.startswith(text)):
            self._note()
        self._text = text
        if self._settling is not None:
            self._settling.cancel()
        self._settling = asyncio.create_task(self._settle(), name="note a search")

    async def aclose(self) -> None:
        """Log a text that is not logged yet."""
        if self._settling is not None:
            self._settling.cancel()
            await asyncio.gather(self._settling, return_exceptions=True)
        self._note()

    async def _settle(self) -> None:
        await self._clock.sleep(_SETTLED_AFTER_S)
        self._note()

    def _note(self) -> None:
        if self._text:
            self._noted(self._text)
            self._text = ""
