"""Detects users who open many accounts without doing anything in them, or who guess callers' answers.

The limits are tested on simulated days by `bench guard`.
"""

from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
# This many untouched accounts in an hour cannot come from calls: one call takes minutes.
FAST = 12
# This many untouched accounts in a day, if they are at least 75 % of all opened ones; calls leave actions or checks.
SLOW, SLOW_SHARE = 18, 0.75
# Accounts with wrong answers in an hour; callers who forget their own date of birth come one at a time.
GUESSED = 6
# This many wrong answers for one account in a day are guesses, however long the pauses between them.
GUESSED_AT_ONE = 15


class SnoopingDetector:
    """Remembers for 24 h which accounts were opened, touched and guessed at.

    `opened` and `guessed` return a description if a pattern was detected, at most one per hour. An account is touched
    once an action was sent in it. If the console compared an answer (date of birth, account number), a real caller gave
    it; such an access does not count.
    """

    def __init__(self) -> None:
        self._untouched: dict[str, datetime] = {}
        self._opened: dict[str, datetime] = {}
        self._guessed: dict[str, datetime] = {}
        self._guesses: dict[str, list[datetime]] = {}
        self._reported_at: datetime | None = None

    def opened(self, customer: str, at: datetime, *, checked: bool) -> str | None:
        """Note an access; `checked` is true if the console compared a caller's answer."""
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
        """Note that an action was sent in an account; return whether it counted as untouched until now."""
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
