"""What records tell about the server that wrote them."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from console.connectors.tmforum.check.looking import Seen
from console.settings import V5_PATHS, Version

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
