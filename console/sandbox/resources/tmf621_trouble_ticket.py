"""TMF621 v4 troubleTicket."""

from datetime import datetime

from console.sandbox.resources.shapes import (
    TICKET_BASE,
    Links,
    Record,
    Resource,
    by_customer,
    by_item,
    customer_ref,
    instant,
    service_ref,
)
from console.sandbox.world import World
from console.sandbox.world.customer_history import Ticket
from console.sandbox.world.numbering import Numbers

_PRIORITIES = {"high": "1", "medium": "2", "low": "3"}
_STEPS = {
    "acknowledged": frozenset({"inProgress", "rejected", "pending", "held", "cancelled"}),
    "inProgress": frozenset({"pending", "held", "resolved", "cancelled"}),
    "pending": frozenset({"inProgress", "resolved", "cancelled"}),
    "held": frozenset({"inProgress", "resolved", "cancelled"}),
    "resolved": frozenset({"closed", "inProgress"}),
    "closed": frozenset[str](),
    "cancelled": frozenset[str](),
    "rejected": frozenset[str](),
}


def _records(world: World, n: int, links: Links) -> list[Record]:
    tickets = sorted(world.history(n).tickets, key=lambda ticket: ticket.opened_at, reverse=True)
    return [_record(world, n, ticket, links) for ticket in tickets]


def _record(world: World, n: int, ticket: Ticket, links: Links) -> Record:
    record = world.numbers.ticket.encode(n * Numbers.ITEMS + ticket.index)
    status, changed_at, reason = ticket.changes[-1]
    related = []
    if ticket.subscription is not None:
        service = service_ref(world, n, ticket.subscription, links)
        related.append({**service, "role": "affectedService", "@referredType": "Service"})
    found: Record = {
        "id": record,
        "href": links.href("crm", TICKET_BASE, "troubleTicket", record),
        "name": ticket.name,
        "description": ticket.text,
        "ticketType": ticket.type,
        "severity": ticket.severity,
        "priority": _PRIORITIES[ticket.severity],
        "creationDate": instant(ticket.opened_at),
        "lastUpdate": instant(changed_at),
        "expectedResolutionDate": instant(ticket.due_on),
        "status": status,
        "statusChangeDate": instant(changed_at),
        "statusChangeReason": reason,
        "statusChange": [
            {"status": state, "changeDate": instant(at), "changeReason": why} for state, at, why in ticket.changes
        ],
        "relatedParty": [customer_ref(world, n, links)],
        "@type": "TroubleTicket",
    }
    if related:
        found["relatedEntity"] = related
    resolved = next((at for state, at, _ in ticket.changes if state == "resolved"), None)
    if resolved is not None:
        found["resolutionDate"] = instant(resolved)
    if ticket.notes:
        found["note"] = [
            {"id": str(i), "author": author, "date": instant(at), "text": text}
            for i, (author, at, text) in enumerate(ticket.notes, 1)
        ]
    return found


def _fill(_world: World, record: Record, now: datetime, _links: Links) -> Record:
    status = record.get("status", "acknowledged")
    return {
        "creationDate": instant(now),
        "priority": _PRIORITIES.get(record.get("severity", ""), "3"),
        "statusChange": [{"status": status, "changeDate": instant(now), "changeReason": "Received"}],
        **record,
        "status": status,
        "statusChangeDate": instant(now),
        "lastUpdate": instant(now),
    }


TROUBLE_TICKET = Resource(
    "troubleTicket",
    TICKET_BASE,
    records=_records,
    count=lambda world, n: len(world.history(n).tickets),
    narrow={"id": by_item("ticket"), "relatedParty.id": by_customer},
    prefix="TT-",
    stamps=("lastUpdate",),
    needed=("description", "severity", "ticketType"),
    fill=_fill,
    state="status",
    steps=_STEPS,
    counts_history=True,
)
