"""Accounts that were on screen without a verified caller: the data shown there cannot verify a caller later."""

from datetime import datetime, timedelta

# For this long after an account was open without a caller, its data verifies no caller.
_REMEMBERED = timedelta(hours=1)


class ShownAccounts:
    """Remembers when each account was seen without a caller, and when and how its caller was verified."""

    def __init__(self) -> None:
        self._seen_at: dict[str, datetime] = {}
        self._verified_at: dict[str, datetime] = {}
        self._unchecked_at: dict[str, datetime] = {}

    def was_seen(self, customer: str, now: datetime) -> bool:
        """Return whether an account was on screen without a caller in the last hour."""
        seen_at = self._seen_at.get(customer)
        return seen_at is not None and now - seen_at < _REMEMBERED

    def note_verified(self, customer: str, at: datetime, *, compared: bool) -> bool:
        """Note a verified caller; return whether the console's own check counts as proof.

        A caller that only the rep vouches for opens the account. Answers read from that screen in the next hour prove
        nothing.
        """
        shown_at, checked_at = self._unchecked_at.get(customer), self._verified_at.get(customer)
        is_check = compared and (shown_at is None or at - shown_at >= _REMEMBERED)
        if is_check:
            self._verified_at[customer] = at
        elif checked_at is None or at - checked_at >= _REMEMBERED:
            self._unchecked_at[customer] = at
        return is_check

    def note_seen(self, customer: str, at: datetime) -> None:
        """Note that an account was on screen without a caller, unless its caller was verified in the last hour.

        A rep who adds a forgotten note after a call sees nothing new.
        """
        verified_at = self._verified_at.get(customer)
        if verified_at is None or at - verified_at >= _REMEMBERED:
            self._seen_at[customer] = at
