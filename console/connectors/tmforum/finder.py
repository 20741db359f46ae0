"""Customer search in one TM Forum server, over all capabilities it serves."""

import asyncio
from collections.abc import Sequence

from console.models.search import SearchHit, SearchQuery
from console.ports.customers import Finder


class TmForumFinder:
    """Implements `Finder` by combining the finders of one server, in their order."""

    def __init__(self, parts: Sequence[Finder]) -> None:
        self._parts = tuple(parts)

    def can_search(self, query: SearchQuery) -> bool:
        return any(part.can_search(query) for part in self._parts)

    async def search_customers(
        self, query: SearchQuery, *, limit: int, names_alone: bool = False
    ) -> Sequence[SearchHit]:
        asked = [part for part in self._parts if part.can_search(query)]
        found = await asyncio.gather(
            *(part.search_customers(query, limit=limit, names_alone=names_alone) for part in asked)
        )
        return [hit for hits in found for hit in hits][:limit]
