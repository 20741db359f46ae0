"""All that this computer keeps of one customer, and of everybody for too long. Implements the port CustomerData."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import apsw
import msgspec

from console.store.database import Database
from console.store.payloads import decode_action

# Drafts and answers are not kept under a customer: a draft names its owner in its place, an answer hides its question.
_OF_CUSTOMER = {"fact": "customer", "act": "customer"}


class CustomerRecords:
    """One rule over every table, so that a new one is not forgotten; a test holds it against the schema."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def unsent(self, customer: str) -> int:
        """Return how many actions on a customer have not come to their end."""
        question = "SELECT count(*) FROM act WHERE customer = ? AND open"
        return await self._database.read(lambda connection: int(connection.execute(question, (customer,)).get))

    async def export(self, customer: str) -> Mapping[str, Any]:
        """Return everything that is kept of a customer, by table, as JSON values."""

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
        """Remove everything that is kept of a customer, but the audit; return how many records went.

        Stored answers of the systems hide what was asked, so all of them go; they are asked for anew.
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
        """Remove what was seen, used, typed or ended before a moment (aware UTC); return how many records went.

        What is not sent yet stays however old it is, and so does the audit.
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
    """Remove people from the index, and with the last of them the words that lead to a name with a slip."""
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
    """Return the drafts of a customer: the second part of a place is whose it is, or the action that is edited."""
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
