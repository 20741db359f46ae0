"""What CRM keeps of caring for a customer: TMF621 tickets, TMF683 interactions and TMF646 appointments, version 4."""

from dataclasses import replace

from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.reading import BEFORE_ALL, fetch_of_customer, reference, references
from console.connectors.tmforum.wire import Reader
from console.models.appointment import Appointment
from console.models.customer import CustomerId
from console.models.interaction import PartyInteraction
from console.models.provenance import Records
from console.models.reference import Reference
from console.models.trouble_ticket import Note, StatusChange, TroubleTicket


class TmForumCare:
    """The part of the CRM port that is about tickets, contacts and visits."""

    def __init__(self, client: TmForumClient) -> None:
        self._client = client

    async def fetch_trouble_tickets(self, customer_id: CustomerId, *, after: int = 0) -> Records[TroubleTicket]:
        found = await fetch_of_customer(self._client, "troubleTicket", customer_id, read_ticket, after=after)
        return found.sorted_by(lambda ticket: ticket.created_at, missing=BEFORE_ALL)

    async def fetch_interactions(self, customer_id: CustomerId, *, after: int = 0) -> Records[PartyInteraction]:
        found = await fetch_of_customer(self._client, "partyInteraction", customer_id, read_interaction, after=after)
        return found.sorted_by(lambda interaction: interaction.at, missing=BEFORE_ALL)

    async def fetch_appointments(self, customer_id: CustomerId, *, after: int = 0) -> Records[Appointment]:
        found = await fetch_of_customer(self._client, "appointment", customer_id, read_appointment, after=after)
        return found.sorted_by(lambda appointment: appointment.starts_at, missing=BEFORE_ALL)


def read_ticket(reader: Reader) -> TroubleTicket:
    """Translate a TMF621 trouble ticket; its history also under the name of version 5."""
    identifier = reader.identifier()
    steps = [*reader.parts("statusChange"), *reader.parts("statusChangeHistory")]
    changes = [StatusChange(part.state("status"), part.when("changeDate"), part.text("changeReason")) for part in steps]
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
