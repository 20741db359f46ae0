"""Text of a note: checks it and makes its title."""

from console.messages import actions as say
from console.services.customer.contact import NotPossibleError, refuse_card_numbers

# In characters.
LONGEST_NOTE = 10_000
LONGEST_FORM_TEXT = 5_000
_LONGEST_TITLE = 60


def checked_note(text: str) -> str:
    """Return the text of a note as it is saved, without spaces around it.

    Raises:
        NotPossibleError: It is empty, has a card number, or is longer than `LONGEST_NOTE`.
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
    """Return a title of one short line, without control characters that change the direction of the text beside it."""
    shown = "".join(sign for sign in text if sign.isspace() or sign.isprintable())
    words = " ".join(shown.split())
    return f"Note: {words if len(words) <= _LONGEST_TITLE else words[: _LONGEST_TITLE - 1] + '…'}"
