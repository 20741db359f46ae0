"""The sandbox's own time: as the world outside, faster, or moved on by hand, so that a week passes in a minute."""

import time
from datetime import UTC, datetime, timedelta


class SandboxClock:
    """Runs `speed` times as fast as real time; it can be moved on, never back."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._began_s = time.monotonic()
        self._from = datetime.now(UTC)

    def now(self) -> datetime:
        """Return the sandbox's time, aware UTC."""
        return self._from + timedelta(seconds=(time.monotonic() - self._began_s) * self.speed)

    def set_speed(self, speed: float) -> None:
        """Run on from now at another speed."""
        self._from, self._began_s, self.speed = self.now(), time.monotonic(), speed

    def advance(self, by: timedelta) -> None:
        """Move on by so much."""
        self._from += by
