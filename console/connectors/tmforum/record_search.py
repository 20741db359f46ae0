"""Search for a record in a customer's list at servers whose paging, filters and counts are unreliable."""

from collections.abc import Callable, Sequence
from typing import Any

from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.reading import belongs_to
from console.connectors.tmforum.record_reader import MalformedRecordError

# The search stops after this many of one customer's records.
_MOST_SEARCHED = 2_000
_PAGES_OF_OTHERS = 3


async def search(
    client: TmForumClient,
    resource: str,
    parameters: Sequence[tuple[str, str]],
    owner: str,
    is_wanted: Callable[[dict[str, Any]], bool],
) -> tuple[list[dict[str, Any]], bool]:
    """Return a customer's current records of a resource, up to one page after the first page with a match.

    The page after is read because a second match may directly follow the first one. The second value is True if these
    are surely all records. That requires an empty last page, because a server may cap pages, count wrongly or ignore
    the filter. Records of other customers are left out.

    Raises:
        SystemCallError: The system cannot be reached or rejected the request.
    """
    found: dict[str, dict[str, Any]] = {}
    seen: set[str] = set()
    is_whole, offset, most = True, 0, _MOST_SEARCHED
    while offset < most:
        page, size = await client.fetch_page_now(resource, parameters, offset)
        own = [element for element in page if is_of(client, resource, element, owner)]
        if is_whole and len(own) < len(page):
            # The filter is ignored: reading on proves nothing, but a new record may be near the beginning.
            is_whole, most = False, offset + _PAGES_OF_OTHERS * size
        fresh = {str(element["id"]): element for element in own if str(element["id"]) not in found}
        found |= fresh
        fresh_ids = {str(element.get("id")) for element in page if isinstance(element, dict)} - seen
        if not fresh_ids:  # the end, or a server that repeats the same page
            return list(found.values()), is_whole and not page
        seen |= fresh_ids
        offset += len(page)
        if any(map(is_wanted, fresh.values())):
            most = offset + 1
    return list(found.values()), False


def is_of(client: TmForumClient, resource: str, element: Any, owner: str) -> bool:
    """Return whether an element of a list is a record with an id that is not another customer's."""
    try:
        reader = client.reader(resource, element)
        return bool(reader.identifier()) and "id" in element and belongs_to(reader, owner)
    except MalformedRecordError:
        return False
