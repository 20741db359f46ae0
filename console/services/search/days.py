"""Days as people type them: `2 Dec`, `Dec 2 2026`, `2026-12-02`, `Friday`, `tomorrow`, `+7`; of the past `-7`.

Of numbers alone the order of day and month is that of the deployment's country; whoever types one is shown the reading.
Source: Unicode CLDR 45, short date formats.
"""

import re
from datetime import date, timedelta
from enum import Enum

from console.messages import search as say
from console.services.customer.contact import NotPossibleError

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_FIRST_DAY = date(1990, 1, 1)  # before it nobody wrote anything down here
_YEAR_FIRST = re.compile(r"(\d{4})[./\- ]?(\d{1,2})[./\- ]?(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4})")
_NO_YEAR = re.compile(r"(\d{1,2})[./\-](\d{1,2})(?:\.|[./\-](\d{2}))?")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.? ([a-z]{3,9})\.?(?: (\d{4}))?")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?")
_DAYS_AGO = re.compile(r"[-\u2212](\d{1,3})(?: ?d(?:ays?)?)?|(\d{1,3}) ?d(?:ays?)? ago")
_IN_DAYS = re.compile(r"(?:\+|in )(\d{1,3})(?: ?d(?:ays?)?)?")


class DayOrder(Enum):
    """Which of day and month stands first in numbers alone; `ASKED` where a country writes both, or the year first."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    ASKED = "asked"


_MONTH_FIRST_IN = frozenset({"US", "PR", "GU", "VI", "AS", "MP", "UM", "PH", "FM", "MH", "PW"})
_ASKED_IN = frozenset({"CA", "CN", "HK", "HU", "JP", "KR", "LT", "MN", "TW", "ZA"})


def day_order(country: str) -> DayOrder:
    """Return the order in which people of a country (ISO 3166) write day and month."""
    if country in _MONTH_FIRST_IN:
        return DayOrder.MONTH_FIRST
    return DayOrder.ASKED if country in _ASKED_IN or not country else DayOrder.DAY_FIRST


class NoDayError(NotPossibleError):
    """What was typed is no day, or could be two; the sentence says how to write it."""


def read_day(text: str, today: date, order: DayOrder = DayOrder.ASKED) -> date:
    """Return the day that was typed, counted from a user's own today; without a year the next such day.

    Raises:
        NoDayError: It is no day of the calendar, or numbers alone that could be two days in this order.
    """
    plain = _plain(text)
    found = _named(plain, today) or _written(plain, today, order)
    if found is None:
        typed = text.strip()[:30]
        raise NoDayError(say.NOT_A_DAY(typed=typed) if typed else say.DAY_MISSING())
    return found


def read_recent_day(text: str, today: date, order: DayOrder = DayOrder.ASKED) -> date:
    """Return the day that was typed, today or before; without a year, or as a weekday, the last such day.

    Raises:
        NoDayError: It is no day of the calendar, is before 1990 or to come, or numbers alone that could be two days.
    """
    plain, found = _plain(text), None
    if plain in {"today", "yesterday"}:
        found = today - timedelta(days=int(plain == "yesterday"))
    elif match := _DAYS_AGO.fullmatch(plain):
        found = today - timedelta(days=int(match[1] or match[2]))
    elif (weekday := _weekday(plain)) is not None:
        found = today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    else:
        found = _written(plain, today, order, before=True)
    if found is None:
        typed = text.strip()[:30]
        raise NoDayError(say.NOT_A_PAST_DAY(typed=typed) if typed else say.PAST_DAY_MISSING())
    if not _FIRST_DAY <= found <= today:
        raise NoDayError(say.PAST_DAY_OUT_OF_RANGE(found=found, earliest=_FIRST_DAY))
    return found


def read_past_day(text: str, order: DayOrder = DayOrder.ASKED) -> date:
    """Return a day of a known year as it was typed: `25 Nov 1980`, `1980-11-25`, `19801125`, or `25.11.1980`.

    Raises:
        NoDayError: It is no day of the calendar, has no year in four digits, or numbers alone that could be two days.
    """
    plain, found = _plain(text), None
    if match := _YEAR_FIRST.fullmatch(plain):
        found = _day(int(match[1]), int(match[2]), int(match[3]))
    elif re.search(r"(?<!\d)\d{4}$", plain):
        found = _written(plain, date.min, order)
    else:
        raise NoDayError(say.DAY_WITHOUT_YEAR())
    if found is None:
        raise NoDayError(say.NO_SUCH_DAY(typed=text.strip()[:30]))
    return found


def _named(plain: str, today: date) -> date | None:
    if plain in {"today", "tomorrow"}:
        return today + timedelta(days=int(plain == "tomorrow"))
    if match := _IN_DAYS.fullmatch(plain):
        return today + timedelta(days=int(match[1]))
    weekday = _weekday(plain)
    if weekday is not None:  # one that is today means the one in a week, as people say it
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return None


def _weekday(plain: str) -> int | None:
    return next((n for n, word in enumerate(_WEEKDAYS) if len(plain) >= 3 and word.startswith(plain)), None)


def _written(plain: str, today: date, order: DayOrder, *, before: bool = False) -> date | None:
    if match := _ISO.fullmatch(plain):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _YEAR_LAST.fullmatch(plain):
        return _of_numbers(plain, int(match[1]), int(match[2]), int(match[3]), order)
    if match := _NO_YEAR.fullmatch(plain):
        in_full = 2000 + int(match[3]) if match[3] else None
        return _of_two_numbers(plain, int(match[1]), int(match[2]), in_full, today, order, before=before)
    if match := _DAY_FIRST.fullmatch(plain):
        month, day, year = match[2], match[1], match[3]
    elif match := _MONTH_FIRST.fullmatch(plain):
        month, day, year = match[1], match[2], match[3]
    else:
        return None
    number = next((n for n, word in enumerate(_MONTHS, 1) if word.startswith(month)), 0)
    return _in_year(int(year) if year else None, number, int(day), today, before=before)


def _of_two_numbers(
    plain: str, first: int, second: int, year: int | None, today: date, order: DayOrder, *, before: bool
) -> date | None:
    """Return the day that two numbers mean in an order; in the other where it can be none in this."""
    used = _order_of(plain, order)
    if used is DayOrder.ASKED:
        raise NoDayError(say.DAY_AMBIGUOUS(plain=plain))
    day, month = (first, second) if used is DayOrder.DAY_FIRST else (second, first)
    return _in_year(year, month, day, today, before=before) or _in_year(year, day, month, today, before=before)


def _order_of(plain: str, order: DayOrder) -> DayOrder:
    """Return the order of a written day: with points nobody writes the month first."""
    return DayOrder.DAY_FIRST if order is DayOrder.MONTH_FIRST and "." in plain else order


def _in_year(year: int | None, month: int, day: int, today: date, *, before: bool) -> date | None:
    """Return a day of a year, without one the next such day, or with `before` the last."""
    this = _day(today.year if year is None else year, month, day)
    if year is not None or this is None or this == today or (this < today) == before:
        return this
    return _day(today.year + (-1 if before else 1), month, day)


def _of_numbers(plain: str, first: int, second: int, year: int, order: DayOrder) -> date | None:
    """Return the day that is meant: in the order of the country, or where it can be only one in the other."""
    day_first, month_first = _day(year, second, first), _day(year, first, second)
    may_be = {day_first, month_first} - {None}
    if len(may_be) > 1:
        used = _order_of(plain, order)
        if used is not DayOrder.ASKED:
            return day_first if used is DayOrder.DAY_FIRST else month_first
        raise NoDayError(say.DAY_AMBIGUOUS_WITH_YEAR(plain=plain, year=year))
    return may_be.pop() if may_be else None


def _plain(text: str) -> str:
    """Return what was typed in lower case and with single blanks, also for dashes beside a word: `6-Jan-1957`."""
    spaced = re.sub(r"(?<=[^\W\d_])[-/.](?=\d)|(?<=\d)[-/.](?=[^\W\d_])", " ", text.replace(",", " "))
    return " ".join(spaced.split()).casefold()


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
