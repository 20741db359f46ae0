"""Customer search by any typed text: requests go to all systems in parallel, and each reports its progress."""

import asyncio
import re
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from console.errors import ConsoleError
from console.models.card_number import MASK, has_card_number
from console.models.customer import CustomerId
from console.models.name_words import index_words, is_cjk, loose_ways_to_read, ways_to_read
from console.models.search import FoundCustomer, SearchHit, SearchQuery, SearchResult, SystemProgress, SystemSearchState
from console.ports.clock import Clock
from console.ports.customers import Finder
from console.ports.systems import Systems
from console.services.access.masking import masked
from console.services.access.permissions import DataScope, Permissions
from console.services.search.customer_index import CustomerIndex
from console.services.search.phone import read_phone, split_extension
from console.services.search.search_notes import SearchNotes

# Characters of a search text that are read.
_LONGEST_TEXT = 200
# Hits per system, and extra lookups in CRM per system.
_MOST_HITS = 25
_MOST_LOOKED_UP = 8
# Similarity of two words from 0 to 1: one letter in four may differ.
_NEARLY = 0.74
_EMAIL = re.compile(r"^[^\s@]+@[^\s@]+\.[^\s@]+$")
_SIGNS = frozenset("_@.+()/'’&,:#-")
_ADDRESS = re.compile(r"^[\u200b-\u200f\u202a-\u202e\u2060-\u2069]*(?:tel|sips?|callto):", re.IGNORECASE)
_SPACED_NUMBER = re.compile(r"^[A-Za-z]{0,4}[-_.\s(]*\d[\d\s./()-]*$")


def _read_plain(plain: str, text: str, phone: str | None) -> SearchQuery:
    """Return the possible meanings of a normalized text; `text` is as it was typed."""
    if _EMAIL.match(plain):
        return SearchQuery(plain, email=plain.lower())
    if "@" in plain:
        return SearchQuery(plain, phone=phone)
    is_number = _may_be_number(plain) and not (phone and plain.startswith("+"))
    is_name = _may_be_name(plain) and not (phone and split_extension(text)[1])
    return SearchQuery(plain, name=plain if is_name else None, number=plain if is_number else None, phone=phone)


def _plain(text: str) -> str:
    """Return a text with single spaces, without signs that no name or number has, and without leading `#`."""
    readable = "".join(_readable(sign) for sign in text[:_LONGEST_TEXT])
    return " ".join(readable.split()).lstrip("#").strip()


def _may_be_number(plain: str) -> bool:
    """Return whether a text may be a record number: it has a digit, and is one word or spaced like a number."""
    return any(sign.isdigit() for sign in plain) and (" " not in plain or bool(_SPACED_NUMBER.match(plain)))


def _may_be_name(plain: str) -> bool:
    """Return whether a text may be a name: two letters, or one character in scripts where that is a name."""
    letters = sum(sign.isalpha() for sign in plain)
    return letters >= (1 if is_cjk(plain) else 2) and not _SPACED_NUMBER.match(plain)


@dataclass(slots=True)
class _Search:
    """A search under way."""

    query: SearchQuery
    tell: Callable[[SearchResult], None]
    progress: dict[str, SystemProgress] = field(default_factory=dict)
    hits: list[SearchHit] = field(default_factory=list)

    def changed(self) -> None:
        self.tell(SearchResult(self.query, _together(self.hits), tuple(self.progress.values())))


class CustomerSearch:
    """Searches all systems. Cancelling `find` drops the requests under way.

    Use `names_alone` where accounts are locked until the caller is verified: CRM then gets requests for numbers and
    names only. `shows_names` is whether the name of a locked account may be shown. `noted` is called with every search
    text.

    A locked account is found only by a whole number, a whole e-mail address or a name. A partial match would reveal
    data that verifies a caller.
    """

    def __init__(
        self,
        *,
        systems: Systems,
        permissions: Permissions,
        people: CustomerIndex,
        clock: Clock,
        country: str,
        names_alone: bool = False,
        shows_names: bool = True,
        noted: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self._people = people
        self._crm = systems.customers.name
        self._finders = {one.name: one.finder for one in systems.every if one.finder is not None}
        self._permissions = permissions
        self._clock = clock
        self._country = country
        self._names_alone, self._shows_names = names_alone, shows_names
        self._notes = SearchNotes(noted, clock)

    def read(self, text: str) -> SearchQuery:
        """Return the possible meanings of a typed or pasted text; without any, the search finds nothing."""
        if has_card_number(text) or MASK in text:  # not even a masked card number is sent to a system
            return SearchQuery("")
        phone = read_phone(text, self._country)
        if phone and _ADDRESS.match(text.strip()):
            return SearchQuery(phone, phone=phone)
        return _read_plain(_plain(text), text, phone)

    async def find(self, query: SearchQuery, tell: Callable[[SearchResult], None]) -> None:
        """Search all systems in parallel; call `tell` with the results so far on every change.

        A system that fails is listed with its error message; the others continue.
        """
        self._notes.looked_for(query.text)
        search = _Search(query, tell)
        for name, finder in self._finders.items():
            state = SystemSearchState.ASKING if finder.can_search(query) else SystemSearchState.NOT_ASKED
            search.progress[name] = SystemProgress(name, state)
        search.changed()
        asking = [self._recall(search)] + [
            self._search(search, name, finder)
            for name, finder in self._finders.items()
            if search.progress[name].state is SystemSearchState.ASKING
        ]
        await asyncio.gather(*asking)

    async def aclose(self) -> None:
        """Log the last search."""
        await self._notes.aclose()

    async def _recall(self, search: _Search) -> None:
        """Show customers from the local index, before any system responds."""
        hits = await self._people.find(search.query, limit=_MOST_HITS)
        if any(self._is_closed(hit) for hit in hits):
            whole = await self._people.find_whole(search.query)
            hits = [
                hit
                for hit in hits
                if not self._is_closed(hit) or hit.customer_id in whole or _is_called(search.query.name, hit.name)
            ]
        shown = self._shown(hits)
        if shown:
            search.hits = shown + search.hits
            search.changed()

    def _shown(self, hits: Sequence[SearchHit]) -> list[SearchHit]:
        """Return what may be shown of hits; for a locked account, only its customer and why it was found."""
        if self._permissions.refusal_by_role(DataScope.CUSTOMER) is not None:
            return []
        return [
            self._of_closed(hit) if self._is_closed(hit) else masked(hit, self._permissions.user.masked) for hit in hits
        ]

    def _of_closed(self, hit: SearchHit) -> SearchHit:
        name = hit.name if self._shows_names else None
        return replace(hit, kind=None, status=None, details=(), name=name)

    def _is_closed(self, hit: SearchHit) -> bool:
        return self._permissions.refusal(DataScope.CUSTOMER, hit.customer_id) is not None

    async def _search(self, search: _Search, system: str, finder: Finder) -> None:
        started_s = self._clock.monotonic_s()
        found: Sequence[SearchHit] = ()
        hits: Sequence[SearchHit] = ()
        sentence = None
        try:
            found = await self._found_by(finder, search.query, _MOST_HITS + 1)
            hits = self._shown(found[:_MOST_HITS])
        except ConsoleError as error:
            sentence = str(error)
        elapsed_ms = (self._clock.monotonic_s() - started_s) * 1000
        state = SystemSearchState.FAILED if sentence else SystemSearchState.ANSWERED
        search.progress[system] = SystemProgress(
            system, state, elapsed_ms=elapsed_ms, sentence=sentence, has_more=len(found) > _MOST_HITS
        )
        search.hits += hits
        search.changed()
        if system != self._crm:
            await self._look_up(search, [hit.customer_id for hit in hits])

    async def _found_by(self, finder: Finder, query: SearchQuery, limit: int) -> Sequence[SearchHit]:
        return await finder.search_customers(query, limit=limit, names_alone=self._names_alone)

    async def _look_up(self, search: _Search, customers: Sequence[CustomerId]) -> None:
        """Load names and details from CRM for customers that another system found by number; at most 8."""
        known = {hit.customer_id for hit in search.hits if hit.system == self._crm}
        wanted = [customer_id for customer_id in dict.fromkeys(customers) if customer_id not in known][:_MOST_LOOKED_UP]

        async def look_up(customer_id: CustomerId) -> None:
            query = SearchQuery(customer_id, number=customer_id)
            found = await _or_nothing(self._found_by(self._finders[self._crm], query, 1))
            search.hits += [replace(hit, matched=None) for hit in self._shown(found)]

        await asyncio.gather(*(look_up(customer_id) for customer_id in wanted))
        if wanted:
            search.changed()


def _readable(sign: str) -> str:
    """Return a sign that names or numbers may contain, a blank for any other; nothing for invisible marks."""
    category = unicodedata.category(sign)
    if category == "Cf":
        return ""
    return sign if sign.isalnum() or category[0] == "M" or sign in _SIGNS else " "


async def _or_nothing(asked: Awaitable[Sequence[SearchHit]]) -> Sequence[SearchHit]:
    """Return the hits; none if CRM fails, because its own search reports that already."""
    try:
        return await asked
    except ConsoleError:
        return ()


def _is_called(typed: str | None, name: str | None) -> bool:
    """Return whether every word of a text is the beginning of a word of a name, or similar to one."""
    parts = index_words(name or "")
    ways = [*ways_to_read(typed or ""), *loose_ways_to_read(typed or "")]
    return any(all(_begins_one(word, parts) for word in way) for way in ways)


def _begins_one(word: str, parts: Sequence[str]) -> bool:
    return any(part.startswith(word) or SequenceMatcher(None, word, part).ratio() >= _NEARLY for part in parts)


def _together(hits: Sequence[SearchHit]) -> tuple[FoundCustomer, ...]:
    """Return one entry per customer, in the order found; fields missing in one system come from another."""
    found: dict[CustomerId, FoundCustomer] = {}
    for hit in hits:
        reasons = ((hit.system, hit.matched),) if hit.matched is not None else ()
        known = found.get(hit.customer_id)
        if known is None:
            found[hit.customer_id] = FoundCustomer(
                hit.customer_id, hit.name, kind=hit.kind, status=hit.status, details=hit.details, reasons=reasons
            )
            continue
        found[hit.customer_id] = replace(
            known,
            name=known.name or hit.name,
            kind=known.kind or hit.kind,
            status=known.status or hit.status,
            details=known.details or hit.details,
            reasons=tuple(dict.fromkeys((*known.reasons, *reasons))),
        )
    return tuple(found.values())
