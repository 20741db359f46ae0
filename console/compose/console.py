"""Puts the services of one console together, each group in a function of its own."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from console.compose.guard import Guard, compose_guard
from console.compose.overrides import Overrides
from console.compose.systems import ComposedSystems, check_country, connect_systems
from console.models.billing_account import BillingAccount
from console.models.cache_size import CacheSize
from console.models.customer import Customer, CustomerId
from console.models.health import SystemHealth, SystemState
from console.models.provenance import Sourced
from console.ports.customers import APPOINTMENTS, CUSTOMERS, TICKETS
from console.ports.provisioning import SERVICES
from console.ports.secrets import Secrets
from console.ports.systems import Systems
from console.services.access.caller_check import CallerSystems
from console.services.access.data_rights import DataRights
from console.services.access.permissions import DataScope, as_deployed
from console.services.access.sign_in import SignInState
from console.services.actions import Actions, Decisions, SendCheck
from console.services.billing.bill_documents import BillDocuments
from console.services.console import Console, SystemInfo
from console.services.customer.customer_view import CustomerView
from console.services.customer.dataset_cache import DatasetCache
from console.services.customer.datasets import KEPT_AS
from console.services.outbox import Outbox
from console.services.outbox.drafts import Drafts
from console.services.outbox.unsent_work import UnsentWork
from console.services.search.customer_index import CustomerIndex
from console.services.search.customer_search import CustomerSearch
from console.services.search.days import day_order
from console.services.system.connections import ConnectionTests, HealthBoard
from console.services.system.network import Network
from console.settings import Deployment
from console.store.actions import ActionRepository
from console.store.customer_records import CustomerRecords
from console.store.database import Database, in_memory
from console.store.drafts import DraftRepository
from console.store.facts import FactRepository
from console.store.people import PersonRepository
from console.store.unsent_file import UnsentFiles
from console.system.pdf import PdfReader


@dataclass(frozen=True, slots=True)
class _Stored:
    """The store and the stored data about customers."""

    database: Database
    people: CustomerIndex
    facts: FactRepository
    cache: DatasetCache
    records: CustomerRecords

    def account(self, customer_id: str, account_id: str) -> Sourced[BillingAccount] | None:
        """Return one of a customer's accounts as last loaded, or None if it is not known."""
        lists = self.cache.load_all(customer_id, DataScope.BILLING_ACCOUNTS)
        return next((one for accounts in lists for one in accounts if one.value.id == account_id), None)

    def account_of(self, customer_id: str, account_id: str) -> BillingAccount | None:
        found = self.account(customer_id, account_id)
        return found.value if found is not None else None

    def systems_of_account(self, customer_id: str, account_id: str) -> frozenset[str]:
        """Return the systems that have an account."""
        lists = self.cache.load_all(customer_id, DataScope.BILLING_ACCOUNTS)
        return frozenset(one.origin.system for accounts in lists for one in accounts if one.value.id == account_id)

    def name_of(self, customer_id: CustomerId) -> str:
        """Return a customer's name, or an empty text if it is not known."""
        found: Sourced[Customer] | None = self.cache.load(customer_id, (DataScope.CUSTOMER, ""))
        return found.value.name if found is not None else ""

    async def forget_old(self, deployment: Deployment, now: datetime) -> None:
        """Delete old data, within the deployment's limits of days and size."""
        before = now - timedelta(days=deployment.store.keep_days)
        await self.records.forget(before=before)
        await self.facts.prune(before=before, most_bytes=int(deployment.store.max_mb * 1_000_000))


def _compose_stored(database: Database) -> _Stored:
    people, facts = CustomerIndex(PersonRepository(database)), FactRepository(database)
    cache = DatasetCache(facts, KEPT_AS, saved=people.learn)
    return _Stored(database, people, facts=facts, cache=cache, records=CustomerRecords(database))


def _caller_systems(systems: Systems, deployment: Deployment) -> CallerSystems:
    customers = systems.customers
    return CallerSystems(
        customers=customers.port(CUSTOMERS),
        tickets=[one.port(TICKETS) for one in systems.serving(TICKETS)],
        appointments=[one.port(APPOINTMENTS) for one in systems.serving(APPOINTMENTS)],
        services=[one.port(SERVICES) for one in systems.serving(SERVICES)],
        proof=customers.caller_proof,
        day_order=day_order(deployment.country),
    )


def _compose_outbox(
    wire: ComposedSystems, guard: Guard, stored: _Stored, overrides: Overrides, deployment: Deployment
) -> Outbox:
    """Return the outbox. It reports its actions to the guard, and resumes when systems or sign-ins are back."""
    outbox = Outbox(
        ActionRepository(stored.database),
        {system.name: system.actions for system in wire.systems.every if system.actions is not None},
        clock=overrides.clock,
        rng=overrides.rng,
        admit=SendCheck(guard.permissions, systems=wire.systems, actions=lambda: outbox.actions),
    )
    outbox.subscribe(guard.audit.on_action)
    outbox.subscribe(lambda action: guard.access.note_action(action.customer_id))
    wire.health.subscribe(lambda now, before: _tell_outbox(outbox, now, before))
    if overrides.sign_in is not None:
        overrides.sign_in.subscribe(lambda state: _tell_signed_in(outbox, deployment, state))
    return outbox


def _tell_outbox(outbox: Outbox, now: SystemHealth, before: SystemState) -> None:
    if before in {SystemState.DOWN, SystemState.NOT_ASKED} and now.state is not SystemState.DOWN:
        outbox.system_is_back(now.system)


def _tell_signed_in(outbox: Outbox, deployment: Deployment, state: SignInState) -> None:
    """Resume actions that waited for a sign-in."""
    for name in deployment.systems if state is SignInState.SIGNED_IN else ():
        outbox.system_is_back(name)


def _compose_actions(
    outbox: Outbox, systems: Systems, guard: Guard, stored: _Stored, overrides: Overrides, deployment: Deployment
) -> Actions:
    return Actions(
        outbox,
        systems=systems,
        with_service_orders=deployment.service_orders,
        permissions=guard.permissions,
        clock=overrides.clock,
        rng=overrides.rng,
        country=deployment.country,
        person=guard.audit.who,
        name_of=stored.name_of,
        account=stored.account_of,
        account_systems=stored.systems_of_account,
    )


def _compose_search(
    systems: Systems, guard: Guard, stored: _Stored, overrides: Overrides, deployment: Deployment
) -> CustomerSearch:
    return CustomerSearch(
        systems=systems,
        permissions=guard.permissions,
        people=stored.people,
        clock=overrides.clock,
        country=deployment.country,
        names_alone=guard.access.is_required,
        shows_names=not guard.access.is_required or "name" in deployment.verification.shown,
        noted=lambda text: guard.audit.record("searched", words=text),
    )


def _customer_views(
    systems: Systems, health: HealthBoard, network: Network, guard: Guard, stored: _Stored, overrides: Overrides
) -> Callable[..., CustomerView]:
    """Return a function that makes the view of one customer, current or as of a moment."""

    def view_customer(customer_id: CustomerId, as_of: datetime | None = None) -> CustomerView:
        return CustomerView(
            customer_id,
            systems=systems,
            permissions=guard.permissions,
            health=health,
            network=network,
            cache=stored.cache,
            saw=lambda scope: guard.saw(customer_id, scope),
            on_unmask=lambda kinds: guard.audit.record("showed in full", customer_id, kinds),
            as_of=as_of,
            clock=overrides.clock,
            rng=overrides.rng,
        )

    return view_customer


def compose_console(
    deployment: Deployment, secrets: Secrets, overrides: Overrides | None = None, store: Database | None = None
) -> Console:
    """Return the services of a console for the configured systems. May run in a worker thread; sends no requests yet.

    Without a store all data is in memory only. The console closes everything that it is given.

    Raises:
        ConfigurationError: A secret was not found where the settings say.
    """
    overrides = overrides or Overrides()
    overrides = replace(overrides, user=as_deployed(overrides.user, deployment.roles))
    check_country(deployment)  # loads the numbering plans here, which is slow, and not later on the GUI thread
    stored = _compose_stored(store or in_memory())
    wire = connect_systems(deployment, secrets, overrides, store)
    systems = wire.systems
    callers = _caller_systems(systems, deployment)
    guard = compose_guard(
        deployment, secrets, stored.database, overrides=overrides, systems=callers, cache=stored.cache
    )
    outbox = _compose_outbox(wire, guard, stored, overrides, deployment)
    actions = _compose_actions(outbox, systems, guard, stored, overrides, deployment)
    drafts = Drafts(DraftRepository(stored.database), overrides.clock)
    search = _compose_search(systems, guard, stored, overrides, deployment)
    network, reader = Network(), PdfReader()

    async def open_store() -> None:
        await stored.forget_old(deployment, overrides.clock.now())
        await guard.start(overrides.clock.now(), signed_in=overrides.sign_in is not None)
        await drafts.open()
        await outbox.open()
        outbox.start()

    def cache_sizes() -> list[CacheSize]:
        return [*wire.http.cache_sizes, stored.cache.size, stored.people.size, *guard.audit.sizes]

    async def aclose() -> None:
        reader.close()
        for service in (drafts, outbox, search, guard, wire.http, stored.cache, stored.people, stored.database):
            await service.aclose()

    return Console(
        name=deployment.name,
        country=deployment.country,
        permissions=guard.permissions,
        access=guard.access,
        audit=guard.audit,
        audit_search=guard.search,
        systems=tuple(
            SystemInfo(system.name, tuple(system.ports), system.label, system.address) for system in systems.every
        ),
        health=wire.health,
        search=search,
        outbox=outbox,
        actions=actions,
        decisions=Decisions(outbox, actions, guard.permissions, country=deployment.country),
        drafts=drafts,
        unsent_work=UnsentWork(outbox, drafts, actions, UnsentFiles(), is_saved=stored.database.is_kept),
        data_rights=DataRights(stored.records, guard.permissions, guard.access, guard.audit),
        moments=stored.cache.moments,
        is_saved=stored.database.is_kept,
        open_store=open_store,
        connections=ConnectionTests(systems),
        documents=BillDocuments(systems=systems, reader=reader, permissions=guard.permissions, saw=guard.saw),
        network=network,
        view_customer=_customer_views(systems, wire.health, network, guard, stored, overrides),
        cache_sizes=cache_sizes,
        aclose=aclose,
    )
