"""Typed days: read as people mean them, rejected where two days are possible."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.services.search.days import InvalidDateError, day_order, read_day, read_past_day, read_recent_day

WEDNESDAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("today", date(2026, 11, 25)),
        ("Tomorrow", date(2026, 11, 26)),
        ("+7", date(2026, 12, 2)),
        ("in 10 days", date(2026, 12, 5)),
        ("fri", date(2026, 11, 27)),
        ("Wednesday", date(2026, 12, 2)),  # on a Wednesday this is the next Wednesday
        ("2 Dec", date(2026, 12, 2)),
        ("Dec 2nd, 2026", date(2026, 12, 2)),
        ("3 January", date(2027, 1, 3)),  # without a year: the next such day
        ("25 nov", date(2026, 11, 25)),
        (" 2027-02-28 ", date(2027, 2, 28)),
        ("1.1.2027", date(2027, 1, 1)),  # both orders give the same day
        ("25/12/2026", date(2026, 12, 25)),
    ],
)
def test_a_day_is_read_as_it_is_meant(typed: str, day: date) -> None:
    assert read_day(typed, WEDNESDAY) == day


@pytest.mark.parametrize("typed", ["soon", "31 Feb", "2 Foo", "2026-13-01", "we", "t", "+", "Dec"])
def test_what_is_no_day_is_said_so(typed: str) -> None:
    with pytest.raises(InvalidDateError, match="is not a valid date"):
        read_day(typed, WEDNESDAY)


def test_an_empty_field_is_said_so() -> None:
    with pytest.raises(InvalidDateError, match="Enter a date"):
        read_day("  ", WEDNESDAY)


@pytest.mark.parametrize("typed", ["12/2", "02.12.2026", "3-4-26", "4/5"])
def test_what_could_be_two_days_is_asked_about(typed: str) -> None:
    with pytest.raises(InvalidDateError, match="has two meanings"):
        read_day(typed, WEDNESDAY)


@pytest.mark.parametrize(
    "typed",
    [
        "1980-11-25", "19801125", "1980/11/25", "25.11.1980", "11/25/1980", "25 Nov 1980", "Nov 25, 1980",
        "25-Nov-1980", "25th november 1980", "25. November 1980", "  25-11-1980 ",
    ],
)  # fmt: skip
def test_a_day_of_long_ago_is_read_as_people_say_it(typed: str) -> None:
    assert read_past_day(typed) == date(1980, 11, 25)


def test_a_day_that_may_be_two_is_not_guessed_at() -> None:
    with pytest.raises(InvalidDateError, match="has two meanings"):
        read_past_day("04/05/1980")
    assert read_past_day("5.5.1980") == date(1980, 5, 5)


@pytest.mark.parametrize("typed", ["1980-13-25", "31 Feb 1980", "0000-01-01", "45.13.1980", "25 Foo 1980"])
def test_what_is_in_no_calendar_is_told_as_that(typed: str) -> None:
    with pytest.raises(InvalidDateError, match="is not a valid date"):
        read_past_day(typed)


@pytest.mark.parametrize("typed", ["", "25 Nov", "25 Nov 80", "25.11.80", "x"])
def test_what_is_no_day_of_long_ago_is_told(typed: str) -> None:
    with pytest.raises(InvalidDateError, match="four-digit year"):
        read_past_day(typed)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("today", date(2026, 11, 25)),
        ("yesterday", date(2026, 11, 24)),
        ("-7", date(2026, 11, 18)),
        ("3 days ago", date(2026, 11, 22)),
        ("mon", date(2026, 11, 23)),
        ("Wednesday", date(2026, 11, 18)),  # on a Wednesday this is the last Wednesday
        ("2 Nov", date(2026, 11, 2)),
        ("2 Dec", date(2025, 12, 2)),
        ("25 nov", date(2026, 11, 25)),
        ("2025-02-28", date(2025, 2, 28)),
    ],
)
def test_a_day_that_was_is_read_as_it_is_meant(typed: str, day: date) -> None:
    assert read_recent_day(typed, WEDNESDAY) == day


@pytest.mark.parametrize("typed", ["2026-11-26", "9999-12-31", "0001-01-01", "-0 d ago", "1 Jan 1980"])
def test_a_day_nothing_can_be_of_is_told(typed: str) -> None:
    with pytest.raises(InvalidDateError):
        read_recent_day(typed, WEDNESDAY)


@given(st.text(max_size=30) | st.from_regex(r"[-+]?\d{1,4}[ ./-]?([a-z]{0,4}|\d{1,2})[ ./-]?\d{0,4}", fullmatch=True))
def test_whatever_is_typed_is_a_day_or_told(typed: str) -> None:
    for read in (
        lambda: read_day(typed, WEDNESDAY),
        lambda: read_recent_day(typed, WEDNESDAY),
        lambda: read_past_day(typed),
    ):
        with suppress(InvalidDateError):
            assert isinstance(read(), date)


@pytest.mark.parametrize("typed", ["tomorrow", "+3", "31 Feb", "", "soon"])
def test_what_is_no_day_that_was_is_told(typed: str) -> None:
    with pytest.raises(InvalidDateError, match="Nov 2 or Monday"):
        read_recent_day(typed, WEDNESDAY)


@pytest.mark.parametrize(
    ("country", "typed", "day"),
    [
        ("US", "12/2", date(2026, 12, 2)),
        ("DE", "2.12.", date(2026, 12, 2)),
        ("GB", "02/12/2026", date(2026, 12, 2)),
        ("US", "02/12/2027", date(2027, 2, 12)),
        ("US", "3-4-27", date(2027, 3, 4)),
        ("GB", "3-4-27", date(2027, 4, 3)),
        ("US", "25/12/2026", date(2026, 12, 25)),  # only one order gives a day
        ("DE", "2.1", date(2027, 1, 2)),  # the next such day
        ("US", "2.12.2026", date(2026, 12, 2)),  # with points, the day always comes first
        ("US", "2.12.", date(2026, 12, 2)),
        ("US", "13/12", date(2026, 12, 13)),  # only one order gives a day
    ],
)
def test_numbers_alone_are_read_in_the_order_of_the_country(country: str, typed: str, day: date) -> None:
    assert read_day(typed, WEDNESDAY, day_order(country)) == day


@pytest.mark.parametrize("country", ["CA", "JP", ""])
def test_where_a_country_writes_both_numbers_alone_are_asked_about(country: str) -> None:
    with pytest.raises(InvalidDateError, match="has two meanings"):
        read_day("3/4/2027", WEDNESDAY, day_order(country))


@pytest.mark.parametrize(("country", "day"), [("US", date(1980, 4, 3)), ("GB", date(1980, 3, 4))])
def test_a_day_of_birth_is_read_in_the_order_of_the_country(country: str, day: date) -> None:
    assert read_past_day("04/03/1980", day_order(country)) == day


@pytest.mark.parametrize("typed", ["13/13", "0.0.", "31/2"])
def test_numbers_that_are_no_day_in_the_countrys_order_are_told(typed: str) -> None:
    with pytest.raises(InvalidDateError, match="is not a valid date"):
        read_day(typed, WEDNESDAY, day_order("GB"))
