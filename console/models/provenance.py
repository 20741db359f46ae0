"""Origin of a value: system, record, version and the time it was read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Generic, TypeVar

T = TypeVar("T")
Day = TypeVar("Day", bound=date)
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Origin:
    """The record from which a value was read.

    `system` is the configured name, `resource` the TM Forum resource. `version` is the system's own (ETag or last
    update), None if it sends none. `read_at` is aware UTC: the time of the response, also of one that confirmed an
    unchanged record.
    """

    system: str
    resource: str
    id: str
    version: str | None
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """A record together with its origin."""

    value: T
    origin: Origin


@dataclass(frozen=True, slots=True)
class Damage:
    """A record or a value that arrived but could not be read: its resource, its id if known, and the reason.

    `lost` says whether the whole record was left out; else only the named value is missing.
    """

    resource: str
    id: str | None
    reason: str
    lost: bool = True


@dataclass(frozen=True, slots=True)
class Records(Generic[T]):
    """A list as a system sent it.

    `total` is the system's own count, None if it sends none. `complete` is False if the list was cut at a limit; then
    `next_offset` is where to continue. `newest_first` says whether the system sent it in that order; only then a cut
    list has the newest records. `damaged` are the records that could not be read. `read_at` is the time of the oldest
    record, except records saved from an earlier reading: their own `read_at` counts.
    """

    items: tuple[Sourced[T], ...]
    read_at: datetime
    complete: bool = True
    total: int | None = None
    damaged: tuple[Damage, ...] = ()
    next_offset: int | None = None
    newest_first: bool = False

    def __iter__(self) -> Iterator[Sourced[T]]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def lost(self) -> int:
        """How many records arrived but could not be shown at all."""
        return sum(1 for damage in self.damaged if damage.lost)

    @property
    def is_whole(self) -> bool:
        """Whether these are all records. Check this before you sum, compare, or report a record as missing."""
        return self.complete and not self.lost

    @property
    def knows_newest(self) -> bool:
        """Whether the newest record is among these."""
        return self.complete or self.newest_first

    def sorted_by(self, key: Callable[[T], Day | None], missing: Day) -> "Records[T]":
        """Return the same records newest first; those without a date come last."""
        dated = [day for item in self.items if (day := key(item.value)) is not None]
        came_so = all(earlier >= later for earlier, later in pairwise(dated))
        ordered = sorted(self.items, key=lambda item: key(item.value) or missing, reverse=True)
        return replace(self, items=tuple(ordered), newest_first=came_so and len(dated) > 1)

    def joined(self, more: "Records[T]") -> "Records[T]":
        """Return these records and those read after them; a duplicate is left out, the first one stays."""
        known = {item.origin.id for item in self.items}
        new = tuple(item for item in more.items if item.origin.id not in known)
        return Records(
            self.items + new,
            min(self.read_at, more.read_at),
            complete=more.complete,
            total=more.total,
            damaged=self.damaged + more.damaged,
            next_offset=more.next_offset,
            newest_first=self.newest_first,
        )

    def continued_by(self, known: "Records[T]") -> "Records[T]":
        """Return the start of a long list, read again, followed by the rest from an earlier reading.

        The rest is what followed the last of these records in `known`. If `known` does not have that record, nothing is
        added.
        """
        if self.next_offset is None or not self.items:
            return self
        indexes = {item.origin.id: index for index, item in enumerate(known.items)}
        last = indexes.get(self.items[-1].origin.id)
        if last is None:
            return self
        here = {item.origin.id for item in self.items}
        tail = tuple(item for item in known.items[last + 1 :] if item.origin.id not in here)
        if not tail:
            return self
        return replace(
            self,
            items=self.items + tail,
            complete=known.complete,
            next_offset=None if known.complete else self.next_offset + len(tail),
        )

    def joined_or_ended(self, more: "Records[T]") -> "Records[T]":
        """Return these records and those read after them; if none of those is new, the list ends.

        A system that ignores paging returns its first page forever.
        """
        joined = self.joined(more)
        return joined if len(joined) > len(self) else replace(joined, next_offset=None)
