"""A lookup from values to customers for one resource, built by reading the seed's world once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Record = dict[str, Any]
# Not indexed: these differ in every record, and are found in other ways.
_LEFT_OUT = frozenset({"id", "href"})


class Lookup:
    """The customers by the text values of their records, as the seed has them.

    Only hashes of values are stored, so a result may contain wrong customers: the caller must check the records.
    """

    def __init__(self) -> None:
        self._customers: dict[int, int | list[int]] = {}
        self._paths: set[str] = set()
        self._names: set[str] = set()
        self._moving: list[int] = []

    def add(self, n: int, records: Iterable[Record], moves: Callable[[Record], bool]) -> None:
        """Add a customer's records. A customer with a record that time changes is part of every result."""
        values: set[int] = set()
        is_moving = False
        for record in records:
            is_moving = is_moving or moves(record)
            self._names |= record.keys()
            for path, value in record.items():
                if isinstance(value, str) and path not in _LEFT_OUT:
                    self._paths.add(path)
                    values.add(hash((path, value)))
        for one in values:
            self._take(one, n)
        if is_moving:
            self._moving.append(n)

    def _take(self, value: int, n: int) -> None:
        """Save a customer under a value. Most values have one customer and need no list."""
        known = self._customers.get(value)
        if known is None:
            self._customers[value] = n
        elif isinstance(known, int):
            self._customers[value] = [known, n]
        else:
            known.append(n)

    def customers(self, filters: Mapping[str, str]) -> list[int] | None:
        """Return the customers who can match, ascending, or None if no filter is on a text value.

        For an attribute that no record has, only customers with records that time changes are returned.
        """
        if any(path.partition(".")[0] not in self._names for path in filters):
            return sorted(self._moving)
        found = [set(self._of(path, value)) for path, value in filters.items() if path in self._paths]
        return sorted(set.intersection(*found).union(self._moving)) if found else None

    def _of(self, path: str, value: str) -> Iterator[int]:
        """Yield the customers with a value, or with one of several values separated by commas."""
        for one in {value, *value.split(",")}:
            known = self._customers.get(hash((path, one)), [])
            yield from [known] if isinstance(known, int) else known
