"""How the audit records that an account was opened: as values, independent of the words on screen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from console.models.audit import AuditEntry
from console.services.access.access_grant import AccessReason
from console.settings.verification import Method

OPENED = "opened"
VERIFICATION_FAILED = "verification failed"
READ_AHEAD = "read ahead"
ACTED = "did"

# Added to the method in an entry's words when CRM did not respond and cached data was compared.
BY_LAST_KNOWN = ", by what was last known, as CRM did not answer"

# A method's words in entries without facts, which earlier versions wrote, and its words today.
_EARLIER_WORDS = {"Day of birth": "Date of birth"}


@dataclass(frozen=True, slots=True)
class PastAccess:
    """Why an account was opened, and whether the console compared what the caller said with a system's data."""

    reason: AccessReason
    compared: bool

    @property
    def facts(self) -> Mapping[str, str]:
        """The values as the audit entry stores them."""
        return {"reason": self.reason.name, "compared": str(self.compared).lower()}


def past_access(entry: AuditEntry, methods: Iterable[Method]) -> PastAccess:
    """Return why an audit entry says that an account was opened.

    Entries of earlier versions have no such values; their reason is read from their words.
    """
    reason, compared = entry.facts.get("reason", ""), entry.facts.get("compared")
    if reason in AccessReason.__members__:
        return PastAccess(AccessReason[reason], compared == "true")
    words, _, how = entry.words.partition(": ")
    how = how.removesuffix(BY_LAST_KNOWN)
    method = next((one for one in methods if one.words == _EARLIER_WORDS.get(how, how)), None)
    is_caller = words == AccessReason.CALLER.value
    return PastAccess(
        AccessReason.CALLER if is_caller else AccessReason.TYPED, method is not None and bool(method.checks)
    )
