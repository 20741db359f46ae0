"""Customers that the console has seen, searchable by typed text. Implements the port `PersonStore`."""

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from difflib import SequenceMatcher
from typing import Any

import apsw
import msgspec

from console.models.customer import CustomerId, PartyKind
from console.models.name_words import fold, loose_ways_to_read, ways_to_read
from console.models.search import KnownPerson
from console.store.database import Database
from console.store.schema import words_of_person

# Characters. For words of this length each variant with one letter left out is saved, to match misspelled words.
_SHORTEST_WORD, _LONGEST_WORD = 3, 30
_CANDIDATES = 60
_WHOLE = "whole"
_MOST_NEAR_WORDS = 12
_MOST_KNOWN_WORDS = 200_000
_COLUMNS = "p.customer, p.name, p.kind, p.status, p.details, p.seen_at"


class PersonRepository:
    """The table of customers, with an index of word and digit prefixes, and an index of words with a letter left out.

    A typed word finds words that it begins. It also finds words that differ by one letter: missing, added, replaced, or
    two letters swapped. See docs/decisions.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known_words: set[str] = set()

    async def put(self, people: Sequence[KnownPerson]) -> None:
        def work(connection: apsw.Connection) -> set[str]:
            words: set[str] = set()
            for person in people:
                words |= _put(connection, person)
            new = words - self._known_words
            connection.executemany(
                "INSERT OR IGNORE INTO slip VALUES (?, ?)",
                ((variant, word) for word in new for variant in _slips(word)),
            )
            return new

        kept = await self._database.write(work)
        if len(self._known_words) < _MOST_KNOWN_WORDS:  # beyond this limit, new words are only inserted again each time
            self._known_words |= kept

    async def find(self, *, words: str | None, digits: str | None, limit: int) -> Sequence[KnownPerson]:
        def work(connection: apsw.Connection) -> list[KnownPerson]:
            found: dict[str, KnownPerson] = {}
            if digits:
                _take(found, _by_index(connection, f'numbers : "{digits}"*', limit))
            ways = ways_to_read(words or "")
            # Exact names first, then names that begin with the words, then names written in another way.
            for way, mark in [(way, mark) for way in ways[:1] for mark in ("", "*")] + [(way, "*") for way in ways[1:]]:
                if len(found) < limit:
                    _take(found, _called(connection, way, mark, limit))
            for way in loose_ways_to_read(words or "") if ways and not found else ():
                _take(found, _called(connection, way, "*", limit))
            if ways and len(found) < limit:
                _take(found, _nearly(connection, ways[0], limit))
            return list(found.values())[:limit]

        return await self._database.read(work)

    async def find_whole(self, *, number: str | None, email: str | None) -> Sequence[str]:
        def work(connection: apsw.Connection) -> list[str]:
            found: dict[str, KnownPerson] = {}
            digits = re.sub(r"\D", "", number or "")
            if digits:
                _take(found, _by_index(connection, f'numbers : "{_WHOLE}{digits}"', _CANDIDATES))
            if email:
                words = " AND ".join(f'"{word}"' for word in fold(email).split())
                people = _by_words(connection, words, _CANDIDATES) if words else []
                _take(found, [one for one in people if email.casefold() in map(str.casefold, one.details)])
            return list(found)

        return await self._database.read(work)

    async def count(self) -> int:
        return await self._database.read(
            lambda connection: int(next(connection.execute("SELECT count(*) FROM person"))[0])
        )


def digits_of(numbers: Sequence[str]) -> Iterator[str]:
    """Yield the digits of numbers, and the ends of long ones: people leave out the country or area code.

    Each whole number is also yielded with a mark. Users without a reason to open an account can search only by a whole
    number.
    """
    for number in numbers:
        digits = re.sub(r"\D", "", number)
        if len(digits) < 3:
            continue
        yield digits
        yield f"{_WHOLE}{digits}"
        for cut in (1, 2, 3) if number.strip().startswith("+") else ():
            yield digits[cut:]
        if len(digits) > 9:
            yield digits[-7:]


def _slips(word: str) -> Iterator[str]:
    """Yield a word and its variants with one letter left out. Yield nothing for short or long words or with digits."""
    if _SHORTEST_WORD <= len(word) <= _LONGEST_WORD and not any(sign.isdigit() for sign in word):
        yield word
        yield from (word[:i] + word[i + 1 :] for i in range(len(word)))


def _put(connection: apsw.Connection, person: KnownPerson) -> set[str]:
    """Save a customer in the tables. Return the words that find them."""
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
        connection.execute("DELETE FROM person_name WHERE rowid = ?", (number,))
    digits = " ".join(dict.fromkeys(digits_of((person.customer_id, *person.numbers))))
    connection.execute("INSERT INTO person_words (rowid, words, numbers) VALUES (?, '', ?)", (number, digits))
    words = words_of_person(person.name, details)
    connection.execute("INSERT INTO person_name (rowid, words) VALUES (?, ?)", (number, words))
    return set(fold(f"{person.name} {' '.join(person.details)}").split())


def _by_index(connection: apsw.Connection, question: str, limit: int) -> list[KnownPerson]:
    """Return the customers that match a query of the number index, most recently added first."""
    return _matching(connection, "person_words", question, limit)


def _by_words(connection: apsw.Connection, question: str, limit: int) -> list[KnownPerson]:
    """Return the customers that match a query of the word index, most recently added first."""
    return _matching(connection, "person_name", question, limit)


def _called(connection: apsw.Connection, words: Sequence[str], mark: str, limit: int) -> list[KnownPerson]:
    """Return the customers who have all these words, or words that begin with them if `mark` is `*`."""
    return _by_words(connection, " AND ".join(f'"{word}"{mark}' for word in words), limit)


def _matching(connection: apsw.Connection, table: str, question: str, limit: int) -> list[KnownPerson]:
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM person p JOIN (SELECT rowid FROM {table} WHERE {table} MATCH ?"  # noqa: S608 - fixed
        " ORDER BY rowid DESC LIMIT ?) w ON p.id = w.rowid",
        (question, limit),
    )
    return list(_readable(rows))


def _nearly(connection: apsw.Connection, folded: Sequence[str], limit: int) -> list[KnownPerson]:
    """Return customers with words that begin with, or nearly match, each typed word; the most similar first."""
    parts = []
    for typed in folded:
        near = [f'"{word}"' for word in _near_words(connection, typed)]
        parts.append("(" + " OR ".join([f'"{typed}"*', *near]) + ")")
    people = _by_words(connection, " AND ".join(parts), max(limit, _CANDIDATES))
    typed_name = " ".join(folded)
    scored = sorted(((_likeness(typed_name, fold(person.name)), n) for n, person in enumerate(people)), reverse=True)
    return [people[n] for _, n in scored[:limit]]


def _near_words(connection: apsw.Connection, typed: str) -> list[str]:
    """Return known words that differ by one letter from a typed word, the most similar first."""
    slips = list(_slips(typed))
    marks = ", ".join("?" * len(slips))
    rows = connection.execute(f"SELECT DISTINCT word FROM slip WHERE variant IN ({marks})", slips)  # noqa: S608 - marks
    words = [str(word) for (word,) in rows if word != typed]
    return sorted(words, key=lambda word: -SequenceMatcher(None, typed, word).ratio())[:_MOST_NEAR_WORDS]


def _likeness(typed: str, name: str) -> float:
    """Return how similar a typed text is to a name, 0 to 1: the mean of each typed word's best match in the name."""
    words, parts = typed.split(), name.split()
    best = (max(SequenceMatcher(None, word, part).ratio() for part in parts) for word in words)
    return sum(best) / len(words) if words and parts else 0.0


def _readable(rows: Iterable[tuple[Any, ...]]) -> Iterator[KnownPerson]:
    """Yield the customers that can be read. The others are found by searching in the systems."""
    for row in rows:
        with contextlib.suppress(ValueError, TypeError, msgspec.MsgspecError):
            yield _person(row)


def _person(row: tuple[Any, ...]) -> KnownPerson:
    customer, name, kind, status, details, seen_at = row
    return KnownPerson(
        CustomerId(str(customer)),
        str(name),
        kind=PartyKind(str(kind)) if kind else None,
        status=str(status) if status else None,
        details=msgspec.json.decode(bytes(details), type=tuple[str, ...]),
        numbers=(),
        seen_at=datetime.fromisoformat(str(seen_at)),
    )


def _take(found: dict[str, KnownPerson], people: Sequence[KnownPerson]) -> None:
    for person in people:
        found.setdefault(person.customer_id, person)
