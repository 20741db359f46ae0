"""Approval of exactly one credit, identified by its account, amount and action."""

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
    """A request for another person's approval. `by` is the requester, `digest` identifies exactly this action."""

    kind: str
    account: str
    money: Money
    by: str
    digest: str

    @property
    def text(self) -> str:
        """The note text that saves the request in the system of record."""
        return f"Request {self.digest}: {self.kind} of {self.money.amount} {self.money.currency} on {self.account}"


def request_of(action: Action) -> ApprovalRequest | None:
    """Return the approval request that an action needs now, None if it gives no credit."""
    step = next((one for one in action.steps if one.kind == "refund"), None)
    if step is None:
        return None
    money, account = step.wanted.money(), step.wanted.text("account")
    parts = (action.id, action.customer_id, step.kind, account, str(money.amount), money.currency)
    digest = hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
    return ApprovalRequest(step.kind, account, money=money, by=person_of(action), digest=digest)


def read_request(notes: Iterable[tuple[str | None, str]]) -> ApprovalRequest | None:
    """Return the approval request in a ticket's notes (author and text, oldest first), None if there is none."""
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
    """Return the person who did an action, or their role if nobody signs in."""
    return action.person or action.author
