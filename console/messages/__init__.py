"""Catalog of messages to users about the results of services, connectors and the store.

Each text is written once, with named placeholders, in the file of its area. Code makes a `Message` of it with the
values. The window translates and formats it (`console.views.message_words`); a command prints it in English (`str`). No
decision depends on the words.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any


def QT_TR_NOOP(text: str) -> str:  # noqa: N802 - the name that pyside6-lupdate looks for
    """Return the text unchanged. The call marks it for translation; it is translated when shown."""
    return text


@dataclass(frozen=True, slots=True)
class Text:
    """One text of the catalog, with named placeholders."""

    template: str

    def __call__(self, **values: Any) -> "Message":
        """Return the message with its values; they are formatted only when shown."""
        return Message(self, tuple(values.items()))


@dataclass(frozen=True, slots=True)
class Message:
    """A text with its values. `str` gives the English words, for commands and logs."""

    text: Text
    values: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return self.text.template.format(**{name: _in_english(value) for name, value in self.values})


def _in_english(value: Any) -> Any:
    from console.messages.names import name_of  # noqa: PLC0415 - the names are texts of this catalog

    return name_of(value) if isinstance(value, Enum) else value
