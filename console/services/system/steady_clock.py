"""A time of day that cannot be set: what locks and lapses goes by it, and a clock that is set is written down."""

from collections.abc import Callable
from datetime import datetime, timedelta

from console.ports.clock import Clock

# A clock that is kept right by the network moves by less than this.
_JUMP = timedelta(minutes=2)


class SteadyClock:
    """Goes on from the time of day at its start by what the computer counts since it was booted. Implements the port.

    `jumped` hears by how much the computer's own clock was set, each time it was.
    """

    def __init__(self, clock: Clock, jumped: Callable[[timedelta], None] = lambda _by: None) -> None:
        self._clock, self._jumped = clock, jumped
        self._began, self._began_s = clock.now(), clock.boot_s()
        self._off = timedelta()

    def now(self) -> datetime:
        """Return the time of day, whatever the computer's clock was set to since the start."""
        steady = self._began + timedelta(seconds=self._clock.boot_s() - self._began_s)
        off = self._clock.now() - steady
        if abs(off - self._off) > _JUMP:
            by, self._off = off - self._off, off
            self._jumped(by)
        return steady

    def monotonic_s(self) -> float:
        return self._clock.monotonic_s()

    def boot_s(self) -> float:
        return self._clock.boot_s()

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
