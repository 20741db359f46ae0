"""The console's services for one run: on the configured systems, or on a sandbox started for it."""

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
    """Prompts for a secret of a system. Returns None if the user does not know it."""

    def __call__(self, sentence: str, /) -> Awaitable[str | None]:
        """Show whose secret it is and return the typed text."""


class AskPerson(Protocol):
    """Prompts a person to sign in in the browser. Returns once they have."""

    def __call__(self, sign_in: SignIn, sentence: str, /) -> Awaitable[Person]:
        """Show the sentence, if any, and return the person who signed in."""


async def nobody_else() -> AsyncIterator[CustomerData | None]:
    """Yield no store: no other people have one here."""
    for none in list[None]():
        yield none


@dataclass(frozen=True, slots=True)
class Session:
    """The services, and with a sandbox the number of its first customer.

    `remove_at_end` marks the person's store to be removed after it is closed. It returns why this is not possible, or
    an empty text. `other_stores` yields the data of other people's stores of this deployment on this computer, one
    after the other; None for a store that cannot be opened now. `notice` is a message about the store for the user.
    `new_code` is a new recovery code, to be shown once.
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
    """Yield the services. At the end close them and stop the sandbox.

    With a store, loaded data and drafts outlive the program. `questions` has the prompts about the store. If the
    deployment has sign-in, `ask_person` prompts for it, unless the last person is still signed in. On a sandbox without
    `ask_person` nobody signs in: its systems accept a token. `ask_secret` prompts for secrets that are missing in the
    store, and they are saved there.

    Raises:
        ConfigurationError: No usable settings were found, or the sandbox does not start.
        StoreInUseError: Another program has the store open.
        SignInRejectedError: Sign-in is needed, but `ask_person` was not given.
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
    """The base of a session: the systems, their secrets, the name of its stores, and the administrator's policy."""

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
    """The user, their store, and how they signed in if the deployment has sign-in."""

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
    """Return the services, with their store open and all secrets loaded."""
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
        remove_at_end=_remover(stores, console, sign_in.person) if sign_in is not None and console.is_saved else None,
        other_stores=_others(stores),
    )


async def _with_unsent_elsewhere(session: Session, ground: _Ground) -> Session:
    """Return a session whose notice also reports unsent work in other stores."""
    profiles = StoreProfiles(stores_folder())
    elsewhere = await profiles.unsent_elsewhere(ground.profile, signs_in=session.sign_in is not None)
    return replace(session, notice=" ".join(filter(None, (session.notice, elsewhere))))


def _remover(stores: StoreLocator, console: Console, person: Person | None) -> Callable[[], Awaitable[str]]:
    """Return a function that marks a person's store for removal. It returns why not, or an empty text."""

    async def remove_at_end() -> str:
        unsent = await console.unsent_work.unsent()
        if unsent.actions:
            return f"{len(unsent.actions)} actions are not finished. Send, withdraw or save them first."
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
    """Yield the secrets for requests to one system, and the sign-in if the system needs a person.

    The console may be open at the same time. Its sign-in is not used, because renewing it here would end it there.
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
        await ask_person(sign_in, f"systems.{name} belongs to the signed-in user.")
        yield secrets, sign_in
    finally:
        await sign_in.aclose()


async def _kept_secrets(
    wanted: Mapping[str, str], database: Database | None, ask_secret: AskSecret | None
) -> dict[str, str]:
    """Return the wanted secrets by reference, loaded from the store; `wanted` has the label of each.

    A missing secret is prompted for, and saved if the store can be written.

    Raises:
        ConfigurationError: A secret is missing, and the user was not prompted or did not know it.
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
                "Start the console's window, or save it with: opticom-console keep-secret "
                + reference.removeprefix(KEPT)
            )
        found[reference] = secret
    return found


async def _restored(sign_in: SignIn, last: OpenedStore | None) -> tuple[Person | None, str]:
    """Return the last person if still signed in, else None after closing their store; and why it is not known."""
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
    """Return the person and their store: the last person if still signed in, else the one who signs in now."""
    last = await stores.open_last() if stores is not None else None
    person, sentence = await _restored(sign_in, last)
    if person is not None and last is not None:
        return person, last
    if stores is not None and stores.has_people:
        sign_in.demand_proof()  # a different person may sign in than the browser remembers
    if ask_person is None:
        raise SignInRejectedError(sentence or "Sign in first: open the console's window once.")
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
    """Return the store of the last person who used a deployment's console, or why there is none.

    Opened with `to_read`, the store may be open in the console's window at the same time.
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
    """Return the folder of this user's stores."""
    return data_folder() / "stores"


def default_configuration() -> Path:
    """Return the default path of the settings."""
    return configuration_folder() / "systems.toml"
