"""The desk's services for the length of one run: on the configured systems, or on a sandbox of its own."""

import asyncio
import hashlib
import secrets as secrets_module
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import platformdirs

from console.compose import Parts, compose_desk
from console.errors import StoreError, StoreInUseError, StoreKeyError
from console.ports.secrets import Secrets
from console.services.desk import Desk
from console.services.permissions import REP, ROLES
from console.settings import Deployment, load_deployment
from console.store.database import Database, open_database
from console.store.recovery import has_recovery, new_code, unwrap_key, wrap_key
from console.system.sandbox_launcher import SandboxProcess
from console.system.secrets import SystemSecrets
from console.system.store_key import NoKeyringError, find_key, keep_in_keyring

IN_MEMORY = "What you type is kept in memory alone, until the desk closes."


class AskCode(Protocol):
    """Asks the user for a code; None where they go on without."""

    async def __call__(self, sentence: str, *, is_new: bool) -> str | None:
        """Say why and return what was typed; `is_new` is whether a code is chosen, not remembered."""


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


@asynccontextmanager
async def open_session(
    *,
    config: Path | None,
    demo: bool,
    with_store: bool = False,
    ask_code: AskCode | None = None,
    role: str = REP.role,
) -> AsyncIterator[Session]:
    """Yield the services; at the end close them and stop the sandbox.

    With a store what is known and typed outlives the program; where there is no key for it, `ask_code` asks for one.

    Raises:
        ConfigurationError: There are no usable settings, or the sandbox does not start.
        StoreInUseError: Another program has the store open.
    """
    sandbox = await SandboxProcess.start() if demo else None
    try:
        secrets: Secrets
        if sandbox is not None:
            deployment, secrets, profile = sandbox.deployment, sandbox.secrets, "sandbox"
        else:
            path = config or default_configuration()
            deployment = await asyncio.to_thread(load_deployment, path)
            secrets, profile = SystemSecrets(path.parent), profile_of(deployment)
        profile += "" if role == REP.role else f"-{role}"  # another role's work is not this one's
        place = StorePlace(Path(platformdirs.user_data_dir("opticom-console", appauthor=False)) / "stores" / profile)
        kept = await place.open(None if demo else ask_code, makes_code=not demo) if with_store else Kept()
        desk = await asyncio.to_thread(compose_desk, deployment, secrets, Parts(user=ROLES[role]), kept.database)
        try:
            await desk.open_store()
            first = sandbox.first_customer if sandbox else None
            yield Session(desk, first, kept.notice, kept.new_code, kept.make_code)
        finally:
            await desk.aclose()
    finally:
        if sandbox is not None:
            await sandbox.stop()


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

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "desk.store"

    async def open(self, ask_code: AskCode | None, *, makes_code: bool) -> Kept:
        """Return the open store; where there is none, or no key, what the user must know.

        Raises:
            StoreInUseError: Another program has it open.
        """
        try:
            try:
                found = await asyncio.to_thread(find_key, self._file, self._folder.name)
                key, is_new = found.key, found.source == "new"
                database = await asyncio.to_thread(open_database, self._file, key)
            except StoreKeyError as error:
                key = await self._ask(error, ask_code)
                is_new = False
                database = await asyncio.to_thread(open_database, self._file, key)
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


def default_configuration() -> Path:
    """Return where the settings are looked for when nothing is said."""
    return Path(platformdirs.user_config_dir("opticom-console", appauthor=False)) / "systems.toml"
