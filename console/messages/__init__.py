"""The catalogue of messages: what is said to people about what services, connectors and the store found.

Each text stands once, with named placeholders, in the file of its area. Whoever says it makes a `Message` of it with
the values; whoever shows it turns that into words: the window translates and formats (`console.views.message_words`),
a command prints it in English (`str`). No decision reads the words.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any


def QT_TR_NOOP(text: str) -> str:  # noqa: N802 - the name that pyside6-lupdate looks for
    """Return a text as it is: it is marked for translation here, where it is written, and translated when shown."""
    return text


@dataclass(frozen=True, slots=True)
class Text:
    """One text of the catalogue; its placeholders have names."""

    template: str

    def __call__(self, **values: Any) -> "Message":
        """Return the message with its values, which stay what they are until they are shown."""
        return Message(self, tuple(values.items()))


@dataclass(frozen=True, slots=True)
class Message:
    """A text with its values. `str` gives the words in English, for commands and logs."""

    text: Text
    values: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return self.text.template.format(**{name: _in_english(value) for name, value in self.values})


def _in_english(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value
