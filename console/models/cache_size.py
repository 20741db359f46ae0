"""How full something is that the console remembers for speed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CacheSize:
    """One cache: what it holds now and the most it ever holds, both in `unit`; the oldest leaves first."""

    name: str
    held: int
    most: int
    unit: str
