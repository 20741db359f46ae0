"""Days as they are typed: read as people mean them, refused where they could be two."""

from datetime import date

import pytest

from console.services.days import NoDayError, read_day

WEDNESDAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("today", date(2026, 11, 25)),
        ("Tomorrow", date(2026, 11, 26)),
        ("+7", date(2026, 12, 2)),
        ("in 10 days", date(2026, 12, 5)),
        ("fri", date(2026, 11, 27)),
        ("Wednesday", date(2026, 12, 2)),  # on a Wednesday one means the next
        ("2 Dec", date(2026, 12, 2)),
        ("Dec 2nd, 2026", date(2026, 12, 2)),
        ("3 January", date(2027, 1, 3)),  # without a year the next such day
        ("25 nov", date(2026, 11, 25)),
        (" 2027-02-28 ", date(2027, 2, 28)),
    ],
)
def test_a_day_is_read_as_it_is_meant(typed: str, day: date) -> None:
    assert read_day(typed, WEDNESDAY) == day


@pytest.mark.parametrize("typed", ["soon", "31 Feb", "2 Foo", "2026-13-01", "we", "t", "+", "Dec"])
def test_what_is_no_day_is_said_so(typed: str) -> None:
    with pytest.raises(NoDayError, match="is no day"):
        read_day(typed, WEDNESDAY)


def test_an_empty_field_is_said_so() -> None:
    with pytest.raises(NoDayError, match="No day is typed yet"):
        read_day("  ", WEDNESDAY)


@pytest.mark.parametrize("typed", ["12/2", "02.12.2026", "3-4-26"])
def test_what_could_be_two_days_is_asked_about(typed: str) -> None:
    with pytest.raises(NoDayError, match="could be two days"):
        read_day(typed, WEDNESDAY)
