"""Ports of the systems with customers, tickets, interactions and appointments."""

from collections.abc import Sequence
from typing import Protocol

from console.models.appointment import Appointment, TimeSlot
from console.models.customer import Customer, CustomerId, Party
from console.models.interaction import PartyInteraction
from console.models.provenance import Records, Sourced
from console.models.search import SearchHit, SearchQuery
from console.models.trouble_ticket import TroubleTicket
from console.ports.port import Port
from console.settings import Capability

# Every call of every port here may raise one of the six `SystemCallError` types. It waits at most the system's time
# limit. Offline it raises SystemUnavailableError; the caller decides whether to show saved data. A record that
# cannot be read is left out and counted in `Records.damaged`.


class Finder(Protocol):
    """Finds customers in one system by the typed search text."""

    def can_search(self, query: SearchQuery) -> bool:
        """Return whether this system can search for any part of the query, by the deployment's settings."""

    async def search_customers(
        self, query: SearchQuery, *, limit: int, names_alone: bool = False
    ) -> Sequence[SearchHit]:
        """Return customers that match any reading of the query, at most `limit`, in the system's order (best first).

        Part of a name matches only if the deployment's settings say that the system supports it. With `names_alone`
        only ids and names are requested.

        Source: TMF629 v4.0.0, GET /customer with the deployment's search parameters; TMF630, the parameter `fields`;
        by number also TMF666, TMF678, TMF622 and TMF641.
        """


class Customers(Finder, Protocol):
    """A system with customers and their parties (persons or companies)."""

    @property
    def name(self) -> str:
        """The system's configured name, such as `crm`."""

    async def fetch_customer(self, customer_id: CustomerId) -> Sourced[Customer] | None:
        """Return one customer, or None if the system has no customer with that id.

        Source: TMF629 v4.0.0, GET /customer/{id}.
        """

    async def fetch_caller(self, customer_id: CustomerId, *, with_phone: bool) -> Customer | None:
        """Return a customer's name, and with `with_phone` their contact media; no other fields are requested.

        None if the system has no customer with that id. Source: TMF630 v4.0.0, the parameter `fields`.
        """

    async def fetch_party(self, customer: Customer) -> Sourced[Party] | None:
        """Return the person or company of a customer, or None if the customer has no party.

        Source: TMF632 v4.0.0, GET /individual/{id} and /organization/{id}.
        """


class Tickets(Protocol):
    """A system with trouble tickets."""

    async def fetch_trouble_tickets(self, customer_id: CustomerId, *, after: int = 0) -> Records[TroubleTicket]:
        """Return the customer's tickets with their history, newest first; from offset `after` of the system's list.

        The list stops at the deployment's record limit; `next_offset` is then the next offset.

        Source: TMF621 v4.0.0, GET /troubleTicket.
        """


class Interactions(Protocol):
    """A system with customer interactions."""

    async def fetch_interactions(self, customer_id: CustomerId, *, after: int = 0) -> Records[PartyInteraction]:
        """Return the customer's interactions over all channels, newest first; limited as tickets are.

        Source: TMF683 v4.0.0, GET /partyInteraction.
        """


class Appointments(Protocol):
    """A system with appointments at the customer's address."""

    async def fetch_appointments(self, customer_id: CustomerId, *, after: int = 0) -> Records[Appointment]:
        """Return the customer's appointments, latest start first; limited as tickets are.

        Source: TMF646 v4.0.0, GET /appointment.
        """

    async def fetch_time_slots(self, customer_id: CustomerId) -> Records[TimeSlot]:
        """Return the free time slots for an appointment, soonest first. The request reserves nothing.

        Source: TMF646 v4.0.0, POST /searchTimeSlot.
        """


CUSTOMERS: Port[Customers] = Port(Capability.CUSTOMERS)
TICKETS: Port[Tickets] = Port(Capability.TICKETS)
INTERACTIONS: Port[Interactions] = Port(Capability.INTERACTIONS)
APPOINTMENTS: Port[Appointments] = Port(Capability.APPOINTMENTS)
