"""Pauses requests when a system's rate limit headers say that none are left, so that it need not reject any."""

import re
from collections.abc import Mapping
from datetime import datetime

# The header families that servers use, newest last. In the first two, reset is a time or a number of seconds.
_REMAINING = ("x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining")
_RESET = ("x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset")
_ONE_FIELD = re.compile(r"\b(?:remaining|r)=(\d{1,9})\b.*?\b(?:reset|t)=(\d{1,9})\b")
# Seconds. A larger reset value is a Unix time (after 2001), a smaller one is a number of seconds.
_SURELY_A_TIME = 1_000_000_000
# Seconds. The longest pause that headers can cause.
_LONGEST_S = 3600.0


class RateLimit:
    """Delays requests while a system accepts none. Times are seconds of the caller's monotonic clock.

    Source: the X-RateLimit headers as real servers send them, and the drafts of RateLimit fields for HTTP.
    """

    def __init__(self) -> None:
        self._not_before_s = 0.0

    def note(self, headers: Mapping[str, str], *, now_s: float, now: datetime) -> None:
        """Read the rate limit headers of a response; names are in lower case."""
        remaining, reset = _first(headers, _REMAINING), _first(headers, _RESET)
        field = _ONE_FIELD.search(headers.get("ratelimit", ""))
        if field is not None:
            remaining, reset = int(field[1]), int(field[2])
        if remaining == 0 and reset is not None:
            self.hold(reset - now.timestamp() if reset > _SURELY_A_TIME else float(reset), now_s=now_s)

    def hold(self, pause_s: float, *, now_s: float) -> None:
        """Send no request before `pause_s` seconds have passed, at most an hour."""
        self._not_before_s = max(self._not_before_s, now_s + min(max(0.0, pause_s), _LONGEST_S))

    def wait_s(self, now_s: float) -> float:
        """Return how many seconds the next request must wait; 0 if it may be sent now."""
        return max(0.0, self._not_before_s - now_s)


def _first(headers: Mapping[str, str], names: tuple[str, ...]) -> int | None:
    for name in names:
        text = headers.get(name, "").strip()
        if text.isascii() and text.isdigit() and len(text) <= 12:
            return int(text)
    return None
