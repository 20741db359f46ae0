"""When to stop asking a system that does not answer, and how often to try again."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Breaker:
    """Opens after several failures in a row; then one question at a time is let through to see whether it is back.

    Times are seconds of the caller's steady clock.
    """

    failures_to_open: int = 5
    pause_s: float = 5.0
    _failures: int = 0
    _next_probe_s: float = 0.0

    @property
    def is_open(self) -> bool:
        return self._failures >= self.failures_to_open

    def admits(self, now_s: float) -> bool:
        """Return whether a question may go out now; while open, only the first after each pause may."""
        if not self.is_open:
            return True
        if now_s < self._next_probe_s:
            return False
        self._next_probe_s = now_s + self.pause_s
        return True

    def let_through(self) -> None:
        """Admit the next question whatever the pause; someone wants to know now."""
        self._next_probe_s = 0.0

    def record(self, *, answered: bool, now_s: float) -> None:
        """Take note of how a question ended."""
        if answered:
            self._failures = 0
            return
        self._failures += 1
        if self.is_open:
            self._next_probe_s = now_s + self.pause_s


@dataclass(slots=True)
class RetryBudget:
    """Keeps retries to a tenth of all questions, so that a system in trouble is not pushed further down."""

    share: float = 0.1
    most: float = 10.0
    _left: float = field(default=10.0)

    def earn(self) -> None:
        self._left = min(self.most, self._left + self.share)

    def spend(self) -> bool:
        """Take one retry from the budget; False when there is none left."""
        if self._left < 1:
            return False
        self._left -= 1
        return True
