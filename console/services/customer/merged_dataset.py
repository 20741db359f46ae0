"""A dataset that several systems serve: each loads separately, and their lists are shown as one."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from console.errors import NotServedError
from console.models.provenance import Records
from console.services.customer.dataset_loader import DatasetLoader, DatasetState, Failure, SystemDataset

T = TypeVar("T")


class MergedDataset(DatasetLoader[Records[T]]):
    """Merges the lists of several systems; every record has its origin.

    One system's records are shown while another is slow or down. Then the list is not `complete`, so no conclusion is
    drawn from missing records. The list is fresh only if all its parts are.
    """

    def __init__(
        self, members: Sequence[SystemDataset[Records[T]]], newest: Callable[[T], date | None] | None = None
    ) -> None:
        super().__init__()
        self._members, self._newest = tuple(members), newest
        self._merge()
        self._unsubscribe = [member.subscribe(lambda _state: self._on_member()) for member in self._members]

    @property
    def members(self) -> tuple[SystemDataset[Records[T]], ...]:
        return self._members

    def refresh(self) -> None:
        for member in self._members:
            member.refresh()

    def refresh_newest(self) -> None:
        for member in self._members:
            member.refresh_newest()

    def load_more(self) -> None:
        for member in self._members:
            member.load_more()

    def load_if_stale(self) -> None:
        for member in self._members:
            member.load_if_stale()

    def stop_loading(self) -> None:
        for member in self._members:
            member.stop_loading()

    async def wait_idle(self) -> DatasetState[Records[T]]:
        await asyncio.gather(*(member.wait_idle() for member in self._members))
        return self.state

    def close(self) -> None:
        self._subscribers.clear()
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        for member in self._members:
            member.close()

    def _on_member(self) -> None:
        self._merge()
        self._subscribers.notify(self.state)

    def _merge(self) -> None:
        states = [member.state for member in self._members]
        self.unmasked = merged([member.unmasked for member in self._members], self._newest)
        self.state = DatasetState(
            system=states[0].system,
            fresh_for=min(state.fresh_for for state in states),
            facts=merged([state.facts for state in states], self._newest),
            read_at=_earliest(state.read_at for state in states),
            loading_since=_earliest(state.loading_since for state in states),
            failure=_failure(states),
            denied=next((state.denied for state in states if state.denied is not None), None),
            stopped=any(state.stopped for state in states),
            is_past=states[0].is_past,
        )


def merged(lists: Sequence[Records[T] | None], newest: Callable[[T], date | None] | None) -> Records[T] | None:
    """Return several systems' lists as one; None if no list arrived.

    With `newest`, records are sorted newest first, and those without a date come last. The result is `complete` only if
    every list arrived and is complete.
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


def _failure(states: Sequence[DatasetState[Records[T]]]) -> Failure | None:
    """Return the failure of one system; that a system does not serve the dataset counts only if none serves it."""
    failures = [state.failure for state in states if state.failure is not None]
    real = [one for one in failures if not isinstance(one.error, NotServedError)]
    if real:
        soonest = _earliest(one.next_try_at for one in real)
        return replace(real[0], next_try_at=soonest)
    return failures[0] if len(failures) == len(states) else None
