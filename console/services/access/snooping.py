"""Notices whoever opens one account after the other and does nothing in them, or guesses at one after the other."""

from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
# So many within an hour are no calls any more: one call takes minutes.
FAST = 12
# So many in a day are one, where they are nearly all that was opened; calls leave acts, notes or checks.
SLOW, SLOW_SHARE = 18, 0.75
# Callers who do not know their own day of birth come one at a time.
GUESSED = 6
# So many wrong answers for one account within a day are somebody who tries, however long they wait in between.
GUESSED_AT_ONE = 15


class SnoopingDetector:
    """Keeps who was opened and touched within a day. Every method returns in words what became a pattern by it.

    An account is touched once something was sent in it. What the desk itself checked (a day of birth, an account
    number) was told by somebody, so such openings do not count. A pattern is told of once an hour.
    """

    def __init__(self) -> None:
        self._untouched: dict[str, datetime] = {}
        self._opened: dict[str, datetime] = {}
        self._guessed: dict[str, datetime] = {}
        self._guesses: dict[str, list[datetime]] = {}
        self._reported_at: datetime | None = None

    def opened(self, customer: str, at: datetime, *, checked: bool) -> str | None:
        """Note an opening; `checked` is whether the desk compared what somebody said."""
        self._opened[customer] = at
        if checked:
            self._untouched.pop(customer, None)
        else:
            self._untouched[customer] = at
        self._forget(at)
        fast = sum(at - one <= HOUR for one in self._untouched.values())
        if fast >= FAST:
            return self._tell(at, f"{fast} accounts opened within an hour and nothing done in them")
        slow = len(self._untouched)
        if slow >= SLOW and slow >= SLOW_SHARE * len(self._opened):
            return self._tell(at, f"{slow} accounts opened within a day and nothing done in them")
        return None

    def guessed(self, customer: str, at: datetime) -> str | None:
        """Note a wrong answer."""
        self._guessed[customer] = at
        guesses = self._guesses.setdefault(customer, [])
        guesses.append(at)
        self._forget(at)
        if len(guesses) >= GUESSED_AT_ONE and len(guesses) % GUESSED_AT_ONE == 0:
            return self._tell(at, f"{len(guesses)} wrong answers for one account within a day")
        guessed = sum(at - one <= HOUR for one in self._guessed.values())
        if guessed >= GUESSED:
            return self._tell(at, f"wrong answers for {guessed} accounts within an hour")
        return None

    def touched(self, customer: str) -> bool:
        """Note that something was sent in an account; return whether nothing had been until now."""
        return self._untouched.pop(customer, None) is not None

    def _forget(self, now: datetime) -> None:
        for kept in (self._untouched, self._opened, self._guessed):
            for customer in [one for one, at in kept.items() if now - at > DAY]:
                del kept[customer]
        for customer, guesses in list(self._guesses.items()):
            guesses[:] = [at for at in guesses if now - at <= DAY]
            if not guesses:
                del self._guesses[customer]

    def _tell(self, now: datetime, words: str) -> str | None:
        if self._reported_at is not None and now - self._reported_at <= HOUR:
            return None
        self._reported_at = now
        return words
