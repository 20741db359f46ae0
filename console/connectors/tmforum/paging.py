"""What the headers of a list say: how many records there are, and whether a page is its last.

Sources: TMF630 v4 (X-Total-Count, Link), RFC 8288 (Link).
"""

import re
from collections.abc import Mapping

_RELATION = re.compile(r""";\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))""", re.IGNORECASE)
_OF_PAGES = frozenset({"first", "prev", "previous", "last"})


def total_count(headers: Mapping[str, str]) -> int | None:
    """Return how many records there are, as the server says; None where it does not."""
    text = headers.get("x-total-count", "").strip()
    return int(text) if text.isascii() and text.isdigit() else None


def is_last_page(headers: Mapping[str, str], on_page: int, read: int, page_size: int) -> bool:
    """Return whether nothing follows a page, as far as the server can be believed.

    `on_page` are the records of this page, `read` those of all pages so far. A short page proves nothing, since servers
    cut them: without a count to believe and without a Link, the page after it is asked for and comes back empty. A
    count is believed when it is exactly what was read so far, unless it may be that of one full page.
    """
    relations = {word for match in _RELATION.finditer(headers.get("link", "")) for word in _words(match)}
    if "next" in relations:
        return False
    if relations & _OF_PAGES:
        return True
    may_be_of_page = read == on_page >= page_size
    return total_count(headers) == read and not may_be_of_page


def _words(match: re.Match[str]) -> list[str]:
    return (match[1] if match[1] is not None else match[2]).lower().split()
