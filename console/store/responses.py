"""Cached responses of the systems with their ETags. Implements the port `ResponseStore`."""

from datetime import UTC, datetime

import apsw
import msgspec

from console.store.database import Database

_MOST_BYTES = 64 * 1024 * 1024
# Bytes of response bodies in the table.


class ResponseRepository:
    """The table of cached responses. If it is too large, the rows saved longest ago are deleted."""

    def __init__(self, database: Database, most_bytes: int = _MOST_BYTES) -> None:
        self._database = database
        self._most_bytes = most_bytes
        self._counted_bytes: int | None = None

    async def load(self, question: str) -> tuple[str, dict[str, str], bytes] | None:
        def work(connection: apsw.Connection) -> tuple[str, dict[str, str], bytes] | None:
            row = connection.execute(
                "SELECT etag, headers, body FROM answer WHERE question = ?", (question,)
            ).fetchone()
            if row is None:
                return None
            try:
                return str(row[0]), msgspec.json.decode(bytes(row[1]), type=dict[str, str]), bytes(row[2])
            except (msgspec.MsgspecError, TypeError):
                return None  # the response is loaded from the system again

        return await self._database.read(work)

    async def save(self, question: str, etag: str, headers: dict[str, str], body: bytes) -> None:
        now = datetime.now(UTC).isoformat()

        def work(connection: apsw.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO answer (question, etag, headers, body, used_at) VALUES (?, ?, ?, ?, ?)",
                (question, etag, msgspec.json.encode(headers), body, now),
            )
            # Count once, then add: counting reads the whole table. The number may be too high, never too low.
            counted = self._counted_bytes
            self._counted_bytes = _size(connection) if counted is None else counted + len(body)
            if self._counted_bytes > self._most_bytes:
                oldest = "SELECT question FROM answer ORDER BY used_at LIMIT 200"
                connection.execute(f"DELETE FROM answer WHERE question IN ({oldest})")  # noqa: S608 - our words
                self._counted_bytes = _size(connection)

        await self._database.write(work)


def _size(connection: apsw.Connection) -> int:
    return int(next(connection.execute("SELECT coalesce(sum(length(body)), 0) FROM answer"))[0])
