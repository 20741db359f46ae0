"""The composition root without a window: the only place that names concrete connectors and puts services together."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from console.compose_guard import Guard, NamedSecrets, compose_guard
from console.connectors.caller_proof import HttpCallerProof
from console.connectors.tmforum import TmForumBilling, TmForumCrm, TmForumProvisioning
from console.connectors.tmforum.acts import TmForumActs
from console.connectors.tmforum.check import CHECKED, check_system
from console.connectors.tmforum.client import TmForumClient
from console.errors import ConfigurationError
from console.http import Endpoint, HttpLayer
from console.http.oidc import open_provider
from console.models.billing_account import BillingAccount
from console.models.cache_size import CacheSize
from console.models.check_report import CheckReport
from console.models.customer import Customer, CustomerId
from console.models.health import Exchange, SystemHealth, SystemState
from console.models.provenance import Records, Sourced
from console.ports.audit import GuardLog
from console.ports.clock import Clock
from console.ports.secrets import Secrets
from console.services.access.caller_check import CallerSystems
from console.services.access.data_rights import DataRights
from console.services.access.permissions import REP, Subject, User, as_deployed
from console.services.access.sign_in import SignIn, SignInState
from console.services.acts import Acts, Decisions, SendCheck
from console.services.billing.bill_documents import BillDocuments
from console.services.customer.customer_view import CustomerView
from console.services.customer.datasets import KEPT_AS
from console.services.customer.known import KnownFacts
from console.services.desk import Desk, SystemInfo
from console.services.outbox import Outbox
from console.services.outbox.drafts import Drafts
from console.services.outbox.leaving import Leaving
from console.services.search.customer_search import CustomerSearch
from console.services.search.days import day_order
from console.services.search.people import SeenPeople
from console.services.search.phone import numbering_plans
from console.services.system.connections import Connections, HealthBoard
from console.services.system.network import Network
from console.settings import KEPT, PATHS, Deployment, Kind, System
from console.settings.sign_in import SignInSettings
from console.store.acts import ActRepository
from console.store.answers import AnswerRepository
from console.store.customer_records import CustomerRecords
from console.store.database import Database, in_memory
from console.store.drafts import DraftRepository
from console.store.facts import FactRepository
from console.store.people import PersonRepository
from console.store.unsent_file import UnsentFiles
from console.system.clock import SystemClock
from console.system.pdf import PdfReader

_ACCOUNTS = (Subject.BILLING_ACCOUNTS, "")
_LABELS: dict[str, str] = {"crm": "CRM", "billing": "Billing", "provisioning": "Provisioning"}


@dataclass(frozen=True, slots=True)
class Parts:
    """What a test may swap; the defaults are the real ones."""

    clock: Clock = field(default_factory=SystemClock)
    rng: random.Random = field(default_factory=random.Random)
    user: User = REP
    sign_in: SignIn | None = None
    guard_log: GuardLog | None = None
    policy: str = ""
    on_exchange: Callable[[Exchange], None] = lambda _exchange: None


def _tell_outbox(outbox: Outbox, now: SystemHealth, before: SystemState) -> None:
    if before in {SystemState.DOWN, SystemState.NOT_ASKED} and now.state is not SystemState.DOWN:
        outbox.system_is_back(now.system)


def _of_deployment(parts: Parts, deployment: Deployment) -> Parts:
    return replace(parts, user=as_deployed(parts.user, deployment.roles))


def _connect(outbox: Outbox, guard: Guard, health: HealthBoard, parts: Parts, deployment: Deployment) -> None:
    """Report every act to the guard, and every system and sign-in that is back to the outbox."""
    outbox.subscribe(guard.audit.on_act)
    outbox.subscribe(lambda act: guard.openings.note_act(act.customer_id))
    health.subscribe(lambda now, before: _tell_outbox(outbox, now, before))
    if parts.sign_in is not None:
        parts.sign_in.subscribe(lambda state: _tell_signed_in(outbox, deployment, state))


def check_settings(deployment: Deployment, secrets: Secrets) -> None:
    """Let settings pass that a desk can start with, as far as this computer can tell. Blocks.

    Asked before anybody signs in: who has done that is not to be told only then that the desk cannot start. Secrets of
    the desk's own store are not looked for, since it opens only later.

    Raises:
        ConfigurationError: A secret is not where the settings say, or there is no such country.
    """
    if deployment.country not in numbering_plans().SUPPORTED_REGIONS:
        raise ConfigurationError(
            f"country is {deployment.country}, which has no phone numbers; it is such as US or DE."
        )
    wanted = [
        (f"systems.{name}.auth", one) for name, system in deployment.systems.items() for one in system.auth.references
    ]
    wanted += [("audit.secret", deployment.audit.secret)] if deployment.audit.secret else []
    for setting, reference in wanted:
        if not reference.startswith(KEPT):
            NamedSecrets(secrets, setting).read(reference)


def _tell_signed_in(outbox: Outbox, deployment: Deployment, state: SignInState) -> None:
    """What waited for somebody to sign in goes on."""
    for name in deployment.systems if state is SignInState.SIGNED_IN else ():
        outbox.system_is_back(name)


def _proof(deployment: Deployment, crm: Endpoint) -> HttpCallerProof | None:
    settings = deployment.of_kind("crm")[1].caller_proof
    return HttpCallerProof(crm, settings) if settings is not None else None


async def _forget_old(records: CustomerRecords, facts: FactRepository, deployment: Deployment, now: datetime) -> None:
    """Keep to how long and how much of it the deployment lets a computer keep."""
    before = now - timedelta(days=deployment.store.keep_days)
    await records.forget(before=before)
    await facts.prune(before=before, most_bytes=int(deployment.store.max_mb * 1_000_000))


def name_of(found: Sourced[Customer] | None) -> str:
    """Return what a customer is called; empty where they are not known."""
    return found.value.name if found is not None else ""


def account_of(found: Records[BillingAccount] | None, account_id: str) -> BillingAccount | None:
    """Return one of a customer's accounts as billing last said it, None where it has not."""
    return next((one.value for one in found or () if one.value.id == account_id), None)


def checked_resources(kind: Kind) -> list[str]:
    """Return the resources of a kind of system that a check asks about, in its order."""
    return [resource for resource in PATHS[kind] if resource in CHECKED]


async def compose_check(
    name: str,
    system: System,
    secrets: Secrets,
    *,
    by_post: bool = False,
    only: Sequence[str] = (),
    told: Callable[[str], None] = lambda _resource: None,
    sign_in: SignIn | None = None,
) -> CheckReport:
    """Return how far one server serves the desk; see `check_system`. `sign_in` is for whom it is asked.

    Raises:
        ConfigurationError: A secret is not where the settings say.
    """
    clock = SystemClock()
    http = await asyncio.to_thread(lambda: HttpLayer(clock=clock, on_exchange=lambda _: None, tokens=sign_in))
    try:
        named = NamedSecrets(secrets, f"systems.{name}.auth")
        endpoint = http.endpoint(name, system, label=system.label or _LABELS[system.kind], secrets=named)
        return await check_system(endpoint, system, clock, by_post=by_post, only=only, told=told)
    finally:
        await http.aclose()


def compose_sign_in(settings: SignInSettings) -> SignIn:
    """Return who signs in, and how. Loads certificates, so not on the window's thread."""
    clock = SystemClock()
    return SignIn(
        open_provider(settings, clock),
        issuer=settings.issuer,
        claim=settings.claim,
        roles=settings.roles,
        offline_for=timedelta(hours=settings.offline_hours),
        clock=clock,
    )


def compose_desk(
    deployment: Deployment, secrets: Secrets, parts: Parts | None = None, store: Database | None = None
) -> Desk:
    """Return the services of a desk on the configured systems. May run in a worker thread; asks no system yet.

    Without a store everything is kept in memory. The desk closes what it is given.

    Raises:
        ConfigurationError: A secret is not where the settings say.
    """
    parts = _of_deployment(parts or Parts(), deployment)
    database = store or in_memory()
    if deployment.country not in numbering_plans().SUPPORTED_REGIONS:  # loaded here, off the window's thread
        raise ConfigurationError(
            f"country is {deployment.country}, which has no phone numbers; it is such as US or DE."
        )
    health = HealthBoard(list(deployment.systems))

    def note(exchange: Exchange) -> None:
        health.note(exchange)
        parts.on_exchange(exchange)

    http = HttpLayer(
        clock=parts.clock,
        on_exchange=note,
        rng=parts.rng,
        answers=AnswerRepository(database) if store else None,
        tokens=parts.sign_in,
    )

    def endpoint(kind: Kind) -> Endpoint:
        name, system = deployment.of_kind(kind)
        label = system.label or _LABELS[kind]
        return http.endpoint(name, system, label=label, secrets=NamedSecrets(secrets, f"systems.{name}.auth"))

    def client(asked: Endpoint) -> TmForumClient:
        return TmForumClient(asked, deployment.systems[asked.system], parts.clock, health.note_damage)

    crm_endpoint = endpoint("crm")
    crm_client, billing_client = client(crm_endpoint), client(endpoint("billing"))
    provisioning_client = client(endpoint("provisioning"))
    crm, billing = TmForumCrm(crm_client), TmForumBilling(billing_client)
    provisioning = TmForumProvisioning(provisioning_client)
    people, facts = SeenPeople(PersonRepository(database)), FactRepository(database)
    known = KnownFacts(facts, KEPT_AS, saved=people.learn)
    guard = compose_guard(
        deployment,
        secrets,
        database,
        parts=parts,
        systems=CallerSystems(crm, provisioning, _proof(deployment, crm_endpoint), day_order(deployment.country)),
        known=known,
    )
    audit, permissions = guard.audit, guard.permissions
    crm_acts, billing_acts = TmForumActs(crm_client), TmForumActs(billing_client)
    provisioning_acts = TmForumActs(provisioning_client)
    outbox = Outbox(
        ActRepository(database),
        {one.name: one for one in (crm_acts, billing_acts, provisioning_acts)},
        clock=parts.clock,
        rng=parts.rng,
        admit=SendCheck(permissions, billing=billing, approvals=crm_acts, acts=lambda: outbox.acts),
    )
    _connect(outbox, guard, health, parts, deployment)
    drafts = Drafts(DraftRepository(database), parts.clock)
    acts = Acts(
        outbox,
        crm=crm_acts,
        billing=billing_acts,
        provisioning=provisioning_acts,
        labels={system.kind: system.label or _LABELS[system.kind] for system in deployment.systems.values()},
        with_service_orders=deployment.service_orders,
        permissions=permissions,
        clock=parts.clock,
        rng=parts.rng,
        country=deployment.country,
        person=audit.who,
        name_of=lambda customer_id: name_of(known.load(customer_id, (Subject.CUSTOMER, ""))),
        account=lambda customer_id, account_id: account_of(known.load(customer_id, _ACCOUNTS), account_id),
    )
    decisions = Decisions(outbox, acts, permissions, country=deployment.country)
    network, records, reader = Network(), CustomerRecords(database), PdfReader()

    search = CustomerSearch(
        crm=crm,
        billing=billing,
        provisioning=provisioning,
        permissions=permissions,
        people=people,
        clock=parts.clock,
        country=deployment.country,
        names_alone=guard.openings.is_required,
        shows_names=not guard.openings.is_required or "name" in deployment.verification.shown,
        noted=lambda text: audit.record("searched", words=text),
    )

    def view_customer(customer_id: CustomerId, as_of: datetime | None = None) -> CustomerView:
        return CustomerView(
            customer_id,
            crm=crm,
            billing=billing,
            provisioning=provisioning,
            permissions=permissions,
            health=health,
            network=network,
            known=known,
            saw=lambda subject: guard.saw(customer_id, subject),
            uncovered=lambda kinds: audit.record("showed in full", customer_id, kinds),
            as_of=as_of,
            clock=parts.clock,
            rng=parts.rng,
        )

    async def open_store() -> None:
        await _forget_old(records, facts, deployment, parts.clock.now())
        await guard.start(parts.clock.now(), signed_in=parts.sign_in is not None)
        await drafts.open()
        await outbox.open()
        outbox.start()

    def cache_sizes() -> list[CacheSize]:
        return [*http.cache_sizes, known.size, people.size, *audit.sizes]

    async def aclose() -> None:
        reader.close()
        await drafts.aclose()
        await outbox.aclose()
        await search.aclose()
        await guard.aclose()
        await http.aclose()
        await known.aclose()
        await people.aclose()
        await database.aclose()

    return Desk(
        name=deployment.name,
        permissions=permissions,
        openings=guard.openings,
        audit=audit,
        audit_search=guard.search,
        systems=tuple(
            SystemInfo(name, system.kind, system.label or _LABELS[system.kind], system.base_url)
            for name, system in deployment.systems.items()
        ),
        health=health,
        search=search,
        outbox=outbox,
        acts=acts,
        decisions=decisions,
        drafts=drafts,
        leaving=Leaving(outbox, drafts, acts, UnsentFiles(), is_kept=database.is_kept),
        data_rights=DataRights(records, permissions, guard.openings, audit),
        moments=known.moments,
        is_kept=database.is_kept,
        open_store=open_store,
        connections=Connections((crm, billing, provisioning)),
        documents=BillDocuments(billing=billing, reader=reader, permissions=permissions, saw=guard.saw),
        network=network,
        view_customer=view_customer,
        cache_sizes=cache_sizes,
        aclose=aclose,
    )
