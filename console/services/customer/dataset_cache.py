"""What the systems last said about customers, from memory and from the store: at once, as it is, or as it was."""

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
_MOST_CUSTOMERS = 40
_TOGETHER = timedelta(seconds=5)
_DatasetKey = tuple[Any, str]
# Counted up whenever the same answer of a system is read as something else than before: what was kept by other rules is
# not shown again.
_RULES = 3


@dataclass(frozen=True, slots=True)
class CustomerChange:
    """When something about a customer changed (aware UTC), and what: values of `DataScope`, the last to change first.

    The parts of a customer come within seconds of each other; what came together is one moment, its last.
    """

    at: datetime
    changed: tuple[str, ...]


class DatasetCache:
    """The last good answer for each part of a customer.

    `saved` is called with every fact that is to be kept, for whoever learns from it. A store that fails is told once
    and not used for the rest of the run; the desk goes on from memory.
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
        """Return the facts of a part that are in memory, or None."""
        return self._customers.get(customer_id, {}).get(key)

    def load_all(self, customer_id: str, scope: Any) -> list[Any]:
        """Return the facts in memory of one subject, from each system that has told any."""
        known = self._customers.get(customer_id, {})
        return [facts for (kind, _of), facts in known.items() if kind == scope and facts is not None]

    async def load_stored(self, customer_id: str, *, at: datetime | None = None) -> dict[tuple[str, str], Any]:
        """Return the stored facts of a customer by subject and what of it, as they are or as they were at a moment.

        What cannot be read, because an older desk kept it in another shape, is left out.
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
        """Return when something about a customer changed, newest first, as far as the store goes."""
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
        """Keep the facts of a part: in memory at once, in the store a moment later."""
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
        """Wait until everything is kept."""
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
            _log.warning("facts are no longer kept: %s", error)
            self._on_failure(error)


def _kept_as(scope: str) -> str:
    return f"{scope}#{_RULES}"


def _scope(kept_as: str) -> str:
    """Return the subject of what was kept, by whatever rules."""
    return kept_as.partition("#")[0]


def encode(facts: Any) -> EncodedFact:
    """Return facts as they are kept; the times of reading are no part of what makes a version."""
    if isinstance(facts, Records):
        content: Any = [(item.origin.id, item.value) for item in facts.items]
    elif isinstance(facts, Sourced):
        content = (facts.origin.id, facts.value)
    else:
        content = facts
    return EncodedFact(msgspec.json.encode(facts), msgspec.json.encode(content))
