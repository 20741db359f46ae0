"""All records of one system: those of the seed with their changes, and those created later."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from console.sandbox.lookup import Lookup
from console.sandbox.resources import Links, Resource
from console.sandbox.resources.shapes import instant
from console.sandbox.rules import BadRequestError, ListRequest, is_time, matches, sort_records, values_at
from console.sandbox.storage import MOST_COUNTED, NO_CUSTOMER, StoredRecord, SystemStore
from console.sandbox.world import World
from console.sandbox.world.people import has_words

Record = dict[str, Any]
# A list without a narrowing filter is searched record by record: completely in a world of up to this many customers,
# else for at most `_LOOK_FOR_S`.
_LOOKED_THROUGH_WHOLE = 5000
_LOOK_FOR_S = 0.8
# Longest time to count through a list without a total.
_WALK_FOR_S = 20.0
# Above this many customers who may match, a filtered list is not counted.
_COUNTED = 100
# Customers between two remembered positions in a list without a total.
_REMEMBERED_EVERY = 1024
_PEOPLE_FILTERS = {
    "name": "name",
    "contactMedium.characteristic.emailAddress": "email",
    "contactMedium.characteristic.phoneNumber": "phone",
}


class SystemRecords:
    """Reads and writes of one system.

    `settle` is called for every record that is read, because time may have changed it. `moves` returns whether time
    can change a record.
    """

    def __init__(self, world: World, store: SystemStore, links: Links) -> None:
        self._world = world
        self._store = store
        self._links = links
        # In lists without a total: offset to the customer whose records start there, as far as the list was read.
        self._walked: dict[str, dict[int, int]] = {}
        self._lookups: dict[str, Lookup] = {}
        self._looking: dict[str, asyncio.Lock] = {}
        self.moves: Callable[[Resource, Record], bool] = lambda _resource, _record: False
        self.settle: Callable[[Resource, Record, str | None], Record] = lambda _resource, record, _changed: record

    # ------------------------------------------------------------------ reading

    def one(self, resource: Resource, number: str) -> Record | None:
        """Return one record, or None if no record has that id."""
        kept = self._store.kept(resource.name, number)
        if kept is not None:
            return None if kept.body is None else self.settle(resource, kept.body, kept.changed)
        for n in resource.narrow["id"](self._world, number) if "id" in resource.narrow else ():
            for record in resource.records(self._world, n, self._links):
                if record["id"] == number:
                    return self.settle(resource, record, None)
        return None

    def of(self, resource: Resource, n: int) -> list[Record]:
        """Return one customer's records: created ones first, newest first, then those of the seed."""
        kept = {item.id: item for item in self._store.kept_of(resource.name, n)}
        found = [
            self.settle(resource, item.body, item.changed)
            for item in reversed(kept.values())
            if item.made is not None and item.body is not None
        ]
        for record in resource.records(self._world, n, self._links) if n != NO_CUSTOMER else ():
            item = kept.get(str(record["id"]))
            body = record if item is None else item.body
            if body is not None:
                found.append(self.settle(resource, body, None if item is None else item.changed))
        return found

    async def page(self, resource: Resource, asked: ListRequest) -> tuple[int | None, list[Record]]:
        """Return the number of matching records, None if unknown, and the records of the requested page.

        Raises:
            BadRequestError: The request would have to read too much of the world.
        """
        if asked.words is not None and resource.name == "customer":
            return self._named(resource, asked, asked.words)
        narrowed = self._narrow(resource, asked)
        if narrowed is not None:
            customers, is_exact = narrowed
            return self._narrowed_page(resource, asked, customers, is_exact=is_exact)
        if not asked.filters and not asked.sort and asked.words is None:
            return await self._plain_page(resource, asked)
        if asked.sort and self._world.customers > _LOOKED_THROUGH_WHOLE:
            raise BadRequestError("a list of the whole world cannot be sorted; filter it by a customer")
        return await self._look_through(resource, asked)

    def _narrow(self, resource: Resource, asked: ListRequest) -> tuple[list[int], bool] | None:
        """Return the customers that can match, and whether all their records match; None if all customers can."""
        for path, value in asked.filters.items():
            if path == "href" or path in resource.narrow:
                customers = {n for one in value.split(",") for n in self._customers(resource, path, one)}
                return [*sorted(customers - {NO_CUSTOMER}), NO_CUSTOMER], False
        if resource.name == "customer":
            for path, column in _PEOPLE_FILTERS.items():
                if path in asked.filters:
                    # The index knows only the seed, so changed customers are checked as well.
                    people = {*self._store.find(column, asked.filters[path]), *self._store.changed("customer")}
                    return [*sorted(people - {NO_CUSTOMER}), NO_CUSTOMER], False
        return None

    def _named(self, resource: Resource, asked: ListRequest, words: str) -> tuple[int | None, list[Record]]:
        """Return the customers whose name has all words: those of the seed, found by the index, then created ones."""
        stop = asked.offset + asked.limit
        customers = self._store.find_words(words)
        if not asked.folds:
            customers = [n for n in customers if has_words(self._world.person(n).name, words, folds=False)]
        made = [
            record
            for record in self.of(resource, NO_CUSTOMER)
            if has_words(str(record.get("name")), words, folds=asked.folds)
        ]
        if asked.filters or asked.sort:
            every = [record for n in customers for record in self.of(resource, n)] + made
            found = sort_records([record for record in every if matches(record, asked.filters)], asked.sort)
            return len(found), found[asked.offset : stop]
        page = [record for n in customers[asked.offset : stop] for record in self.of(resource, n)]
        page += made[max(0, asked.offset - len(customers)) :]
        total = len(customers) + len(made)
        return (total if len(customers) <= MOST_COUNTED else None), page[: asked.limit]

    def _customers(self, resource: Resource, path: str, value: str) -> Iterable[int]:
        """Return the customers that one filter value can mean; created records are found in the store."""
        if path not in {"id", "href"}:
            return resource.narrow[path](self._world, value)
        number = value.rstrip("/").rpartition("/")[2]
        kept = self._store.kept(resource.name, number)
        if kept is not None:
            return [kept.n]
        return resource.narrow["id"](self._world, number) if "id" in resource.narrow else []

    def _narrowed_page(
        self, resource: Resource, asked: ListRequest, customers: list[int], *, is_exact: bool
    ) -> tuple[int | None, list[Record]]:
        """Return a page of some customers' records. With `is_exact` each has one record, and it matches."""
        stop = asked.offset + asked.limit
        if is_exact and not asked.sort:
            page = [record for n in customers[asked.offset : stop] for record in self.of(resource, n)]
            return (len(customers) if len(customers) <= MOST_COUNTED else None), page
        found = [record for n in customers for record in self.of(resource, n) if matches(record, asked.filters)]
        found = sort_records(found, asked.sort)
        return len(found), found[asked.offset : stop]

    async def _plain_page(self, resource: Resource, asked: ListRequest) -> tuple[int | None, list[Record]]:
        """Return a page of the whole list: records of the seed, then created ones."""
        deleted = self._store.deleted_places(resource.name)
        start = asked.offset
        for index in deleted:
            start += index <= start
        total = self._store.total(resource.name)
        page, end = await self._page_of_the_seed(resource, start, asked.limit, total)
        created = [item for item in self._store.created(resource.name) if item.body is not None]
        if len(page) < asked.limit:
            made_from = max(0, asked.offset - (end - len(deleted)))
            page += [self.settle(resource, item.body, item.changed) for item in created[made_from:] if item.body]
        return (None if total is None else total - len(deleted) + len(created)), page[: asked.limit]

    def _remember(self, resource: Resource, at: int, n: int, until_s: float) -> None:
        """Remember how far a list without a total was counted; raise BadRequestError after `until_s`."""
        self._walked.setdefault(resource.name, {})[at] = n
        if time.monotonic() > until_s:
            raise BadRequestError("the list would have to be counted that far; ask again, or filter it")

    async def _page_of_the_seed(
        self, resource: Resource, start: int, limit: int, total: int | None
    ) -> tuple[list[Record], int]:
        """Return records of the seed from `start` on, and the offset where reading stopped.

        There are at least `limit` records, fewer only at the end of the list.

        Raises:
            BadRequestError: Counting a list without a total up to `start` takes more than `_WALK_FOR_S`.
        """
        if total is not None and start >= total:
            return [], total
        n, at = self._walked_to(resource, start) if total is None else self._store.block_at(resource.name, start)
        page: list[Record] = []
        until_s = time.monotonic() + _WALK_FOR_S
        async for n_now in self._from(n):
            if total is None and n_now % _REMEMBERED_EVERY == 0:
                self._remember(resource, at, n_now, until_s)
            count = resource.count(self._world, n_now) if resource.count else None
            if count is not None and at + count <= start:
                at += count
                continue
            records = resource.records(self._world, n_now, self._links)
            lives = (self._live(resource, record) for record in records[max(0, start - at) :])
            page += [live for live in lives if live is not None]
            at += len(records)
            if len(page) >= limit:
                break
        return page, at

    def _walked_to(self, resource: Resource, offset: int) -> tuple[int, int]:
        """Return the last remembered customer at or before an offset of a list without a total, and their offset."""
        walked = self._walked.get(resource.name, {0: 0})
        first = max(at for at in walked if at <= offset)
        return walked[first], first

    def _live(self, resource: Resource, record: Record) -> Record | None:
        kept = self._store.kept(resource.name, str(record["id"]))
        if kept is None:
            return self.settle(resource, record, None)
        return None if kept.body is None else self.settle(resource, kept.body, kept.changed)

    async def _look_through(self, resource: Resource, asked: ListRequest) -> tuple[int | None, list[Record]]:
        """Return the matching records of the requested page; in a large world stop once the page is full.

        Raises:
            BadRequestError: The search would take too long in a world of this size.
        """
        if self._world.customers > _LOOKED_THROUGH_WHOLE:
            return await self._look_for_a_page(resource, asked)
        lookup = await self._lookup(resource)
        customers = lookup.customers(asked.filters)
        stop = asked.offset + asked.limit
        found: list[Record] = []
        everyone = range(self._world.customers) if customers is None else sorted({*customers, *self._changed(resource)})
        is_counted = bool(asked.sort) or len(everyone) <= _COUNTED or customers is None
        async for n in self._each([NO_CUSTOMER, *everyone]):
            found += [record for record in self.of(resource, n) if matches(record, asked.filters)]
            if len(found) >= stop and not is_counted:
                return None, found[asked.offset : stop]
        return len(found), sort_records(found, asked.sort)[asked.offset : stop]

    async def _lookup(self, resource: Resource) -> Lookup:
        """Return the lookup from values to customers for a resource; built once, on first use."""
        async with self._looking.setdefault(resource.name, asyncio.Lock()):
            found = self._lookups.get(resource.name)
            if found is None:
                found = Lookup()
                async for n in self._each(range(self._world.customers)):
                    found.add(
                        n, resource.records(self._world, n, self._links), lambda record: self.moves(resource, record)
                    )
                self._lookups[resource.name] = found
        return found

    def _changed(self, resource: Resource) -> set[int]:
        """Return the customers with created or changed records."""
        return {*self._store.changed(resource.name), *(item.n for item in self._store.created(resource.name))} - {
            NO_CUSTOMER
        }

    async def _look_for_a_page(self, resource: Resource, asked: ListRequest) -> tuple[int | None, list[Record]]:
        """Return a page of a large world, filtered by state or time only.

        Raises:
            BadRequestError: Another filter was given, or the page was not full after `_LOOK_FOR_S`.
        """
        named = ", ".join(sorted(asked.filters))
        if not all(path == resource.state or is_time(value) for path, value in asked.filters.items()):
            raise BadRequestError(f"so many records are not looked through by {named}; filter by a customer as well")
        stop = asked.offset + asked.limit
        found = [record for record in self.of(resource, NO_CUSTOMER) if matches(record, asked.filters)]
        until_s = time.monotonic() + _LOOK_FOR_S
        async for n in self._each(range(self._world.customers)):
            found += [record for record in self.of(resource, n) if matches(record, asked.filters)]
            if len(found) >= stop:
                return None, found[asked.offset : stop]
            if time.monotonic() > until_s:
                raise BadRequestError(f"too few records have this {named} to find them; filter by a customer as well")
        return len(found), found[asked.offset : stop]

    async def _each(self, customers: Iterable[int]) -> AsyncIterator[int]:
        """Yield customers; other requests can run before each one."""
        for n in customers:
            await asyncio.sleep(0)
            yield n

    async def _from(self, n: int) -> AsyncIterator[int]:
        """Yield the customers from `n` on; other requests can run after every 25th."""
        for i in range(n, self._world.customers):
            if (i - n) % 25 == 24:
                await asyncio.sleep(0)
            yield i

    # ------------------------------------------------------------------ writing

    def create(self, resource: Resource, href: Callable[[str], str], body: Record, now: datetime) -> Record:
        """Create a record; `resource.fill` adds missing attributes."""
        made = self._store.next_made(resource.name)
        number = f"{resource.prefix}N{made:06}"
        filled = resource.fill(self._world, body, now, self._links)
        kind = {"@type": resource.kind} if resource.is_typed else {}
        record = {**kind, **filled, **_stamped(resource, filled, now), "id": number, "href": href(number)}
        kept = StoredRecord(number, self._owner(resource, record), record, made, None, instant(now))
        self._store.keep(resource.name, kept)
        return record

    def change(self, resource: Resource, record: Record, now: datetime) -> None:
        """Save a changed record."""
        number = str(record["id"])
        kept = self._store.kept(resource.name, number)
        if kept is None:
            kept = StoredRecord(number, self._owner_by_number(resource, number), None, None, None, "")
        self._store.keep(resource.name, replace(kept, body=record, changed=instant(now)))

    def delete(self, resource: Resource, number: str, now: datetime) -> None:
        """Delete a record. For a record of the seed, its position in the list is saved."""
        kept = self._store.kept(resource.name, number)
        if kept is None:
            n = self._owner_by_number(resource, number)
            kept = StoredRecord(number, n, None, None, self._index(resource, n, number), "")
        elif kept.made is None and kept.index is None:
            kept = replace(kept, index=self._index(resource, kept.n, number))
        self._store.keep(resource.name, replace(kept, body=None, changed=instant(now)))

    def _index(self, resource: Resource, n: int, number: str) -> int | None:
        """Return the position of a record in the seed's whole list, or None if the list is not counted."""
        if self._store.total(resource.name) is None:
            return None
        block, first = self._store.block_of(resource.name, n)
        if resource.count is not None:
            first += sum(resource.count(self._world, other) for other in range(block, n))
        numbers = [record["id"] for record in resource.records(self._world, n, self._links)]
        return first + numbers.index(number)

    def owners(self, resource: Resource, record: Record) -> list[int]:
        """Return the customers that a record belongs to, by the references in it."""
        return list(dict.fromkeys(self._owners(resource, record)))

    def _owner(self, resource: Resource, record: Record) -> int:
        return next(self._owners(resource, record), NO_CUSTOMER)

    def _owners(self, resource: Resource, record: Record) -> Iterator[int]:
        for path, narrow in resource.narrow.items():
            if path != "id":
                for value in values_at(record, path):
                    yield from narrow(self._world, value)

    def _owner_by_number(self, resource: Resource, number: str) -> int:
        return next(iter(resource.narrow["id"](self._world, number)), NO_CUSTOMER)


def _stamped(resource: Resource, record: Record, now: datetime) -> Record:
    """Return the attributes that the system itself sets in a new record."""
    stamps = {"lastUpdate": instant(now), "lifecycleStatus": record.get("lifecycleStatus") or "In study"}
    return {name: stamps[name] for name in resource.stamps}
