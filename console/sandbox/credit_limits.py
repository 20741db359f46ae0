"""Credit checks in billing and CRM: the person's limit, and an approval that matches the credit exactly."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from starlette.exceptions import HTTPException

from console.sandbox.clock import SandboxClock
from console.sandbox.world import World

Record = dict[str, Any]
_COUNTED = timedelta(days=30)
# Limit per role in units; `_RATES` is the worth of one unit in each currency.
_UNITS = {"rep": 25, "senior-rep": 100, "supervisor": 250}
_RATES = {"USD": 1, "EUR": 1, "GBP": 1, "SEK": 10, "JPY": 150}
_APPROVES = "supervisor"
_FAILED = {"failed", "declined", "refused", "rejected", "cancelled"}
_REQUEST = re.compile(r"Request ([0-9a-f]{32}): refund of ([0-9.]+) ([A-Z]{3}) on (\S+)")


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """The person behind an access token: the identity provider's subject and the roles of the claim."""

    subject: str
    roles: tuple[str, ...]

    def limit(self, currency: str) -> Decimal:
        """Return the limit for credits to one customer in 30 days, in a currency; zero for unknown ones."""
        return Decimal(max((_UNITS.get(role, 0) for role in self.roles), default=0) * _RATES.get(currency, 0))


@dataclass(frozen=True, slots=True)
class _Asked:
    """The content of an approval request."""

    digest: str
    amount: str
    currency: str
    account: str
    by: str


class CreditRules:
    """Rejects with 422 what a person may not do. Requests with the deployment's own token pass without a check."""

    def __init__(
        self,
        world: World,
        clock: SandboxClock,
        *,
        refunds_of: Callable[[int], list[Record]],
        ticket: Callable[[str], Record | None],
        person: Callable[[str], TokenHolder | None],
    ) -> None:
        self._world, self._clock = world, clock
        self._refunds_of, self._ticket, self._person = refunds_of, ticket, person

    def check_create(self, resource: str, body: Record, by: TokenHolder | None) -> None:
        """Check a new record.

        Raises:
            HTTPException: It is a credit above the person's limit without a matching, unused approval, or an approval
                request in another person's name.
        """
        if by is None:
            return
        if resource == "refund":
            self._check_refund(body, by)
        elif resource == "troubleTicket" and (asked := _asked(body)) is not None and asked.by != by.subject:
            raise HTTPException(422, "an approval is asked for in one's own name")

    def check_change(self, resource: str, before: Record, patch: Record, by: TokenHolder | None) -> None:
        """Check a change.

        Raises:
            HTTPException: The person decides on their own request, above their limit, or in another person's name.
        """
        if by is None or resource != "troubleTicket":
            return
        decision = _decision(patch)
        if decision is None or _decision(before) is not None:
            return
        author, words = decision
        asked = _asked(before)
        if author != by.subject:
            raise HTTPException(422, "a decision stands in one's own name")
        if asked is not None and asked.by == by.subject:
            raise HTTPException(422, "another person must decide")
        if words.startswith("approved") and (asked is None or Decimal(asked.amount) > by.limit(asked.currency)):
            raise HTTPException(422, "this approval is above the person's own limit")

    def _check_refund(self, body: Record, by: TokenHolder) -> None:
        total = body["totalAmount"]
        amount, currency = Decimal(str(total["value"])), str(total["unit"])
        customer = str(body["requestor"]["id"])
        given = sum((self._given(n, currency) for n in self._customers(customer)), start=Decimal(0))
        if given + amount <= by.limit(currency):
            return
        message = (
            f"{given} {currency} were given in 30 days; above {by.limit(currency)} an approval that fits is needed"
        )
        code = str(body.get("authorizationCode") or "")
        ticket = self._ticket(code) if code else None
        if ticket is None or not self._fits(ticket, body, customer, amount, currency, given, by):
            raise HTTPException(422, message)
        if any(one.get("authorizationCode") == code for n in self._customers(customer) for one in self._refunds_of(n)):
            raise HTTPException(422, "this approval was used already")

    def _fits(
        self,
        ticket: Record,
        body: Record,
        customer: str,
        amount: Decimal,
        currency: str,
        given: Decimal,
        by: TokenHolder,
    ) -> bool:
        asked, decision = _asked(ticket), _decision(ticket)
        if asked is None or decision is None:
            return False
        author, words = decision
        approver = self._person(author)
        action = str(body.get("correlatorId") or "").rpartition("-")[0]
        account = str(body["account"]["id"])
        parts = (action, customer, "refund", account, asked.amount, currency)
        digest = hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
        return (
            approver is not None
            and author != by.subject
            and _APPROVES in approver.roles
            and given + amount <= approver.limit(currency)
            and (asked.account, asked.currency, Decimal(asked.amount)) == (account, currency, amount)
            and digest == asked.digest
            and words.partition(":")[0] == f"approved {digest}"
        )

    def _given(self, n: int, currency: str) -> Decimal:
        since = self._clock.now() - _COUNTED
        return sum(
            (
                Decimal(str(one["totalAmount"]["value"]))
                for one in self._refunds_of(n)
                if one["totalAmount"]["unit"] == currency
                and str(one.get("status")).lower() not in _FAILED
                and datetime.fromisoformat(str(one["refundDate"])) >= since
            ),
            start=Decimal(0),
        )

    def _customers(self, number: str) -> Iterator[int]:
        return self._world.customer_of(self._world.numbers.customer.decode(number))


def _notes(record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    notes = record.get("note")
    return (note for note in notes if isinstance(note, dict)) if isinstance(notes, list) else iter(())


def _asked(record: Mapping[str, Any]) -> _Asked | None:
    for note in _notes(record):
        found = _REQUEST.fullmatch(str(note.get("text", "")).strip())
        if found is not None:
            digest, amount, currency, account = found.groups()
            return _Asked(digest, amount, currency=currency, account=account, by=str(note.get("author") or ""))
    return None


def _decision(record: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return author and text of the decision, or None if there is none."""
    for note in _notes(record):
        if str(note.get("id", "")).startswith("decision "):
            return str(note.get("author") or ""), str(note.get("text", ""))
    return None
