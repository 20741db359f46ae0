"""Message texts: the one place where a message of the catalogue becomes text on screen."""

from datetime import date, datetime
from enum import Enum
from typing import Any

from console.messages import Message
from console.messages.names import name_of
from console.models.appointment import TimeWindow
from console.models.money import Money
from console.views import texts
from console.views.texts import tr


def in_words(said: Message | str) -> str:
    """Return a message in the user's language. Amounts and dates are written as everywhere in the console."""
    if isinstance(said, str):
        return said
    return tr(said.text.template).format(**{name: _shown(value) for name, value in said.values})


def shown(value: Message | Money | str) -> str:
    """Return the text that a form or a preview shows for a message, an amount or a plain text."""
    return texts.value(value) if isinstance(value, str) else str(_shown(value))


def _shown(value: Any) -> Any:
    """Return a message's value as people read it. The message's template formats all other types."""
    if isinstance(value, Message):
        return in_words(value)
    if isinstance(value, Money):
        return texts.money(value)
    if isinstance(value, TimeWindow):
        return texts.day_and_hours(value)
    if isinstance(value, datetime):
        return texts.moment(value)
    if isinstance(value, date):
        return texts.day(value)
    return tr(name_of(value)) if isinstance(value, Enum) else value
