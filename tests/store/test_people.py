"""The console's customer index finds people by beginnings, with one typing error, and by numbers in any form."""

import asyncio
from pathlib import Path

import apsw
import pytest

from console.models.customer import CustomerId
from console.models.search import KnownPerson
from console.store.database import in_memory, open_database
from console.store.people import PersonRepository
from console.store.schema import MIGRATIONS

KEY = bytes(range(32))


def person(number: int, name: str, *details: str, numbers: tuple[str, ...] = ()) -> KnownPerson:
    return KnownPerson(CustomerId(f"CU-{number}"), name, None, "active", details, numbers)


PEOPLE = [
    person(1, "Anna Wellenreiter", "14 Quill Mews, Dayton", numbers=("+19375550142", "BA-7730 2291")),
    person(2, "Ann Weller", "3 Elm St, Xenia"),
    person(3, "Jürgen Straßer", "Müllerweg 5, Köln"),
    person(4, "Anna Wellen", "9 Oak Ave, Dayton"),
]


async def found(*, words: str | None = None, digits: str | None = None) -> list[str]:
    repository = PersonRepository(in_memory())
    await repository.put(PEOPLE)
    return [one.name for one in await repository.find(words=words, digits=digits, limit=10)]


@pytest.mark.parametrize(
    "typed",
    [
        "anna wellenreiter",
        "wellenr",  # a beginning
        "Wellenreiter, Anna",
        "wellenrieter",  # two letters swapped
        "wellenreter",  # one letter missing
        "wellennreiter",  # one letter too many
        "wellemreiter",  # one letter wrong
        "qill mews",  # a wrong letter in the address
    ],
)
async def test_a_name_is_found_with_one_slip_a_word(typed: str) -> None:
    assert (await found(words=typed))[0] == "Anna Wellenreiter"


async def test_umlauts_and_sharp_s_are_found_without() -> None:
    assert await found(words="jurgen strasser") == ["Jürgen Straßer"]
    assert await found(words="koln") == ["Jürgen Straßer"]


async def test_who_is_called_so_comes_before_whose_name_only_begins_so() -> None:
    assert (await found(words="anna wellen"))[:2] == ["Anna Wellen", "Anna Wellenreiter"]


@pytest.mark.parametrize("digits", ["19375550142", "9375550142", "5550142", "7730", "77302291"])
async def test_a_number_is_found_by_its_end_or_its_beginning(digits: str) -> None:
    assert await found(digits=digits) == ["Anna Wellenreiter"]


@pytest.mark.parametrize("typed", ["", "\u202e", '"', "* OR *", "zzzzzz", "a" * 500, "%_"])
async def test_whatever_is_typed_breaks_nothing(typed: str) -> None:
    assert await found(words=typed) == []


async def test_a_changed_name_is_found_by_the_new_one_alone() -> None:
    repository = PersonRepository(in_memory())
    await repository.put([person(1, "Anna Wellenreiter")])
    await repository.put([person(1, "Anna Torres")])
    assert [one.name for one in await repository.find(words="tores", digits=None, limit=5)] == ["Anna Torres"]
    assert not await repository.find(words="wellenreiter", digits=None, limit=5)


def test_those_whom_an_older_console_knew_are_found_with_a_slip_too(tmp_path: Path) -> None:
    path = tmp_path / "desk.store"
    connection = apsw.Connection(str(path))
    connection.pragma("cipher", "sqlcipher")
    connection.pragma("legacy", 4)
    connection.pragma("key", f"x'{KEY.hex()}'")
    connection.execute(MIGRATIONS[0])
    connection.execute(
        "INSERT INTO person VALUES (1, 'CU-1', 'Anna Wellenreiter', NULL, 'active', CAST('[]' AS BLOB), '2026-11-24')"
    )
    connection.execute("INSERT INTO person_words (rowid, words, numbers) VALUES (1, 'anna wellenreiter 14', '19375')")
    connection.pragma("user_version", 1)
    connection.close()
    database = open_database(path, KEY)
    try:
        repository = PersonRepository(database)
        hits = asyncio.run(repository.find(words="welenreiter", digits=None, limit=5))
    finally:
        database.close()
    assert [one.name for one in hits] == ["Anna Wellenreiter"]
