"""Guesses about a server from its records and replies."""

import contextlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from console.connectors.tmforum.check.probe import ProbeReply
from console.connectors.tmforum.published import V5_PATHS, Version
from console.connectors.tmforum.values import plain_word, read_time
from console.models.money import minor_digits

_AMOUNTS = ("amountDue", "remainingAmount", "taxIncludedAmount", "taxExcludedAmount", "totalAmount", "amount")
_CAUSES = {
    "CERTIFICATE": "Use a certificate that this computer trusts and that names this host.",
    "NO-CONNECTION": "No server replies there, or the name is unknown. Check address, port and network.",
    "TIMEOUT": "Make it answer within the time limit, or raise time_limit_s.",
    "CUT-OFF": "It dropped the connection: check that the address speaks HTTP, or HTTPS, as it says.",
}
_CUSTOMERS = frozenset(
    {
        "customer", "consumer", "subscriber", "client", "buyer", "enduser", "user", "accountholder", "holder", "owner",
        "endcustomer", "kunde", "cliente", "abonne", "abonnent",
    }
)  # fmt: skip
# Attributes that are matched only by the same word (wrong values would mislead), and names with another standard use.
_EXACT = ("Amount", "Date", "Price", "Due", "amount", "date", "Period")
_OTHER_MEANING = frozenset(
    {"amount", "description", "type", "state", "status", "name", "date", "category", "priority", "note", "id", "href"}
)
# Attributes with times that must be in the past.
_PAST = (
    "creationDate", "lastUpdate", "lastModified", "orderDate", "statusChangeDate", "paymentDate", "refundDate",
    "usageDate", "interactionDate.startDateTime", "interactionDate", "statusDate",
)  # fmt: skip
_A_WORD = 5  # shortest word, in letters, that identifies an attribute
_ONLY_V5 = ("statusChangeHistory", "relatedChannel", "appliedBillingRateType", "productOrderMilestone")


def likely_version(records: Sequence[dict[str, Any]], resource: str) -> Version | None:
    """Return the version by the records' shape, or None if it is unclear."""
    if resource not in V5_PATHS:
        return None
    for record in records:
        parties = _objects(record.get("relatedParty"))
        if not record.keys().isdisjoint(_ONLY_V5) or any("partyOrPartyRole" in one for one in parties):
            return "v5"
        if any("id" in one for one in parties):
            return "v4"
    media = [medium for record in records for medium in _objects(record.get("contactMedium"))]
    if media:
        return "v4" if any("characteristic" in medium for medium in media) else "v5"
    return None


def _objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; empty if the value is not a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def advice_for(reply: ProbeReply) -> str:
    """Return the advice for a reply without a list, by its error code or status."""
    for code, advice in _CAUSES.items():
        if code in reply.failure:
            return advice
    if reply.answer is None:
        return "Make it answer."
    if 300 <= reply.status < 400:
        return "It points to another address; configure that one."
    if reply.status == 403:
        return "Give this sign-in the right to read."
    if reply.status == 429:
        return "Allow the console more requests, or check again later."
    return "The server fails by itself; its log says why." if reply.status >= 500 else "Answer 200 with a JSON array."


def what_came(reply: ProbeReply) -> str:
    """Return the status of a reply without a list, or its failure."""
    return f"status {reply.status}" if reply.answer is not None else reply.failure


def only_whole_amounts(records: Sequence[dict[str, Any]]) -> bool:
    """Return whether all amounts that could have decimals are whole numbers (at least 3, one of at least 100)."""
    found = [value for record in records for key in _AMOUNTS for value in _amounts(record.get(key))]
    return len(found) > 2 and all(type(value) is int for value in found) and any(value >= 100 for value in found)


def _amounts(value: Any) -> Iterator[Any]:
    """Yield the number of an amount: bare, or with a currency that has decimals."""
    if isinstance(value, dict):
        unit, number = str(value.get("unit") or ""), value.get("value")
        if number is not None and minor_digits(unit.strip().upper()) > 0:
            yield number
    elif value is not None:
        yield value


def customer_role(records: Sequence[dict[str, Any]]) -> str | None:
    """Return the only role of all related parties, if it is a word for a customer (not a seller); else None."""
    roles = {
        str(party.get("role"))
        for record in records
        for party in record.get("relatedParty") or ()
        if isinstance(party, dict) and party.get("role")
    }
    only = roles.pop() if len(roles) == 1 else None
    return only if only is not None and plain_word(only) in _CUSTOMERS else None


def ahead_of(now: datetime, records: Sequence[dict[str, Any]]) -> timedelta:
    """Return how far the latest time that must be in the past is after `now`; zero if none is."""
    latest = max((at for record in records for name in _PAST for at in _times_of(record, name)), default=now)
    return max(latest - now, timedelta())


def _times_of(record: dict[str, Any], path: str) -> Iterator[datetime]:
    text = at(record, path)
    if len(text) > len("2026-12-01"):
        with contextlib.suppress(ValueError, OverflowError):
            yield read_time(text)


def other_bases(base: str) -> Iterator[str]:
    """Yield base paths that servers use instead of a published one: with or without "Management", under /tmf-api."""
    *_before, api, version = base.strip("/").split("/")
    plain = api.removesuffix("Management")
    for name in (api, f"{plain}Management", plain):
        found = f"/tmf-api/{name}/{version}"
        if found != base:
            yield found


def near(name: str, records: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield attributes that are probably the standard's `name`: the same word, or the word without its prefix.

    Amounts and dates match only the same word: `amount` is not `totalAmount`, `date` is not `orderDate`. A name that
    the standard uses for something else never matches.
    """
    tail = re.sub(r"^[a-z]+", "", name).lower()
    is_exact = name.endswith(_EXACT) or len(tail) < _A_WORD
    for record in records:
        for own in record:
            if own.lower() == name.lower() or own in _OTHER_MEANING:
                continue  # already found in any case, or another meaning
            is_tail = not is_exact and own.lower() == tail
            if is_tail or plain_word(own) == name.lower():
                yield own


def ids(records: Sequence[Any] | None) -> list[str]:
    return [str(one["id"]) for one in records or () if isinstance(one, dict) and isinstance(one.get("id"), str | int)]


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    parts = value.values() if isinstance(value, dict) else value
    for part in parts if isinstance(value, dict | list) else ():
        yield from texts(part)


def at(record: dict[str, Any], path: str) -> str:
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def number(reply: ProbeReply, header: str) -> int | None:
    text = (reply.answer.headers.get(header, "") if reply.answer else "").strip()
    return int(text) if text.isascii() and text.isdigit() else None
