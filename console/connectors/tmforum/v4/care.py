"""TMF621 trouble tickets, TMF683 interactions and TMF646 appointments, version 4."""

from dataclasses import replace

from console.connectors.tmforum.reading import BEFORE_ALL, reference, references
from console.connectors.tmforum.wire import Reader
from console.models.appointment import Appointment, TimeSlot
from console.models.interaction import PartyInteraction
from console.models.reference import Reference
from console.models.trouble_ticket import Note, StatusChange, TroubleTicket


def read_ticket(reader: Reader) -> TroubleTicket:
    """Translate a TMF621 trouble ticket."""
    identifier = reader.identifier()
    changes = [
        StatusChange(part.state("status"), part.when("changeDate"), part.text("changeReason"))
        for part in reader.parts("statusChange")
    ]
    notes = [Note(part.text("author"), part.when("date"), part.text("text") or "") for part in reader.parts("note")]
    description = reader.text("description")
    return TroubleTicket(
        id=identifier,
        name=reader.text("name") or description or identifier,
        description=description,
        ticket_type=reader.text("ticketType"),
        severity=reader.text("severity"),
        priority=reader.text("priority"),
        status=reader.state("status"),
        created_at=reader.when("creationDate"),
        expected_at=reader.when("expectedResolutionDate"),
        resolved_at=reader.when("resolutionDate"),
        updated_at=reader.when("lastUpdate"),
        changes=tuple(sorted(changes, key=lambda change: change.at or BEFORE_ALL)),
        notes=tuple(sorted(notes, key=lambda note: note.at or BEFORE_ALL)),
        about=references(reader, "relatedEntity"),
    )


def read_interaction(reader: Reader) -> PartyInteraction:
    """Translate a TMF683 party interaction."""
    period, channel = reader.part("interactionDate"), reader.part("channel")
    items = [(part, part.part("item")) for part in reader.parts("interactionItem")]
    about = [_named(reference(item), part) for part, item in items]
    notes = [text for part in reader.parts("note") if (text := part.text("text"))]
    return PartyInteraction(
        id=reader.identifier(),
        at=(period.when("startDateTime") if period else None) or reader.when("creationDate"),
        ended_at=period.when("endDateTime") if period else None,
        channel=(channel.text("name") or channel.text("id")) if channel else None,
        direction=reader.text("direction"),
        reason=reader.text("reason"),
        description=reader.text("description") or next(iter(notes), None),
        status=reader.state("status"),
        about=tuple(found for found in about if found is not None),
    )


def _named(found: Reference | None, item: Reader) -> Reference | None:
    """Return the reference; what does not say its kind may say it in the item around it."""
    return found if found is None or found.kind else replace(found, kind=item.text("@referredType"))


def read_appointment(reader: Reader) -> Appointment:
    """Translate a TMF646 appointment."""
    period, place = reader.part("validFor"), reader.part("relatedPlace")
    return Appointment(
        id=reader.identifier(),
        status=reader.state("status"),
        starts_at=period.when("startDateTime") if period else None,
        ends_at=period.when("endDateTime") if period else None,
        category=reader.text("category"),
        description=reader.text("description"),
        place=place.text("name") if place else None,
        about=references(reader, "relatedEntity"),
    )


def read_slots(reader: Reader) -> tuple[TimeSlot, ...]:
    """Translate the answer to a TMF646 search for time slots: those that are free, soonest first."""
    found = []
    for part in reader.parts("availableTimeSlot"):
        period = part.part("validFor")
        starts, ends = (period.when("startDateTime"), period.when("endDateTime")) if period else (None, None)
        if starts is not None and ends is not None:
            found.append(TimeSlot(part.text("id") or starts.isoformat(), starts, ends))
    return tuple(sorted(found, key=lambda slot: slot.starts_at))
