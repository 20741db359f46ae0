"""Port of the clock, so that tests can replace it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time of day, and seconds that never go back."""

    def now(self) -> datetime:
        """Return the current time, aware UTC."""

    def monotonic_s(self) -> float:
        """Return seconds since an unspecified start; never goes back."""

    def boot_s(self) -> float:
        """Return seconds since the computer started, sleep included; a user cannot change it."""

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds` of this clock."""
