"""TMF646 v4 appointment and searchTimeSlot."""

from datetime import datetime, timedelta

from console.sandbox.resources.shapes import (
    APPOINTMENT_BASE,
    Links,
    Record,
    Resource,
    by_customer,
    by_item,
    customer_ref,
    instant,
    order_ref,
    span,
    ticket_ref,
)
from console.sandbox.world import World
from console.sandbox.world.customer_history import Appointment
from console.sandbox.world.numbering import Numbers
from console.sandbox.world.purchases import at

_DAYS_OFFERED = 5


def _records(world: World, n: int, links: Links) -> list[Record]:
    appointments = sorted(world.history(n).appointments, key=lambda appointment: appointment.starts_at, reverse=True)
    return [_record(world, n, appointment, links) for appointment in appointments]


def _record(world: World, n: int, appointment: Appointment, links: Links) -> Record:
    record = world.numbers.appointment.encode(n * Numbers.ITEMS + appointment.index)
    place = world.person(n).address
    related = []
    if appointment.order is not None:
        reference = order_ref(world, n, appointment.order, links)
        related.append({**reference, "name": reference["id"], "role": "order", "@referredType": "ProductOrder"})
    if appointment.ticket is not None:
        reference = ticket_ref(world, n, appointment.ticket, links)
        related.append({**reference, "name": reference["id"], "role": "ticket", "@referredType": "TroubleTicket"})
    return {
        "id": record,
        "href": links.href("crm", APPOINTMENT_BASE, "appointment", record),
        "category": "repair" if appointment.ticket is not None else "installation",
        "description": appointment.text,
        "status": appointment.status,
        "creationDate": instant(min(appointment.starts_at - timedelta(days=6), at(world.as_of, 4))),
        "lastUpdate": instant(min(appointment.ends_at, at(world.as_of, 4))),
        "validFor": span(appointment.starts_at, appointment.ends_at),
        "relatedEntity": related,
        "relatedParty": [customer_ref(world, n, links)],
        "relatedPlace": {"name": f"{place.street}, {place.city}", "role": "installation address"},
        "@type": "Appointment",
    }


def _fill(_world: World, record: Record, now: datetime, _links: Links) -> Record:
    return {"creationDate": instant(now), "status": "initialized", **record, "lastUpdate": instant(now)}


def _offer(world: World, record: Record, now: datetime, _links: Links) -> Record:
    """Return a search with the free half days of the next five working days that have any; always the same."""
    free: list[Record] = []
    day = now.date()
    while len({slot["validFor"]["startDateTime"][:10] for slot in free}) < _DAYS_OFFERED:
        day += timedelta(days=1)
        if day.weekday() >= 5:
            continue
        for starts, ends in ((8, 12), (13, 17)):
            if (day.toordinal() * 2 + starts + world.seed) % 5:
                number = f"{day.isoformat()}-{starts:02}"
                free.append({"id": number, "validFor": span(at(day, starts), at(day, ends))})
    return {
        **record,
        "searchDate": instant(now),
        "status": "done",
        "searchResult": "success",
        "availableTimeSlot": free,
        "@type": "SearchTimeSlot",
    }


APPOINTMENT = Resource(
    "appointment",
    APPOINTMENT_BASE,
    records=_records,
    count=lambda world, n: len(world.history(n).appointments),
    narrow={"id": by_item("appointment"), "relatedParty.id": by_customer},
    prefix="AP-",
    stamps=("lastUpdate",),
    needed=("validFor",),
    fill=_fill,
    state="status",
    counts_history=True,
)
SEARCH_TIME_SLOT = Resource(
    "searchTimeSlot",
    APPOINTMENT_BASE,
    records=lambda _world, _n, _links: [],
    count=lambda _world, _n: 0,
    narrow={"relatedParty.id": by_customer},
    prefix="TS-",
    fill=_offer,
    state="status",
)
