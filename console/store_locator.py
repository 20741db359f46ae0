"""Finds the stores on a computer, one per person of a deployment, and the last person who worked there."""

import asyncio
import contextlib
import hashlib
import hmac
import logging
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from console.errors import StoreInUseError
from console.models.person import Person
from console.private_files import private_folder, write_private
from console.store.guard_log import GuardLogFile
from console.store.remains import StoreRemains
from console.store_location import NOBODY_ASKED, OpenedStore, StoreLocation, StoreQuestions
from console.system.store_key import Keyring, NoKeyringError

_log = logging.getLogger(__name__)


class StoreLocator:
    """The stores of one deployment on this computer: one per person, and a note of the last person."""

    def __init__(self, folder: Path, profile: str, questions: StoreQuestions, *, to_read: bool = False) -> None:
        self._folder, self._profile, self._questions, self._to_read = folder, profile, questions, to_read
        self._seal = Keyring(f"{profile}.last")
        self.removed: Person | None = None
        self._opened = ""

    async def open(self, person: Person | None = None) -> OpenedStore:
        """Return a person's store; create it if needed. Without a person, the store of a console without sign-in."""
        name = self._profile
        if person is not None:
            name = self._name_of(person)
            await self._note_last(name)
        return await self._open(name)

    async def open_last(self) -> OpenedStore | None:
        """Return the store of the last person who worked here, or None if that is not known."""
        name = await self._read_last()
        if not re.fullmatch(rf"{re.escape(self._profile)}-[0-9a-f]{{12}}", name):
            return None
        return await self._open(name) if self.has(name) else None

    async def open_guard(self, person: Person) -> GuardLogFile:
        """Return the log of opened accounts of a person's programs, without the store, which the window may have open.

        Raises:
            StoreError: The person has no store here yet, or it cannot be opened.
        """
        return await StoreLocation(self._folder / self._name_of(person), self._questions).open_guard()

    def _name_of(self, person: Person) -> str:
        digest = hashlib.blake2b(f"{person.issuer}\n{person.subject}".encode(), digest_size=6).hexdigest()
        return f"{self._profile}-{digest}"

    @property
    def has_people(self) -> bool:
        """Whether anybody has a store of this deployment here."""
        return any(self.has(path.name) for path in self._folder.glob(f"{self._profile}-*") if path.is_dir())

    async def open_others(self) -> AsyncIterator[OpenedStore]:
        """Yield every other store of this deployment, one after the other. Each is closed before the next is opened.

        Prompts for codes are not shown. A store that cannot be opened, or that a window has open, comes without its
        database.
        """
        names = [path.name for path in sorted(self._folder.glob(f"{self._profile}*")) if path.is_dir()]
        mine = re.compile(rf"{re.escape(self._profile)}(-[0-9a-f]{{12}})?")
        for name in names:
            if name == self._opened or not mine.fullmatch(name) or not self.has(name):
                continue
            try:
                kept = await StoreLocation(self._folder / name, NOBODY_ASKED).open()
            except StoreInUseError as error:
                kept = OpenedStore(notice=str(error))
            try:
                yield kept
            finally:
                if kept.database is not None:
                    await kept.database.aclose()

    def has(self, name: str) -> bool:
        """Return whether there is a store of this name, or remains of one."""
        return bool(StoreRemains(self._folder / name).names)

    async def remove_marked(self) -> None:
        """Remove the store that was marked for removal, once it is closed. Failures are logged."""
        if self.removed is not None:
            try:
                await self.remove(self.removed)
            except (NoKeyringError, OSError) as error:
                _log.warning("a store could not be removed from this computer: %s", error)

    async def remove(self, person: Person) -> None:
        """Remove a person's store: first its key, without which the store cannot be read, then its files.

        Raises:
            NoKeyringError: The key cannot be removed from the keyring; nothing is removed.
            OSError: A file cannot be removed. Without the key it is useless.
        """
        folder = self._folder / self._name_of(person)
        await Keyring(folder.name).forget()

        def delete() -> None:
            if folder.is_dir():
                shutil.rmtree(folder)
            folder.with_name(f"{folder.name}.head").unlink(missing_ok=True)

        await asyncio.to_thread(delete)

    async def _open(self, name: str) -> OpenedStore:
        self._opened = name
        location = StoreLocation(self._folder / name, self._questions)
        return await (location.open_to_read() if self._to_read else location.open())

    @property
    def _last(self) -> Path:
        return self._folder / f"{self._profile}.last"

    async def forget_last(self) -> None:
        """Forget who worked here last. The next start requires a sign-in."""
        await asyncio.to_thread(self._last.unlink, missing_ok=True)

    async def _note_last(self, name: str) -> None:
        def write() -> None:
            private_folder(self._folder)
            write_private(self._last, name)

        with contextlib.suppress(OSError, NoKeyringError):  # on an error the next start requires a sign-in
            await asyncio.to_thread(write)
            await self._seal.keep(_sealed(name))

    async def _read_last(self) -> str:
        """Return the name noted last. Return an empty text if there is none, or if the file was changed or restored.

        Without a keyring the name is not checked: a user must type a code to open a store anyway.
        """
        try:
            name = (await asyncio.to_thread(self._last.read_text, encoding="utf-8")).strip()
        except (OSError, UnicodeDecodeError):
            return ""
        try:
            seal = await self._seal.find()
        except NoKeyringError:
            return name
        if seal is None or not hmac.compare_digest(seal, _sealed(name)):
            _log.warning("the last user does not match this computer's keyring; sign in again")
            return ""
        return name


def _sealed(name: str) -> bytes:
    """Return the digest of a name that the keyring has, to detect changes to the file."""
    return hashlib.blake2b(f"last {name}".encode(), digest_size=32).digest()
