"""Names are found in every typed form: without accents, joined or split, in part, composed or not."""

import unicodedata

import pytest

from console.models.customer import CustomerId
from console.models.name_words import fold, index_words, is_called, last_spellings, spellings, ways_to_read
from console.models.search import KnownPerson
from console.store.database import in_memory
from console.store.people import PersonRepository

FOUND = [
    ("Søren Ærø", ("soren aero", "SØREN", "soeren", "ærø")),
    ("İbrahim Yıldız", ("ibrahim yildiz", "İBRAHİM YILDIZ", "ibrahim yıldız")),
    ("Anne-Marie D'Angelo", ("annemarie dangelo", "anne marie", "d'angelo", "d’angelo", "angelo")),
    ("Ian MacDonald", ("mac donald", "macdonald", "donald")),
    ("Jan van der Berg", ("vanderberg", "van der berg", "vander berg", "berg jan")),
    ("Vanderberg, Jan", ("van der berg", "vanderberg")),
    ("王小明", ("小明", "王小明", "王")),
    ("佐藤 花子", ("佐藤花子", "花子", "佐藤 花子")),
    ("佐藤花子", ("佐藤 花子", "花子")),
    ("김민수", ("민수", "김민수")),
    ("किरण शर्मा", ("किरण शर्मा", "शर्मा")),
    ("สมชาย ใจดี", ("สมชาย ใจดี", "ใจดี")),
    ("Jürgen Müller", ("jurgen muller", "mueller", "müller")),
    ("Mueller Ann", ("müller", "mueller")),
    ("Łukasz Żółć", ("lukasz zolc",)),
    ("Guðmundur Þórsson", ("gudmundur thorsson",)),
    ("Nguyễn Thị Hồng", ("nguyen thi hong", "nguyenthi hong")),
    ("مُحَمَّد", ("محمد",)),
]
CASES = [(name, typed) for name, ways in FOUND for typed in ways]


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
@pytest.mark.parametrize(("name", "typed"), CASES, ids=[f"{typed} for {name}" for name, typed in CASES])
async def test_a_name_is_found(name: str, typed: str, form: str) -> None:
    database = in_memory()
    repository = PersonRepository(database)
    others = [KnownPerson(CustomerId("CU-2"), "Marta Lindqvist"), KnownPerson(CustomerId("CU-3"), "陳大文")]
    await repository.put([KnownPerson(CustomerId("CU-1"), name), *others])
    found = await repository.find(words=unicodedata.normalize(form, typed), digits=None, limit=1)
    assert [one.name for one in found] == [name]
    await database.aclose()


def test_marks_that_cannot_be_seen_are_no_letters() -> None:
    assert fold("Ann\u200b\u202a Lee\u202c") == "ann lee"


def test_the_words_of_a_name_come_first_and_none_twice() -> None:
    words = index_words("Anne-Marie Anne")
    assert words[:2] == ["anne", "marie"]
    assert len(words) == len(set(words))


def test_nothing_typed_is_no_way_to_read() -> None:
    assert ways_to_read("") == ways_to_read(" -' ") == []


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("Lindqvist", ["Lindqvist"]),
        ("mac donald", ["mac donald", "macdonald"]),
        ("Müller", ["Müller", "muller", "mueller"]),
        ("Mu\u0308ller", ["Müller", "muller", "mueller"]),
        ("王小明", ["王小明"]),
    ],
)
def test_a_system_is_asked_in_few_other_spellings(typed: str, asked: list[str]) -> None:
    assert spellings(typed) == asked


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("vanderberg", "van der berg"),
        ("dangelo", "d angelo"),
        ("macdonald", "mac donald"),
        ("佐藤花子", "佐藤 花子"),
        ("soren hansen", "hansen"),
    ],
)
def test_a_system_that_found_nobody_is_asked_for_words_apart_and_alone(typed: str, asked: str) -> None:
    ways = last_spellings(typed)
    assert asked in ways
    assert not set(ways) & set(spellings(typed))
    assert len(ways) <= 6


def test_one_plain_word_is_not_asked_for_again() -> None:
    assert last_spellings("lindqvist") == []


@pytest.mark.parametrize(("name", "typed"), CASES, ids=[f"{typed} for {name}" for name, typed in CASES])
def test_who_was_found_by_a_part_is_told_by_the_whole(name: str, typed: str) -> None:
    assert is_called(name, typed)
    assert not is_called("Marta Lindqvist", typed)
