"""Whom the desk has seen, findable by what is typed. Implements the port PersonStore."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from difflib import SequenceMatcher
from typing import Any

import apsw
import msgspec

from console.models.customer import CustomerId, PartyKind
from console.models.search import KnownPerson
from console.store.database import Database

_RANKED_FROM = 4
_CANDIDATES = 200
_NEAR = 0.7
_COLUMNS = "p.customer, p.name, p.kind, p.status, p.details, p.seen_at"


class PersonRepository:
    """Customers, with an index of the beginnings of words and digits and one of the shapes of names."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, people: Sequence[KnownPerson]) -> None:
        def work(connection: apsw.Connection) -> None:
            for person in people:
                _put(connection, person)

        await self._database.write(work)

    async def find(self, *, words: str | None, digits: str | None, limit: int) -> Sequence[KnownPerson]:
        def work(connection: apsw.Connection) -> list[KnownPerson]:
            found: dict[str, KnownPerson] = {}
            if digits:
                _take(found, _by_index(connection, f'numbers : "{digits}"*', limit, ranked=False))
            if words:
                folded = fold(words).split()
                question = " AND ".join(f'words : "{word}"*' for word in folded)
                ranked = min(map(len, folded), default=0) >= _RANKED_FROM
                if question:
                    _take(found, _by_index(connection, question, limit, ranked=ranked))
                if len(found) < limit and len("".join(folded)) >= _RANKED_FROM:
                    _take(found, _nearly(connection, " ".join(folded), limit))
            return list(found.values())[:limit]

        return await self._database.read(work)

    async def count(self) -> int:
        return await self._database.read(
            lambda connection: int(next(connection.execute("SELECT count(*) FROM person"))[0])
        )


def fold(text: str) -> str:
    """Return a text in lower case without accents or punctuation, `ß` as `ss`, umlauts as plain letters."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(
        re.sub(r"[^\w\s]|_", " ", "".join(sign for sign in plain if not unicodedata.combining(sign))).split()
    )


def digits_of(numbers: Sequence[str]) -> Iterator[str]:
    """Yield the digits of numbers, and of long ones their ends: people say them without country or area code."""
    for number in numbers:
        digits = re.sub(r"\D", "", number)
        if len(digits) < 3:
            continue
        yield digits
        for cut in (1, 2, 3) if number.strip().startswith("+") else ():
            yield digits[cut:]
        if len(digits) > 9:
            yield digits[-7:]


def _put(connection: apsw.Connection, person: KnownPerson) -> None:
    details = msgspec.json.encode(person.details)
    seen_at = (person.seen_at or datetime.now(UTC)).isoformat()
    values = (person.name, person.kind.value if person.kind else None, person.status, details, seen_at)
    row = connection.execute("SELECT id FROM person WHERE customer = ?", (person.customer_id,)).fetchone()
    if row is None:
        connection.execute(
            "INSERT INTO person (name, kind, status, details, seen_at, customer) VALUES (?, ?, ?, ?, ?, ?)",
            (*values, person.customer_id),
        )
        number = connection.last_insert_rowid()
    else:
        number = int(row[0])
        connection.execute(
            "UPDATE person SET name = ?, kind = ?, status = ?, details = ?, seen_at = ? WHERE id = ?", (*values, number)
        )
        connection.execute("DELETE FROM person_words WHERE rowid = ?", (number,))
        connection.execute("DELETE FROM person_shape WHERE rowid = ?", (number,))
    folded = fold(f"{person.name} {' '.join(person.details)}")
    digits = " ".join(dict.fromkeys(digits_of((person.customer_id, *person.numbers))))
    connection.execute("INSERT INTO person_words (rowid, words, numbers) VALUES (?, ?, ?)", (number, folded, digits))
    connection.execute("INSERT INTO person_shape (rowid, shape) VALUES (?, ?)", (number, fold(person.name)))


def _by_index(connection: apsw.Connection, question: str, limit: int, *, ranked: bool) -> list[KnownPerson]:
    # Ranking reads every match; of short beginnings there are too many, and none of them is better than another.
    order = "ORDER BY rank" if ranked else ""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM person p JOIN (SELECT rowid FROM person_words WHERE person_words MATCH ?"  # noqa: S608
        f" {order} LIMIT ?) w ON p.id = w.rowid",
        (question, limit),
    )
    return [_person(row) for row in rows]


def _nearly(connection: apsw.Connection, folded: str, limit: int) -> list[KnownPerson]:
    """Return customers whose names are nearly what was typed: they share most groups of three letters."""
    groups = dict.fromkeys(folded[i : i + 3] for i in range(len(folded) - 2))
    question = " OR ".join(f'"{group}"' for group in groups if group.strip())
    if not question:
        return []
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM person p JOIN (SELECT rowid FROM person_shape WHERE person_shape MATCH ?"  # noqa: S608
        " ORDER BY rank LIMIT ?) w ON p.id = w.rowid",
        (question, _CANDIDATES),
    )
    scored = [(_likeness(folded, fold(person.name)), person) for person in map(_person, rows)]
    near = sorted((pair for pair in scored if pair[0] >= _NEAR), key=lambda pair: -pair[0])
    return [person for _, person in near[:limit]]


def _likeness(typed: str, name: str) -> float:
    """Return how alike a typed text is to a name, 0 to 1: each typed word to the word of the name it is most like."""
    words, parts = typed.split(), name.split()
    best = (max(SequenceMatcher(None, word, part).ratio() for part in parts) for word in words)
    return sum(best) / len(words) if words and parts else 0.0


def _person(row: tuple[Any, ...]) -> KnownPerson:
    customer, name, kind, status, details, seen_at = row
    return KnownPerson(
        CustomerId(str(customer)),
        str(name),
        PartyKind(str(kind)) if kind else None,
        str(status) if status else None,
        msgspec.json.decode(bytes(details), type=tuple[str, ...]),
        (),
        datetime.fromisoformat(str(seen_at)),
    )


def _take(found: dict[str, KnownPerson], people: Sequence[KnownPerson]) -> None:
    for person in people:
        found.setdefault(person.customer_id, person)
