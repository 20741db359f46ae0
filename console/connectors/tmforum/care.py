"""Customer care over TMF621 troubleTicket, TMF683 partyInteraction and TMF646 appointment."""

from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.reading import BEFORE_ALL
from console.connectors.tmforum.records.care import read_appointment, read_interaction, read_slots, read_ticket
from console.models.appointment import Appointment, TimeSlot
from console.models.customer import CustomerId
from console.models.interaction import PartyInteraction
from console.models.provenance import Records, Sourced
from console.models.trouble_ticket import TroubleTicket


class TmForumCare:
    """Implements the ports for tickets, interactions and appointments."""

    def __init__(self, client: TmForumClient) -> None:
        self._client = client

    async def fetch_trouble_tickets(self, customer_id: CustomerId, *, after: int = 0) -> Records[TroubleTicket]:
        found = await self._client.fetch_of_customer("troubleTicket", customer_id, read_ticket, after=after)
        return found.sorted_by(lambda ticket: ticket.created_at, missing=BEFORE_ALL)

    async def fetch_interactions(self, customer_id: CustomerId, *, after: int = 0) -> Records[PartyInteraction]:
        found = await self._client.fetch_of_customer("partyInteraction", customer_id, read_interaction, after=after)
        return found.sorted_by(lambda interaction: interaction.at, missing=BEFORE_ALL)

    async def fetch_appointments(self, customer_id: CustomerId, *, after: int = 0) -> Records[Appointment]:
        found = await self._client.fetch_of_customer("appointment", customer_id, read_appointment, after=after)
        return found.sorted_by(lambda appointment: appointment.starts_at, missing=BEFORE_ALL)

    async def fetch_time_slots(self, customer_id: CustomerId) -> Records[TimeSlot]:
        party = {"id": customer_id, "role": "customer", "@referredType": "Customer"}
        found = await self._client.query("searchTimeSlot", {"relatedParty": party}, read_slots)
        return Records(tuple(Sourced(slot, found.origin) for slot in found.value), found.origin.read_at)
