"""How often a failed read is tried again, and the pause before it. Writes are never repeated here."""

import random
from dataclasses import dataclass, field

# A read that fails twice in a row rarely succeeds within the same deadline.
TRIES = 3
# Seconds; doubled with each try. A rep waits for the result, so the pauses stay below a second or two.
_BACKOFF_S = 0.2


def retry_pause_s(attempt: int, rng: random.Random) -> float:
    """Return the seconds to wait after a failed attempt (from 1): between 0 and 0.4, 0.8, 1.6, with full jitter."""
    return rng.uniform(0, _BACKOFF_S * 2.0**attempt)


def jitter_s(rng: random.Random) -> float:
    """Return up to 0.2 s, so that waiting requests do not start in the same moment."""
    return rng.uniform(0, _BACKOFF_S)


@dataclass(slots=True)
class RetryBudget:
    """Limits retries to a tenth of all requests, so that retries do not add load to a failing system.

    Each request earns `share` of a retry; at most `most` retries are saved up.
    """

    share: float = 0.1
    most: float = 10.0
    _left: float = field(default=10.0)

    def earn(self) -> None:
        self._left = min(self.most, self._left + self.share)

    def spend(self) -> bool:
        """Take one retry from the budget. Return False if none is left."""
        if self._left < 1:
            return False
        self._left -= 1
        return True
