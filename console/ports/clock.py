"""Time, as something that can be handed in."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time of day and a steady count of seconds."""

    def now(self) -> datetime:
        """Return the time of day, aware UTC."""

    def monotonic_s(self) -> float:
        """Return seconds from an unknown start; never goes back."""

    def boot_s(self) -> float:
        """Return seconds since the computer was started, its sleep counted; nobody can set it."""

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds of this clock."""
