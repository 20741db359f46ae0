"""Where the stores of a computer lie, one for each person of a deployment, and how they are opened."""

import asyncio
import contextlib
import hashlib
import re
import secrets as secrets_module
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from console.errors import StoreError, StoreInUseError, StoreKeyError
from console.models.person import Person
from console.settings import Deployment
from console.store.database import Database, open_database
from console.store.recovery import has_recovery, new_code, unwrap_key, wrap_key
from console.system.store_key import NoKeyringError, find_key, keep_in_keyring

IN_MEMORY = "What you type is kept in memory alone, until the desk closes."
OpenFile = Callable[[Path, bytes], Database]


class AskCode(Protocol):
    """Asks the user for a code; None where they go on without."""

    async def __call__(self, sentence: str, *, is_new: bool) -> str | None:
        """Say why and return what was typed; `is_new` is whether a code is chosen, not remembered."""


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
