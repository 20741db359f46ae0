"""Facts with their versions. Implements the port `FactStore`."""

import contextlib
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import apsw

from console.ports.store import EncodedFact, StoredFact
from console.store.database import Database

_PRUNED_AT_ONCE = 500
_MOST_MOMENTS = 2000


class FactRepository:
    """The table of facts: append only, one row per version."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, customer: str, *, at: datetime | None = None) -> Mapping[str, StoredFact]:
        def work(connection: apsw.Connection) -> dict[str, StoredFact]:
            rows = connection.execute(
                "SELECT part, body, max(read_at), seen_at FROM fact WHERE customer = ? AND read_at <= ? GROUP BY part",
                (customer, _text(at) if at else "9"),
            )
            found = {}
            for part, body, read, seen in rows:
                with contextlib.suppress(ValueError, TypeError):  # unreadable facts are loaded from the systems again
                    found[str(part)] = StoredFact(bytes(body), _time(read), _time(seen))
            return found

        return await self._database.read(work)

    async def save(self, customer: str, part: str, encode: Callable[[], EncodedFact], read_at: datetime) -> None:
        def work(connection: apsw.Connection) -> None:
            fact = encode()
            digest, now = hashlib.blake2b(fact.content, digest_size=16).digest(), _text(read_at)
            row = connection.execute(
                "SELECT id, digest FROM fact WHERE customer = ? AND part = ? ORDER BY read_at DESC, id DESC LIMIT 1",
                (customer, part),
            ).fetchone()
            if row is not None and bytes(row[1]) == digest:
                connection.execute("UPDATE fact SET seen_at = ?, body = ? WHERE id = ?", (now, fact.body, row[0]))
            else:
                connection.execute(
                    "INSERT INTO fact (customer, part, read_at, seen_at, digest, body) VALUES (?, ?, ?, ?, ?, ?)",
                    (customer, part, now, now, digest, fact.body),
                )

        await self._database.write(work)

    async def moments(self, customer: str) -> Sequence[tuple[datetime, str]]:
        def work(connection: apsw.Connection) -> list[tuple[datetime, str]]:
            rows = connection.execute(
                "SELECT read_at, part FROM fact WHERE customer = ? ORDER BY read_at DESC, id DESC LIMIT ?",
                (customer, _MOST_MOMENTS),
            )
            return [(_time(str(at)), str(part)) for at, part in rows]

        return await self._database.read(work)

    async def prune(self, *, before: datetime, most_bytes: int) -> int:
        def work(connection: apsw.Connection) -> int:
            connection.execute("DELETE FROM fact WHERE seen_at < ?", (_text(before),))
            pruned = int(connection.changes())
            while _used(connection) > most_bytes:
                oldest = "SELECT id FROM fact ORDER BY seen_at LIMIT ?"
                connection.execute(f"DELETE FROM fact WHERE id IN ({oldest})", (_PRUNED_AT_ONCE,))  # noqa: S608 - fixed
                if not connection.changes():
                    break
                pruned += int(connection.changes())
            return pruned

        return await self._database.write(work)


def _used(connection: apsw.Connection) -> int:
    pages, free = int(connection.pragma("page_count")), int(connection.pragma("freelist_count"))
    return (pages - free) * int(connection.pragma("page_size"))


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
