"""Counts commits outside the store, and makes sure that a failed commit does not reappear.

SQLite stops reading its log at the first damaged page, without an error: all commits after it are lost. A commit whose
last sync failed is reported as failed but is still in the log: the next start would treat it as done.
"""

import contextlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from console.errors import StoreFullError
from console.messages import store as say

_DIGITS = 20
_LOG_HEADER, _FRAME_HEADER = 32, 24
# Sizes and positions in bytes, from SQLite's WAL file format.
_SALTS = slice(16, 24)
_UNKNOWN = "unknown"


class Witness:
    """A file with the number of the last commit, overwritten in place after each commit."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._path = store.with_suffix(".commits")
        self._log = store.with_name(f"{store.name}-wal")
        self._log_copy = store.with_name(f"{store.name}-wal.before")
        self._file: int | None = None
        self._good_frames: int | None = None
        self._good_salts = b""

    def before_open(self) -> None:
        """Copy the log that a killed program left, because opening the store may overwrite it.

        Raises:
            StoreFullError: The log cannot be copied.
        """
        if self._log_copy.exists() or not (self._log.exists() and self._log.stat().st_size):
            return
        half = self._log_copy.with_suffix(".new")
        try:
            shutil.copyfile(self._log, half)
            half.replace(self._log_copy)
        except OSError as error:
            with contextlib.suppress(OSError):
                half.unlink(missing_ok=True)
            raise StoreFullError(say.WITNESS_NOT_WRITABLE(store=self._store, error_strerror=error.strerror)) from error

    # ------------------------------------------------------------------ at the start

    def has_refused(self, committed: int) -> bool:
        """Return whether the last commit of a store was reported to its caller as failed."""
        number, rejected = self._read()
        return rejected != "" and committed == number

    def cut_refused(self, page_size: int) -> bool:
        """Cut the failed commit off the log, which must not be open. Return False if its position is not known."""
        _, rejected = self._read()
        if rejected == _UNKNOWN:
            return False
        frames, _, salts = rejected.partition(" ")
        with self._log.open("r+b") as log:
            is_same_log = log.read(_LOG_HEADER)[_SALTS].hex() == salts
            # A log that was restarted for this commit has nothing else. Everything from the log before is in the store
            # itself.
            log.truncate(_LOG_HEADER + int(frames) * (_FRAME_HEADER + page_size) if is_same_log else 0)
        return True

    def compare(self, committed: int) -> int:
        """Return how many commits are missing, given the store's commit number. If any are, save the log's copy."""
        number, rejected = self._read()
        lost = max(0, number - bool(rejected) - committed)
        if lost:
            with contextlib.suppress(OSError):
                self._log_copy.replace(self._log_copy.with_suffix(f".damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"))
        else:
            self._log_copy.unlink(missing_ok=True)
        self._write(committed)
        return lost

    def log_is_empty(self) -> None:
        """Record that the log is empty and everything is in the store itself."""
        self._good_frames, self._good_salts = 0, b""

    # ------------------------------------------------------------------ while it is open

    def note(self, committed: int, frames: int | None) -> None:
        """Write down a commit and how far the log is good. The file is not synced: an older number does no harm."""
        self._good_frames, self._good_salts = frames, self._salts()
        self._write(committed)

    def note_refused(self, committed: int) -> None:
        """Write down that a commit has failed, although it may be in the log."""
        known = self._good_frames is not None
        self._write(committed, f"{self._good_frames} {self._good_salts.hex()}" if known else _UNKNOWN)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _salts(self) -> bytes:
        try:
            with self._log.open("rb") as log:
                return log.read(_LOG_HEADER)[_SALTS]
        except OSError:
            return b""

    def _write(self, committed: int, rejected: str = "") -> None:
        with contextlib.suppress(OSError):  # on an error the next start compares with an older number
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, f"{committed:0{_DIGITS}d}{rejected:>40}\n".encode())

    def _read(self) -> tuple[int, str]:
        try:
            line = self._path.read_bytes().decode("ascii")
            return int(line[:_DIGITS]), _checked(line[_DIGITS:].strip())
        except (OSError, ValueError):
            return 0, ""  # without a number, no commit counts as missing


def _checked(rejected: str) -> str:
    frames, _, salts = rejected.partition(" ")
    if rejected not in {"", _UNKNOWN}:
        int(frames)
        bytes.fromhex(salts)
    return rejected
