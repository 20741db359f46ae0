"""Readers for TMF621 trouble tickets, TMF683 interactions and TMF646 appointments."""

from collections.abc import Iterator
from dataclasses import replace

from console.connectors.tmforum.reading import BEFORE_ALL, reference, references
from console.connectors.tmforum.record_reader import MalformedRecordError, RecordReader
from console.connectors.tmforum.records import details
from console.connectors.tmforum.records.customer import read_media
from console.connectors.tmforum.values import plain_word
from console.models.appointment import Appointment, TimeSlot
from console.models.detail import Detail
from console.models.interaction import PartyInteraction
from console.models.reference import Reference
from console.models.trouble_ticket import Note, StatusChange, TroubleTicket

_PLACE = details.places("relatedPlace")


def read_ticket(reader: RecordReader) -> TroubleTicket:
    """Translate a TMF621 trouble ticket."""
    identifier = reader.identifier()
    changes = [_change(part) for key in ("statusChange", "statusChangeHistory") for part in reader.parts(key)]
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
        details=details.read_details(reader, _TICKET),
    )


def _change(part: RecordReader) -> StatusChange:
    at = part.when("changeDate") or part.when("statusChangeDate")
    return StatusChange(part.state("status"), at, part.text("changeReason") or part.text("statusChangeReason"))


def read_interaction(reader: RecordReader) -> PartyInteraction:
    """Translate a TMF683 party interaction."""
    period, channels = reader.part("interactionDate"), list(_channels(reader))
    items = [(part, part.part("item")) for part in reader.parts("interactionItem")]
    about = [_named(reference(item), part) for part, item in items]
    notes = [text for part in reader.parts("note") if (text := part.text("text"))]
    return PartyInteraction(
        id=reader.identifier(),
        at=(period.when("startDateTime") if period else None) or reader.when("creationDate"),
        ended_at=period.when("endDateTime") if period else None,
        channel=channels[0] if channels else None,
        direction=_direction(reader.text("direction")),
        reason=reader.text("reason"),
        description=reader.text("description") or next(iter(notes), None),
        status=reader.state("status"),
        about=tuple(found for found in about if found is not None),
        details=tuple(Detail("channel", one) for one in channels[1:]) + details.read_details(reader, _INTERACTION),
    )


def _channels(reader: RecordReader) -> Iterator[str]:
    """Yield the names (else ids) of an interaction's channels, in either version's shape."""
    for part in (*reader.parts("channel"), *reader.parts("relatedChannel")):
        inner = part.part("channel") or part
        named = inner.text("name") or inner.text("id")
        if named:
            yield named


def _direction(word: str | None) -> str | None:
    """Return `inbound` or `outbound` for any spelling of them, else the system's own word."""
    plain = plain_word(word or "").rstrip("s")
    return plain if plain in {"inbound", "outbound"} else word


def _resolution(part: RecordReader) -> Detail | None:
    """Return reason and resolution of one item of an interaction."""
    text = ", ".join(one for one in (part.text("reason"), part.text("resolution")) if one)
    return Detail("interactionItem", text) if text else None


def _named(found: Reference | None, item: RecordReader) -> Reference | None:
    """Return the reference; if it has no kind, use the kind in the item around it."""
    return found if found is None or found.kind else replace(found, kind=item.text("@referredType"))


def read_appointment(reader: RecordReader) -> Appointment:
    """Translate a TMF646 appointment."""
    period = reader.part("validFor")
    return Appointment(
        id=reader.identifier(),
        status=reader.state("status"),
        starts_at=period.when("startDateTime") if period else None,
        ends_at=period.when("endDateTime") if period else None,
        category=reader.text("category"),
        description=reader.text("description"),
        place=next((place.text for place in details.read_details(reader, (_PLACE,))), None),
        about=references(reader, "relatedEntity"),
        details=details.read_details(reader, _APPOINTMENT),
    )


def _medium(part: RecordReader) -> Detail | None:
    medium = next(read_media(part), None)
    return Detail("contactMedium", medium.text, medium.medium) if medium else None


def read_slots(reader: RecordReader) -> tuple[TimeSlot, ...]:
    """Translate the response to a TMF646 time slot search: the free slots, soonest first.

    Raises:
        MalformedRecordError: The search failed. An empty list would say that no slot is free.
    """
    if plain_word(reader.text("searchResult") or "").startswith("fail") or reader.state("status") == "failed":
        raise MalformedRecordError("the system could not look for free hours")
    found = []
    for part in reader.parts("availableTimeSlot"):
        period = part.part("validFor")
        starts, ends = (period.when("startDateTime"), period.when("endDateTime")) if period else (None, None)
        if starts is not None and ends is not None:
            found.append(TimeSlot(part.text("id") or starts.isoformat(), starts, ends))
    return tuple(sorted(found, key=lambda slot: slot.starts_at))


# Further facts, shown when a user opens the record.
_TICKET = (
    details.rest("note", "text"),
    details.rest("relatedEntity", "id", "entity.id"),
    details.moments("requestedResolutionDate", "statusChangeDate"),
    details.texts("statusChangeReason"),
    details.names("channel", "troubleTicketRelationship", "troubleTicketSpecification"),
    details.externals("externalId", "externalIdentifier"),
    details.characteristics("troubleTicketCharacteristic"),
    details.parties("relatedParty"),
    details.attachments("attachment"),
)
_INTERACTION = (
    details.rest("channel", "name", "id"),
    details.rest("relatedChannel", "channel.name", "channel.id"),
    details.externals("externalIdentifier"),
    details.moments("creationDate", "statusChangeDate"),
    details.listed("interactionItem", _resolution),
    details.names("interactionRelationship"),
    details.parties("relatedParty"),
    details.notes("note"),
    details.attachments("attachment"),
)
_APPOINTMENT = (
    details.rest("relatedEntity", "id", "entity.id"),
    details.externals("externalId"),
    details.moments("creationDate", "lastUpdate"),
    details.listed("contactMedium", _medium),
    details.parties("relatedParty"),
    details.notes("note"),
    details.attachments("attachment"),
)
