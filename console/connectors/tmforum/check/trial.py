"""Trials of a setting: reads as the console does, without it and with it; nothing may get worse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from console.connectors.tmforum.check.requirements import ResourceRequirement
from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.reading import belongs_to, customer_named
from console.connectors.tmforum.record_reader import MalformedRecordError, RecordReader
from console.connectors.tmforum.settings import ResourceSettings, TmForumSystem
from console.errors import NotServedError, SystemCallError
from console.http import Endpoint
from console.models.customer import CustomerId
from console.models.provenance import Records
from console.ports.clock import Clock

SAMPLE = 50
UNLIKELY = "opticom-check-nothing-has-this-id"
_USUAL = "relatedParty.id"


@dataclass(frozen=True, slots=True)
class Samples:
    """Ids that exist at the server, to request in a trial: a record, customers, a bill."""

    record: str | None = None
    owners: tuple[str, ...] = ()
    bill: str | None = None


class Trial:
    """Reads one resource as the console would with a setting, and caches the results. Nothing is written."""

    def __init__(
        self, name: str, requirement: ResourceRequirement, system: TmForumSystem, endpoint: Endpoint, clock: Clock
    ) -> None:
        self._name, self._requirement, self._system = name, requirement, system
        self._endpoint, self._clock = endpoint, clock
        self._known: dict[tuple[bytes, Samples], frozenset[str]] = {}

    async def helps(self, now: Mapping[str, Any], change: Mapping[str, Any], samples: Samples) -> bool:
        """Return whether a change keeps every correct result and adds at least one."""
        return await self.right(now, samples) < await self.right({**now, **change}, samples)

    async def right(self, setting: Mapping[str, Any], samples: Samples) -> frozenset[str]:
        """Return the correct results with a setting, one phrase per result."""
        resource = msgspec.convert({**_as_set(self._system.resources.get(self._name)), **setting}, ResourceSettings)
        key = msgspec.json.encode(resource), samples
        if key not in self._known:
            self._known[key] = frozenset(await self._read(resource, samples))
        return self._known[key]

    async def _read(self, resource: ResourceSettings, samples: Samples) -> set[str]:
        resources = {**self._system.resources, self._name: resource}
        system = msgspec.structs.replace(self._system, resources=resources)
        client = TmForumClient(self._endpoint, system, self._clock, lambda _name, _damage: None)
        right = await self._list(client, resource)
        right |= await self._pages(client) | await self._one(client, samples.record)
        if self._requirement.selected_by is not None:
            right |= await self._of_customers(client, samples.owners)
        if samples.bill is not None:
            right |= await self._of_bill(client, resource, samples.bill)
        return right

    async def _list(self, client: TmForumClient, resource: ResourceSettings) -> set[str]:
        parameters = [("sort", resource.sort)] if resource.sort else []
        found = await _records(client.fetch_many(self._name, parameters, _itself, most=SAMPLE))
        if found is None:
            return set()
        right = {"the list is read"} | ({"all of it"} if not found.damaged else set())
        readers = [one.value for one in found]
        for name in self._requirement.attributes(resource.version):
            if any(reader.raw(name) not in (None, "", [], {}) for reader in readers):
                right.add(f"it tells {name}")
        if readers and all(self._is_clean(reader) for reader in readers):
            right.add("every value is understood")
        if any(customer_named(reader) is not None for reader in readers):
            right.add("it names the customer")
        if resource.sort and is_newest_first([_at(reader, resource.sort.lstrip("-")) for reader in readers]):
            right.add("the newest come first")
        return right

    def _is_clean(self, reader: RecordReader) -> bool:
        try:
            self._requirement.read(reader)
        except MalformedRecordError:
            return False
        return not reader.problems

    async def _pages(self, client: TmForumClient) -> set[str]:
        """Return results for paging: a page has the requested size, and the next page has other records."""
        first = await _records(client.fetch_many(self._name, (), _itself, most=2))
        if first is None or len(first) != 2:
            return set()
        second = await _records(client.fetch_many(self._name, (), _itself, most=2, after=2))
        follows = second is not None and len(second) > 0 and _ids(first).isdisjoint(_ids(second))
        return {"pages are as long as asked"} | ({"pages follow each other"} if follows else set())

    async def _one(self, client: TmForumClient, record: str | None) -> set[str]:
        if record is None:
            return set()
        try:
            found = await client.fetch_one(self._name, record, _itself)
        except SystemCallError:
            return set()
        return {"one record is read"} if found is not None else set()

    async def _of_customers(self, client: TmForumClient, owners: Sequence[str]) -> set[str]:
        """Return results for the filter: the records of each customer, and no records for an unknown customer.

        The unknown customer counts only if the filter finds records: a filter that never finds any does not work.
        """
        right: set[str] = set()
        for owner in owners:
            right |= await self._of_customer(client, owner)
        is_telling = not owners or any(" has " in thing for thing in right)
        return right | (await self._of_nobody(client) if is_telling else set())

    async def _of_customer(self, client: TmForumClient, owner: str) -> set[str]:
        try:
            found = await client.fetch_of_customer(self._name, CustomerId(owner), _itself, parameter=self._parameter)
        except NotServedError:
            return {"it says that it cannot be asked"}
        except SystemCallError:
            return set()
        own = (one for one in found if belongs_to(one.value, owner, surely=True))
        return {f"{owner} has {one.origin.id}" for one in own}

    async def _of_nobody(self, client: TmForumClient) -> set[str]:
        """Return a result if an unknown customer gets no records: an empty list, or the console sends no request."""
        try:
            found = await client.fetch_of_customer(self._name, CustomerId(UNLIKELY), _itself, parameter=self._parameter)
        except NotServedError:
            return {"no data is shown"}
        except SystemCallError:
            return set()
        return set() if len(found) else {"no data is shown"}

    async def _of_bill(self, client: TmForumClient, resource: ResourceSettings, bill: str) -> set[str]:
        parameters = () if resource.look_through else ((resource.bill_filter or "bill.id", bill),)
        found = await _records(
            client.fetch_many(
                self._name,
                parameters,
                _itself,
                is_asked_for=lambda reader: bill_of(reader) == bill,
                drop_others=resource.look_through,
            )
        )
        return {f"bill {bill} has {record}" for record in _ids(found)} if found is not None else set()

    @property
    def _parameter(self) -> str | None:
        return None if self._requirement.selected_by == _USUAL else self._requirement.selected_by


def bill_of(reader: RecordReader) -> str | None:
    """Return the id of a bill line's bill, None if it names none."""
    bill = reader.part("bill")
    return bill.text("id") if bill else None


def is_newest_first(times: Sequence[str]) -> bool:
    """Return whether times are sorted newest first; False with fewer than three different times."""
    known = [time for time in times if time]
    return len(set(known)) >= 3 and known == sorted(known, reverse=True)


async def _records(asked: Any) -> Records[RecordReader] | None:
    """Return a list, or None if the console would show none because the call failed."""
    try:
        found: Records[RecordReader] = await asked
    except SystemCallError:
        return None
    return found


def _ids(found: Records[RecordReader]) -> set[str]:
    return {one.origin.id for one in found}


def _itself(reader: RecordReader) -> RecordReader:
    return reader


def _at(reader: RecordReader, path: str) -> str:
    name, _, deeper = path.partition(".")
    part = reader.part(name) if deeper else None
    value = part.raw(deeper) if part is not None else reader.raw(name)
    return value if isinstance(value, str) else ""


def _as_set(settings: ResourceSettings | None) -> dict[str, Any]:
    return {} if settings is None else msgspec.structs.asdict(settings)
