"""Local index of customers that this console has loaded, so that a search finds them without a request."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from console.errors import StoreError
from console.models.cache_size import CacheSize
from console.models.customer import Customer, CustomerId
from console.models.provenance import Records, Sourced
from console.models.search import KnownPerson, Match, MatchedBy, SearchHit, SearchQuery
from console.ports.store import PersonStore
from console.services.access.permissions import DataScope
from console.services.search.phone import national_digits

_log = logging.getLogger(__name__)
_NUMBERED = frozenset({DataScope.BILLING_ACCOUNTS, DataScope.BILLS, DataScope.PRODUCT_ORDERS, DataScope.SERVICE_ORDERS})
HERE = "desk"

# Customers whose datasets may arrive at the same time; the first data of others is in the store already.
_MOST_AT_ONCE = 64
# Numbers with fewer digits are not searched.
_LEAST_DIGITS = 3


@dataclass(slots=True)
class _Learned:
    person: KnownPerson | None = None
    numbers: set[str] = field(default_factory=set)


class CustomerIndex:
    """Adds customers to the local index and finds them; if the store fails, it finds none and logs that."""

    def __init__(self, store: PersonStore) -> None:
        self._store = store
        self._learning: OrderedDict[str, _Learned] = OrderedDict()
        self._writing: set[asyncio.Task[None]] = set()

    @property
    def size(self) -> CacheSize:
        """How many customers' names and numbers are being collected in memory."""
        return CacheSize("people being learned", len(self._learning), _MOST_AT_ONCE, "customers")

    def learn(self, customer_id: str, scope: Any, facts: Any) -> None:
        """Index a customer's name and numbers from facts that a system sent."""
        learned = self._learned_of(customer_id)
        numbers, before = learned.numbers, len(learned.numbers)
        if scope in _NUMBERED and isinstance(facts, Records):
            numbers |= {str(getattr(item.value, "number", None) or item.value.id) for item in facts}
        elif scope is DataScope.CUSTOMER and isinstance(facts, Sourced):
            learned.person = person_of(facts.value, facts.origin.read_at)
        elif len(numbers) == before:
            return
        person = learned.person
        if person is not None:
            whole = KnownPerson(
                person.customer_id, person.name, kind=person.kind, status=person.status, details=person.details,
                numbers=(*person.numbers, *sorted(numbers)), seen_at=person.seen_at,
            )  # fmt: skip
            self._start([whole])

    def _learned_of(self, customer_id: str) -> "_Learned":
        """Return the collected data of a customer; the oldest is dropped from memory, it is in the store."""
        learned = self._learning.setdefault(customer_id, _Learned())
        self._learning.move_to_end(customer_id)
        if len(self._learning) > _MOST_AT_ONCE:
            self._learning.popitem(last=False)
        return learned

    async def prime(self, customers: Sequence[Customer]) -> None:
        """Index customers that were never opened."""
        await self._store.put([person_of(customer, None) for customer in customers])

    async def find(self, query: SearchQuery, *, limit: int) -> Sequence[SearchHit]:
        """Return indexed customers that a query may mean, best first, at most `limit`."""
        words = query.name or (query.email or "").partition("@")[0] or None
        typed = _digits(query.phone or query.number or "")
        # A system may store domestic numbers without the country code.
        national = national_digits(query.phone) if query.phone else ""
        # Numbers of other countries are stored without the leading zero that is dialled there.
        ways = [
            digits for digits in dict.fromkeys((typed, national, typed.lstrip("0"))) if len(digits) >= _LEAST_DIGITS
        ]
        try:
            found = list(await self._store.find(words=words, digits=ways[0] if ways else None, limit=limit))
            for digits in ways[1:]:
                found += await self._store.find(words=None, digits=digits, limit=limit)
        except StoreError as error:
            _log.warning("the local search failed: %s", error)
            return ()
        return [
            SearchHit(
                person.customer_id,
                HERE,
                matched=Match(MatchedBy.SEEN_HERE),
                name=person.name,
                kind=person.kind,
                status=person.status,
                details=person.details,
            )
            for person in {person.customer_id: person for person in reversed(found)}.values()
        ][::-1][:limit]

    async def find_whole(self, query: SearchQuery) -> frozenset[str]:
        """Return indexed customers that have a query's exact number or e-mail address."""
        found: set[str] = set()
        try:
            national = national_digits(query.phone) if query.phone else None
            for number in dict.fromkeys(filter(None, (query.phone, national, query.number))):
                found |= set(await self._store.find_whole(number=number, email=None))
            if query.email:
                found |= set(await self._store.find_whole(number=None, email=query.email))
        except StoreError as error:
            _log.warning("the local search failed: %s", error)
        return frozenset(found)

    async def aclose(self) -> None:
        """Wait until everything is written."""
        await asyncio.gather(*self._writing, return_exceptions=True)

    def _start(self, people: Sequence[KnownPerson]) -> None:
        async def put() -> None:
            try:
                await self._store.put(people)
            except StoreError as error:
                _log.warning("a customer is not put into the local index: %s", error)

        task = asyncio.create_task(put(), name="know a person")
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)


def person_of(customer: Customer, seen_at: Any) -> KnownPerson:
    """Return the index entry of a customer."""
    telling = {medium.kind: medium.text for medium in reversed(customer.contact_media)}
    return KnownPerson(
        CustomerId(customer.id),
        customer.name,
        kind=customer.kind,
        status=customer.status,
        details=tuple(telling[kind] for kind in ("address", "phone", "email") if kind in telling),
        numbers=tuple(medium.text for medium in customer.contact_media if medium.kind == "phone")
        + customer.account_ids,
        seen_at=seen_at,
    )


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())
