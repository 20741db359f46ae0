"""The text of a note: whether it can be kept, and the line it is called by."""

from console.messages import actions as say
from console.services.customer.contact import NotPossibleError, refuse_card_numbers

LONGEST_NOTE = 10_000
LONGEST_FORM_TEXT = 5_000
_LONGEST_TITLE = 60


def checked_note(text: str) -> str:
    """Return a note as it is kept.

    Raises:
        NotPossibleError: It is empty or too long.
    """
    words = text.strip()
    if not words:
        raise NotPossibleError(say.NOTE_EMPTY())
    refuse_card_numbers([words])
    if len(words) > LONGEST_NOTE:
        over = len(words) - LONGEST_NOTE
        raise NotPossibleError(say.NOTE_TOO_LONG(over=over, most=LONGEST_NOTE))
    return words


def note_title(text: str) -> str:
    """Return a note on one short line, without the signs that would turn the direction of the lines beside it."""
    shown = "".join(sign for sign in text if sign.isspace() or sign.isprintable())
    words = " ".join(shown.split())
    return f"Note: {words if len(words) <= _LONGEST_TITLE else words[: _LONGEST_TITLE - 1] + '…'}"
