"""The chain of the audit. Implements the port AuditStore."""

import logging
import secrets
from collections.abc import Sequence

import apsw
import msgspec

from console.models.audit import FIRST_HEAD, AuditEntry, AuditQuery, Link, head_of
from console.store.database import Database

_log = logging.getLogger(__name__)


class AuditRepository:
    """The table of the audit; rows are only ever added."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, bodies: Sequence[bytes]) -> Sequence[Link]:
        def work(connection: apsw.Connection) -> list[Link]:
            chain = _chain(connection)
            last = connection.execute("SELECT seq, head FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
            seq, head = (int(last[0]), str(last[1])) if last else (0, FIRST_HEAD)
            links = []
            for body in bodies:
                seq, head = seq + 1, head_of(head, seq + 1, body)
                connection.execute("INSERT INTO audit (seq, body, head) VALUES (?, ?, ?)", (seq, body, head))
                links.append(Link(chain, seq, body, head))
            return links

        return await self._database.write(work)

    async def load(self, *, after_seq: int = 0, limit: int = 1000) -> Sequence[Link]:
        def work(connection: apsw.Connection) -> list[Link]:
            found = connection.execute("SELECT value FROM audit_state WHERE name = 'chain'").fetchone()
            rows = connection.execute(
                "SELECT seq, body, head FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", (after_seq, limit)
            )
            return [Link(str(found[0]) if found else "", int(row[0]), bytes(row[1]), str(row[2])) for row in rows]

        return await self._database.read(work)

    async def find(self, query: AuditQuery) -> Sequence[Link]:
        def work(connection: apsw.Connection) -> list[Link]:
            found: list[Link] = []
            for seq, body, head in connection.execute("SELECT seq, body, head FROM audit ORDER BY seq DESC"):
                # All of them: a clock that was set back makes a later entry older.
                if _fits(query, int(seq), bytes(body)):
                    found.append(Link("", int(seq), bytes(body), str(head)))
                if len(found) == query.limit:
                    break
            return found

        return await self._database.read(work)

    async def sent_up_to(self) -> int:
        def work(connection: apsw.Connection) -> int:
            found = connection.execute("SELECT value FROM audit_state WHERE name = 'sent'").fetchone()
            return int(found[0]) if found else 0

        return await self._database.read(work)

    async def note_sent(self, seq: int) -> None:
        def work(connection: apsw.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO audit_state (name, value) VALUES ('sent', ?)", (str(seq),))

        await self._database.write(work)


def _fits(query: AuditQuery, seq: int, body: bytes) -> bool:
    try:
        return query.fits(msgspec.json.decode(body, type=AuditEntry), body)
    except (msgspec.MsgspecError, TypeError) as error:
        _log.warning("entry %d of the audit cannot be read: %s", seq, error)
        return False


def _chain(connection: apsw.Connection) -> str:
    """Return the chain's name, made when its first entry is."""
    connection.execute("INSERT OR IGNORE INTO audit_state (name, value) VALUES ('chain', ?)", (secrets.token_hex(8),))
    return str(connection.execute("SELECT value FROM audit_state WHERE name = 'chain'").get)
