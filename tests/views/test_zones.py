"""A day and the hours beside it use the same time zone: this machine's."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from console.views import texts

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system has no way to change a program's zone")


@pytest.fixture
def chicago(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/Chicago")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_an_hour_late_in_the_day_stands_beside_its_own_date(chicago: None, themed: None) -> None:
    at = datetime(2026, 12, 3, 0, 0, tzinfo=UTC)
    assert texts.local_day(at) == date(2026, 12, 2)
    assert texts.clock(at) == "18:00"
    assert os.environ["TZ"] == "America/Chicago"


def test_a_day_that_was_written_as_midnight_stays_that_day(chicago: None, themed: None) -> None:
    assert texts.day(datetime(2026, 12, 3, tzinfo=UTC), year=False) == "3 Dec"
    assert texts.day(date(2026, 12, 3), year=False) == "3 Dec"


def test_the_day_of_a_moment_is_the_local_one(chicago: None, themed: None) -> None:
    assert texts.day(datetime(2026, 12, 3, 2, tzinfo=UTC), year=False) == "2 Dec"
