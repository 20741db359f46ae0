"""The storage of one system: an index of its customers, the length of each list, and all changed records.

Everything else is derived from the seed when it is read. So a million customers need hundreds of megabytes, not tens
of gigabytes.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec

from console.sandbox.database import RecordDatabase, open_database
from console.sandbox.resources import SYSTEMS
from console.sandbox.world import World
from console.sandbox.world.people import fold, split_words, words_of

# Increase it when the rules of the world change, so that an old index is built again.
SCHEMA = 10
_KEEP_FOR = timedelta(days=7)
# Customers per row of table `extent`: few enough to count their records at once.
_BLOCK = 64
_BATCH = 5000
# Above this many customers, lists that need each customer's whole history are not counted. A practice room with a
# million customers starts in one minute instead of five.
_COUNTED_WHOLE = 100_000
# Above this many hits of a search, the exact number is of no use.
MOST_COUNTED = 5000
NO_CUSTOMER = -1

_TABLES = (
    "CREATE TABLE world (scheme BIGINT, seed BIGINT, customers BIGINT, as_of TEXT)",
    "CREATE TABLE extent (resource TEXT, first BIGINT, n BIGINT, PRIMARY KEY (resource, first, n))",
    "CREATE TABLE total (resource TEXT PRIMARY KEY, records BIGINT)",
    "CREATE TABLE person (n BIGINT PRIMARY KEY, name TEXT, email TEXT, phone TEXT, second_phone TEXT)",
    "CREATE TABLE word (word TEXT, n BIGINT)",
    """CREATE TABLE record (resource TEXT, id TEXT, n BIGINT, body TEXT, made BIGINT, place BIGINT, changed TEXT,
        PRIMARY KEY (resource, id))""",
    "CREATE INDEX record_customer ON record (resource, n)",
    "CREATE TABLE answered (id TEXT PRIMARY KEY, request TEXT, status BIGINT, record TEXT, at TEXT)",
    "CREATE TABLE hub (id TEXT PRIMARY KEY, base TEXT, callback TEXT, query TEXT)",
)
_INDEXES = (
    "CREATE INDEX person_name ON person (name)",
    "CREATE INDEX person_email ON person (email)",
    "CREATE INDEX person_phone ON person (phone)",
    "CREATE INDEX person_second_phone ON person (second_phone)",
    "CREATE INDEX word_n ON word (word, n)",
)


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record that was changed, created or deleted after the seed; `body` is None if it was deleted.

    `made` is its number in the order of creation, None for a record of the seed. `index` is the position that a
    deleted record of the seed had in its list, None in a list that is not counted.
    """

    id: str
    n: int
    body: dict[str, Any] | None
    made: int | None
    index: int | None
    changed: str


def open_world(
    location: str | Path, *, seed: int, customers: int, today: date, billing_seed: int | None = None
) -> World:
    """Return the world stored at a location, as of its stored day; after 7 days, or if it differs, as of today."""
    made = None
    if isinstance(location, str) or (location / "crm.sqlite").exists():
        with contextlib.closing(open_database(location, "crm")) as database:
            made = _description(database)
    if made is not None and made[:3] == (_scheme(billing_seed), seed, customers):
        as_of = date.fromisoformat(made[3])
        if today - _KEEP_FOR <= as_of <= today:
            return World(seed=seed, customers=customers, as_of=as_of, billing_seed=billing_seed)
    return World(seed=seed, customers=customers, as_of=today, billing_seed=billing_seed)


def _scheme(billing_seed: int | None) -> int:
    """Return the scheme number that a stored world must have to be reused; it depends on the billing seed."""
    return SCHEMA if billing_seed is None else SCHEMA + 1000 * (1 + billing_seed)


def _description(database: RecordDatabase) -> tuple[int, int, int, str] | None:
    try:
        rows = database.rows("SELECT scheme, seed, customers, as_of FROM world")
    except Exception:  # noqa: BLE001 - each database has its own errors for a table that is not there; it is made anew
        return None
    return (int(rows[0][0]), int(rows[0][1]), int(rows[0][2]), str(rows[0][3])) if rows else None


class SystemStore:
    """The index of one system and its changed records."""

    def __init__(self, database: RecordDatabase, system: str, world: World) -> None:
        self._database = database
        self._system = system
        self._world = world
        self._totals: dict[str, int] = {}
        self._touched: set[str] = set()

    @property
    def is_ready(self) -> bool:
        """Whether the index belongs to this world; if not, `prepare` builds it."""
        return _description(self._database) == self._wanted

    @property
    def _wanted(self) -> tuple[int, int, int, str]:
        return (
            _scheme(self._world.billing_seed),
            self._world.seed,
            self._world.customers,
            self._world.as_of.isoformat(),
        )

    def load(self) -> None:
        """Load the totals and the names of changed resources, which every request needs."""
        self._totals = {
            name: int(records) for name, records in self._database.rows("SELECT resource, records FROM total")
        }
        self._touched = {str(row[0]) for row in self._database.rows("SELECT DISTINCT resource FROM record")}

    # ------------------------------------------------------------------ records of the seed

    def total(self, resource: str) -> int | None:
        """Return the number of seed records in a whole list, or None if the list is not counted."""
        return self._totals.get(resource)

    def block_at(self, resource: str, offset: int) -> tuple[int, int]:
        """Return the first customer of the block that contains an offset, and the offset of their first record."""
        rows = self._database.rows(
            "SELECT n, first FROM extent WHERE resource = ? AND first <= ? ORDER BY first DESC, n DESC LIMIT 1",
            resource,
            offset,
        )
        return (int(rows[0][0]), int(rows[0][1])) if rows else (0, 0)

    def block_of(self, resource: str, n: int) -> tuple[int, int]:
        """Return the first customer of the block that contains a customer, and the offset of their first record."""
        block = n - n % _BLOCK
        rows = self._database.rows("SELECT first FROM extent WHERE resource = ? AND n = ?", resource, block)
        return block, int(rows[0][0]) if rows else 0

    def find(self, column: str, value: str) -> list[int]:
        """Return the customers whose name, e-mail or phone number equals a value, in ascending order."""
        columns = ("phone", "second_phone") if column == "phone" else (column,)
        where = " OR ".join(f"{name} = ?" for name in columns)
        rows = self._database.rows(f"SELECT n FROM person WHERE {where} ORDER BY n", *(value,) * len(columns))  # noqa: S608 - names from this module
        return [int(row[0]) for row in rows]

    def find_words(self, text: str, *, most: int = MOST_COUNTED + 1) -> list[int]:
        """Return at most `most` customers whose name has a word that starts with each typed word, ascending."""
        words = split_words(fold(text))
        if not words:
            return []
        one = "SELECT n FROM word WHERE word >= ? AND word < ?"
        bounds = [bound for word in words for bound in (word, word + "\U0010ffff")]
        question = " INTERSECT ".join([one] * len(words))
        question = f"SELECT DISTINCT n FROM ({question}) AS hits ORDER BY n LIMIT ?"  # noqa: S608 - no value in it
        rows = self._database.rows(question, *bounds, most)
        return [int(row[0]) for row in rows]

    # ------------------------------------------------------------------ changed records

    def kept(self, resource: str, record: str) -> StoredRecord | None:
        """Return the stored change of one record, or None if it is unchanged since the seed."""
        if resource not in self._touched:
            return None
        rows = self._rows("resource = ? AND id = ?", resource, record)
        return rows[0] if rows else None

    def kept_of(self, resource: str, n: int) -> list[StoredRecord]:
        """Return the stored changes of one customer's records, created ones in order of creation."""
        return self._rows("resource = ? AND n = ?", resource, n) if resource in self._touched else []

    def created(self, resource: str) -> list[StoredRecord]:
        """Return all created records, also deleted ones, in order of creation."""
        return self._rows("resource = ? AND made IS NOT NULL", resource) if resource in self._touched else []

    def changed(self, resource: str) -> set[int]:
        """Return the customers whose records of the seed were changed."""
        if resource not in self._touched:
            return set()
        question = "SELECT DISTINCT n FROM record WHERE resource = ? AND made IS NULL AND body IS NOT NULL"
        return {int(row[0]) for row in self._database.rows(question, resource)}

    def deleted_places(self, resource: str) -> list[int]:
        """Return the positions of deleted records in the seed's list, ascending."""
        if resource not in self._touched:
            return []
        where = "resource = ? AND body IS NULL AND made IS NULL AND place IS NOT NULL"
        rows = self._database.rows(f"SELECT place FROM record WHERE {where} ORDER BY place", resource)  # noqa: S608 - our words
        return [int(row[0]) for row in rows]

    def keep(self, resource: str, kept: StoredRecord) -> None:
        """Save the change of a record."""
        body = None if kept.body is None else msgspec.json.encode(kept.body).decode()
        self._database.run(
            "INSERT INTO record (resource, id, n, body, made, place, changed) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (resource, id) DO UPDATE SET body = excluded.body, place = excluded.place,"
            " changed = excluded.changed",
            resource,
            kept.id,
            kept.n,
            body,
            kept.made,
            kept.index,
            kept.changed,
        )
        self._touched.add(resource)

    def next_made(self, resource: str) -> int:
        """Return the next number in the order of creation."""
        rows = self._database.rows("SELECT max(made) FROM record WHERE resource = ?", resource)
        return int(rows[0][0] or 0) + 1

    def _rows(self, where: str, *values: Any) -> list[StoredRecord]:
        question = f"SELECT id, n, body, made, place, changed FROM record WHERE {where} ORDER BY made"  # noqa: S608 - our words
        rows = self._database.rows(question, *values)
        return [
            StoredRecord(
                str(row[0]), int(row[1]), msgspec.json.decode(row[2]) if row[2] else None, row[3], row[4], str(row[5])
            )
            for row in rows
        ]

    # ------------------------------------------------------------------ registrations and saved responses

    def hubs(self) -> list[tuple[str, str, str, str]]:
        """Return the registrations for events: id, API base, callback address and query of each."""
        return [
            (str(row[0]), str(row[1]), str(row[2]), str(row[3]))
            for row in self._database.rows("SELECT id, base, callback, query FROM hub")
        ]

    def add_hub(self, number: str, base: str, callback: str, query: str) -> None:
        self._database.run("INSERT INTO hub VALUES (?, ?, ?, ?)", number, base, callback, query)

    def remove_hub(self, number: str) -> bool:
        """Delete a registration; return whether it existed."""
        known = bool(self._database.rows("SELECT id FROM hub WHERE id = ?", number))
        self._database.run("DELETE FROM hub WHERE id = ?", number)
        return known

    def answered(self, key: str) -> tuple[str, int, str] | None:
        """Return request, status and record of the write with an idempotency key, or None if there was none."""
        rows = self._database.rows("SELECT request, status, record FROM answered WHERE id = ?", key)
        return (str(rows[0][0]), int(rows[0][1]), str(rows[0][2])) if rows else None

    def keep_answer(self, key: str, request: str, status: int, record: str, at: str) -> None:
        """Save the result of a write under its idempotency key. The caller deletes results older than 30 days."""
        self._database.run("INSERT INTO answered VALUES (?, ?, ?, ?, ?)", key, request, status, record, at)

    def forget_answers(self, before: str) -> None:
        self._database.run("DELETE FROM answered WHERE at < ?", before)

    def close(self) -> None:
        self._database.close()

    # ------------------------------------------------------------------ building the index

    def begin(self) -> "Indexing":
        """Delete the stored data and return an object that builds the index."""
        self._database.clear()
        for statement in _TABLES:
            self._database.run(statement.replace("word TEXT", f"word TEXT{self._collation}"))
        return Indexing(self._database, self._system, self._world)

    def finish(self) -> None:
        for statement in _INDEXES:
            self._database.run(statement)
        # Last, so that an unfinished index is built again.
        self._database.run("INSERT INTO world VALUES (?, ?, ?, ?)", *self._wanted)

    @property
    def _collation(self) -> str:
        # PostgreSQL must compare words by code points, as SQLite does.
        return ' COLLATE "C"' if type(self._database).__name__ == "PostgresDatabase" else ""


class Indexing:
    """Builds one system's index, customer by customer, with constant memory."""

    def __init__(self, database: RecordDatabase, system: str, world: World) -> None:
        self._database = database
        self._world = world
        is_large = world.customers > _COUNTED_WHOLE
        self._counted = [
            resource
            for resource in SYSTEMS[system]
            if resource.count is not None and not (is_large and resource.counts_history)
        ]
        self._people = system == "crm"
        self._totals = dict.fromkeys((resource.name for resource in self._counted), 0)
        self._extents: list[tuple[str, int, int]] = []
        self._persons: list[tuple[Any, ...]] = []
        self._words: list[tuple[str, int]] = []

    def add(self, n: int) -> None:
        if n % _BLOCK == 0:
            self._extents += [(name, total, n) for name, total in self._totals.items()]
        for resource in self._counted:
            if resource.count is not None:
                self._totals[resource.name] += resource.count(self._world, n)
        if self._people:
            person = self._world.person(n)
            self._persons.append((n, person.name, person.email, person.phone, person.second_phone))
            self._words += [(word, n) for word in words_of(person)]
        if (n + 1) % _BATCH == 0:
            self.write()

    def write(self) -> None:
        """Save the collected rows."""
        with self._database.transaction():
            self._database.many("INSERT INTO extent VALUES (?, ?, ?)", self._extents)
            self._database.many("INSERT INTO person VALUES (?, ?, ?, ?, ?)", self._persons)
            self._database.many("INSERT INTO word VALUES (?, ?)", self._words)
        self._extents, self._persons, self._words = [], [], []

    def end(self) -> None:
        self.write()
        self._database.many("INSERT INTO total VALUES (?, ?)", list(self._totals.items()))


def prepare(stores: Mapping[str, SystemStore], world: World, progress: Callable[[int], None]) -> bool:
    """Build missing and outdated indexes in one pass, load all, and return whether any was built."""
    missing = [store for store in stores.values() if not store.is_ready]
    if missing:
        making: Sequence[Indexing] = [store.begin() for store in missing]
        for n in range(world.customers):
            for indexing in making:
                indexing.add(n)
            progress(n + 1)
        for indexing in making:
            indexing.end()
        for store in missing:
            store.finish()
    for store in stores.values():
        store.load()
    return bool(missing)
