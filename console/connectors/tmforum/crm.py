"""CRM over TMF629 customer and TMF632 party."""

import asyncio
import functools
from collections.abc import Callable, Sequence

from console.connectors.tmforum.care import TmForumCare
from console.connectors.tmforum.numbers import complete_number
from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.records.customer import read_customer, read_party
from console.models.customer import Customer, CustomerId, Party, PartyKind
from console.models.name_words import is_called, last_spellings, spellings
from console.models.provenance import Sourced
from console.models.search import Match, MatchedBy, Reading, SearchHit, SearchQuery

Asked = tuple[tuple[str, str], ...]
_NAMES: Asked = (("fields", "id,name"),)
_MOST_WITH_A_WORD = 100


class TmForumCrm(TmForumCare):
    """Implements the ports for customers, tickets, interactions and appointments."""

    @property
    def name(self) -> str:
        return self._client.name

    async def fetch_customer(self, customer_id: CustomerId) -> Sourced[Customer] | None:
        return await self._client.fetch_one("customer", customer_id, read_customer)

    async def fetch_caller(self, customer_id: CustomerId, *, with_phone: bool) -> Customer | None:
        asked = (("fields", "id,name,contactMedium"),) if with_phone else _NAMES
        found = await self._client.fetch_one("customer", customer_id, read_customer, parameters=asked)
        return found.value if found is not None else None

    async def fetch_party(self, customer: Customer) -> Sourced[Party] | None:
        if customer.party_id is None:
            return None
        kind = customer.kind or PartyKind.INDIVIDUAL
        found = await self._client.fetch_one(kind.value, customer.party_id, party(kind))
        if found is None and customer.kind is None:
            other = PartyKind.ORGANIZATION
            found = await self._client.fetch_one(other.value, customer.party_id, party(other))
        return found

    def can_search(self, query: SearchQuery) -> bool:
        settings = self._client.settings("customer")
        by_number = query.number is not None and complete_number(query.number, settings.number_prefix) is not None
        values = {"name": query.name, "email": query.email, "phone": query.phone}
        return by_number or any(values.get(reading) for reading in settings.search or {})

    async def search_customers(
        self, query: SearchQuery, *, limit: int, names_alone: bool = False
    ) -> Sequence[SearchHit]:
        more = _NAMES if names_alone else ()
        settings = self._client.settings("customer")
        parameters = settings.search or {}
        asked = []
        if query.number and (number := complete_number(query.number, settings.number_prefix)):
            asked.append(self._by_number(CustomerId(number), more))
        names = spellings(query.name) if query.name else []
        wanted = [(Reading.PHONE, query.phone), (Reading.EMAIL, query.email), *((Reading.NAME, name) for name in names)]
        for reading, value in wanted:
            if value and reading.value in parameters:
                asked.append(self._by_parameter((parameters[reading.value], value), more, reading, limit))
        hits = {hit.customer_id: hit for found in reversed(await asyncio.gather(*asked)) for hit in found}
        if query.name and "name" in parameters and not hits:
            found = await self._by_last_spellings(query.name, parameters["name"], more)
            hits = {hit.customer_id: hit for hit in found}
        return list(hits.values())[:limit]

    async def _by_number(self, number: CustomerId, more: Asked) -> list[SearchHit]:
        found = await self._client.fetch_one("customer", number, read_customer, parameters=more)
        return [] if found is None else [_hit(found, Match(MatchedBy.CUSTOMER, found.value.id))]

    async def _by_last_spellings(self, typed: str, parameter: str, more: Asked) -> list[SearchHit]:
        """Return customers whose name matches when its words are split or searched one by one; the last attempt."""
        ways = last_spellings(typed)
        asked = (self._by_parameter((parameter, way), more, Reading.NAME, _MOST_WITH_A_WORD) for way in ways)
        return [hit for found in await asyncio.gather(*asked) for hit in found if is_called(hit.name or "", typed)]

    async def _by_parameter(self, asked: tuple[str, str], more: Asked, reading: Reading, limit: int) -> list[SearchHit]:
        found = await self._client.fetch_many("customer", (asked, *more), read_customer, most=limit)
        match = Match(_MATCHED[reading], "" if reading is Reading.NAME else asked[1])
        return [_hit(item, match) for item in found]


def party(kind: PartyKind) -> Callable[[RecordReader], Party]:
    """Return the function that reads an individual or an organization."""
    return functools.partial(read_party, kind=kind)


_MATCHED = {Reading.PHONE: MatchedBy.PHONE, Reading.EMAIL: MatchedBy.EMAIL, Reading.NAME: MatchedBy.NAME}


def _hit(found: Sourced[Customer], matched: Match) -> SearchHit:
    customer = found.value
    telling = {medium.kind: medium.text for medium in reversed(customer.contact_media)}
    return SearchHit(
        customer_id=customer.id,
        system=found.origin.system,
        matched=matched,
        name=customer.name,
        kind=customer.kind,
        status=customer.status,
        details=tuple(telling[kind] for kind in ("address", "phone", "email") if kind in telling),
    )
