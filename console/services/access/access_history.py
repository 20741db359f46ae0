"""How an account was opened, as it is written down for later: in values, not in the words that people read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from console.models.audit import AuditEntry
from console.services.access.access_grant import AccessReason
from console.settings.verification import Method

OPENED = "opened"
VERIFICATION_FAILED = "verification failed"
READ_AHEAD = "read ahead"
ACTED = "did"

# Said beside a method in the words of an entry when CRM did not answer.
BY_LAST_KNOWN = ", by what was last known, as CRM did not answer"


@dataclass(frozen=True, slots=True)
class PastAccess:
    """Why an account was opened, and whether the console compared what the caller said with what a system holds."""

    reason: AccessReason
    compared: bool

    @property
    def facts(self) -> Mapping[str, str]:
        """How it stands in an entry of the audit."""
        return {"reason": self.reason.name, "compared": str(self.compared).lower()}


def past_access(entry: AuditEntry, methods: Iterable[Method]) -> PastAccess:
    """Return why an account was opened by an entry; of one that an earlier version wrote, by its words."""
    reason, compared = entry.facts.get("reason", ""), entry.facts.get("compared")
    if reason in AccessReason.__members__:
        return PastAccess(AccessReason[reason], compared == "true")
    words, _, how = entry.words.partition(": ")
    method = next((one for one in methods if one.words == how.removesuffix(BY_LAST_KNOWN)), None)
    is_caller = words == AccessReason.CALLER.value
    return PastAccess(
        AccessReason.CALLER if is_caller else AccessReason.TYPED, method is not None and bool(method.checks)
    )
