"""What an approval is asked for and given for: exactly one credit, by its account, amount and action."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from console.models.money import Money
from console.models.outbox import Action

_ASKED = re.compile(
    r"Request (?P<digest>[0-9a-f]{32}): (?P<kind>[a-z-]+) of (?P<amount>[0-9.]+) (?P<currency>[A-Z]{3})"
    r" on (?P<account>\S+)"
)


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """What somebody asks another person to agree to. `by` is who asks, `digest` stands for exactly this action."""

    kind: str
    account: str
    money: Money
    by: str
    digest: str

    @property
    def text(self) -> str:
        """The note in which it stands in the system of record."""
        return f"Request {self.digest}: {self.kind} of {self.money.amount} {self.money.currency} on {self.account}"


def request_of(action: Action) -> ApprovalRequest | None:
    """Return what an action's approval must be for as the action is now, None where it gives no credit."""
    step = next((one for one in action.steps if one.kind == "refund"), None)
    if step is None:
        return None
    money, account = step.wanted.money(), step.wanted.text("account")
    parts = (action.id, action.customer_id, step.kind, account, str(money.amount), money.currency)
    digest = hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
    return ApprovalRequest(step.kind, account, money=money, by=person_of(action), digest=digest)


def read_request(notes: Iterable[tuple[str | None, str]]) -> ApprovalRequest | None:
    """Return what a ticket asks approval for, from its notes (author and text, oldest first); None where none says."""
    for author, text in notes:
        found = _ASKED.fullmatch(text.strip())
        if found is None:
            continue
        try:
            amount = Decimal(found["amount"])
        except InvalidOperation:
            continue
        return ApprovalRequest(
            found["kind"],
            found["account"],
            money=Money(amount, found["currency"]),
            by=author or "",
            digest=found["digest"],
        )
    return None


def person_of(action: Action) -> str:
    """Return who did an action: the person, or where nobody signs in the role."""
    return action.person or action.author
