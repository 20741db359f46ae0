"""All services of one desk together, as the composition root hands them to a window or a command."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from console.models.customer import CustomerId
from console.services.bill_documents import BillDocuments
from console.services.connections import Connections, HealthBoard
from console.services.customer_view import CustomerView
from console.services.network import Network
from console.services.permissions import User
from console.services.search import CustomerSearch


@dataclass(frozen=True, slots=True)
class SystemInfo:
    """One configured system: its name in the settings, the word people use for it, and where it is."""

    name: str
    kind: str
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What a window or a command works with."""

    name: str
    user: User
    systems: tuple[SystemInfo, ...]
    health: HealthBoard
    search: CustomerSearch
    connections: Connections
    documents: BillDocuments
    network: Network
    view_customer: Callable[[CustomerId], CustomerView]
    aclose: Callable[[], Awaitable[None]]

    def label(self, system: str) -> str:
        """Return the word people use for a system."""
        return next((info.label for info in self.systems if info.name == system), system)
