"""A clock that users cannot set: locks and expiry use it, and changes of the computer's clock are logged."""

from collections.abc import Callable
from datetime import datetime, timedelta

from console.ports.clock import Clock

# Corrections over the network move a clock by less than this.
_JUMP = timedelta(minutes=2)


class SteadyClock:
    """Starts at the computer's time of day and continues by its boot counter. Implements the port `Clock`.

    `jumped` is called each time the computer's clock was set by more than 2 min, with the difference.
    """

    def __init__(self, clock: Clock, jumped: Callable[[timedelta], None] = lambda _by: None) -> None:
        self._clock, self._jumped = clock, jumped
        self._began, self._began_s = clock.now(), clock.boot_s()
        self._off = timedelta()

    def now(self) -> datetime:
        """Return the time of day (aware UTC), unaffected by changes of the computer's clock since the start."""
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
