"""The desk's services for the length of one run: on the configured systems, or on a sandbox of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from console.compose import Overrides, check_settings, compose_console, compose_sign_in
from console.errors import ConfigurationError, SignInRejectedError, SignInUnreachableError
from console.models.person import Person
from console.ports.secrets import Secrets
from console.ports.store import CustomerData
from console.services.access.permissions import REP, ROLES, User
from console.services.access.sign_in import SignIn, SignInState
from console.services.console import Console
from console.settings import KEPT, Deployment, load_deployment
from console.settings.policy import Policy, read_policy
from console.store.customer_records import CustomerRecords
from console.store.database import Database
from console.store.secrets import SecretRepository
from console.store_location import NOBODY_ASKED, AskCode, OpenedStore, StoreQuestions
from console.store_locator import StoreLocator
from console.store_profiles import StoreProfiles
from console.system.sandbox_launcher import SandboxProcess
from console.system.secrets import KeptSecrets, SystemSecrets
from console.user_folders import configuration_folder, data_folder


class AskSecret(Protocol):
    """Asks for a secret of a system; None where nobody knows it."""

    def __call__(self, sentence: str, /) -> Awaitable[str | None]:
        """Say whose and return what was typed."""


class AskPerson(Protocol):
    """Has somebody sign in in the browser; returns once they have."""

    def __call__(self, sign_in: SignIn, sentence: str, /) -> Awaitable[Person]:
        """Say a sentence, where there is one, and return who signed in."""


async def nobody_else() -> AsyncIterator[CustomerData | None]:
    """Yield no store: there are no other people here."""
    for none in list[None]():
        yield none


@dataclass(frozen=True, slots=True)
class Session:
    """The services, and on a sandbox of its own the number of its world's first customer.

    `remove_at_end` lets the person's store be removed once it is closed; it returns why not, empty where it will be.
    `other_stores` yields what other people's stores of this deployment keep on this computer, one after the other; None
    for one that cannot be opened now. `notice` is what the user must know of the store, `new_code` a recovery code made
    now, to be shown once.
    """

    console: Console
    first_customer: str | None = None
    notice: str = ""
    new_code: str = ""
    make_code: Callable[[], Awaitable[str]] | None = None
    confirm_code: Callable[[], Awaitable[None]] | None = None
    sign_in: SignIn | None = None
    lock_after_s: float = 600.0
    hides_from_capture: bool = False
    remove_at_end: Callable[[], Awaitable[str]] | None = None
    other_stores: Callable[[], AsyncIterator[CustomerData | None]] = nobody_else


@asynccontextmanager
async def open_session(
    *,
    config: Path | None,
    demo: bool,
    with_store: bool = False,
    questions: StoreQuestions = NOBODY_ASKED,
    ask_person: AskPerson | None = None,
    ask_secret: AskSecret | None = None,
) -> AsyncIterator[Session]:
    """Yield the services; at the end close them and stop the sandbox.

    With a store what is known and typed outlives the program; what must be asked about it, `questions` asks.
    Where the deployment says at which provider people sign in, `ask_person` has them do it, unless they still are. On
    a sandbox without `ask_person` nobody signs in: its systems take a token that was handed over. A secret that the
    store should hold and does not is asked for by `ask_secret`, and kept there.

    Raises:
        ConfigurationError: There are no usable settings, or the sandbox does not start.
        StoreInUseError: Another program has the store open.
        SignInRefusedError: Somebody must sign in and nobody can be asked.
    """
    sandbox = await SandboxProcess.start() if demo else None
    try:
        ground = await _configured(config) if sandbox is None else _of_sandbox(sandbox, signs_in=ask_person is not None)
        stores = StoreLocator(stores_folder(), ground.profile, _questions_of_sandbox(questions) if demo else questions)
        async with AsyncExitStack() as stack:
            await asyncio.to_thread(check_settings, ground.deployment, ground.secrets)
            entry = await _enter(stack, ground, stores, ask_person, with_store=with_store)
            console = await _compose(stack, ground, entry, ask_secret)
            session = _session(ground, stores, entry, console)
            if with_store and not demo:
                session = await _with_unsent_elsewhere(session, ground)
            try:
                yield session
            finally:
                if entry.sign_in is not None and entry.sign_in.state is SignInState.SIGNED_OUT:
                    await stores.forget_last()
        await stores.remove_marked()
    finally:
        if sandbox is not None:
            await sandbox.stop()


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a session stands on: the systems, their secrets, the name of its stores, and the administrator's policy."""

    deployment: Deployment
    secrets: Secrets
    profile: str
    policy: Policy
    first_customer: str | None = None
    is_sandbox: bool = False


async def _configured(config: Path | None) -> _Ground:
    path = config or default_configuration()
    policy = await asyncio.to_thread(read_policy)
    deployment = await asyncio.to_thread(load_deployment, path, policy)
    profile = await asyncio.to_thread(StoreProfiles(stores_folder()).choose, deployment)
    return _Ground(deployment, SystemSecrets(path.parent), profile, policy)


def _of_sandbox(sandbox: SandboxProcess, *, signs_in: bool) -> _Ground:
    deployment = sandbox.deployment_with_sign_in if signs_in else sandbox.deployment
    first = sandbox.first_customer
    return _Ground(deployment, sandbox.secrets, "sandbox", Policy(), first_customer=first, is_sandbox=True)


@dataclass(frozen=True, slots=True)
class _Entry:
    """Who works here, how they signed in where somebody must, and their store."""

    user: User
    kept: OpenedStore
    sign_in: SignIn | None = None


async def _enter(
    stack: AsyncExitStack, ground: _Ground, stores: StoreLocator, ask_person: AskPerson | None, *, with_store: bool
) -> _Entry:
    deployment = ground.deployment
    if deployment.sign_in is None:
        return _Entry(REP, await stores.open() if with_store else OpenedStore())
    sign_in = await asyncio.to_thread(compose_sign_in, deployment.sign_in)
    stack.push_async_callback(sign_in.aclose)
    person, kept = await _signed_in(sign_in, stores if with_store else None, ask_person)
    if not with_store and not ground.is_sandbox and deployment.verification.required:
        kept = replace(kept, guard=await stores.open_guard(person))
    return _Entry(ROLES[person.role], kept, sign_in)


async def _compose(stack: AsyncExitStack, ground: _Ground, entry: _Entry, ask_secret: AskSecret | None) -> Console:
    """Return the services, with their store open and every secret at hand."""
    database = entry.kept.database
    kept_secrets = await _kept_secrets(ground.deployment.kept_secrets, database, ask_secret)
    console = await asyncio.to_thread(
        compose_console,
        ground.deployment,
        KeptSecrets(kept_secrets, ground.secrets),
        Overrides(user=entry.user, sign_in=entry.sign_in, guard_log=entry.kept.guard, policy=ground.policy.digest),
        database,
    )
    stack.push_async_callback(console.aclose)
    await console.open_store()
    return console


def _session(ground: _Ground, stores: StoreLocator, entry: _Entry, console: Console) -> Session:
    kept, sign_in = entry.kept, entry.sign_in
    return Session(
        console,
        ground.first_customer,
        notice=" ".join(filter(None, (ground.policy.warning, kept.notice))),
        new_code=kept.new_code,
        make_code=kept.make_code,
        confirm_code=kept.confirm_code,
        sign_in=sign_in,
        lock_after_s=ground.deployment.lock_after_min * 60,
        hides_from_capture=ground.deployment.hide_from_capture,
        remove_at_end=_remover(stores, console, sign_in.person) if sign_in is not None and console.is_kept else None,
        other_stores=_others(stores),
    )


async def _with_unsent_elsewhere(session: Session, ground: _Ground) -> Session:
    """Return a session whose notice also says where else work of this person was never sent."""
    profiles = StoreProfiles(stores_folder())
    elsewhere = await profiles.unsent_elsewhere(ground.profile, signs_in=session.sign_in is not None)
    return replace(session, notice=" ".join(filter(None, (session.notice, elsewhere))))


def _remover(stores: StoreLocator, console: Console, person: Person | None) -> Callable[[], Awaitable[str]]:
    """Return what has a person's store removed once it is closed; asked, it returns why not, empty where it will be."""

    async def remove_at_end() -> str:
        unsent = await console.unsent_work.unsent()
        if unsent.actions:
            return f"{len(unsent.actions)} actions are not done yet. Send, withdraw or save them first."
        stores.removed = person
        return ""

    return remove_at_end


def _others(stores: StoreLocator) -> Callable[[], AsyncIterator[CustomerData | None]]:
    async def others() -> AsyncIterator[CustomerData | None]:
        async for kept in stores.open_others():
            yield CustomerRecords(kept.database) if kept.database is not None else None

    return others


@asynccontextmanager
async def access_to(
    name: str,
    deployment: Deployment,
    config: Path,
    *,
    ask_code: AskCode | None,
    ask_secret: AskSecret | None,
    ask_person: AskPerson,
) -> AsyncIterator[tuple[Secrets, SignIn | None]]:
    """Yield how one system of a deployment is asked: with its secrets, and for whom where it wants a person.

    The desk may be open meanwhile, so its sign-in is not used: renewing it here would end it there.
    """
    auth = deployment.systems[name].auth
    secrets: Secrets = SystemSecrets(config.parent)
    wanted = {at: label for at, label in deployment.kept_secrets.items() if at in auth.references}
    if wanted:
        kept = await open_last_store(config=config, demo=False, questions=StoreQuestions(code=ask_code), to_read=True)
        try:
            secrets = KeptSecrets(await _kept_secrets(wanted, kept.database, ask_secret), secrets)
        finally:
            if kept.database is not None:
                await kept.database.aclose()
    if auth.kind != "person" or deployment.sign_in is None:
        yield secrets, None
        return
    sign_in = await asyncio.to_thread(compose_sign_in, deployment.sign_in)
    try:
        await ask_person(sign_in, f"systems.{name} is asked for whoever signs in.")
        yield secrets, sign_in
    finally:
        await sign_in.aclose()


async def _kept_secrets(
    wanted: Mapping[str, str], database: Database | None, ask_secret: AskSecret | None
) -> dict[str, str]:
    """Return the secrets that lie in the store, of those that are wanted, each with the word for whose it is.

    What is not there is asked for, and kept where the store can be written.

    Raises:
        ConfigurationError: One is not there and nobody could be asked, or knew it.
    """
    repository = SecretRepository(database) if database is not None else None
    found: dict[str, str] = {}
    for reference, label in wanted.items():
        secret = await repository.load(reference) if repository is not None else None
        if secret is None and ask_secret is not None:
            secret = (await ask_secret(f"The key or password for {label} is not on this computer yet.") or "").strip()
            if secret and repository is not None and database is not None and database.is_kept:
                await repository.save(reference, secret)
        if not secret:
            raise ConfigurationError(
                f"The secret {reference} for {label} is not in the store. "
                "Start the desk's window, or keep it with: opticom-console keep-secret " + reference.removeprefix(KEPT)
            )
        found[reference] = secret
    return found


async def _restored(sign_in: SignIn, last: OpenedStore | None) -> tuple[Person | None, str]:
    """Return who worked last, if they still may; else their store is closed again, and why it could not be asked."""
    if last is None or last.database is None:
        return None, ""
    sentence = ""
    try:
        person = await sign_in.restore(SecretRepository(last.database))
    except SignInUnreachableError as error:
        person, sentence = None, str(error)
    if person is None:
        await last.database.aclose()
    return person, sentence


async def _signed_in(
    sign_in: SignIn, stores: StoreLocator | None, ask_person: AskPerson | None
) -> tuple[Person, OpenedStore]:
    """Return who works here and their store: whoever did last, if they still may, else whoever signs in now."""
    last = await stores.open_last() if stores is not None else None
    person, sentence = await _restored(sign_in, last)
    if person is not None and last is not None:
        return person, last
    if stores is not None and stores.has_people:
        sign_in.demand_proof()  # whoever signs in now may be another than the browser remembers
    if ask_person is None:
        raise SignInRejectedError(sentence or "Somebody must sign in first: open the desk's window once.")
    person = await ask_person(sign_in, sentence)
    if stores is None:
        return person, OpenedStore()
    kept = await stores.open(person)
    if kept.database is not None:
        await sign_in.keep_in(SecretRepository(kept.database))
    return person, kept


async def open_last_store(
    *, config: Path | None, demo: bool, questions: StoreQuestions = NOBODY_ASKED, to_read: bool = False
) -> OpenedStore:
    """Return the store of whoever worked last on a deployment's desk, or why there is none to be opened.

    Opened only `to_read`, it may be open in the desk's window meanwhile.
    """
    profile, signs_in = "sandbox", True
    if not demo:
        deployment = await asyncio.to_thread(load_deployment, config or default_configuration())
        profile = await asyncio.to_thread(StoreProfiles(stores_folder()).choose, deployment)
        signs_in = deployment.sign_in is not None
    stores = StoreLocator(stores_folder(), profile, questions, to_read=to_read)
    if signs_in:
        return await stores.open_last() or OpenedStore()
    return await stores.open() if stores.has(profile) or not to_read else OpenedStore()


def _questions_of_sandbox(questions: StoreQuestions) -> StoreQuestions:
    return replace(questions, code=None, shows_codes=False, keeps_work=False)


def stores_folder() -> Path:
    """Return where the stores of this user lie."""
    return data_folder() / "stores"


def default_configuration() -> Path:
    """Return where the settings are looked for when nothing is said."""
    return configuration_folder() / "systems.toml"
