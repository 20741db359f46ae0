"""Connects a TM Forum server: the object that serves each capability."""

from collections.abc import Mapping
from typing import Any

from console.connectors.caller_proof import HttpCallerProof
from console.connectors.tmforum.actions import TmForumActions
from console.connectors.tmforum.billing import TmForumBilling
from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.crm import TmForumCrm
from console.connectors.tmforum.finder import TmForumFinder
from console.connectors.tmforum.provisioning import TmForumProvisioning
from console.connectors.tmforum.published import RESOURCES
from console.connectors.tmforum.settings import TmForumSystem
from console.models.health import CheckResult
from console.ports.connector import Connecting
from console.ports.customers import Finder
from console.ports.systems import ConnectedSystem
from console.settings import Capability

# Resources that a connection test reads. The others are only written, or only read when an action needs them.
_TRIED = frozenset(
    {
        "customer", "individual", "organization", "troubleTicket", "partyInteraction", "appointment",
        "billingAccount", "customerBill", "appliedCustomerBillingRate", "payment", "refund", "usage",
        "productOrder", "serviceOrder", "product", "service", "serviceTest",
    }
)  # fmt: skip


class TmForumConnection:
    """Tests the connection to one server."""

    def __init__(self, client: TmForumClient, capabilities: tuple[Capability, ...]) -> None:
        self._client = client
        tried = (resource for one in capabilities if one is not Capability.CHARGES for resource in RESOURCES[one])
        self._resources = tuple(resource for resource in tried if resource in _TRIED)

    async def check(self) -> list[CheckResult]:
        return await self._client.check(self._resources)


def connect(system: TmForumSystem, connecting: Connecting) -> ConnectedSystem:
    """Return the connected server; no request is sent yet."""
    endpoint = connecting.endpoint
    client = TmForumClient(endpoint, system, connecting.clock, connecting.on_damage)
    customers, billing, provisioning = TmForumCrm(client), TmForumBilling(client), TmForumProvisioning(client)
    serving: Mapping[Capability, Any] = {
        Capability.CUSTOMERS: customers,
        Capability.TICKETS: customers,
        Capability.INTERACTIONS: customers,
        Capability.APPOINTMENTS: customers,
        Capability.BILLING_ACCOUNTS: billing,
        Capability.BILLS: billing,
        Capability.PAYMENTS: billing,
        Capability.CHARGES: billing,
        Capability.USAGE: billing,
        Capability.PRODUCT_ORDERS: provisioning,
        Capability.SERVICE_ORDERS: provisioning,
        Capability.PRODUCTS: provisioning,
        Capability.SERVICES: provisioning,
        Capability.SERVICE_TESTS: provisioning,
        Capability.OFFERINGS: provisioning,
    }
    finders: tuple[tuple[Finder, frozenset[Capability]], ...] = (
        (customers, frozenset({Capability.CUSTOMERS})),
        (billing, frozenset({Capability.BILLING_ACCOUNTS, Capability.BILLS})),
        (provisioning, frozenset({Capability.PRODUCT_ORDERS, Capability.SERVICE_ORDERS})),
    )
    proof = HttpCallerProof(endpoint, system.caller_proof) if system.caller_proof is not None else None
    return ConnectedSystem(
        name=endpoint.system,
        label=endpoint.label,
        address=system.base_url,
        ports={capability: serving[capability] for capability in system.serves},
        actions=TmForumActions(client),
        checked=TmForumConnection(client, system.serves),
        finder=TmForumFinder([part for part, found_by in finders if not found_by.isdisjoint(system.serves)]),
        caller_proof=proof,
    )
