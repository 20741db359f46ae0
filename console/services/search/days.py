"""Dates as people type them: `2 Dec`, `Dec 2 2026`, `2026-12-02`, `Friday`, `tomorrow`, `+7`; in the past `-7`.

The deployment's country decides the order of day and month in dates of numbers only. The screen shows how the date was
read. Source: Unicode CLDR 45, short date formats.
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
_FIRST_DAY = date(1990, 1, 1)  # no records are older
_YEAR_FIRST = re.compile(r"(\d{4})[./\- ]?(\d{1,2})[./\- ]?(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4})")
_NO_YEAR = re.compile(r"(\d{1,2})[./\-](\d{1,2})(?:\.|[./\-](\d{2}))?")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.? ([a-z]{3,9})\.?(?: (\d{4}))?")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?")
_DAYS_AGO = re.compile(r"[-\u2212](\d{1,3})(?: ?d(?:ays?)?)?|(\d{1,3}) ?d(?:ays?)? ago")
_IN_DAYS = re.compile(r"(?:\+|in )(\d{1,3})(?: ?d(?:ays?)?)?")


class DayOrder(Enum):
    """The order of day and month in numeric dates; `ASKED` for countries that use both, or put the year first."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    ASKED = "asked"


_MONTH_FIRST_IN = frozenset({"US", "PR", "GU", "VI", "AS", "MP", "UM", "PH", "FM", "MH", "PW"})
_ASKED_IN = frozenset({"CA", "CN", "HK", "HU", "JP", "KR", "LT", "MN", "TW", "ZA"})


def day_order(country: str) -> DayOrder:
    """Return the order of day and month in a country (ISO 3166 code of two letters); `ASKED` if it is empty."""
    if country in _MONTH_FIRST_IN:
        return DayOrder.MONTH_FIRST
    return DayOrder.ASKED if country in _ASKED_IN or not country else DayOrder.DAY_FIRST


class InvalidDateError(NotPossibleError):
    """The input is not a date, or is ambiguous; the message says how to write it."""


def read_day(text: str, today: date, order: DayOrder = DayOrder.ASKED) -> date:
    """Return the typed date, relative to the user's own today; without a year, the next such date.

    Raises:
        NoDayError: It is not a valid date, or is numeric and ambiguous in this order.
    """
    plain = _plain(text)
    found = _named(plain, today) or _written(plain, today, order)
    if found is None:
        typed = text.strip()[:30]
        raise InvalidDateError(say.NOT_A_DAY(typed=typed) if typed else say.DAY_MISSING())
    return found


def read_recent_day(text: str, today: date, order: DayOrder = DayOrder.ASKED) -> date:
    """Return the typed date, today or earlier; without a year or as a weekday, the last such date.

    Raises:
        NoDayError: It is not a valid date, is before 1990 or in the future, or is numeric and ambiguous.
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
        raise InvalidDateError(say.NOT_A_PAST_DAY(typed=typed) if typed else say.PAST_DAY_MISSING())
    if not _FIRST_DAY <= found <= today:
        raise InvalidDateError(say.PAST_DAY_OUT_OF_RANGE(found=found, earliest=_FIRST_DAY))
    return found


def read_past_day(text: str, order: DayOrder = DayOrder.ASKED) -> date:
    """Return a typed date with its year: `25 Nov 1980`, `1980-11-25`, `19801125`, or `25.11.1980`.

    Raises:
        NoDayError: It is not a valid date, has no year of four digits, or is numeric and ambiguous.
    """
    plain, found = _plain(text), None
    if match := _YEAR_FIRST.fullmatch(plain):
        found = _day(int(match[1]), int(match[2]), int(match[3]))
    elif re.search(r"(?<!\d)\d{4}$", plain):
        found = _written(plain, date.min, order)
    else:
        raise InvalidDateError(say.DAY_WITHOUT_YEAR())
    if found is None:
        raise InvalidDateError(say.NO_SUCH_DAY(typed=text.strip()[:30]))
    return found


def _named(plain: str, today: date) -> date | None:
    if plain in {"today", "tomorrow"}:
        return today + timedelta(days=int(plain == "tomorrow"))
    if match := _IN_DAYS.fullmatch(plain):
        return today + timedelta(days=int(match[1]))
    weekday = _weekday(plain)
    if weekday is not None:  # today's weekday means the one in a week, as people say it
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
    """Return the date of two numbers in an order; in the other order if this one gives no valid date."""
    used = _order_of(plain, order)
    if used is DayOrder.ASKED:
        raise InvalidDateError(say.DAY_AMBIGUOUS(plain=plain))
    day, month = (first, second) if used is DayOrder.DAY_FIRST else (second, first)
    return _in_year(year, month, day, today, before=before) or _in_year(year, day, month, today, before=before)


def _order_of(plain: str, order: DayOrder) -> DayOrder:
    """Return the order of a typed date: with dots the day is first, even where slashes mean month first."""
    return DayOrder.DAY_FIRST if order is DayOrder.MONTH_FIRST and "." in plain else order


def _in_year(year: int | None, month: int, day: int, today: date, *, before: bool) -> date | None:
    """Return a date in a year; without a year the next such date, or with `before` the last."""
    this = _day(today.year if year is None else year, month, day)
    if year is not None or this is None or this == today or (this < today) == before:
        return this
    return _day(today.year + (-1 if before else 1), month, day)


def _of_numbers(plain: str, first: int, second: int, year: int, order: DayOrder) -> date | None:
    """Return the date of three numbers in the country's order; in the other order if only that one is valid."""
    day_first, month_first = _day(year, second, first), _day(year, first, second)
    may_be = {day_first, month_first} - {None}
    if len(may_be) > 1:
        used = _order_of(plain, order)
        if used is not DayOrder.ASKED:
            return day_first if used is DayOrder.DAY_FIRST else month_first
        raise InvalidDateError(say.DAY_AMBIGUOUS_WITH_YEAR(plain=plain, year=year))
    return may_be.pop() if may_be else None


def _plain(text: str) -> str:
    """Return the typed text in lower case with single blanks, also for dashes next to a word: `6-Jan-1957`."""
    spaced = re.sub(r"(?<=[^\W\d_])[-/.](?=\d)|(?<=\d)[-/.](?=[^\W\d_])", " ", text.replace(",", " "))
    return " ".join(spaced.split()).casefold()


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
