"""Fill level of the console's caches."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CacheSize:
    """One cache: its current and its largest size, both in `unit`; the oldest entry is removed first."""

    name: str
    held: int
    most: int
    unit: str
