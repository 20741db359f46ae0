"""The composition root without a window: the only place that names concrete connectors and puts services together."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from console.connectors.tmforum import TmForumBilling, TmForumCrm, TmForumProvisioning
from console.connectors.tmforum.check import check_system
from console.connectors.tmforum.client import TmForumClient
from console.http import HttpLayer
from console.models.check_report import CheckReport
from console.models.customer import CustomerId
from console.models.health import Exchange
from console.ports.clock import Clock
from console.ports.secrets import Secrets
from console.services.bill_documents import BillDocuments
from console.services.connections import Connections, HealthBoard
from console.services.customer_view import CustomerView
from console.services.desk import Desk, SystemInfo
from console.services.last_known import LastKnown
from console.services.network import Network
from console.services.permissions import REP, Permissions, User
from console.services.phone import numbering_plans
from console.services.search import CustomerSearch
from console.settings import Deployment, Kind, System
from console.system.clock import SystemClock
from console.system.pdf import PdfReader

_LABELS: dict[str, str] = {"crm": "CRM", "billing": "Billing", "provisioning": "Provisioning"}


@dataclass(frozen=True, slots=True)
class Parts:
    """What a test may swap; the defaults are the real ones."""

    clock: Clock = field(default_factory=SystemClock)
    rng: random.Random = field(default_factory=random.Random)
    user: User = REP
    on_exchange: Callable[[Exchange], None] = lambda _exchange: None


async def compose_check(
    name: str,
    system: System,
    secrets: Secrets,
    *,
    by_post: bool = False,
    only: Sequence[str] = (),
    told: Callable[[str], None] = lambda _resource: None,
) -> CheckReport:
    """Return how far one server serves the desk; see `check_system`.

    Raises:
        ConfigurationError: A secret is not where the settings say.
    """
    clock = SystemClock()
    http = await asyncio.to_thread(lambda: HttpLayer(clock=clock, on_exchange=lambda _exchange: None))
    try:
        endpoint = http.endpoint(name, system, label=system.label or _LABELS[system.kind], secrets=secrets)
        return await check_system(endpoint, system, clock, by_post=by_post, only=only, told=told)
    finally:
        await http.aclose()


def compose_desk(deployment: Deployment, secrets: Secrets, parts: Parts | None = None) -> Desk:
    """Return the services of a desk on the configured systems. May run in a worker thread; asks no system yet.

    Raises:
        ConfigurationError: A secret is not where the settings say.
    """
    parts = parts or Parts()
    numbering_plans()  # loaded here, off the window's thread
    health = HealthBoard(list(deployment.systems))

    def note(exchange: Exchange) -> None:
        health.note(exchange)
        parts.on_exchange(exchange)

    http = HttpLayer(clock=parts.clock, on_exchange=note, rng=parts.rng)

    def client(kind: Kind) -> TmForumClient:
        name, system = deployment.of_kind(kind)
        label = system.label or _LABELS[kind]
        endpoint = http.endpoint(name, system, label=label, secrets=secrets)
        return TmForumClient(endpoint, system, parts.clock, health.note_damage)

    crm = TmForumCrm(client("crm"))
    billing = TmForumBilling(client("billing"))
    provisioning = TmForumProvisioning(client("provisioning"))
    permissions = Permissions(parts.user)
    last_known = LastKnown()
    network = Network()
    reader = PdfReader()

    def view_customer(customer_id: CustomerId) -> CustomerView:
        return CustomerView(
            customer_id,
            crm=crm,
            billing=billing,
            provisioning=provisioning,
            permissions=permissions,
            health=health,
            network=network,
            last_known=last_known,
            clock=parts.clock,
            rng=parts.rng,
        )

    async def aclose() -> None:
        reader.close()
        await http.aclose()

    return Desk(
        name=deployment.name,
        user=parts.user,
        systems=tuple(
            SystemInfo(name, system.kind, system.label or _LABELS[system.kind], system.base_url)
            for name, system in deployment.systems.items()
        ),
        health=health,
        search=CustomerSearch(
            crm=crm,
            billing=billing,
            provisioning=provisioning,
            permissions=permissions,
            clock=parts.clock,
            country=deployment.country,
        ),
        connections=Connections((crm, billing, provisioning)),
        documents=BillDocuments(billing=billing, reader=reader, permissions=permissions),
        network=network,
        view_customer=view_customer,
        aclose=aclose,
    )
