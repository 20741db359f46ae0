"""All services of one console together, as the composition root passes them to a window or a command."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from console.models.cache_size import CacheSize
from console.models.outbox import Action
from console.services.access.access_service import AccessService
from console.services.access.audit import Audit
from console.services.access.audit_search import AuditSearch
from console.services.access.data_rights import DataRights
from console.services.access.masking import masked_text
from console.services.access.permissions import Permissions, User
from console.services.actions import Actions, Decisions
from console.services.billing.bill_documents import BillDocuments
from console.services.customer.customer_view import CustomerView
from console.services.customer.dataset_cache import CustomerChange
from console.services.outbox import ReadOutbox
from console.services.outbox.drafts import Drafts
from console.services.outbox.unsent_work import UnsentWork
from console.services.search.customer_index import HERE
from console.services.search.customer_search import CustomerSearch
from console.services.system.connections import ConnectionTests, HealthBoard
from console.services.system.network import Network
from console.settings import Capability


@dataclass(frozen=True, slots=True)
class SystemInfo:
    """One configured system: its name in the settings, what it serves, its display name and its address."""

    name: str
    serves: tuple[Capability, ...]
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Console:
    """The services that a window or a command uses.

    Await `open_store` before using drafts and outbox; `is_kept` is whether they outlive the program. `moments` returns
    when data of a customer changed; `view_customer` accepts one of these times as `as_of`.
    """

    name: str
    country: str
    permissions: Permissions
    access: AccessService
    audit: Audit
    audit_search: AuditSearch
    systems: tuple[SystemInfo, ...]
    health: HealthBoard
    search: CustomerSearch
    connections: ConnectionTests
    documents: BillDocuments
    network: Network
    outbox: ReadOutbox
    actions: Actions
    decisions: Decisions
    drafts: Drafts
    unsent_work: UnsentWork
    data_rights: DataRights
    moments: Callable[[str], Awaitable[list[CustomerChange]]]
    is_saved: bool
    open_store: Callable[[], Awaitable[None]]
    view_customer: Callable[..., CustomerView]
    cache_sizes: Callable[[], Sequence[CacheSize]]
    aclose: Callable[[], Awaitable[None]]

    @property
    def user(self) -> User:
        """The user of this console, with their rights."""
        return self.permissions.user

    def shown(self, text: str) -> str:
        """Return a text with the values masked that this role sees only on demand."""
        return masked_text(text, self.user.masked)

    def title_of(self, action: Action) -> str:
        """Return an action's title as this user may see it, for lists, window titles and notifications."""
        return self.shown(action.title)

    @property
    def system_labels(self) -> dict[str, str]:
        """The display name of each system, by its name in the settings."""
        return {info.name: info.label for info in self.systems}

    @property
    def served_by(self) -> dict[Capability, str]:
        """The display names of the systems that serve each capability, separated by commas."""
        found: dict[Capability, list[str]] = {}
        for info in self.systems:
            for capability in info.serves:
                found.setdefault(capability, []).append(info.label)
        return {capability: ", ".join(labels) for capability, labels in found.items()}

    def label(self, system: str) -> str:
        """Return a system's display name; the console's own index has one too."""
        if system == HERE:
            return "This console"
        return next((info.label for info in self.systems if info.name == system), system)
