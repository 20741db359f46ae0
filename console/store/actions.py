"""The entries of the outbox. Implements the port `ActionStore`."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import apsw
import msgspec

from console.models.outbox import Action
from console.store.database import Database
from console.store.payloads import decode_action, encode_action

_log = logging.getLogger(__name__)


class ActionRepository:
    """The table of actions, in the order in which they were added."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, action: Action, *, typed_in: Sequence[str] = (), instead_of: Action | None = None) -> Action:
        def work(connection: apsw.Connection) -> Action:
            connection.execute(
                "INSERT INTO act (id, customer, open, body) VALUES (?, ?, ?, ?)",
                (action.id, action.customer_id, action.is_open, encode_action(action)),
            )
            kept = replace(action, seq=connection.last_insert_rowid())
            connection.execute("UPDATE act SET body = ? WHERE seq = ?", (encode_action(kept), kept.seq))
            if instead_of is not None:
                _change(connection, instead_of)
            connection.executemany("DELETE FROM draft WHERE place = ?", [(draft_key,) for draft_key in typed_in])
            return kept

        return await self._database.write(work, settle=True)

    async def change(self, action: Action) -> None:
        def work(connection: apsw.Connection) -> None:
            _change(connection, action)

        await self._database.write(work, settle=True)

    async def load(self, *, closed: int = 50) -> Sequence[Action]:
        def work(connection: apsw.Connection) -> list[Action]:
            rows = connection.execute(
                "SELECT seq, body FROM act WHERE open OR seq IN"
                " (SELECT seq FROM act WHERE NOT open ORDER BY seq DESC LIMIT ?) ORDER BY seq",
                (closed,),
            )
            return list(_readable(rows))

        return await self._database.read(work)


def _readable(rows: Iterable[tuple[Any, ...]]) -> Iterator[Action]:
    """Yield the actions that can be read. The others stay in the table; `read_through` reports them at the start."""
    for seq, body in rows:
        try:
            yield decode_action(body if isinstance(body, bytes) else b"")
        except msgspec.MsgspecError as error:
            _log.warning("act %s cannot be read: %s", seq, error)


def _change(connection: apsw.Connection, action: Action) -> None:
    body = encode_action(action)
    connection.execute("UPDATE act SET open = ?, body = ? WHERE seq = ?", (action.is_open, body, action.seq))
