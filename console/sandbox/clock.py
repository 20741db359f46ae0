"""The sandbox's clock: real time, faster, or advanced by hand, so that a week can pass in a minute."""

import time
from datetime import UTC, datetime, timedelta


class SandboxClock:
    """A clock that runs `speed` times as fast as real time. It can go forward, never back."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._began_s = time.monotonic()
        self._from = datetime.now(UTC)

    def now(self) -> datetime:
        """Return the sandbox's time, aware UTC."""
        return self._from + timedelta(seconds=(time.monotonic() - self._began_s) * self.speed)

    def set_speed(self, speed: float) -> None:
        """Change the speed from now on."""
        self._from, self._began_s, self.speed = self.now(), time.monotonic(), speed

    def advance(self, by: timedelta) -> None:
        """Move the clock forward by a duration."""
        self._from += by
