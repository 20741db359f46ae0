"""The ports of the systems that know customers, and what was said and done with them."""

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

# Every call of every port here raises one of the six errors of a system call and never waits longer than the system's
# time limit. Offline it raises SystemUnavailableError; the caller decides whether to show what it last knew. A record
# that cannot be read is left out and counted in `Records.damaged`.


class Finder(Protocol):
    """Finds customers in one system by what was typed."""

    def can_search(self, query: SearchQuery) -> bool:
        """Return whether the query holds anything this system can be asked for, as the deployment has it."""

    async def search_customers(
        self, query: SearchQuery, *, limit: int, names_alone: bool = False
    ) -> Sequence[SearchHit]:
        """Return customers that match any reading of the query, at most `limit`, best first as the system has it.

        Part of a name finds something only where the deployment says the system can. With `names_alone` the system is
        asked for numbers and names and for no more.

        Source: TMF629 v4.0.0, GET /customer with the deployment's search parameters; TMF630, the parameter `fields`;
        by number also TMF666, TMF678, TMF622 and TMF641.
        """


class Customers(Finder, Protocol):
    """A system that keeps customers and the parties behind them."""

    @property
    def name(self) -> str:
        """The system's configured name, such as `crm`."""

    async def fetch_customer(self, customer_id: CustomerId) -> Sourced[Customer] | None:
        """Return one customer, or None where the system has none of that number.

        Source: TMF629 v4.0.0, GET /customer/{id}.
        """

    async def fetch_caller(self, customer_id: CustomerId, *, with_phone: bool) -> Customer | None:
        """Return a customer's name, and with `with_phone` their contact media; the system is asked for no more.

        None where it has none of that number. Source: TMF630 v4.0.0, the parameter `fields`.
        """

    async def fetch_party(self, customer: Customer) -> Sourced[Party] | None:
        """Return the person or company behind a customer, or None where the customer names none.

        Source: TMF632 v4.0.0, GET /individual/{id} and /organization/{id}.
        """


class Tickets(Protocol):
    """A system that keeps trouble tickets."""

    async def fetch_trouble_tickets(self, customer_id: CustomerId, *, after: int = 0) -> Records[TroubleTicket]:
        """Return the customer's tickets with their history, newest first; from offset `after` of the system's list.

        Cut at the deployment's record limit; then `next_offset` says where to go on.

        Source: TMF621 v4.0.0, GET /troubleTicket.
        """


class Interactions(Protocol):
    """A system that keeps what was said and done with customers."""

    async def fetch_interactions(self, customer_id: CustomerId, *, after: int = 0) -> Records[PartyInteraction]:
        """Return what was said and done with the customer over all channels, newest first; cut as tickets are.

        Source: TMF683 v4.0.0, GET /partyInteraction.
        """


class Appointments(Protocol):
    """A system that keeps appointments at the customer's."""

    async def fetch_appointments(self, customer_id: CustomerId, *, after: int = 0) -> Records[Appointment]:
        """Return the customer's appointments, latest first; cut as tickets are.

        Source: TMF646 v4.0.0, GET /appointment.
        """

    async def fetch_time_slots(self, customer_id: CustomerId) -> Records[TimeSlot]:
        """Return when a visit can be booked, soonest first; nothing is reserved by asking.

        Source: TMF646 v4.0.0, POST /searchTimeSlot.
        """


CUSTOMERS: Port[Customers] = Port(Capability.CUSTOMERS)
TICKETS: Port[Tickets] = Port(Capability.TICKETS)
INTERACTIONS: Port[Interactions] = Port(Capability.INTERACTIONS)
APPOINTMENTS: Port[Appointments] = Port(Capability.APPOINTMENTS)
