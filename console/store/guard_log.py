"""What every program of one person on this computer notes of accounts it opened and answers that were wrong.

A small encrypted file beside the store, which window and commands write side by side, so that what one has noticed the
others know at once. Implements the port GuardLog.
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
# A clock that is kept right by the network moves by less than this.
_SET = timedelta(minutes=2)
_KEPT_FOR = timedelta(hours=48)
_PATIENCE_MS = 2_000
_TABLE = """CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, body BLOB NOT NULL, boot TEXT NOT NULL, boot_s REAL NOT NULL
)"""


class GuardLogFile:
    """The file of one person. All calls are for one event loop; each is short and off its thread."""

    def __init__(
        self, path: Path, key: bytes, *, boot_id: str = "", boot_s: Callable[[], float] = time.monotonic
    ) -> None:
        """Open it, begun where there is none, or where what is there cannot be read. Blocks.

        `boot_id` is what this start of the computer is known by, `boot_s` counts the seconds since, its sleep too.

        Raises:
            StoreError: It cannot be written.
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
        """Note one thing.

        Raises:
            StoreError: It cannot be written.
        """

        def work() -> None:
            at, body = entry.at.astimezone(UTC).isoformat(), msgspec.json.encode(entry)
            row = (at, body, self._boot_id, self._boot_s())
            self._connection.execute("INSERT INTO event (at, body, boot, boot_s) VALUES (?, ?, ?, ?)", row)
            self._own.add(self._connection.last_insert_rowid())

        await self._run(work)

    async def news(self) -> Sequence[AuditEntry]:
        """Return what other programs noted since this was asked last, at first everything of two days, oldest first.

        Raises:
            StoreError: It cannot be read.
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
        """Return an entry at the time that the computer counts, where its clock was set since it was noted.

        Only within one start of the computer: over several only the clock says how long they are apart.
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
