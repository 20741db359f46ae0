"""The last facts of each customer from the systems, in memory and in the store: now, or at a past moment."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from console.errors import StoreError
from console.models.cache_size import CacheSize
from console.models.provenance import Records, Sourced
from console.ports.store import EncodedFact, FactStore

_log = logging.getLogger(__name__)
# Customers in memory; the least recently saved one is dropped first.
_MOST_CUSTOMERS = 40
# Changes at most this far apart count as one.
_TOGETHER = timedelta(seconds=5)
_DatasetKey = tuple[Any, str]
# Version of the rules that read a system's response. Increase it when the same response is read differently; facts
# stored under other rules are not shown.
_RULES = 3


@dataclass(frozen=True, slots=True)
class CustomerChange:
    """When data of a customer changed (aware UTC), and which: values of `DataScope`, latest first.

    Datasets of a customer arrive within seconds. Changes at most 5 s apart are one change, at the time of the last.
    """

    at: datetime
    changed: tuple[str, ...]


class DatasetCache:
    """The last good response for each dataset of a customer.

    `saved` is called with every fact that is saved, so that others can learn from it. The first store failure calls
    `on_failure`. Then the store is not used for the rest of the run; the cache continues in memory.
    """

    def __init__(
        self,
        store: FactStore,
        types: Mapping[Any, Any],
        *,
        saved: Callable[[str, Any, Any], None] = lambda _customer, _scope, _facts: None,
        on_failure: Callable[[StoreError], None] = lambda _error: None,
    ) -> None:
        self._store = store
        self._decoders = {_kept_as(scope.value): msgspec.json.Decoder(kind) for scope, kind in types.items()}
        self._saved = saved
        self._on_failure = on_failure
        self._customers: OrderedDict[str, dict[_DatasetKey, Any]] = OrderedDict()
        self._writing: set[asyncio.Task[None]] = set()
        self._failed = False

    @property
    def size(self) -> CacheSize:
        """How many customers' facts are in memory."""
        return CacheSize("facts of customers", len(self._customers), _MOST_CUSTOMERS, "customers")

    def load(self, customer_id: str, key: _DatasetKey) -> Any:
        """Return the facts of a dataset that are in memory, or None."""
        return self._customers.get(customer_id, {}).get(key)

    def load_all(self, customer_id: str, scope: Any) -> list[Any]:
        """Return the facts in memory of one data scope, one per system that sent any."""
        known = self._customers.get(customer_id, {})
        return [facts for (kind, _of), facts in known.items() if kind == scope and facts is not None]

    async def load_stored(self, customer_id: str, *, at: datetime | None = None) -> dict[tuple[str, str], Any]:
        """Return a customer's stored facts by data scope and sub-key, the latest or those at `at` (aware UTC).

        Facts that an older version stored in another shape are left out.
        """
        if self._failed:
            return {}
        try:
            stored = await self._store.load(customer_id, at=at)
        except StoreError as error:
            self._fail(error)
            return {}
        found: dict[tuple[str, str], Any] = {}
        for key, fact in stored.items():
            scope, _, of = key.partition("|")
            decoder = self._decoders.get(scope)
            try:
                if decoder is not None:
                    found[_scope(scope), of] = decoder.decode(fact.body)
            except msgspec.DecodeError:
                _log.info("a stored fact of kind %s is in an older shape and left out", scope)
        return found

    async def moments(self, customer_id: str) -> list[CustomerChange]:
        """Return when data of a customer changed, newest first, as far back as the store goes."""
        if self._failed:
            return []
        try:
            changes = await self._store.moments(customer_id)
        except StoreError as error:
            self._fail(error)
            return []
        found: list[CustomerChange] = []
        before: datetime | None = None
        for at, key in changes:
            kept_as = key.partition("|")[0]
            if kept_as not in self._decoders:
                continue
            scope = _scope(kept_as)
            if before is None or before - at > _TOGETHER:
                found.append(CustomerChange(at, ()))
            if scope not in found[-1].changed:
                found[-1] = replace(found[-1], changed=(*found[-1].changed, scope))
            before = at
        return found

    def save(self, customer_id: str, key: _DatasetKey, facts: Any, read_at: datetime | None) -> None:
        """Save the facts of a dataset: in memory at once, in the store in the background."""
        self._customers.setdefault(customer_id, {})[key] = facts
        self._customers.move_to_end(customer_id)
        while len(self._customers) > _MOST_CUSTOMERS:
            self._customers.popitem(last=False)
        scope, of = key
        self._saved(customer_id, scope, facts)
        if facts is None or read_at is None or self._failed or _kept_as(scope.value) not in self._decoders:
            return
        name = f"{_kept_as(scope.value)}|{of}"
        self._start(self._store.save(customer_id, name, lambda: encode(facts), read_at))

    async def aclose(self) -> None:
        """Wait until everything is written to the store."""
        await asyncio.gather(*self._writing, return_exceptions=True)

    def _start(self, writing: Coroutine[Any, Any, None]) -> None:
        async def run() -> None:
            try:
                await writing
            except StoreError as error:
                self._fail(error)

        task = asyncio.create_task(run(), name="keep facts")
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    def _fail(self, error: StoreError) -> None:
        if not self._failed:
            self._failed = True
            _log.warning("facts are no longer saved: %s", error)
            self._on_failure(error)


def _kept_as(scope: str) -> str:
    return f"{scope}#{_RULES}"


def _scope(kept_as: str) -> str:
    """Return the data scope of a stored key, whatever its rules version."""
    return kept_as.partition("#")[0]


def encode(facts: Any) -> EncodedFact:
    """Return facts in their stored form; the times of reading do not make a new version."""
    if isinstance(facts, Records):
        content: Any = [(item.origin.id, item.value) for item in facts.items]
    elif isinstance(facts, Sourced):
        content = (facts.origin.id, facts.value)
    else:
        content = facts
    return EncodedFact(msgspec.json.encode(facts), msgspec.json.encode(content))
