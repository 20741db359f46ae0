"""Which accounts stood on the screen without a checked caller: what is shown there proves nothing of a caller."""

from datetime import datetime, timedelta

# For so long after an account was open without a caller nobody is verified by what it shows.
_REMEMBERED = timedelta(hours=1)


class ShownAccounts:
    """Remembers, for each account, when it was seen without a caller, and when its caller was verified and how."""

    def __init__(self) -> None:
        self._seen_at: dict[str, datetime] = {}
        self._verified_at: dict[str, datetime] = {}
        self._unchecked_at: dict[str, datetime] = {}

    def was_seen(self, customer: str, now: datetime) -> bool:
        """Return whether an account stood on the screen without a caller not long ago."""
        seen_at = self._seen_at.get(customer)
        return seen_at is not None and now - seen_at < _REMEMBERED

    def note_verified(self, customer: str, at: datetime, *, compared: bool) -> bool:
        """Note a verified caller; return whether that was a check of the console's.

        What a caller on the rep's word alone has just brought onto the screen opens the account, but proves nothing.
        """
        shown_at, checked_at = self._unchecked_at.get(customer), self._verified_at.get(customer)
        is_check = compared and (shown_at is None or at - shown_at >= _REMEMBERED)
        if is_check:
            self._verified_at[customer] = at
        elif checked_at is None or at - checked_at >= _REMEMBERED:
            self._unchecked_at[customer] = at
        return is_check

    def note_seen(self, customer: str, at: datetime) -> None:
        """Remember that an account stood on the screen without a caller, unless its caller was verified just before.

        Who writes down after a call what was forgotten in it sees nothing that they had not seen anyway.
        """
        verified_at = self._verified_at.get(customer)
        if verified_at is None or at - verified_at >= _REMEMBERED:
            self._seen_at[customer] = at
