"""Finds the stores of a deployment on this computer, even after an address of one of its systems has changed."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

from console.errors import StoreError
from console.private_files import private_folder, write_private
from console.settings import Deployment
from console.store.contents import count_open_actions
from console.store.database import open_beside
from console.store.remains import StoreRemains
from console.system.store_key import Keyring, NoKeyringError

_log = logging.getLogger(__name__)
_NOTE = ".systems"


class StoreProfiles:
    """The names of stores in a folder, each with a note of the systems it was last used with."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def choose(self, deployment: Deployment) -> str:
        """Return the name of a deployment's stores, and save a note of its systems. Blocks.

        The name stays the same if the systems have the same names and most have the same address, so that a changed
        address loses nothing. Otherwise it is another deployment, with its own facts and actions.
        """
        systems = {name: system.base_url for name, system in sorted(deployment.systems.items())}
        name = self._known(systems)
        try:
            private_folder(self._folder)
            write_private(self._folder / f"{name}{_NOTE}", json.dumps(systems))
        except OSError as error:
            _log.info("the systems of a store cannot be noted: %s", error)
        return name

    async def unsent_elsewhere(self, profile: str, *, signs_in: bool) -> str:
        """Return a sentence about unsent actions in stores of other deployments, or an empty text if there are none.

        With sign-in, the store from before sign-in was introduced counts as another one. Stores of other people are not
        read.
        """
        count, addresses = 0, dict[str, None]()
        for folder in await asyncio.to_thread(lambda: list(self._others(profile, signs_in=signs_in))):
            try:
                unsent = await _count_unsent(folder)
            except NoKeyringError:
                break  # it would fail for all of them, after a wait for each
            if unsent:
                count += unsent
                addresses |= dict.fromkeys(self._noted(folder.name.partition("-")[0]).values())
        if not count:
            return ""
        where = f" ({', '.join(addresses)})" if addresses else ""
        return (
            f"On this computer {count} actions of another console{where} were never sent. Start the console with its "
            "configuration to send them, or save them to a file and load it here."
        )

    def _known(self, systems: Mapping[str, str]) -> str:
        by_address = hashlib.blake2b("\n".join(sorted(systems.values())).encode(), digest_size=8).hexdigest()
        if self._is_used(by_address):
            return by_address
        for note in sorted(self._folder.glob(f"*{_NOTE}")):
            noted = self._noted(note.stem)
            same = sum(noted.get(name) == address for name, address in systems.items())
            if noted.keys() == systems.keys() and 2 * same > len(systems):
                return note.stem
        return by_address

    def _is_used(self, name: str) -> bool:
        return any(StoreRemains(path).names for path in self._folder.glob(f"{name}*") if path.is_dir())

    def _noted(self, name: str) -> dict[str, str]:
        try:
            noted = json.loads((self._folder / f"{name}{_NOTE}").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(key): str(value) for key, value in noted.items()} if isinstance(noted, dict) else {}

    def _others(self, profile: str, *, signs_in: bool) -> Iterator[Path]:
        for path in sorted(self._folder.iterdir()) if self._folder.is_dir() else ():
            is_other = path.name.partition("-")[0] not in {profile, "sandbox"}
            if (is_other or (signs_in and path.name == profile)) and path.is_dir() and StoreRemains(path).has_store:
                yield path


async def _count_unsent(folder: Path) -> int:
    """Return how many actions of a store are unsent; 0 if this user's keyring cannot open it.

    Raises:
        NoKeyringError: No keyring was found, or it does not reply.
    """
    key = await Keyring(folder.name).find()
    if key is None:
        return 0
    try:
        database = await asyncio.to_thread(open_beside, folder / "desk.store", key)
    except StoreError as error:
        _log.info("another deployment's store cannot be looked into: %s", error)
        return 0

    try:
        return await count_open_actions(database)
    except StoreError:
        return 0
    finally:
        await database.aclose()
