"""search: search as you type for a customer among 1,000,000 in the encrypted store; no system is called.

Floor: the same SQL statements, run by the bare driver on its own connection. The store is made on first use, which
takes some minutes, and saved in the user's cache.
"""

import asyncio
import functools
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import apsw
import platformdirs

from benchmarks.result import Result
from console.models.customer import CustomerId, PartyKind
from console.models.search import KnownPerson, SearchQuery
from console.sandbox.world import World
from console.services.search.customer_index import CustomerIndex
from console.store.database import Database, open_database
from console.store.people import PersonRepository
from console.store.schema import MIGRATIONS

_CUSTOMERS, _SEED = 1_000_000, 5376
_KEY = bytes(range(32))
_BATCH = 5_000
_TYPED = 60
_MOST_SHOWN = 20


def measure() -> list[Result]:
    """Return all cases."""
    return asyncio.run(_measure())


async def _measure() -> list[Result]:
    path = (
        Path(platformdirs.user_cache_dir("opticom-console", appauthor=False))
        / f"search-{_CUSTOMERS}-{len(MIGRATIONS)}"
        / "desk.store"
    )
    world = World(seed=_SEED, customers=_CUSTOMERS, as_of=date(2026, 11, 1))
    database = open_database(path, _KEY)
    try:
        await _fill(database, world)
        people = CustomerIndex(PersonRepository(database))
        bare = _Bare(path)
        rng = random.Random(1)
        chosen = [world.person(rng.randrange(_CUSTOMERS)) for _ in range(_TYPED)]
        kinds = {
            "names": [text for person in chosen for text in _keystrokes(person.name)],
            "numbers": [text for person in chosen for text in _keystrokes(person.phone[1:], 4)],
            "typing errors": [_with_an_error(person.name, rng) for person in chosen],
        }
        return [result for kind, typed in kinds.items() for result in await _time(kind, typed, people, database, bare)]
    finally:
        await database.aclose()


async def _fill(database: Database, world: World) -> None:
    repository = PersonRepository(database)
    have = await repository.count()
    if have < _CUSTOMERS:
        print(f"search: putting {_CUSTOMERS - have} customers into the store, once", flush=True)
    for start in range(have, _CUSTOMERS, _BATCH):
        await repository.put([_known(world, n) for n in range(start, min(start + _BATCH, _CUSTOMERS))])


def _known(world: World, n: int) -> KnownPerson:
    person = world.person(n)
    place = f"{person.address.street}, {person.address.city} {person.address.post_code}"
    kind = PartyKind.ORGANIZATION if person.company else PartyKind.INDIVIDUAL
    number = CustomerId(world.numbers.customer.encode(n))
    return KnownPerson(number, person.name, kind, "active", (place, person.phone), (person.phone,), datetime.now(UTC))


def _keystrokes(text: str, least: int = 2) -> Iterator[str]:
    """Yield the text in the field after each key."""
    return (text[:end] for end in range(least, len(text) + 1))


def _with_an_error(name: str, rng: random.Random) -> str:
    place = rng.randrange(1, len(name) - 1)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


@dataclass
class _Bare:
    """The bare driver on the same file."""

    path: Path

    def __post_init__(self) -> None:
        self.connection = apsw.Connection(str(self.path), flags=apsw.SQLITE_OPEN_READONLY)
        self.connection.pragma("cipher", "sqlcipher")
        self.connection.pragma("legacy", 4)
        self.connection.pragma("key", f"x'{_KEY.hex()}'")
        self.connection.execute("SELECT count(*) FROM sqlite_master").fetchall()

    def run_ms(self, statements: list[tuple[str, Any]]) -> float:
        started = time.perf_counter()
        for statement, bindings in statements:
            self.connection.execute(statement, bindings).fetchall()
        return (time.perf_counter() - started) * 1000


def _trace(note: Any, connection: apsw.Connection) -> None:
    connection.exec_trace = note


async def _time(
    kind: str, typed: list[str], people: CustomerIndex, database: Database, bare: _Bare
) -> tuple[Result, Result]:
    taken, floors = [], []
    found = 0
    for text in typed:
        is_number = text.isdigit()
        query = SearchQuery(text, number=text) if is_number else SearchQuery(text, name=text)
        statements: list[tuple[str, Any]] = []

        def note(_cursor: Any, sql: str, bindings: Any, into: list[tuple[str, Any]] = statements) -> bool:
            into.append((sql, bindings))
            return True

        await database.read(functools.partial(_trace, note))
        await people.find(query, limit=_MOST_SHOWN)  # also warms the disk cache, for both
        await database.read(functools.partial(_trace, None))
        started = time.perf_counter()
        hits = await people.find(query, limit=_MOST_SHOWN)
        taken.append((time.perf_counter() - started) * 1000)
        floors.append(bare.run_ms(statements))
        found += bool(hits)
    if found < 0.8 * len(typed):
        raise LookupError(f"only {found} of {len(typed)} {kind} found anybody")
    slow = statistics.quantiles(taken, n=20)[-1]
    slow_floor = statistics.quantiles(floors, n=20)[-1]
    return (
        Result("search", f"{kind}, 95 of 100", slow, "ms", slow_floor),
        Result("search", f"{kind}, all together", sum(taken), "ms", sum(floors)),
    )
