"""All records about one customer on this computer, and deletion of old records. Implements the port `CustomerData`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import apsw
import msgspec

from console.store.database import Database
from console.store.payloads import decode_action

# Drafts and responses have no customer column. The key of a draft contains its customer; a response has only a hashed
# key.
_OF_CUSTOMER = {"fact": "customer", "act": "customer"}


class CustomerRecords:
    """One rule for every table, so that no new table is forgotten; a test compares it with the schema."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def unsent(self, customer: str) -> int:
        """Return how many actions on a customer have not ended yet."""
        question = "SELECT count(*) FROM act WHERE customer = ? AND open"
        return await self._database.read(lambda connection: int(connection.execute(question, (customer,)).get))

    async def export(self, customer: str) -> Mapping[str, Any]:
        """Return all stored data about a customer, by table, as JSON values."""

        def work(connection: apsw.Connection) -> dict[str, Any]:
            facts = connection.execute(
                "SELECT part, read_at, seen_at, body FROM fact WHERE customer = ? ORDER BY part, read_at", (customer,)
            )
            actions = connection.execute("SELECT body FROM act WHERE customer = ? ORDER BY seq", (customer,))
            people = connection.execute(
                "SELECT name, kind, status, details, seen_at FROM person WHERE customer = ?", (customer,)
            )
            return {
                "facts": [
                    {"part": part, "read_at": read, "seen_at": seen, "value": _json(body)}
                    for part, read, seen, body in facts
                ],
                "actions": [_json(body) for (body,) in actions],
                "drafts": [
                    {"place": draft_key, "text": text, "kept_at": kept}
                    for draft_key, text, kept in _drafts(connection, customer)
                ],
                "person": [
                    {"name": name, "kind": kind, "status": status, "details": _json(details), "seen_at": seen}
                    for name, kind, status, details, seen in people
                ],
                "audit": [_json(body) for body in _audited(connection, customer)],
            }

        return await self._database.read(work)

    async def erase(self, customer: str) -> int:
        """Delete all data about a customer except the audit. Return the number of deleted records.

        Cached responses have hashed keys, so all of them are deleted. They are loaded from the systems again.
        """

        def work(connection: apsw.Connection) -> int:
            draft_keys = [(draft_key,) for draft_key, _text, _kept in _drafts(connection, customer)]
            gone = len(draft_keys) + _forget_people(connection, "customer = ?", (customer,))
            connection.executemany("DELETE FROM draft WHERE place = ?", draft_keys)
            for table, column in _OF_CUSTOMER.items():
                connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (customer,))  # noqa: S608 - our words
                gone += int(connection.changes())
            connection.execute("DELETE FROM answer")
            return gone

        return await self._database.write(work, settle=True)

    async def forget(self, *, before: datetime) -> int:
        """Delete data seen, used, typed or ended before a moment (aware UTC). Return the number of deleted records.

        Unsent actions stay, however old they are, and so does the audit.
        """
        limit = before.astimezone(UTC).isoformat(timespec="microseconds")

        def work(connection: apsw.Connection) -> int:
            gone = _forget_people(connection, "seen_at < ?", (limit,))
            for table, column in (("fact", "seen_at"), ("answer", "used_at"), ("draft", "kept_at")):
                connection.execute(f"DELETE FROM {table} WHERE {column} < ?", (limit,))  # noqa: S608 - our words
                gone += int(connection.changes())
            for seq, body in connection.execute("SELECT seq, body FROM act WHERE NOT open").fetchall():
                if _ended_before(body, before):
                    connection.execute("DELETE FROM act WHERE seq = ?", (seq,))
                    gone += 1
            return gone

        return await self._database.write(work)


def _forget_people(connection: apsw.Connection, where: str, values: Sequence[str]) -> int:
    """Delete people from the index, and the misspelling variants of words that no other name contains."""
    rows = connection.execute(f"SELECT id FROM person WHERE {where}", values).fetchall()  # noqa: S608 - our words
    if not rows:
        return 0
    connection.executemany("DELETE FROM person_words WHERE rowid = ?", rows)
    connection.executemany("DELETE FROM person_name WHERE rowid = ?", rows)
    connection.executemany("DELETE FROM person WHERE id = ?", rows)
    connection.execute("CREATE VIRTUAL TABLE temp.left_words USING fts5vocab(main, person_name, 'col')")
    connection.execute("DELETE FROM slip WHERE word NOT IN (SELECT term FROM temp.left_words)")
    connection.execute("DROP TABLE temp.left_words")
    return len(rows)


def _drafts(connection: apsw.Connection, customer: str) -> list[tuple[str, str, str]]:
    """Return a customer's drafts. The second part of a draft key is the customer or the edited action."""
    actions = connection.execute("SELECT id FROM act WHERE customer = ?", (customer,)).fetchall()
    owners = {customer, *(str(action) for (action,) in actions)}
    rows = connection.execute("SELECT place, text, kept_at FROM draft").fetchall()
    found = ((str(draft_key), str(text), str(kept)) for draft_key, text, kept in rows)
    return [one for one in found if one[0].split("/")[1:2] and one[0].split("/")[1] in owners]


def _audited(connection: apsw.Connection, customer: str) -> list[bytes]:
    bodies = (bytes(body) for (body,) in connection.execute("SELECT body FROM audit ORDER BY seq"))
    return [body for body in bodies if isinstance(found := _json(body), dict) and found.get("customer") == customer]


def _ended_before(body: object, before: datetime) -> bool:
    try:
        action = decode_action(body if isinstance(body, bytes) else b"")
    except msgspec.MsgspecError:
        return False
    return (action.changed_at or action.happened_at) < before


def _json(body: object) -> Any:
    try:
        return msgspec.json.decode(body if isinstance(body, bytes) else b"null")
    except msgspec.MsgspecError:
        return None
