"""The desk's services for the length of one run: on the configured systems, or on a sandbox of its own."""

import asyncio
import contextlib
import hashlib
import re
import secrets as secrets_module
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import platformdirs

from console.compose import Parts, compose_desk, compose_sign_in
from console.errors import (
    ConfigurationError,
    SignInRefusedError,
    SignInUnreachableError,
    StoreError,
    StoreInUseError,
    StoreKeyError,
)
from console.models.person import Person
from console.ports.secrets import Secrets
from console.services.desk import Desk
from console.services.permissions import REP, ROLES
from console.services.sign_in import SignIn, SignInState
from console.settings import KEPT, Deployment, load_deployment
from console.store.database import Database, open_beside, open_database
from console.store.recovery import has_recovery, new_code, unwrap_key, wrap_key
from console.store.secrets import SecretRepository
from console.system.sandbox_launcher import SandboxProcess
from console.system.secrets import KeptSecrets, SystemSecrets
from console.system.store_key import NoKeyringError, find_key, keep_in_keyring

IN_MEMORY = "What you type is kept in memory alone, until the desk closes."


OpenFile = Callable[[Path, bytes], Database]


class AskCode(Protocol):
    """Asks the user for a code; None where they go on without."""

    async def __call__(self, sentence: str, *, is_new: bool) -> str | None:
        """Say why and return what was typed; `is_new` is whether a code is chosen, not remembered."""


class AskSecret(Protocol):
    """Asks for a secret of a system; None where nobody knows it."""

    async def __call__(self, sentence: str) -> str | None:
        """Say whose and return what was typed."""


class AskPerson(Protocol):
    """Has somebody sign in in the browser; returns once they have."""

    async def __call__(self, sign_in: SignIn, sentence: str) -> Person:
        """Say a sentence, where there is one, and return who signed in."""


@dataclass(frozen=True, slots=True)
class Session:
    """The services, and on a sandbox of its own the number of its world's first customer.

    `notice` is what the user must know of the store, `new_code` a recovery code made now, to be shown once.
    """

    desk: Desk
    first_customer: str | None = None
    notice: str = ""
    new_code: str = ""
    make_code: Callable[[], Awaitable[str]] | None = None
    sign_in: SignIn | None = None
    lock_after_s: float = 600.0
    hides_from_capture: bool = False


@asynccontextmanager
async def open_session(
    *,
    config: Path | None,
    demo: bool,
    with_store: bool = False,
    ask_code: AskCode | None = None,
    ask_person: AskPerson | None = None,
    ask_secret: AskSecret | None = None,
) -> AsyncIterator[Session]:
    """Yield the services; at the end close them and stop the sandbox.

    With a store what is known and typed outlives the program; where there is no key for it, `ask_code` asks for one.
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
        secrets: Secrets
        if sandbox is not None:
            deployment = sandbox.deployment_with_sign_in if ask_person else sandbox.deployment
            secrets, profile = sandbox.secrets, "sandbox"
        else:
            path = config or default_configuration()
            deployment = await asyncio.to_thread(load_deployment, path)
            secrets, profile = SystemSecrets(path.parent), profile_of(deployment)
        stores = Stores(
            Path(platformdirs.user_data_dir("opticom-console", appauthor=False)) / "stores",
            profile,
            None if demo else ask_code,
            makes_code=not demo,
        )
        async with AsyncExitStack() as stack:
            sign_in, user = None, REP
            if deployment.sign_in is None:
                kept = await stores.open() if with_store else Kept()
            else:
                sign_in = await asyncio.to_thread(compose_sign_in, deployment.sign_in)
                stack.push_async_callback(sign_in.aclose)
                person, kept = await _signed_in(sign_in, stores if with_store else None, ask_person)
                user = ROLES[person.role]
            kept_secrets = await _kept_secrets(deployment, kept.database, ask_secret)
            secrets = KeptSecrets(kept_secrets, secrets)
            desk = await asyncio.to_thread(
                compose_desk, deployment, secrets, Parts(user=user, sign_in=sign_in), kept.database
            )
            stack.push_async_callback(desk.aclose)
            await desk.open_store()
            first = sandbox.first_customer if sandbox else None
            try:
                yield Session(
                    desk,
                    first,
                    kept.notice,
                    kept.new_code,
                    kept.make_code,
                    sign_in,
                    lock_after_s=deployment.lock_after_min * 60,
                    hides_from_capture=deployment.hide_from_capture,
                )
            finally:
                if sign_in is not None and sign_in.state is SignInState.SIGNED_OUT:
                    await stores.forget_last()
    finally:
        if sandbox is not None:
            await sandbox.stop()


async def _kept_secrets(
    deployment: Deployment, database: Database | None, ask_secret: AskSecret | None
) -> dict[str, str]:
    """Return the secrets that lie in the store; without a store they are asked for each time.

    Raises:
        ConfigurationError: One is not there and nobody could be asked, or knew it.
    """
    repository = SecretRepository(database) if database is not None else None
    found: dict[str, str] = {}
    for reference, label in deployment.kept_secrets.items():
        secret = await repository.load(reference) if repository is not None else None
        if secret is None and ask_secret is not None:
            secret = (await ask_secret(f"The key or password for {label} is not on this computer yet.") or "").strip()
            if secret and repository is not None:
                await repository.save(reference, secret)
        if not secret:
            raise ConfigurationError(
                f"The secret {reference} for {label} is not in the store. "
                "Start the desk's window, or keep it with: opticom-console keep-secret " + reference.removeprefix(KEPT)
            )
        found[reference] = secret
    return found


async def _signed_in(sign_in: SignIn, stores: "Stores | None", ask_person: AskPerson | None) -> "tuple[Person, Kept]":
    """Return who works here and their store: whoever did last, if they still may, else whoever signs in now."""
    sentence = ""
    last = await stores.open_last() if stores is not None else None
    if last is not None and last.database is not None:
        try:
            person = await sign_in.restore(SecretRepository(last.database))
        except SignInUnreachableError as error:
            person, sentence = None, str(error)
        if person is not None:
            return person, last
        await last.database.aclose()
    if ask_person is None:
        raise SignInRefusedError(sentence or "Somebody must sign in first: open the desk's window once.")
    person = await ask_person(sign_in, sentence)
    if stores is None:
        return person, Kept()
    kept = await stores.open(person)
    if kept.database is not None:
        await sign_in.keep_in(SecretRepository(kept.database))
    return person, kept


class Stores:
    """The stores of one deployment on this computer: one for each person, and a note of who worked here last."""

    def __init__(
        self,
        folder: Path,
        profile: str,
        ask_code: AskCode | None,
        *,
        makes_code: bool,
        open_file: OpenFile = open_database,
    ) -> None:
        self._folder, self._profile = folder, profile
        self._ask_code, self._makes_code, self._open_file = ask_code, makes_code, open_file

    async def open(self, person: Person | None = None) -> "Kept":
        """Return a person's store, made where there is none; without a person the one of a desk without sign-in."""
        name = self._profile
        if person is not None:
            name += "-" + hashlib.blake2b(f"{person.issuer}\n{person.subject}".encode(), digest_size=6).hexdigest()
            await asyncio.to_thread(self._note_last, name)
        return await self._open(name)

    async def open_last(self) -> "Kept | None":
        """Return the store of whoever worked here last, None where that is not known."""
        name = await asyncio.to_thread(self._read_last)
        if not re.fullmatch(rf"{re.escape(self._profile)}-[0-9a-f]{{12}}", name):
            return None
        return await self._open(name) if self.has(name) else None

    def has(self, name: str) -> bool:
        """Return whether there is a store of this name."""
        return StorePlace(self._folder / name).exists

    async def _open(self, name: str) -> "Kept":
        place = StorePlace(self._folder / name, self._open_file)
        return await place.open(self._ask_code, makes_code=self._makes_code)

    @property
    def _last(self) -> Path:
        return self._folder / f"{self._profile}.last"

    async def forget_last(self) -> None:
        """Forget who worked here last: the next start asks who signs in."""
        await asyncio.to_thread(self._last.unlink, missing_ok=True)

    def _note_last(self, name: str) -> None:
        with contextlib.suppress(OSError):  # then the next start asks for a sign-in
            self._folder.mkdir(parents=True, exist_ok=True)
            self._last.write_text(name, encoding="utf-8")

    def _read_last(self) -> str:
        try:
            return self._last.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""


def profile_of(deployment: Deployment) -> str:
    """Return the name of a deployment's store: another deployment's facts and acts are not this one's."""
    addresses = "\n".join(sorted(system.base_url for system in deployment.systems.values()))
    return hashlib.blake2b(addresses.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """A store that was opened, or why none was."""

    database: Database | None = None
    notice: str = ""
    new_code: str = ""
    make_code: Callable[[], Awaitable[str]] | None = None


class StorePlace:
    """Where one deployment's store lies, and how it is opened."""

    def __init__(self, folder: Path, open_file: OpenFile = open_database) -> None:
        self._folder, self._open_file = folder, open_file
        self._file = folder / "desk.store"

    @property
    def exists(self) -> bool:
        return self._file.exists()

    async def open(self, ask_code: AskCode | None, *, makes_code: bool) -> Kept:
        """Return the open store; where there is none, or no key, what the user must know.

        Raises:
            StoreInUseError: Another program has it open.
        """
        try:
            try:
                found = await asyncio.to_thread(find_key, self._file, self._folder.name)
                key, is_new = found.key, found.source == "new"
                database = await asyncio.to_thread(self._open_file, self._file, key)
            except StoreKeyError as error:
                key = await self._ask(error, ask_code)
                is_new = False
                database = await asyncio.to_thread(self._open_file, self._file, key)
        except StoreInUseError:
            raise
        except StoreError as error:
            return Kept(notice=f"{error} {IN_MEMORY}")

        async def make_code() -> str:
            code = new_code()
            await asyncio.to_thread(wrap_key, self._folder, key, code)
            return code

        return Kept(database, new_code=await make_code() if is_new and makes_code else "", make_code=make_code)

    async def _ask(self, error: StoreKeyError, ask_code: AskCode | None) -> bytes:
        """Return the key a user's code opens, or that they make one for; asked until it fits or they give up."""
        has_code = await asyncio.to_thread(has_recovery, self._folder)
        if ask_code is None or (self._file.exists() and not has_code):
            raise error
        sentence = str(error)
        while True:
            code = await ask_code(sentence, is_new=not has_code)
            if code is None:
                raise error
            if not has_code:
                key = secrets_module.token_bytes(32)
                await asyncio.to_thread(wrap_key, self._folder, key, code)
                return key
            try:
                key = await asyncio.to_thread(unwrap_key, self._folder, code)
            except StoreKeyError as wrong:
                sentence = str(wrong)
                continue
            if not isinstance(error, NoKeyringError):
                await asyncio.to_thread(keep_in_keyring, self._folder.name, key)
            return key


async def open_last_store(*, config: Path | None, demo: bool, ask_code: AskCode | None, to_read: bool = False) -> Kept:
    """Return the store of whoever worked last on a deployment's desk, or why there is none to be opened.

    Opened only `to_read`, it may be open in the desk's window meanwhile.
    """
    profile, signs_in = "sandbox", True
    if not demo:
        deployment = await asyncio.to_thread(load_deployment, config or default_configuration())
        profile, signs_in = profile_of(deployment), deployment.sign_in is not None
    folder = Path(platformdirs.user_data_dir("opticom-console", appauthor=False)) / "stores"
    opened = open_beside if to_read else open_database
    stores = Stores(folder, profile, ask_code, makes_code=False, open_file=opened)
    if signs_in:
        return await stores.open_last() or Kept()
    return await stores.open() if stores.has(profile) or not to_read else Kept()


def default_configuration() -> Path:
    """Return where the settings are looked for when nothing is said."""
    return Path(platformdirs.user_config_dir("opticom-console", appauthor=False)) / "systems.toml"
