"""Looking for one of a customer's records in the lists of a server that pages, filters and counts as it likes."""

from collections.abc import Callable, Sequence
from typing import Any

from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.reading import belongs_to
from console.connectors.tmforum.wire import MalformedRecordError

# Of one customer's records so many are searched for one of ours; more are not all looked through.
_MOST_SEARCHED = 2_000
_PAGES_OF_OTHERS = 3


async def search(
    client: TmForumClient,
    resource: str,
    parameters: Sequence[tuple[str, str]],
    owner: str,
    is_wanted: Callable[[dict[str, Any]], bool],
) -> tuple[list[dict[str, Any]], bool]:
    """Return a customer's records of a resource as they are now, up to the page after one with a wanted one.

    Of two that are wanted, the first may be the last of its page. What comes after that page is not read. The second
    value is whether those are surely all there are, which is so only if an empty page follows: a server may cap its
    pages, count wrongly or ignore the filter. Records of other customers are left out.

    Raises:
        SystemCallError: The system cannot be asked.
    """
    found: dict[str, dict[str, Any]] = {}
    seen: set[str] = set()
    is_whole, offset, most = True, 0, _MOST_SEARCHED
    while offset < most:
        page, size = await client.fetch_page_now(resource, parameters, offset)
        own = [element for element in page if is_of(client, resource, element, owner)]
        if is_whole and len(own) < len(page):
            # However far it is read, it proves nothing; what is new may stand near the beginning.
            is_whole, most = False, offset + _PAGES_OF_OTHERS * size
        fresh = {str(element["id"]): element for element in own if str(element["id"]) not in found}
        found |= fresh
        fresh_ids = {str(element.get("id")) for element in page if isinstance(element, dict)} - seen
        if not fresh_ids:  # the end, or a server that gives the same page again and again
            return list(found.values()), is_whole and not page
        seen |= fresh_ids
        offset += len(page)
        if any(map(is_wanted, fresh.values())):
            most = offset + 1
    return list(found.values()), False


def is_of(client: TmForumClient, resource: str, element: Any, owner: str) -> bool:
    """Return whether an element of a list is a record with an id, and not another customer's."""
    try:
        reader = client.reader(resource, element)
        return bool(reader.identifier()) and "id" in element and belongs_to(reader, owner)
    except MalformedRecordError:
        return False
