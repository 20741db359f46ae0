"""The audit chain. Implements the port `AuditStore`."""

import logging
import secrets
from bisect import bisect_right
from collections.abc import Callable, Sequence

import apsw
import msgspec

from console.models.audit import FIRST_HEAD, AuditEntry, AuditQuery, ChainEnd, Link, head_of
from console.store.database import Database

_log = logging.getLogger(__name__)


class AuditRepository:
    """The audit table. Rows are only added, never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, bodies: Sequence[bytes]) -> Sequence[Link]:
        return await self._database.write(lambda connection: [_add(connection, body) for body in bodies])

    async def begin_chain(self, first_entry: Callable[[ChainEnd | None], bytes]) -> Link:
        def work(connection: apsw.Connection) -> Link:
            last = _last(connection)
            _name_chain(connection, (last.seq if last else 0) + 1)
            return _add(connection, first_entry(last))

        return await self._database.write(work)

    async def begin_chain_after(self, seq: int) -> None:
        await self._database.write(lambda connection: _name_chain(connection, seq + 1))

    async def last(self) -> ChainEnd | None:
        return await self._database.read(_last)

    async def at(self, seq: int) -> ChainEnd | None:
        def work(connection: apsw.Connection) -> ChainEnd | None:
            row = connection.execute("SELECT head FROM audit WHERE seq = ?", (seq,)).fetchone()
            return ChainEnd(_chains(connection).name_at(seq), seq, str(row[0])) if row else None

        return await self._database.read(work)

    async def load(self, *, after_seq: int = 0, limit: int = 1000) -> Sequence[Link]:
        def work(connection: apsw.Connection) -> list[Link]:
            chains = _chains(connection)
            rows = connection.execute(
                "SELECT seq, body, head FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", (after_seq, limit)
            )
            return [Link(chains.name_at(int(row[0])), int(row[0]), bytes(row[1]), str(row[2])) for row in rows]

        return await self._database.read(work)

    async def find(self, query: AuditQuery) -> Sequence[Link]:
        def work(connection: apsw.Connection) -> list[Link]:
            found: list[Link] = []
            for seq, body, head in connection.execute("SELECT seq, body, head FROM audit ORDER BY seq DESC"):
                # Check all entries: after the clock was set back, a later entry may have an earlier time.
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


class _Chains:
    """Finds the chain of an entry."""

    def __init__(self, before: str, begun: Sequence[tuple[int, str]]) -> None:
        self._before, self._begun = before, begun

    def name_at(self, seq: int) -> str:
        """Return the name of an entry's chain. Entries from before each run had its own chain share one name."""
        index = bisect_right(self._begun, seq, key=lambda one: one[0])
        return self._begun[index - 1][1] if index else self._before


def _chains(connection: apsw.Connection) -> _Chains:
    found = connection.execute("SELECT value FROM audit_state WHERE name = 'chain'").fetchone()
    begun = connection.execute("SELECT first_seq, chain FROM audit_chain ORDER BY first_seq").fetchall()
    return _Chains(str(found[0]) if found else "", [(int(str(first)), str(chain)) for first, chain in begun])


def _name_chain(connection: apsw.Connection, first_seq: int) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO audit_chain (first_seq, chain) VALUES (?, ?)", (first_seq, secrets.token_hex(8))
    )


def _last(connection: apsw.Connection) -> ChainEnd | None:
    row = connection.execute("SELECT seq, head FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    return ChainEnd(_chains(connection).name_at(int(row[0])), int(row[0]), str(row[1])) if row else None


def _add(connection: apsw.Connection, body: bytes) -> Link:
    """Add an entry at the end. If no run has started a chain yet, use the store's own chain name."""
    last = _last(connection)
    seq, before = (last.seq + 1, last.head) if last else (1, FIRST_HEAD)
    head = head_of(before, seq, body)
    connection.execute("INSERT INTO audit (seq, body, head) VALUES (?, ?, ?)", (seq, body, head))
    if not (chain := _chains(connection).name_at(seq)):
        chain = secrets.token_hex(8)
        connection.execute("INSERT INTO audit_state (name, value) VALUES ('chain', ?)", (chain,))
    return Link(chain, seq, body, head)
