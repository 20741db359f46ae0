"""One dataset that several systems serve: each is asked by itself, and their lists are shown as one."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from console.errors import NotServedError
from console.models.provenance import Records
from console.services.customer.part import Failure, Part, PartCoordinator, SystemPart

T = TypeVar("T")


class MergedPart(PartCoordinator[Records[T]]):
    """Merges the lists of several systems; every record keeps its origin.

    What one system has said is shown while another is slow or dead; then the list is not `complete`, so that nothing is
    concluded from what is missing in it. It is fresh where all of them are.
    """

    def __init__(
        self, members: Sequence[SystemPart[Records[T]]], newest: Callable[[T], date | None] | None = None
    ) -> None:
        super().__init__()
        self._members, self._newest = tuple(members), newest
        self._merge()
        self._unsubscribe = [member.subscribe(lambda _part: self._on_member()) for member in self._members]

    @property
    def members(self) -> tuple[SystemPart[Records[T]], ...]:
        return self._members

    def ask(self) -> None:
        for member in self._members:
            member.ask()

    def ask_newest(self) -> None:
        for member in self._members:
            member.ask_newest()

    def ask_more(self) -> None:
        for member in self._members:
            member.ask_more()

    def want(self) -> None:
        for member in self._members:
            member.want()

    def stop_asking(self) -> None:
        for member in self._members:
            member.stop_asking()

    async def settled(self) -> Part[Records[T]]:
        await asyncio.gather(*(member.settled() for member in self._members))
        return self.part

    def close(self) -> None:
        self._subscribers.clear()
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        for member in self._members:
            member.close()

    def _on_member(self) -> None:
        self._merge()
        self._subscribers.tell(self.part)

    def _merge(self) -> None:
        parts = [member.part for member in self._members]
        self.held = merged([member.held for member in self._members], self._newest)
        self.part = Part(
            system=parts[0].system,
            fresh_for=min(part.fresh_for for part in parts),
            facts=merged([part.facts for part in parts], self._newest),
            read_at=_earliest(part.read_at for part in parts),
            asking_since=_earliest(part.asking_since for part in parts),
            failure=_failure(parts),
            denied=next((part.denied for part in parts if part.denied is not None), None),
            stopped=any(part.stopped for part in parts),
            is_past=parts[0].is_past,
        )


def merged(lists: Sequence[Records[T] | None], newest: Callable[[T], date | None] | None) -> Records[T] | None:
    """Return several systems' lists as one, newest first where there is a day to go by; None where none came.

    It is `complete` only where every list came and is complete.
    """
    came = [one for one in lists if one is not None]
    if not came:
        return None
    items = [item for one in came for item in one.items]
    if newest is not None:
        dated = [(newest(item.value), item) for item in items]
        items = [item for day, item in sorted((pair for pair in dated if pair[0]), key=_day, reverse=True)]
        items += [item for day, item in dated if day is None]
    totals = [one.total for one in came]
    return Records(
        tuple(items),
        min(one.read_at for one in came),
        complete=len(came) == len(lists) and all(one.complete for one in came),
        total=None if len(came) < len(lists) or None in totals else sum(total or 0 for total in totals),
        damaged=tuple(damage for one in came for damage in one.damaged),
        newest_first=all(one.newest_first for one in came),
    )


def _day(pair: tuple[date | None, Any]) -> Any:
    return pair[0]


def _earliest(times: Iterable[datetime | None]) -> datetime | None:
    return min((one for one in times if one is not None), default=None)


def _failure(parts: Sequence[Part[Records[T]]]) -> Failure | None:
    """Return what one system failed with; that one does not serve it counts only where none does."""
    failures = [part.failure for part in parts if part.failure is not None]
    real = [one for one in failures if not isinstance(one.error, NotServedError)]
    if real:
        soonest = _earliest(one.next_try_at for one in real)
        return replace(real[0], next_try_at=soonest)
    return failures[0] if len(failures) == len(parts) else None
