"""Facts about an opened store: its state values, and how many of its records cannot be read."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import apsw
import msgspec

from console.models.audit import AuditEntry
from console.store.database import Database
from console.store.payloads import decode_action


class StoreState:
    """Small values about the store itself, by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, name: str) -> str:
        """Return the value saved under a name, or an empty text."""

        def work(connection: apsw.Connection) -> str:
            row = connection.execute("SELECT value FROM store_state WHERE name = ?", (name,)).fetchone()
            return str(row[0]) if row else ""

        return await self._database.read(work)

    async def save(self, name: str, value: str) -> None:
        def work(connection: apsw.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO store_state (name, value) VALUES (?, ?)", (name, value))

        await self._database.write(work)


async def count_open_actions(database: Database) -> int:
    """Return how many actions have not ended yet.

    Raises:
        StoreError: The store cannot be read.
    """
    return await database.read(lambda connection: int(connection.execute("SELECT count(*) FROM act WHERE open").get))


async def read_through(database: Database) -> str:
    """Read the records that a start needs. Return a message for the user, or an empty text if all is well.

    Unreadable records stay in the store, for a newer version or an administrator. Everything else works.

    Raises:
        StoreDamagedError: The file is damaged in a place that a start needs.
    """
    unreadable = await database.read(_unreadable)
    message = []
    if database.lost_commits:
        message.append(
            f"The last {database.lost_commits} saved items are missing: the store is older than before, or "
            "its log was damaged. Check your last work in the systems."
        )
    if unreadable:
        what = " and ".join(f"{count} {kind}" for kind, count in unreadable.items())
        message.append(
            f"In the store {what} can't be read. They stay as they are, and everything else works. "
            "Tell your administrator. Check missing work in the systems."
        )
    return " ".join(message)


def _unreadable(connection: apsw.Connection) -> Counter[str]:
    actions = connection.execute("SELECT body FROM act WHERE open OR seq > (SELECT max(seq) FROM act) - 50")
    audit = connection.execute("SELECT body FROM audit ORDER BY seq DESC LIMIT 1000")
    connection.execute("SELECT place, text FROM draft").fetchall()
    counts = Counter(
        {
            "actions": _count_unreadable(actions, decode_action),
            "entries of the audit": _count_unreadable(audit, msgspec.json.Decoder(AuditEntry).decode),
        }
    )
    return +counts


def _count_unreadable(rows: Iterable[tuple[Any, ...]], decode: Callable[[bytes], object]) -> int:
    return sum(1 for (body,) in rows if not _is_readable(body, decode))


def _is_readable(body: object, decode: Callable[[bytes], object]) -> bool:
    try:
        decode(body if isinstance(body, bytes) else b"")
    except msgspec.MsgspecError:
        return False
    return True
