"""Where a fact comes from: system, record, version and the time it was read."""

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
    """The record a value was read from.

    `system` is the configured name, `resource` the TM Forum resource, `version` the system's own (ETag or last update)
    where it gives one, `read_at` aware UTC: when the system told us, which for an unchanged record is when it said so.
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
    """A record or a value that came but could not be read: which resource, which record where known, and why.

    `lost` is whether the whole record had to be left out; else only the named value is missing from it.
    """

    resource: str
    id: str | None
    reason: str
    lost: bool = True


@dataclass(frozen=True, slots=True)
class Records(Generic[T]):
    """A list as a system told it.

    `total` is how many the system says there are, None where it does not say. `complete` is whether all of them were
    read; false when the list was cut at a limit, and then `next_offset` is where to go on reading. `newest_first` is
    whether the system gave them so, which is the only way to know the newest of a list that was cut. `damaged` are the
    records that came but could not be read. `read_at` is when the oldest of them was read, but for those that were kept
    from an earlier reading: each says itself when that was.
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
        """How many records came but could not be shown at all."""
        return sum(1 for damage in self.damaged if damage.lost)

    @property
    def is_whole(self) -> bool:
        """Whether these are all there are: what is summed, compared or not found in a list must ask this first."""
        return self.complete and not self.lost

    @property
    def knows_newest(self) -> bool:
        """Whether the newest of all is among these."""
        return self.complete or self.newest_first

    def sorted_by(self, key: Callable[[T], Day | None], missing: Day) -> "Records[T]":
        """Return the same records newest first; those without a date come last."""
        dated = [day for item in self.items if (day := key(item.value)) is not None]
        came_so = all(earlier >= later for earlier, later in pairwise(dated))
        ordered = sorted(self.items, key=lambda item: key(item.value) or missing, reverse=True)
        return replace(self, items=tuple(ordered), newest_first=came_so and len(dated) > 1)

    def joined(self, more: "Records[T]") -> "Records[T]":
        """Return these records and those read after them; a record that comes twice stays where it was."""
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
        """Return the beginning of a long list, read again, with what was read after it before.

        What the earlier reading had behind the last of these follows; where it does not have that one, nothing is known
        to follow.
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
        """Return these records and those read after them; where nothing new came there is nothing to go on with.

        A system that ignores paging answers with its first page for ever.
        """
        joined = self.joined(more)
        return joined if len(joined) > len(self) else replace(joined, next_offset=None)
