"""Texts for amounts, dates, ages and states. The one place where values become text on screen."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QDate, QLocale
from PySide6.QtGui import QKeySequence

from console.messages import QT_TR_NOOP

if TYPE_CHECKING:  # this module is loaded before the first paint; what it puts into words comes later
    from decimal import Decimal

    from console.models.appointment import TimeWindow
    from console.models.money import Money
    from console.models.provenance import Origin, Records

# Countries (ISO 3166) that write the month first and hours from 1 to 12. Source: Unicode CLDR 46, en-US.
_MONTH_FIRST = {"US"}
_month_first = False

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "SEK": "kr"}
MINUS = "−"


def set_country(country: str) -> None:
    """Write dates and times as a country (ISO 3166) does: `Nov 8`, `9:41 AM` in the US, else `8 Nov`, `09:41`."""
    global _month_first  # noqa: PLW0603 - one program has one deployment, and every label reads it
    _month_first = country in _MONTH_FIRST


def _on(day: QDate, in_us: str, elsewhere: str) -> str:
    """Return a day in the format of the deployment's country."""
    return QLocale().toString(day, in_us if _month_first else elsewhere)


def tr(text: str) -> str:
    """Return a text in the user's language. `pyside6-lupdate` puts every `tr(...)` into the empty context."""
    return QCoreApplication.translate("", text)


def amount(money: Money) -> str:
    """Return an amount in the user's number format, with the currency's decimals and a real minus (U+2212).

    The currency is not part of the text.
    """
    digits = money.digits
    text = _grouped(abs(money.amount), digits)
    return f"{MINUS}{text}" if money.amount < 0 else text


def _grouped(value: Decimal, digits: int) -> str:
    """Return a number of zero or more with the user's separators. It is exact: no float is used."""
    locale = QLocale()
    whole, _, fraction = f"{value:.{digits}f}".partition(".")
    groups: list[str] = []
    while len(whole) > 3:
        whole, last = whole[:-3], whole[-3:]
        groups.insert(0, last)
    grouped = locale.groupSeparator().join([whole, *groups])
    return f"{grouped}{locale.decimalPoint()}{fraction}" if fraction else grouped


def money(value: Money | None) -> str:
    """Return an amount with its currency: `$152.98`, `1,520.00 SEK`."""
    if value is None:
        return tr("not known")
    symbol = _SYMBOLS.get(value.currency)
    if symbol in {"$", "£", "€"}:
        text = amount(value)
        return f"{MINUS}{symbol}{text[1:]}" if text.startswith(MINUS) else f"{symbol}{text}"
    return f"{amount(value)} {value.currency}"


def change(value: Money) -> str:
    """Return a difference with its sign. Zero has no sign."""
    text = amount(value)
    return text if text.startswith(MINUS) or value.amount == 0 else f"+{text}"


def day(at: date | None, *, year: bool | None = None) -> str:
    """Return a date as people say it: `8 Nov`, with the year if it is not the current year.

    For a `datetime` it is the day in this machine's time zone. Midnight in UTC stays the same day, because systems
    write a date that way. Use `local_day` for a date next to a time of day.
    """
    if at is None:
        return tr("no date")
    with_year = year if year is not None else at.year != datetime.now(UTC).year
    if with_year:
        return _on(_qt_date(at), "MMM d, yyyy", "d MMM yyyy")
    return _on(_qt_date(at), "MMM d", "d MMM")


def written_day(text: str) -> str:
    """Return an ISO date as `day` writes it, with its year; a masked or incomplete one stays as the system sent it."""
    try:
        return day(date.fromisoformat(text), year=True)
    except ValueError:
        return text


def weekday(on: date) -> str:
    """Return a date with weekday and year, so that it can't be misread: `Wed 2 Dec 2026`."""
    return _on(QDate(on.year, on.month, on.day), "ddd, MMM d, yyyy", "ddd d MMM yyyy")


def keys(text: str) -> str:
    """Return keys as this operating system writes them: `Ctrl+D`, or with the Command sign on macOS."""
    return QKeySequence(text).toString(QKeySequence.SequenceFormat.NativeText)


def sentence(words: str) -> str:
    """Return a text with its first letter in upper case and the rest unchanged."""
    return words[:1].upper() + words[1:]


def recent_day(at: datetime, *, within: bool = False) -> str:
    """Return the day of an event in this machine's time zone: today, yesterday, else the date.

    With `within`, today and yesterday are in lower case, for use inside a sentence.
    """
    local, today = at.astimezone(), datetime.now(UTC).astimezone().date()
    passed = (today - local.date()).days
    if passed in {0, 1}:
        word = tr("Today") if passed == 0 else tr("Yesterday")
        return word.lower() if within else word
    on = QDate(local.year, local.month, local.day)
    return _on(on, "MMM d", "d MMM") if local.year == today.year else _on(on, "MMM d ’yy", "d MMM yy")


def window(starts: datetime | None, ends: datetime | None) -> str:
    """Return a time window in this machine's time zone, such as 08:00–12:00."""
    if starts is None:
        return tr("no time")
    return clock(starts) if ends is None else f"{clock(starts)}–{clock(ends)}"


def day_and_hours(hours: TimeWindow) -> str:
    """Return a day with hours: `Mon, Nov 30, 8:00 AM–12:00 PM` or `Mon 30 Nov 08:00–12:00`; spoken, in whole words."""
    if hours.starts_at is None:
        return tr("no time")
    local = hours.starts_at.astimezone()
    on = QDate(local.year, local.month, local.day)
    if not hours.spoken:
        return f"{_on(on, 'ddd, MMM d,', 'ddd d MMM')} {window(hours.starts_at, hours.ends_at)}"
    day_in_words = _on(on, "dddd, MMMM d", "dddd d MMMM")
    if hours.ends_at is None:
        return tr("{}, at {}").format(day_in_words, _spoken_hour(local))
    ends = hours.ends_at.astimezone()
    return tr("{}, between {} and {}").format(day_in_words, _spoken_hour(local), _spoken_hour(ends))


def _spoken_hour(local: datetime) -> str:
    """Return a time of day to read aloud: `8`, `1:30` or `noon` in the US, `8:00` elsewhere."""
    if (local.hour, local.minute) == (12, 0):
        return tr("noon")
    if not _month_first:
        return f"{local.hour}:{local:%M}"
    return f"{local.hour % 12 or 12}" if local.minute == 0 else f"{local.hour % 12 or 12}:{local:%M}"


def plain_number(value: Decimal, digits: int) -> str:
    """Return a number with the user's separators and `digits` decimals."""
    text = _grouped(abs(value), digits)
    return f"{MINUS}{text}" if value < 0 else text


def counted(number: int, *lists: Records[Any] | None) -> str:
    """Return a count, with a plus if one of its lists was not loaded completely. An unknown list adds no plus."""
    return str(number) if all(facts is None or facts.is_whole for facts in lists) else f"{number}+"


def spoken_number(text: str | None) -> str | None:
    """Return a number from a system with a real minus (U+2212). A text that is not a number stays unchanged."""
    return f"{MINUS}{text[1:]}" if text is not None and text[:1] == "-" and text[1:2].isdigit() else text


def month(at: datetime) -> str:
    return QLocale().toString(_qt_date(at), "MMM yyyy")


def clock(at: datetime, *, seconds: bool = False) -> str:
    """Return a time of day (24 hours) in this machine's time zone."""
    local = at.astimezone()
    if not _month_first:
        return f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    minutes = f"{local:%M:%S}" if seconds else f"{local:%M}"
    return f"{local.hour % 12 or 12}:{minutes} {'AM' if local.hour < 12 else 'PM'}"


def moment(at: datetime) -> str:
    """Return a day and a time of day in this machine's time zone, for use inside a sentence."""
    return f"{recent_day(at, within=True)} {clock(at)}"


def _qt_date(at: date) -> QDate:
    if isinstance(at, datetime):
        in_utc = at.astimezone(UTC)
        at = in_utc if in_utc.time() == time.min else at.astimezone()
    return QDate(at.year, at.month, at.day)


def local_day(at: datetime) -> date:
    """Return the date of a time in this machine's time zone."""
    return at.astimezone().date()


def begin_of(on: date) -> datetime:
    """Return the start of a day in this machine's time zone."""
    return datetime.combine(on, time.min).astimezone()


def age(read_at: datetime, now: datetime) -> str:
    """Return how old a fact is: in seconds below 60 s, in minutes below 60 min, then the time it was read."""
    passed = now - read_at
    if passed < timedelta(seconds=60):
        return tr("{} s").format(max(0, int(passed.total_seconds())))
    if passed < timedelta(minutes=60):
        return tr("{} min").format(int(passed.total_seconds() // 60))
    return tr("as of {}").format(clock(read_at))


def origin_line(origin: Origin, label: str) -> str:
    """Return the origin of a value on one line, for the status bar and screen readers."""
    version = tr(", version {}").format(origin.version) if origin.version else ""
    return tr("{system} {record}, read {time}{version}").format(
        system=label, record=origin.id, time=clock(origin.read_at, seconds=True), version=version
    )


def tooltip(text: str) -> str:
    """Return a text as escaped HTML for a tooltip. Qt would read a plain text with tags as markup."""
    import html  # noqa: PLC0415 - its table of names is not needed for the first paint

    return f"<p style='white-space:pre-wrap'>{html.escape(text)}</p>" if text else ""


def no_mnemonic(text: str) -> str:
    """Return a text for tabs, menus and buttons with & doubled. A single & would underline the next letter."""
    return text.replace("&", "&&")


# State words of the standard, each with the colour state it is shown in. A state not listed is shown as it came.
_STATES = {
    "active": (QT_TR_NOOP("Active"), "ok"),
    "inactive": (QT_TR_NOOP("Inactive"), "attention"),
    "terminated": (QT_TR_NOOP("Ended"), "neutral"),
    "suspended": (QT_TR_NOOP("Suspended"), "attention"),
    "cancelled": (QT_TR_NOOP("Cancelled"), "neutral"),
    "aborted": (QT_TR_NOOP("Aborted"), "neutral"),
    "created": (QT_TR_NOOP("Created"), "info"),
    "pendingActive": (QT_TR_NOOP("Pending activation"), "info"),
    "pendingTerminate": (QT_TR_NOOP("Ending"), "info"),
    "feasibilityChecked": (QT_TR_NOOP("Feasible"), "info"),
    "designed": (QT_TR_NOOP("Designed"), "info"),
    "reserved": (QT_TR_NOOP("Reserved"), "info"),
    "acknowledged": (QT_TR_NOOP("Acknowledged"), "info"),
    "rejected": (QT_TR_NOOP("Rejected"), "danger"),
    "pending": (QT_TR_NOOP("Pending"), "info"),
    "held": (QT_TR_NOOP("Held"), "attention"),
    "inProgress": (QT_TR_NOOP("In progress"), "info"),
    "completed": (QT_TR_NOOP("Completed"), "ok"),
    "failed": (QT_TR_NOOP("Failed"), "danger"),
    "partial": (QT_TR_NOOP("Partial"), "danger"),
    "assessingCancellation": (QT_TR_NOOP("Assessing cancellation"), "attention"),
    "pendingCancellation": (QT_TR_NOOP("Cancelling"), "attention"),
    "new": (QT_TR_NOOP("New"), "info"),
    "onHold": (QT_TR_NOOP("On hold"), "attention"),
    "validated": (QT_TR_NOOP("Validated"), "info"),
    "sent": (QT_TR_NOOP("Sent"), "info"),
    "partiallyPaid": (QT_TR_NOOP("Partly paid"), "attention"),
    "settled": (QT_TR_NOOP("Paid"), "ok"),
    "closed": (QT_TR_NOOP("Closed"), "neutral"),
    "resolved": (QT_TR_NOOP("Resolved"), "ok"),
    "confirmed": (QT_TR_NOOP("Confirmed"), "ok"),
    "initialized": (QT_TR_NOOP("Not confirmed"), "attention"),
    "authorized": (QT_TR_NOOP("Authorized"), "info"),
    "done": (QT_TR_NOOP("Done"), "ok"),
    "upToDate": (QT_TR_NOOP("Up to date"), "ok"),
    "inArrears": (QT_TR_NOOP("In arrears"), "attention"),
}


def spelt_out(word: str) -> str:
    """Return a system's own word as people write it: `depositBalance` as "Deposit balance"."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", word)
    return " ".join(parts).capitalize() if parts else word


def value(raw: str) -> str:
    """Return a value of an action for the screen: a standard state as its word, any other value unchanged."""
    return tr(_STATES[raw][0]) if raw in _STATES else raw


def state(raw: str | None) -> tuple[str, str]:
    """Return the word and the colour state of a state. An unknown state is shown as it is, in quotes."""
    if raw is None or not raw.strip():
        return tr("no state"), "neutral"
    known = _STATES.get(raw)
    return (tr(known[0]), known[1]) if known else (f"“{raw}”", "neutral")
