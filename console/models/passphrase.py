"""Secrets that open a store without the keyring: a generated recovery code or a chosen passphrase."""

import re
import unicodedata

LEAST_CHARACTERS, LEAST_DIFFERENT = 10, 5
# A recovery code has 24 characters of base32, shown in groups (RFC 4648 section 6).
_GENERATED = re.compile(r"[A-Z2-7]{24}")
_BETWEEN_GROUPS = re.compile(r"[\s-]")


def derivation_input(typed: str) -> str:
    """Return the text from which the key is derived.

    A recovery code may be typed in any case and grouping. A passphrase counts as typed, in Unicode's composed form
    (NFC), because keyboards send the same letter in several forms. Spaces around it do not count.
    """
    code = _BETWEEN_GROUPS.sub("", typed).upper()
    return code if _GENERATED.fullmatch(code) else unicodedata.normalize("NFC", typed.strip())


def is_strong(typed: str) -> bool:
    """Return whether a chosen passphrase is hard to guess: at least 10 characters, 5 of them different."""
    text = derivation_input(typed)
    return len(text) >= LEAST_CHARACTERS and len(set(text)) >= LEAST_DIFFERENT
