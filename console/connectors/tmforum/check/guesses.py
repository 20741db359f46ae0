"""What records tell about the server that wrote them."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from console.connectors.tmforum.check.looking import Seen
from console.settings import V5_PATHS, Version

_AMOUNTS = ("amountDue", "remainingAmount", "taxIncludedAmount", "taxExcludedAmount", "totalAmount", "amount")
_CAUSES = {
    "CERTIFICATE": "Use a certificate that this computer trusts and that names this host.",
    "NO-CONNECTION": "Nobody listens there, or the name is unknown: check address, port and network.",
    "TIMEOUT": "Make it answer within the time limit, or raise time_limit_s.",
    "CUT-OFF": "It dropped the connection: check that the address speaks HTTP, or HTTPS, as it says.",
}
_ONLY_V5 = ("statusChangeHistory", "relatedChannel", "appliedBillingRateType", "productOrderMilestone")


def likely_version(records: Sequence[dict[str, Any]], resource: str) -> Version | None:
    """Return the version whose shape the records have, or None where they do not tell."""
    if resource not in V5_PATHS:
        return None
    for record in records:
        parties = record.get("relatedParty")
        wrapped = isinstance(parties, list) and any(
            isinstance(one, dict) and "partyOrPartyRole" in one for one in parties
        )
        if wrapped or any(name in record for name in _ONLY_V5):
            return "v5"
        if isinstance(parties, list) and any(isinstance(one, dict) and "id" in one for one in parties):
            return "v4"
    media = [medium for record in records for medium in record.get("contactMedium") or () if isinstance(medium, dict)]
    if media:
        return "v4" if any("characteristic" in medium for medium in media) else "v5"
    return None


def advice_for(seen: Seen) -> str:
    """Return what to do about an answer that is no list, by what it is."""
    for code, advice in _CAUSES.items():
        if code in seen.failure:
            return advice
    if seen.answer is None:
        return "Make it answer."
    if 300 <= seen.status < 400:
        return "It points to another address; configure that one."
    if seen.status == 403:
        return "Give this sign-in the right to read."
    if seen.status == 429:
        return "Let the desk ask more often, or check again later."
    return "The server fails by itself; its log says why." if seen.status >= 500 else "Answer 200 with a JSON array."


def all_of(elements: Sequence[Any], holds: Callable[[dict[str, Any]], bool]) -> bool:
    """Return whether something holds of every readable record, and there is one; damaged ones say nothing."""
    readable = [one for one in elements if isinstance(one, dict) and isinstance(one.get("id"), str | int)]
    return bool(readable) and all(holds(one) for one in readable)


def only_whole_amounts(records: Sequence[dict[str, Any]]) -> bool:
    """Return whether there are amounts and every one of them is a bare whole number."""
    found = [record[key] for record in records for key in _AMOUNTS if record.get(key) is not None]
    return len(found) > 2 and all(type(value) is int for value in found)


def only_role(records: Sequence[dict[str, Any]]) -> str | None:
    """Return the one role that all related parties have; it is probably the customer's."""
    roles = {
        str(party.get("role"))
        for record in records
        for party in record.get("relatedParty") or ()
        if isinstance(party, dict) and party.get("role")
    }
    return roles.pop() if len(roles) == 1 else None


def other_bases(base: str) -> Iterator[str]:
    """Yield base paths that servers have instead of a published one: with or without "Management", below /tmf-api."""
    *_before, api, version = base.strip("/").split("/")
    plain = api.removesuffix("Management")
    for name in (api, f"{plain}Management", plain):
        found = f"/tmf-api/{name}/{version}"
        if found != base:
            yield found


def near(name: str, records: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield attributes that are probably what the standard calls `name`: the same word, with something before it."""
    tail = re.sub(r"^[a-z]+", "", name)
    for record in records:
        for own in record:
            if own.lower() == name.lower():
                continue  # found in any case already
            if len(tail) > 4 and own.lower() == tail.lower():
                yield own
            if own.replace("_", "").lower() == name.lower():
                yield own


def ids(records: Sequence[Any] | None) -> list[str]:
    return [str(one["id"]) for one in records or () if isinstance(one, dict) and isinstance(one.get("id"), str | int)]


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(part)


def at(record: dict[str, Any], path: str) -> str:
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def number(seen: Seen, header: str) -> int | None:
    text = (seen.answer.headers.get(header, "") if seen.answer else "").strip()
    return int(text) if text.isascii() and text.isdigit() else None
