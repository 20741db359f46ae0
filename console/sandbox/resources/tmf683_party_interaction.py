"""TMF683 v4 partyInteraction."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from console.sandbox.resources.shapes import (
    INTERACTION_BASE,
    Links,
    Record,
    Resource,
    bill_ref,
    by_customer,
    customer_ref,
    instant,
    order_ref,
    span,
    ticket_ref,
)
from console.sandbox.world import World
from console.sandbox.world.customer_history import Interaction
from console.sandbox.world.numbering import Numbers

_CHANNELS = {
    "phone": "Phone",
    "chat": "Chat",
    "shop": "Shop",
    "portal": "Self-service portal",
    "email": "E-mail",
    "sms": "SMS",
}
_REFERRED = {"order": "ProductOrder", "bill": "CustomerBill", "ticket": "TroubleTicket"}


def _records(world: World, n: int, links: Links) -> list[Record]:
    contacts = world.contacts(n)
    last = len(contacts) - 1
    return [_record(world, n, last - i, contact, links) for i, contact in enumerate(contacts)]


def _record(world: World, n: int, index: int, contact: Interaction, links: Links) -> Record:
    record = world.numbers.interaction.encode(n * Numbers.CONTACTS + index)
    ended = contact.at + timedelta(minutes=contact.minutes)
    found: Record = {
        "id": record,
        "href": links.href("crm", INTERACTION_BASE, "partyInteraction", record),
        "creationDate": instant(contact.at),
        "interactionDate": span(contact.at, ended),
        "direction": contact.direction,
        "reason": contact.reason,
        "description": contact.text,
        "status": contact.status,
        "statusChangeDate": instant(ended),
        "channel": [
            {
                "id": contact.channel,
                "href": links.href("crm", INTERACTION_BASE, "channel", contact.channel),
                "name": _CHANNELS[contact.channel],
                "role": "interaction channel",
            }
        ],
        "relatedParty": [customer_ref(world, n, links)],
        "@type": "PartyInteraction",
    }
    if contact.about is not None:
        found["interactionItem"] = [
            {"id": "1", "reason": contact.reason, "item": _item(world, n, contact.about, links)}
        ]
    return found


def _item(world: World, n: int, about: tuple[str, int, int], links: Links) -> Record:
    kind, first, second = about
    if kind == "order":
        found = order_ref(world, n, first, links)
    elif kind == "ticket":
        found = ticket_ref(world, n, first, links)
    else:
        found = bill_ref(world, n, first, second, links)
        number = world.numbers.bill_number(world.account_serial(n, first), second)
        return {**found, "name": number, "role": "subject", "@referredType": _REFERRED[kind]}
    return {**found, "name": found["id"], "role": "subject", "@referredType": _REFERRED[kind]}


def _by_interaction(world: World, value: str) -> Iterator[int]:
    return world.customer_of(world.numbers.interaction.decode(value), Numbers.CONTACTS)


def _fill(_world: World, record: Record, now: datetime, _links: Links) -> Record:
    return {"creationDate": instant(now), "statusChangeDate": instant(now), **record}


PARTY_INTERACTION = Resource(
    "partyInteraction",
    INTERACTION_BASE,
    records=_records,
    count=None,
    narrow={"id": _by_interaction, "relatedParty.id": by_customer},
    prefix="PI-",
    needed=("interactionDate", "reason", "status", "direction", "channel"),
    fill=_fill,
    state="status",
)
