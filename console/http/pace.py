"""How many questions a system still takes, as its headers say, so that it need not refuse any."""

import re
from collections.abc import Mapping
from datetime import datetime

# The families servers use, newest last; the first two count to a time or for so many seconds.
_REMAINING = ("x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining")
_RESET = ("x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset")
_ONE_FIELD = re.compile(r"\b(?:remaining|r)=(\d{1,9})\b.*?\b(?:reset|t)=(\d{1,9})\b")
_SURELY_A_TIME = 1_000_000_000
_LONGEST_S = 3600.0


class Pace:
    """Holds questions back while a system takes none; times are seconds of the caller's steady clock.

    Source: the X-RateLimit headers as servers in the field have them, and the drafts of RateLimit fields for HTTP.
    """

    def __init__(self) -> None:
        self._not_before_s = 0.0

    def note(self, headers: Mapping[str, str], *, now_s: float, now: datetime) -> None:
        """Take note of an answer's headers, whose names are in lower case."""
        remaining, reset = _first(headers, _REMAINING), _first(headers, _RESET)
        field = _ONE_FIELD.search(headers.get("ratelimit", ""))
        if field is not None:
            remaining, reset = int(field[1]), int(field[2])
        if remaining == 0 and reset is not None:
            self.hold(reset - now.timestamp() if reset > _SURELY_A_TIME else float(reset), now_s=now_s)

    def hold(self, pause_s: float, *, now_s: float) -> None:
        """Let no question out before so many seconds are over."""
        self._not_before_s = max(self._not_before_s, now_s + min(max(0.0, pause_s), _LONGEST_S))

    def wait_s(self, now_s: float) -> float:
        """Return how long the next question must wait; 0 when it may go."""
        return max(0.0, self._not_before_s - now_s)


def _first(headers: Mapping[str, str], names: tuple[str, ...]) -> int | None:
    for name in names:
        text = headers.get(name, "").strip()
        if text.isascii() and text.isdigit() and len(text) <= 12:
            return int(text)
    return None
