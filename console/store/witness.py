"""Outside the store: how often it was committed. A store that has fewer has lost what was kept last.

SQLite stops reading its log at the first page that is damaged, and says nothing: what was committed after it is gone.
"""

import contextlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from console.errors import StoreFullError

_DIGITS = 20


class Witness:
    """A file with the number of the last commit, written over in place after each."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._path = store.with_suffix(".commits")
        self._log = store.with_name(f"{store.name}-wal")
        self._log_copy = store.with_name(f"{store.name}-wal.before")
        self._file: int | None = None

    def before_open(self) -> None:
        """Copy the log that a killed program left: opening the store may write over it.

        Raises:
            StoreFullError: It cannot be copied.
        """
        if self._log_copy.exists() or not (self._log.exists() and self._log.stat().st_size):
            return
        half = self._log_copy.with_suffix(".new")
        try:
            shutil.copyfile(self._log, half)
            half.replace(self._log_copy)
        except OSError as error:
            half.unlink(missing_ok=True)
            raise StoreFullError(f"The store {self._store} cannot be written: {error.strerror}.") from error

    def compare(self, committed: int) -> int:
        """Return how many commits a store lacks that has so many; the log's copy is kept where it lacks any."""
        lost = max(0, self._read() - committed)
        if lost:
            with contextlib.suppress(OSError):
                self._log_copy.replace(self._log_copy.with_suffix(f".damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"))
        else:
            self._log_copy.unlink(missing_ok=True)
        self.note(committed)
        return lost

    def note(self, committed: int) -> None:
        """Write down the last commit. Not synced: after a loss of power an older number does no harm."""
        with contextlib.suppress(OSError):  # then the next start compares with an older number
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, f"{committed:0{_DIGITS}d}\n".encode())

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _read(self) -> int:
        try:
            return int(self._path.read_bytes()[:_DIGITS].decode("ascii", "replace"))
        except (OSError, ValueError):
            return 0  # nothing is known, so nothing is missed
