"""What opens a store without the keyring: a generated recovery code, or a passphrase that somebody chose."""

import re
import unicodedata

LEAST_CHARACTERS, LEAST_DIFFERENT = 10, 5
# 24 letters and digits of base32, in groups for people (RFC 4648 section 6).
_GENERATED = re.compile(r"[A-Z2-7]{24}")
_BETWEEN_GROUPS = re.compile(r"[\s-]")


def derivation_input(typed: str) -> str:
    """Return the text that a key is derived from.

    A generated code may be typed in any case and with any grouping. A passphrase counts as it was typed, in Unicode's
    composed form (NFC), since keyboards send the same letter in several; spaces around it do not count.
    """
    code = _BETWEEN_GROUPS.sub("", typed).upper()
    return code if _GENERATED.fullmatch(code) else unicodedata.normalize("NFC", typed.strip())


def is_strong(typed: str) -> bool:
    """Return whether a chosen passphrase is not guessed in a moment, by what reaches the key derivation."""
    text = derivation_input(typed)
    return len(text) >= LEAST_CHARACTERS and len(set(text)) >= LEAST_DIFFERENT
