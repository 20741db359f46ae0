"""How facts are put into words: amounts, dates, ages, states. The one place where values become text on screen."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QDate, QLocale
from PySide6.QtGui import QKeySequence

if TYPE_CHECKING:  # this module is loaded before the first paint; what it puts into words comes later
    from decimal import Decimal

    from console.models.money import Money
    from console.models.provenance import Origin, Records

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "SEK": "kr"}
MINUS = "−"


def tr(text: str) -> str:
    """Return a text in the user's language. `pyside6-lupdate` files every `tr(...)` under the empty context."""
    return QCoreApplication.translate("", text)


def amount(money: Money) -> str:
    """Return an amount in the user's number form, with its currency's decimals and a real minus; no currency."""
    digits = money.digits
    text = _grouped(abs(money.amount), digits)
    return f"{MINUS}{text}" if money.amount < 0 else text


def _grouped(value: Decimal, digits: int) -> str:
    """Return a number of zero or more with the user's separators; exact, as no float is involved."""
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
    """Return a difference with its sign, always."""
    text = amount(value)
    return text if text.startswith(MINUS) or value.amount == 0 else f"+{text}"


def day(at: date | None, *, year: bool | None = None) -> str:
    """Return a date as people say it: `8 Nov`, with the year where it is not this one.

    Of a time it is the day in this machine's zone; but midnight in UTC is how systems write a day, and stays that day.
    Beside hours stands `local_day`.
    """
    if at is None:
        return tr("no date")
    with_year = year if year is not None else at.year != datetime.now(UTC).year
    return QLocale().toString(_qt_date(at), "d MMM yyyy" if with_year else "d MMM")


def weekday(on: date) -> str:
    """Return a day with its weekday and year, so that nobody takes it for another: `Wed 2 Dec 2026`."""
    return QLocale().toString(QDate(on.year, on.month, on.day), "ddd d MMM yyyy")


def keys(text: str) -> str:
    """Return keys as this system's keyboards have them: `Ctrl+D`, or with the sign of the command key."""
    return QKeySequence(text).toString(QKeySequence.SequenceFormat.NativeText)


def sentence(words: str) -> str:
    """Return words with a capital letter at their beginning, the rest as it is."""
    return words[:1].upper() + words[1:]


def recent_day(at: datetime, *, within: bool = False) -> str:
    """Return the day of an event in this machine's zone: today, yesterday, else the date; `within` a sentence."""
    local, today = at.astimezone(), datetime.now(UTC).astimezone().date()
    passed = (today - local.date()).days
    if passed in {0, 1}:
        word = tr("Today") if passed == 0 else tr("Yesterday")
        return word.lower() if within else word
    shown = "d MMM" if local.year == today.year else "d MMM yy"
    return QLocale().toString(QDate(local.year, local.month, local.day), shown)


def window(starts: datetime | None, ends: datetime | None) -> str:
    """Return a span of hours in this machine's zone, such as 08:00–12:00."""
    if starts is None:
        return tr("no time")
    return clock(starts) if ends is None else f"{clock(starts)}–{clock(ends)}"


def plain_number(value: Decimal, digits: int) -> str:
    """Return a number with the user's separators and so many decimals."""
    text = _grouped(abs(value), digits)
    return f"{MINUS}{text}" if value < 0 else text


def counted(number: int, *lists: Records[Any] | None) -> str:
    """Return a count of what lists hold, with a plus where one of them was not read whole."""
    return str(number) if all(facts is None or facts.is_whole for facts in lists) else f"{number}+"


def spoken_number(text: str | None) -> str | None:
    """Return a figure a system wrote with a real minus; what is no number stays as it came."""
    return f"{MINUS}{text[1:]}" if text is not None and text[:1] == "-" and text[1:2].isdigit() else text


def month(at: datetime) -> str:
    return QLocale().toString(_qt_date(at), "MMM yyyy")


def clock(at: datetime, *, seconds: bool = False) -> str:
    """Return a time of day in this machine's zone."""
    return f"{at.astimezone():%H:%M:%S}" if seconds else f"{at.astimezone():%H:%M}"


def moment(at: datetime) -> str:
    """Return a day and a time of day in this machine's zone, within a sentence."""
    return f"{recent_day(at, within=True)} {clock(at)}"


def _qt_date(at: date) -> QDate:
    if isinstance(at, datetime):
        in_utc = at.astimezone(UTC)
        at = in_utc if in_utc.time() == time.min else at.astimezone()
    return QDate(at.year, at.month, at.day)


def local_day(at: datetime) -> date:
    """Return the day it is in this machine's zone at a moment."""
    return at.astimezone().date()


def begin_of(on: date) -> datetime:
    """Return when a day begins in this machine's zone."""
    return datetime.combine(on, time.min).astimezone()


def age(read_at: datetime, now: datetime) -> str:
    """Return how old a fact is: seconds to 60, minutes to 60, then the time it was read."""
    passed = now - read_at
    if passed < timedelta(seconds=60):
        return tr("{} s").format(max(0, int(passed.total_seconds())))
    if passed < timedelta(minutes=60):
        return tr("{} min").format(int(passed.total_seconds() // 60))
    return tr("as at {}").format(clock(read_at))


def origin_line(origin: Origin, label: str) -> str:
    """Return where a value comes from on one line, for the status bar and screen readers."""
    version = tr(", version {}").format(origin.version) if origin.version else ""
    return tr("{system} {record}, read {time}{version}").format(
        system=label, record=origin.id, time=clock(origin.read_at, seconds=True), version=version
    )


def tooltip(text: str) -> str:
    """Return a text that a tooltip shows as it is; Qt would take what looks like markup for markup."""
    import html  # noqa: PLC0415 - its table of names is not needed for the first paint

    return f"<p style='white-space:pre-wrap'>{html.escape(text)}</p>" if text else ""


def no_mnemonic(text: str) -> str:
    """Return a text for tabs, menus and buttons, where a single & would underline the next letter."""
    return text.replace("&", "&&")


# State words of the standard, each with the colour state it is shown in. A state not listed is shown as it came.
_STATES = {
    "active": ("Active", "ok"),
    "inactive": ("Inactive", "attention"),
    "terminated": ("Ended", "neutral"),
    "suspended": ("Suspended", "attention"),
    "cancelled": ("Cancelled", "neutral"),
    "aborted": ("Aborted", "neutral"),
    "created": ("Created", "info"),
    "pendingActive": ("Coming", "info"),
    "pendingTerminate": ("Ending", "info"),
    "feasibilityChecked": ("Feasible", "info"),
    "designed": ("Designed", "info"),
    "reserved": ("Reserved", "info"),
    "acknowledged": ("Acknowledged", "info"),
    "rejected": ("Rejected", "danger"),
    "pending": ("Pending", "info"),
    "held": ("Held", "attention"),
    "inProgress": ("In progress", "info"),
    "completed": ("Completed", "ok"),
    "failed": ("Failed", "danger"),
    "partial": ("Partial", "danger"),
    "assessingCancellation": ("Assessing cancellation", "attention"),
    "pendingCancellation": ("Cancelling", "attention"),
    "new": ("New", "info"),
    "onHold": ("On hold", "attention"),
    "validated": ("Validated", "info"),
    "sent": ("Sent", "info"),
    "partiallyPaid": ("Part paid", "attention"),
    "settled": ("Paid", "ok"),
    "closed": ("Closed", "neutral"),
    "resolved": ("Resolved", "ok"),
    "confirmed": ("Confirmed", "ok"),
    "initialized": ("Not confirmed", "attention"),
    "authorized": ("Authorized", "info"),
    "done": ("Done", "ok"),
    "upToDate": ("Up to date", "ok"),
    "inArrears": ("In arrears", "attention"),
}


def spelt_out(word: str) -> str:
    """Return a system's own word as people write it: `depositBalance` as "Deposit balance"."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", word)
    return " ".join(parts).capitalize() if parts else word


def value(raw: str) -> str:
    """Return a value of an act as people say it: a state word of the standard in words, all else as it is."""
    return tr(_STATES[raw][0]) if raw in _STATES else raw


def state(raw: str | None) -> tuple[str, str]:
    """Return the word and the colour state for a state; an unknown one keeps its own word, in quotes."""
    if raw is None or not raw.strip():
        return tr("no state"), "neutral"
    known = _STATES.get(raw)
    return (tr(known[0]), known[1]) if known else (f"“{raw}”", "neutral")
