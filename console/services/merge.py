"""Three-way merge of single values: what a user typed over what they saw, and what the system holds by now."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Merge:
    """`write` is what is still to be written, `conflicts` the values that both sides have changed, each differently."""

    write: Mapping[str, str]
    conflicts: Mapping[str, str]


def merge(*, base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]) -> Merge:
    """Return what is to be written and what must be asked; `conflicts` maps to what the system holds.

    A value the system already holds as wanted needs nothing; one it still holds as it was seen is written.
    """
    write, conflicts = {}, {}
    for key, wanted in mine.items():
        held = theirs.get(key, "")
        if held == wanted:
            continue
        if held == base.get(key, ""):
            write[key] = wanted
        else:
            conflicts[key] = held
    return Merge(write, conflicts)
