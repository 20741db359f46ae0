"""The outbox's entries. Implements the port ActStore."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import apsw
import msgspec

from console.models.outbox import Act
from console.store.database import Database
from console.store.payloads import decode_act, encode_act

_log = logging.getLogger(__name__)


class ActRepository:
    """The table of acts, in the order they were done."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, act: Act, *, typed_in: Sequence[str] = (), instead_of: Act | None = None) -> Act:
        def work(connection: apsw.Connection) -> Act:
            connection.execute(
                "INSERT INTO act (id, customer, open, body) VALUES (?, ?, ?, ?)",
                (act.id, act.customer_id, act.is_open, encode_act(act)),
            )
            kept = replace(act, seq=connection.last_insert_rowid())
            connection.execute("UPDATE act SET body = ? WHERE seq = ?", (encode_act(kept), kept.seq))
            if instead_of is not None:
                _change(connection, instead_of)
            connection.executemany("DELETE FROM draft WHERE place = ?", [(place,) for place in typed_in])
            return kept

        return await self._database.write(work, settle=True)

    async def change(self, act: Act) -> None:
        def work(connection: apsw.Connection) -> None:
            _change(connection, act)

        await self._database.write(work, settle=True)

    async def load(self, *, closed: int = 50) -> Sequence[Act]:
        def work(connection: apsw.Connection) -> list[Act]:
            rows = connection.execute(
                "SELECT seq, body FROM act WHERE open OR seq IN"
                " (SELECT seq FROM act WHERE NOT open ORDER BY seq DESC LIMIT ?) ORDER BY seq",
                (closed,),
            )
            return list(_readable(rows))

        return await self._database.read(work)


def _readable(rows: Iterable[tuple[Any, ...]]) -> Iterator[Act]:
    """Yield the acts that can be read; another is left where it is, and told of when the store is opened."""
    for seq, body in rows:
        try:
            yield decode_act(body if isinstance(body, bytes) else b"")
        except msgspec.MsgspecError as error:
            _log.warning("act %s cannot be read: %s", seq, error)


def _change(connection: apsw.Connection, act: Act) -> None:
    body = encode_act(act)
    connection.execute("UPDATE act SET open = ?, body = ? WHERE seq = ?", (act.is_open, body, act.seq))
