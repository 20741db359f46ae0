"""One system's SQLite file: an index of who is there and how many records each list holds. The rest is derived."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from console.sandbox.resources import SYSTEMS
from console.sandbox.world import World
from console.sandbox.world.people import fold

# Raise it when the world's rules change, so that an index made by older rules is made anew.
SCHEMA = 1
_KEEP_FOR = timedelta(days=7)


def open_world(folder: Path, *, seed: int, customers: int, today: date) -> World:
    """Return the world whose files lie in a folder, on the day it was made; after a week it moves on to today."""
    made = None
    path = folder / "crm.sqlite"
    if path.exists():
        with sqlite3.connect(path) as connection:
            made = _description(connection)
        connection.close()
    if made is not None and made[:3] == (SCHEMA, seed, customers):
        as_of = date.fromisoformat(made[3])
        if today - _KEEP_FOR <= as_of <= today:
            return World(seed=seed, customers=customers, as_of=as_of)
    return World(seed=seed, customers=customers, as_of=today)


def _description(connection: sqlite3.Connection) -> tuple[int, int, int, str] | None:
    try:
        row = connection.execute("SELECT schema, seed, customers, as_of FROM world").fetchone()
    except sqlite3.DatabaseError:
        return None
    return (int(row[0]), int(row[1]), int(row[2]), str(row[3])) if row else None


class SystemStore:
    """The index of one system."""

    def __init__(self, path: Path, system: str, world: World) -> None:
        self._path = path
        self._system = system
        self._world = world
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path)

    def prepare(self, progress: Callable[[int], None] = lambda _done: None) -> bool:
        """Make the index where it is missing or of another world; return whether it had to be made."""
        wanted = (SCHEMA, self._world.seed, self._world.customers, self._world.as_of.isoformat())
        if _description(self._connection) == wanted:
            return False
        self._connection.close()
        self._path.unlink()
        self._connection = sqlite3.connect(self._path)
        self._connection.executescript(
            """
            PRAGMA journal_mode = WAL;
            CREATE TABLE world (schema INTEGER, seed INTEGER, customers INTEGER, as_of TEXT);
            CREATE TABLE extent (resource TEXT, first INTEGER, n INTEGER, PRIMARY KEY (resource, first, n))
                WITHOUT ROWID;
            CREATE TABLE total (resource TEXT PRIMARY KEY, records INTEGER);
            CREATE TABLE person (n INTEGER PRIMARY KEY, name TEXT, email TEXT, phone TEXT, second_phone TEXT);
            CREATE INDEX person_name ON person (name);
            CREATE INDEX person_email ON person (email);
            CREATE INDEX person_phone ON person (phone);
            CREATE INDEX person_second_phone ON person (second_phone);
            CREATE VIRTUAL TABLE words USING fts5 (folded, content = '', prefix = '2 3 4');
            """
        )
        with self._connection:
            self._count(progress)
            if self._system == "crm":
                self._index_people()
            # Last, so that a half-made index is made anew.
            self._connection.execute("INSERT INTO world VALUES (?, ?, ?, ?)", wanted)
        return True

    def _count(self, progress: Callable[[int], None]) -> None:
        totals = dict.fromkeys((resource.name for resource in SYSTEMS[self._system]), 0)
        for n in range(self._world.customers):
            for resource in SYSTEMS[self._system]:
                found = resource.count(self._world, n)
                if found:
                    self._connection.execute(
                        "INSERT INTO extent VALUES (?, ?, ?)", (resource.name, totals[resource.name], n)
                    )
                    totals[resource.name] += found
            progress(n + 1)
        self._connection.executemany("INSERT INTO total VALUES (?, ?)", totals.items())

    def _index_people(self) -> None:
        for n in range(self._world.customers):
            person = self._world.person(n)
            self._connection.execute(
                "INSERT INTO person VALUES (?, ?, ?, ?, ?)",
                (n, person.name, person.email, person.phone, person.second_phone),
            )
            folded = fold(f"{person.name} {person.given} {person.family}")
            self._connection.execute("INSERT INTO words (rowid, folded) VALUES (?, ?)", (n, folded))

    def total(self, resource: str) -> int:
        """Return how many records a whole list has."""
        return int(self._connection.execute("SELECT records FROM total WHERE resource = ?", (resource,)).fetchone()[0])

    def customers_from(self, resource: str, offset: int) -> Iterator[tuple[int, int]]:
        """Yield customers that have such records, from the one the offset falls in, each with its first offset."""
        start = self._connection.execute(
            "SELECT max(first) FROM extent WHERE resource = ? AND first <= ?", (resource, offset)
        ).fetchone()[0]
        yield from self._connection.execute(
            "SELECT n, first FROM extent WHERE resource = ? AND first >= ? ORDER BY first", (resource, start or 0)
        )

    def find(self, column: str, value: str) -> Iterator[int]:
        """Yield the customers whose name, e-mail or one of whose numbers is exactly this."""
        columns = ("phone", "second_phone") if column == "phone" else (column,)
        where = " OR ".join(f"{name} = ?" for name in columns)
        rows = self._connection.execute(f"SELECT n FROM person WHERE {where} ORDER BY n", (value,) * len(columns))  # noqa: S608 - names from this module
        yield from (row[0] for row in rows)

    def find_words(self, text: str) -> Iterator[int]:
        """Yield the customers whose name holds words that begin with each typed word."""
        words = ["".join(sign for sign in word if sign.isalnum()) for word in fold(text).replace("-", " ").split()]
        query = " ".join(f'"{word}"*' for word in words if word)
        if query:
            yield from (
                row[0] for row in self._connection.execute("SELECT rowid FROM words WHERE words MATCH ?", (query,))
            )

    def close(self) -> None:
        self._connection.close()
