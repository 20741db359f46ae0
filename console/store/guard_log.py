"""Opened accounts and wrong answers, as noted by all programs of one person on this computer.

A small encrypted file beside the store. The window and the commands write to it side by side, so that each program sees
at once what the others noted. Implements the port `GuardLog`.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import msgspec

from console.errors import StoreError
from console.messages import store as say
from console.models.audit import AuditEntry
from console.private_files import private_file

_log = logging.getLogger(__name__)
# A clock that the network keeps right moves by less than this.
_SET = timedelta(minutes=2)
# Entries older than this are deleted at the start.
_KEPT_FOR = timedelta(hours=48)
# Milliseconds to wait while another program writes.
_PATIENCE_MS = 2_000
_TABLE = """CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, body BLOB NOT NULL, boot TEXT NOT NULL, boot_s REAL NOT NULL
)"""


class GuardLogFile:
    """The file of one person. Use it from one event loop; each call is short and runs in a worker thread."""

    def __init__(
        self, path: Path, key: bytes, *, boot_id: str = "", boot_s: Callable[[], float] = time.monotonic
    ) -> None:
        """Open the file; create it if it is missing or cannot be read. Blocks.

        `boot_id` identifies this start of the computer. `boot_s` counts the seconds since then, including sleep.

        Raises:
            StoreError: The file cannot be written.
        """
        self._path, self._key = path, key
        self._boot_id, self._boot_s = boot_id, boot_s
        self._last, self._own = 0, set[int]()
        try:
            self._connection = self._open()
        except (apsw.NotADBError, apsw.CorruptError):
            _log.warning("what was noted of opened accounts cannot be read, and is begun anew")
            self._remove()
            self._connection = self._open()
        except (apsw.Error, OSError) as error:
            raise StoreError(say.FILE_NOT_USABLE(path=path, error=error)) from error

    async def add(self, entry: AuditEntry) -> None:
        """Add one entry.

        Raises:
            StoreError: The file cannot be written.
        """

        def work() -> None:
            at, body = entry.at.astimezone(UTC).isoformat(), msgspec.json.encode(entry)
            row = (at, body, self._boot_id, self._boot_s())
            self._connection.execute("INSERT INTO event (at, body, boot, boot_s) VALUES (?, ?, ?, ?)", row)
            self._own.add(self._connection.last_insert_rowid())

        await self._run(work)

    async def news(self) -> Sequence[AuditEntry]:
        """Return the entries of other programs since the last call, oldest first. The first call returns two days.

        Raises:
            StoreError: The file cannot be read.
        """
        found: list[AuditEntry] = []

        def work() -> None:
            question = "SELECT id, body, boot, boot_s FROM event WHERE id > ? ORDER BY id"
            for number, body, boot, since_boot_s in self._connection.execute(question, (self._last,)).fetchall():
                self._last = int(str(number))
                if self._last not in self._own:
                    found.extend(self._timed(entry, str(boot), float(str(since_boot_s))) for entry in _read(body))

        await self._run(work)
        return found

    async def aclose(self) -> None:
        """Close the file."""
        await asyncio.to_thread(self._connection.close)

    async def _run(self, work: Callable[[], None]) -> None:
        try:
            await asyncio.to_thread(work)
        except apsw.Error as error:
            raise StoreError(say.FILE_NOT_USABLE(path=self._path, error=error)) from error

    def _timed(self, entry: AuditEntry, boot: str, since_boot_s: float) -> AuditEntry:
        """Return an entry with its time by the computer's uptime, if the clock was set since it was added.

        Only within one start of the computer: across starts only the clock gives the time between entries.
        """
        if not boot or boot != self._boot_id:
            return entry
        at = datetime.now(UTC) - timedelta(seconds=self._boot_s() - since_boot_s)
        return replace(entry, at=at) if abs(at - entry.at) > _SET else entry

    def _open(self) -> apsw.Connection:
        connection = apsw.Connection(str(private_file(self._path)))
        try:
            connection.pragma("cipher", "sqlcipher")
            connection.pragma("legacy", 4)
            connection.pragma("key", f"x'{self._key.hex()}'")
            connection.set_busy_timeout(_PATIENCE_MS)
            connection.execute(_TABLE)
            before = (datetime.now(UTC) - _KEPT_FOR).isoformat()
            connection.execute("DELETE FROM event WHERE at < ?", (before,))
        except BaseException:
            connection.close()
            raise
        return connection

    def _remove(self) -> None:
        for ending in ("", "-journal", "-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)


def _read(body: object) -> list[AuditEntry]:
    try:
        return [msgspec.json.decode(body if isinstance(body, bytes) else b"", type=AuditEntry)]
    except (msgspec.MsgspecError, TypeError):
        return []
