"""Circuit breaker: when to stop sending requests to a failing system."""

from dataclasses import dataclass


@dataclass(slots=True)
class Breaker:
    """Opens after several failures in a row, then lets one request through after each pause to check the system.

    Times are seconds of the caller's monotonic clock.
    """

    failures_to_open: int = 5
    pause_s: float = 5.0
    _failures: int = 0
    _next_probe_s: float = 0.0

    @property
    def is_open(self) -> bool:
        return self._failures >= self.failures_to_open

    def admits(self, now_s: float) -> bool:
        """Return whether a request may be sent now. While open, only the first request after each pause may."""
        if not self.is_open:
            return True
        if now_s < self._next_probe_s:
            return False
        self._next_probe_s = now_s + self.pause_s
        return True

    def let_through(self) -> None:
        """Admit the next request without waiting for the pause, because a user needs the result now."""
        self._next_probe_s = 0.0

    def record(self, *, answered: bool, now_s: float) -> None:
        """Record whether a request was answered."""
        if answered:
            self._failures = 0
            return
        self._failures += 1
        if self.is_open:
            self._next_probe_s = now_s + self.pause_s
