"""One customer in one view: each dataset from its own system, shown as soon as that system responds."""

import asyncio
import functools
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from console.errors import NotServedError
from console.messages import customer as say
from console.models.customer import Customer, CustomerId
from console.models.customer_bill import AppliedBillingRate, CustomerBillId
from console.models.health import SystemHealth, SystemState
from console.models.provenance import Records, Sourced
from console.ports.billing import BILLS
from console.ports.clock import Clock
from console.ports.systems import ConnectedSystem, Systems
from console.services.access.masking import masked
from console.services.access.permissions import DataScope, Permissions, PersonalField
from console.services.customer.dataset_cache import DatasetCache
from console.services.customer.dataset_loader import DatasetLoader, DatasetState, SystemDataset
from console.services.customer.datasets import (
    BILL_LINES,
    DATASETS,
    AskedFor,
    CustomerDatasets,
    Dataset,
    FetchPage,
    read_at,
)
from console.services.customer.merged_dataset import MergedDataset
from console.services.system.connections import HealthBoard
from console.services.system.network import Network

T = TypeVar("T")

# Records. A refresh reloads what was loaded of a long list, up to this many; the rest loads on scrolling.
_MOST_READ_AGAIN = 1000
# Records. Users do not scroll further, an endless list would fill memory, and Qt lays lists out row by row, which gets
# slow. A list that was cut says so.
_MOST_READ = 3000


class CustomerView(CustomerDatasets):
    """All datasets of one customer. No requests are sent before `open`; `close` cancels all that are under way.

    Offline, every dataset shows its last known facts and says why there is nothing newer. With `as_of` (aware UTC) the
    view shows the stored facts of that moment and sends no requests.

    Datasets and their sources are declared in `DATASETS`.
    """

    def __init__(
        self,
        customer_id: CustomerId,
        *,
        systems: Systems,
        permissions: Permissions,
        health: HealthBoard,
        network: Network,
        cache: DatasetCache,
        clock: Clock,
        rng: random.Random,
        as_of: datetime | None = None,
        saw: Callable[[DataScope], None] = lambda _scope: None,
        on_unmask: Callable[[str], None] = lambda _kinds: None,
    ) -> None:
        self.customer_id = customer_id
        self._masked, self._on_unmask = permissions.user.masked, on_unmask
        self.as_of = as_of
        self._systems, self._on_seen = systems, saw
        self._cache = cache
        self._restoring: asyncio.Task[None] | None = None
        self._permissions, self._clock, self._rng = permissions, clock, rng
        # Loaders by the key of their facts: the data scope, and the system's name if several systems serve it.
        self._by_key: dict[tuple[str, str], SystemDataset[Any]] = {}
        self._loaders = {dataset.name: self._loader_of(dataset) for dataset in DATASETS}
        self._by_scope = {dataset.scope.value: self._loaders[dataset.name] for dataset in DATASETS}
        for name, loader in self._loaders.items():
            setattr(self, name, loader)
        self._bill_rates: dict[CustomerBillId, SystemDataset[Records[AppliedBillingRate]]] = {}
        self._stored_rates: dict[CustomerBillId, Any] = {}
        self.customer.subscribe(self._on_customer)
        self._unwatch = health.subscribe(self._on_health)
        self._unwatch_network = network.subscribe(self._on_network)

    @property
    def loaders(self) -> Iterator[SystemDataset[Any]]:
        """The loader of each dataset at each system, including bill lines once they were requested."""
        for loader in self._loaders.values():
            yield from loader.members
        yield from self._bill_rates.values()

    def loader(self, dataset: Dataset[Any]) -> DatasetLoader[Any]:
        """Return the loader of a dataset."""
        return self._loaders[dataset.name]

    def _loaders_for(self, *when: AskedFor) -> Iterator[DatasetLoader[Any]]:
        return (self._loaders[dataset.name] for dataset in DATASETS if dataset.asked_for in when)

    @property
    def name(self) -> str:
        """The customer's name; their number while the name is unknown."""
        found = self.customer.state.facts
        return found.value.name if found is not None else self.customer_id

    def now(self) -> datetime:
        """Return the time that everything here is judged by: now, or `as_of` in a past view."""
        return self.as_of or self._clock.now()

    def open(self) -> None:
        """Request the datasets that are visible first, from all systems in parallel; others load when shown.

        Only the party waits, because the customer record names it. Stored facts are shown meanwhile. A past view sends
        no requests.
        """
        self._restoring = asyncio.create_task(self._restore(), name="recall")
        for loader in self._loaders_for(AskedFor.AT_OPEN):
            loader.refresh()

    async def _restore(self) -> None:
        """Load stored facts: the latest, or those at `as_of`."""
        stored = await self._cache.load_stored(self.customer_id, at=self.as_of)
        for (scope, of), facts in stored.items():
            if scope == DataScope.BILL_LINES.value:
                self._stored_rates[CustomerBillId(of)] = facts
            elif (scope, of) in self._by_key:
                self._by_key[scope, of].seed(facts)
                self._on_seen(DataScope(scope))
        for bill, loader in self._bill_rates.items():
            if bill in self._stored_rates:
                loader.seed(self._stored_rates[bill])

    async def wait_restored(self) -> None:
        """Wait until the stored facts are loaded."""
        if self._restoring is not None:
            await self._restoring

    def load_all(self) -> None:
        """Request every dataset now, including those that a window loads only when shown."""
        self.open()
        for loader in self._loaders_for(AskedFor.WHEN_SHOWN):
            loader.refresh()

    @property
    def masked(self) -> frozenset[PersonalField]:
        """The kinds of values that are masked in everything shown here."""
        return self._masked

    def unmask(self) -> None:
        """Show masked values until this view is closed; this is logged."""
        if self._masked:
            self._on_unmask(", ".join(sorted(kind.value for kind in self._masked)))
            self._masked = frozenset()
            for loader in self.loaders:
                loader.apply_mask()

    def log_unmasked_form(self) -> bool:
        """Log that a form shows values that are masked on the page; return whether any are."""
        if self._masked:
            self._on_unmask("in a form: " + ", ".join(sorted(kind.value for kind in self._masked)))
        return bool(self._masked)

    def refresh_stale(self) -> None:
        """Reload requested datasets that are stale; not those that failed or are denied."""
        for loader in self.loaders:
            if loader.was_requested:
                loader.load_if_stale()

    def refresh_scope(self, scope: DataScope) -> None:
        """Reload one data scope because it has changed; do nothing if it was never requested."""
        loader = self._by_scope.get(scope.value)
        if loader is not None and loader.was_requested:
            loader.refresh()

    def refresh(self) -> None:
        """Reload every dataset that was requested so far, except the party, which follows the customer."""
        for loader in self.loaders:
            if loader is not self.party and loader.was_requested:
                loader.refresh()

    def bill_lines(self, bill: CustomerBillId) -> DatasetLoader[Records[AppliedBillingRate]]:
        """Return the loader of one bill's lines, from the system that has the bill.

        The first call sends the request. Source: TMF678 v4 AppliedCustomerBillingRate.
        """
        if bill not in self._bill_rates:
            system = self._system_with(bill)
            fetch = functools.partial(system.port(BILLS).fetch_applied_billing_rates, bill)
            self._bill_rates[bill] = self._system_dataset(BILL_LINES, system.name, fetch, of=bill)
            if bill in self._stored_rates:
                self._bill_rates[bill].seed(self._stored_rates[bill])
            self._bill_rates[bill].refresh()
        return self._bill_rates[bill]

    def _system_with(self, bill: CustomerBillId) -> ConnectedSystem:
        """Return the system that sent a bill; for an unknown bill, the first one that serves bills."""
        reported_by = {item.origin.system for item in self.bills.unmasked or () if item.value.id == bill}
        serving = self._systems.serving(BILLS)
        return next((system for system in serving if system.name in reported_by), serving[0])

    def known_lines(self) -> Mapping[str, tuple[AppliedBillingRate, ...]]:
        """Return the loaded lines of the bills that were opened, by bill."""
        known = {bill: loader.state.facts for bill, loader in self._bill_rates.items()}
        return {bill: tuple(item.value for item in facts) for bill, facts in known.items() if facts is not None}

    async def wait_idle(self) -> None:
        """Wait until no dataset is loading."""
        while any(loader.state.loading_since for loader in self.loaders):
            for loader in tuple(self.loaders):  # another bill's lines may be requested meanwhile
                await loader.wait_idle()

    def close(self) -> None:
        """Cancel all requests that are under way, and unsubscribe."""
        self._unwatch()
        self._unwatch_network()
        if self._restoring is not None:
            self._restoring.cancel()
        for loader in self.loaders:
            loader.close()

    def _on_customer(self, state: DatasetState[Sourced[Customer]]) -> None:
        if state.facts is not None and state.loading_since is None and state.failure is None:
            self.party.refresh()

    def _on_health(self, health: SystemHealth, before: SystemState) -> None:
        """Reload a system's failed datasets once it is back, without waiting for each retry pause."""
        if before is SystemState.DOWN and health.state in {
            SystemState.ANSWERING,
            SystemState.SLOW,
            SystemState.UNREADABLE,
        }:
            for loader in self.loaders:
                failure = loader.state.failure
                if loader.state.system == health.system and failure is not None and failure.next_try_at is not None:
                    loader.refresh()

    def _on_network(self, online: bool) -> None:  # noqa: FBT001 - what the network tells
        """Reload failed datasets once the network is back, without waiting for their retry pauses."""
        for loader in self.loaders:
            failure = loader.state.failure
            if online and failure is not None and failure.next_try_at is not None:
                loader.refresh()

    def _loader_of(self, dataset: Dataset[Any]) -> DatasetLoader[Any]:
        """Return the loader of a dataset: of the one system that serves it, or merged from several."""
        serving = self._systems.serving(dataset.port)
        if not serving:
            return self._keyed(dataset, self._system_dataset(dataset, "", functools.partial(_not_served, dataset.name)))
        if len(serving) == 1:
            return self._keyed(dataset, self._system_dataset_at(dataset, serving[0], of=""))
        members = [
            self._keyed(dataset, self._system_dataset_at(dataset, system, of=system.name), of=system.name)
            for system in serving
        ]
        return MergedDataset(members, dataset.newest)

    def _keyed(self, dataset: Dataset[Any], loader: SystemDataset[Any], *, of: str = "") -> SystemDataset[Any]:
        """Register the loader that takes stored facts of a key, if this user may see them."""
        if self._permissions.refusal(dataset.scope, self.customer_id) is None:
            self._by_key[dataset.scope.value, of] = loader
        return loader

    def _system_dataset_at(self, dataset: Dataset[Any], system: ConnectedSystem, *, of: str) -> SystemDataset[Any]:
        """Return the loader of a dataset at one system: page by page if the dataset has pages."""
        port = system.port(dataset.port)
        if dataset.page is not None:
            return self._paged_dataset(dataset, system.name, dataset.page(port), of=of)
        fetch = dataset.fetch
        if fetch is None:
            raise TypeError(f"the dataset {dataset.name} does not say how it is asked for")
        return self._system_dataset(dataset, system.name, lambda: fetch(port, self), of=of)

    def _paged_dataset(
        self, dataset: Dataset[Any], system: str, fetch: FetchPage, *, of: str
    ) -> SystemDataset[Records[Any]]:
        """Return the loader of a list; `fetch` takes the customer and `after`, the offset to continue from."""

        async def fetch_again() -> Records[Any]:
            known = paged.unmasked
            wanted = min(len(known) if known is not None else 0, _MOST_READ_AGAIN)
            records = await fetch(self.customer_id, after=0)
            while records.next_offset is not None and len(records) < wanted:
                records = records.joined_or_ended(await fetch(self.customer_id, after=records.next_offset))
            return records

        async def fetch_newest() -> Records[Any]:
            return await fetch(self.customer_id, after=0)

        async def fetch_more(known: Records[Any]) -> Records[Any]:
            more = known.joined_or_ended(await fetch(self.customer_id, after=known.next_offset or 0))
            return more if len(more) < _MOST_READ else replace(more, next_offset=None)

        paged = self._system_dataset(
            dataset, system, fetch_again, of=of, fetch_more=fetch_more, fetch_newest=fetch_newest
        )
        return paged

    def _system_dataset(
        self,
        dataset: Dataset[Any],
        system: str,
        fetch: Callable[[], Awaitable[T]],
        *,
        of: str = "",
        fetch_more: Callable[[T], Awaitable[T]] | None = None,
        fetch_newest: Callable[[], Awaitable[T]] | None = None,
    ) -> SystemDataset[T]:
        scope, as_of = dataset.scope, self.as_of
        may_see = self._permissions.refusal(scope, self.customer_id) is None

        def was_read_at(facts: T) -> datetime:
            said_at = read_at(facts, self._clock.now())
            # Unchanged facts may have been read again after `as_of`; they were true at that moment already.
            return said_at if as_of is None else min(said_at, as_of)

        def keep(facts: T) -> None:
            self._on_seen(scope)
            self._cache.save(self.customer_id, (scope, of), facts, was_read_at(facts))

        return SystemDataset(
            is_past=as_of is not None,
            system=system,
            fetch=fetch,
            read_at=was_read_at,
            refusal=lambda: self._permissions.refusal(scope, self.customer_id),
            fresh_for=dataset.fresh_for,
            known=self._cache.load(self.customer_id, (scope, of)) if may_see and as_of is None else None,
            keep=keep,
            clock=self._clock,
            rng=self._rng,
            fetch_more=fetch_more,
            fetch_newest=fetch_newest,
            mask=lambda facts: masked(facts, self._masked),
        )


async def _not_served(dataset: str) -> Any:
    """Raise the error that no system of this deployment serves a dataset."""
    what = dataset.replace("_", " ")
    raise NotServedError(say.NOT_SERVED(what=what), system="", code="NO-SYSTEM")
