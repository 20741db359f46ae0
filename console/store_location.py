"""The location of one person's store, and how it is opened: lock, key, recovery code, and remains of a lost store."""

import asyncio
import contextlib
import logging
import secrets as secrets_module
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from console.errors import StoreDamagedError, StoreError, StoreInUseError, StoreKeyError
from console.models.passphrase import LEAST_CHARACTERS, LEAST_DIFFERENT, is_strong
from console.store.contents import StoreState, read_through
from console.store.database import Database, open_beside, open_database, take_lock
from console.store.guard_log import GuardLogFile
from console.store.lock import StoreLock
from console.store.recovery import (
    confirm_code,
    digest_of_confirmed,
    has_recovery,
    key_in_the_clear,
    new_code,
    remove_plain,
    unwrap_key,
    wrap_key,
)
from console.store.remains import StoreRemains
from console.system.clock import boot_id, boot_s
from console.system.store_key import Keyring, NoKeyringError

_log = logging.getLogger(__name__)
TOO_WEAK = f"Use at least {LEAST_CHARACTERS} characters, {LEAST_DIFFERENT} of them different."
_WAS_PLAIN = (
    "The recovery file was not encrypted: an earlier version made it so from a passphrase without letters and digits. "
    "It was replaced and removed. Anyone with access to this disk could read the saved work."
)
_GUARD = "guard.store"
IN_MEMORY = "Your work is kept in memory only, until the console closes."


class AskCode(Protocol):
    """Prompts the user for a code. Returns None if they go on without."""

    def __call__(self, sentence: str, *, is_new: bool) -> Awaitable[str | None]:
        """Show the reason and return the typed text. `is_new` is whether the user chooses a new code."""


AskAnew = Callable[[str], Awaitable[bool]]
"""Says why a store cannot be opened and returns whether to set it aside and begin a new one."""


@dataclass(frozen=True, slots=True)
class OpenedStore:
    """An opened store, or the reason why none was opened.

    `notice` is a message for the user. `make_code` returns a new recovery code, `confirm_code` makes it the only one.
    `new_code` was made because no code is confirmed yet. `guard` is the log of opened accounts that the person's
    programs share.
    """

    database: Database | None = None
    notice: str = ""
    new_code: str = ""
    make_code: Callable[[], Awaitable[str]] | None = None
    confirm_code: Callable[[], Awaitable[None]] | None = None
    guard: GuardLogFile | None = None


@dataclass(frozen=True, slots=True)
class StoreQuestions:
    """The prompts about a store, where there is somebody to prompt.

    `shows_codes` is whether a new code is shown to the user. `keeps_work` is whether the store may have work that a
    user would miss, unlike the store of a sandbox.
    """

    code: AskCode | None = None
    anew: AskAnew | None = None
    shows_codes: bool = False
    keeps_work: bool = True


NOBODY_ASKED = StoreQuestions()


class StoreLocation:
    """The location of one person's store, and how to open it."""

    def __init__(self, folder: Path, questions: StoreQuestions) -> None:
        self._folder, self._questions = folder, questions
        self._file = folder / "desk.store"
        self._keyring = Keyring(folder.name)
        self._no_keyring: NoKeyringError | None = None
        self._confirmed_before = ""
        self._remains = StoreRemains(folder)

    async def open(self) -> OpenedStore:
        """Return the open store. If there is none or its key is missing, return a notice for the user.

        Raises:
            StoreInUseError: Another program has it open.
        """
        try:
            lock = await asyncio.to_thread(take_lock, self._file)  # first: only one of two first starts makes a key
        except StoreInUseError:
            raise
        except StoreError as error:
            return OpenedStore(notice=f"{error} {IN_MEMORY}")
        try:
            return await self._open_locked(lock)
        except StoreError as error:
            _log.info("the store cannot be opened: %s", error)
            await asyncio.to_thread(lock.close)
            return OpenedStore(notice=f"{error} {IN_MEMORY}")
        except BaseException:
            lock.close()
            raise

    async def open_to_read(self) -> OpenedStore:
        """Return the store for reading, even while the console has it open."""
        try:
            if not self._remains.has_store:
                await self._refuse_remains()
            try:
                key = await self._key_of_store()
            except StoreKeyError as error:
                key = await self._prompt(error)
            return OpenedStore(await asyncio.to_thread(open_beside, self._file, key))
        except StoreError as error:
            return OpenedStore(notice=f"{error} {IN_MEMORY}")

    async def open_guard(self) -> GuardLogFile:
        """Return the log of opened accounts of this person's programs. Raises as `StoreLocator.open_guard`."""
        if not self._remains.has_store:
            raise StoreError(
                "Nobody has worked here with this sign-in yet. Start the console's window once, then this command."
            )
        try:
            key = await self._key_of_store()
        except StoreKeyError as error:
            key = await self._prompt(error)
        return await self._guard_log(key)

    async def _guard_log(self, key: bytes) -> GuardLogFile:
        def open_it() -> GuardLogFile:
            return GuardLogFile(self._folder / _GUARD, key, boot_id=boot_id(), boot_s=boot_s)

        return await asyncio.to_thread(open_it)

    async def _open_locked(self, lock: StoreLock) -> OpenedStore:
        try:
            return await self._open_found(lock)
        except StoreDamagedError as error:
            if self._questions.anew is None or not await self._questions.anew(str(error)):
                raise
            aside = await asyncio.to_thread(self._remains.set_aside)
        kept = await self._begin(lock)
        _log.info("what was left of a store was set aside in %s", aside)
        message = f"The old files are in {aside}, unchanged. An earlier recovery code is only for them."
        return OpenedStore(kept.database, message, kept.new_code, kept.make_code, kept.confirm_code, kept.guard)

    async def _open_found(self, lock: StoreLock) -> OpenedStore:
        if not self._remains.has_store:
            await self._refuse_remains()
            return await self._begin(lock)
        tried = None
        try:
            tried = key = await self._key_of_store()
            return await self._with(lock, key)
        except NoKeyringError as error:
            key = await self._prompt(error)
        except StoreKeyError as error:
            key = await self._prompt(error)
            if key == tried:
                raise StoreDamagedError(
                    f"The store {self._file} is damaged: its own key does not open it. It stays as it is."
                ) from error
            kept = await self._with(lock, key)
            await self._keyring.keep(key)
            return kept
        return await self._with(lock, key)

    async def _find_key(self) -> bytes | None:
        """Return the key in the keyring, or None if it has none. A keyring that failed is not used again.

        Raises:
            NoKeyringError: No keyring was found, or it does not reply.
        """
        if self._no_keyring is not None:
            raise self._no_keyring
        try:
            return await self._keyring.find()
        except NoKeyringError as error:
            self._no_keyring = error
            raise

    async def _key_of_store(self) -> bytes:
        """Return the key in the keyring.

        Raises:
            StoreKeyError: The keyring has no key, or no keyring was found.
        """
        key = await self._find_key()
        if key is None:
            raise StoreKeyError("This computer's keyring no longer has the store's key. Your recovery code opens it.")
        return key

    async def _refuse_remains(self) -> None:
        """Check that no files of an earlier store are left, because a new store would overwrite them.

        Raises:
            StoreDamagedError: Files are left, or the keyring has the key of a missing store.
        """
        if self._remains.is_first_start:
            return
        left = list(self._remains.names)
        if not left and self._questions.keeps_work:
            with contextlib.suppress(NoKeyringError):
                left = ["its key in the keyring"] if await self._find_key() is not None else []
        if left:
            how = "empty" if self._remains.is_empty_file else "missing"
            raise StoreDamagedError(
                f"The store {self._file} is {how}. Found: {', '.join(left)}. Nothing was changed. "
                "If you have a copy of the file, close the console, put the copy there and start again."
            )

    async def _begin(self, lock: StoreLock) -> OpenedStore:
        """Return a new store. If the program is killed meanwhile, the next start repeats this."""
        await asyncio.to_thread(self._remains.begin)
        try:
            key = await self._find_key() or await self._keyring.make()
        except NoKeyringError as error:
            self._no_keyring = error
            key = await self._prompt(error)
        kept = await self._with(lock, key)
        await asyncio.to_thread(self._remains.is_begun)
        return kept

    async def _with(self, lock: StoreLock, key: bytes) -> OpenedStore:
        """Return the store that a key opens, with a notice for the user."""
        database = await asyncio.to_thread(open_database, self._file, key, lock)
        try:
            notice = await read_through(database)
            state = StoreState(database)
            confirmed = await asyncio.to_thread(digest_of_confirmed, self._folder)
            known = await state.load("recovery")
            if known and known == self._confirmed_before != confirmed:  # just rewritten for the same code
                await state.save("recovery", confirmed)
                known = confirmed
            is_confirmed = bool(confirmed) and known == confirmed
            plain = await asyncio.to_thread(key_in_the_clear, self._folder) if self._questions.shows_codes else None
        except BaseException:
            # Keep the lock: a damaged store may be set aside and a new one made.
            await asyncio.to_thread(database.close, keep_lock=True)
            raise

        async def make_code() -> str:
            code = new_code()
            await asyncio.to_thread(wrap_key, self._folder, key, code)
            return code

        async def confirm() -> None:
            await asyncio.to_thread(confirm_code, self._folder)
            await state.save("recovery", await asyncio.to_thread(digest_of_confirmed, self._folder))

        code = ""
        if self._questions.shows_codes and (plain is not None or not is_confirmed):
            if self._no_keyring is not None:  # without a keyring, the user has just typed the code or passphrase
                await confirm()
            else:
                code = await make_code()
        if plain is not None:
            await asyncio.to_thread(remove_plain, self._folder)
            notice = f"{notice} {_WAS_PLAIN}".strip()
        return OpenedStore(database, notice, code, make_code, confirm, await self._guard_log(key))

    async def _prompt(self, error: StoreKeyError) -> bytes:
        """Return the key for a code that the user types or chooses. Prompts until the code fits or the user cancels."""
        plain = await asyncio.to_thread(key_in_the_clear, self._folder)
        if plain is not None:
            return await self._ask_anew(plain, error)
        has_code = await asyncio.to_thread(has_recovery, self._folder)
        self._confirmed_before = await asyncio.to_thread(digest_of_confirmed, self._folder)
        prompt = self._questions.code
        if prompt is None or (self._remains.has_store and not has_code):
            raise error
        if not has_code:
            return await self._under_new_code(secrets_module.token_bytes(32), str(error), error)
        sentence = str(error)
        if isinstance(error, NoKeyringError):
            sentence += " Your recovery code or passphrase opens it."
        while (code := await prompt(sentence, is_new=False)) is not None:
            try:
                return await asyncio.to_thread(unwrap_key, self._folder, code)
            except StoreKeyError as wrong:
                sentence = str(wrong)
        raise error

    async def _under_new_code(self, key: bytes, sentence: str, error: StoreKeyError) -> bytes:
        """Return the key once it is saved with a code that the user chose. Prompts until it is strong or cancelled."""
        prompt = self._questions.code
        while prompt is not None and (code := await prompt(sentence, is_new=True)) is not None:
            if is_strong(code):
                await asyncio.to_thread(wrap_key, self._folder, key, code)
                await asyncio.to_thread(confirm_code, self._folder)
                return key
            sentence = TOO_WEAK
        raise error

    async def _ask_anew(self, key: bytes, error: StoreKeyError) -> bytes:
        """Return the key of an unencrypted recovery file, once a new passphrase or the keyring protects it."""
        if not isinstance(error, NoKeyringError):
            return key  # a new code is made and shown once the store is open
        await self._under_new_code(key, f"{_WAS_PLAIN} Choose another passphrase.", error)
        await asyncio.to_thread(remove_plain, self._folder)
        return key
