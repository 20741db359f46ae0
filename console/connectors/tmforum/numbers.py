"""Typed record numbers, completed to the form that a deployment uses."""

import re


def complete_number(typed: str, prefix: str | None) -> str | None:
    """Return a typed number in the system's form, or None if it is clearly a number of another kind.

    With prefix `CU-`: `cu 204 1877`, `CU2041877` and `2041877` are all `CU-2041877`, while `SO-1` is None. Without a
    prefix the text is returned as typed, without surrounding blanks.
    """
    if not prefix:
        return typed.strip() or None
    letters = re.sub(r"[\W_]", "", prefix).upper()
    plain = re.sub(r"[\s./_]", "", typed).upper().removeprefix(prefix.upper())
    if plain.startswith(letters) and plain[len(letters) :][:1].isdigit():
        plain = plain.removeprefix(letters)
    plain = plain.lstrip("-")
    return f"{prefix}{plain}" if plain[:1].isdigit() else None
