"""Inspects the folder of a store: whether files of a store are left although the store itself is gone."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path

from console.errors import StoreFullError
from console.messages import store as say
from console.private_files import private_file, private_folder
from console.store.recovery import sync_folder

# Every file of a store, with the words for it in messages.
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
        """Whether the store's file exists and is not empty."""
        return _size(self._folder / "desk.store") > 0

    @property
    def names(self) -> tuple[str, ...]:
        """The files that are left of a store, in words. Empty files do not count."""
        return tuple(dict.fromkeys(word for name, word in _OF_A_STORE.items() if _size(self._folder / name) > 0))

    @property
    def is_empty_file(self) -> bool:
        """Whether the store's file exists and is empty."""
        return (self._folder / "desk.store").is_file() and not self.has_store

    @property
    def is_first_start(self) -> bool:
        """Whether a first start began here and did not finish: nothing was saved yet."""
        return (self._folder / _BEGUN).exists()

    def begin(self) -> None:
        """Record that a first start begins.

        Raises:
            StoreFullError: The mark cannot be written.
        """
        try:
            private_file(self._folder / _BEGUN)
            sync_folder(self._folder)
        except OSError as error:
            raise StoreFullError(say.FOLDER_NOT_WRITABLE(folder=self._folder, error_strerror=error.strerror)) from error

    def is_begun(self) -> None:
        """Record that the store and its key exist."""
        with contextlib.suppress(OSError):
            (self._folder / _BEGUN).unlink(missing_ok=True)
            sync_folder(self._folder)

    def set_aside(self) -> Path:
        """Move all files of the store into a new folder and return it. Nothing is deleted.

        Raises:
            StoreFullError: The files cannot be moved.
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
