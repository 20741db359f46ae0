"""What lies in the folder of a store: whether something of one is left where the store itself is gone."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path

from console.errors import StoreFullError
from console.messages import store as say
from console.private_files import private_file, private_folder
from console.store.recovery import sync_folder

# Every file of a store, and what it is for a person.
_OF_A_STORE = {
    "desk.store": "an empty file",
    "desk.store-wal": "its log",
    "desk.store-shm": "its log",
    "desk.store-wal.before": "a copy of its log",
    "desk.commits": "the count of what was kept in it",
    "recovery.key": "its recovery file",
    "recovery.next": "its recovery file",
}
_BEGUN = "first-start"


class StoreRemains:
    """The files of one store, without opening any."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def has_store(self) -> bool:
        """Whether the store's own file is there and holds anything."""
        return _size(self._folder / "desk.store") > 0

    @property
    def names(self) -> tuple[str, ...]:
        """What is left of a store that is gone, in words; files that hold nothing do not count."""
        return tuple(dict.fromkeys(word for name, word in _OF_A_STORE.items() if _size(self._folder / name) > 0))

    @property
    def is_empty_file(self) -> bool:
        """Whether the store's own file is there and holds nothing."""
        return (self._folder / "desk.store").is_file() and not self.has_store

    @property
    def is_first_start(self) -> bool:
        """Whether a first start began here and did not come to its end: nothing was kept yet."""
        return (self._folder / _BEGUN).exists()

    def begin(self) -> None:
        """Note that a first start begins.

        Raises:
            StoreFullError: It cannot be written.
        """
        try:
            private_file(self._folder / _BEGUN)
            sync_folder(self._folder)
        except OSError as error:
            raise StoreFullError(say.FOLDER_NOT_WRITABLE(folder=self._folder, error_strerror=error.strerror)) from error

    def is_begun(self) -> None:
        """Note that the store is there, with its key."""
        with contextlib.suppress(OSError):
            (self._folder / _BEGUN).unlink(missing_ok=True)
            sync_folder(self._folder)

    def set_aside(self) -> Path:
        """Move all of it into a folder of its own, which is returned; nothing is deleted.

        Raises:
            StoreFullError: It cannot be moved.
        """
        aside = self._folder / f"set-aside-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
        try:
            private_folder(aside)
            for name in _OF_A_STORE:
                if (self._folder / name).exists():
                    (self._folder / name).replace(aside / name)
            sync_folder(self._folder)
        except OSError as error:
            raise StoreFullError(say.FOLDER_NOT_MOVABLE(folder=self._folder, error_strerror=error.strerror)) from error
        return aside


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else int(path.exists())
    except OSError:
        return 0
