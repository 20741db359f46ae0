"""Paging headers of a list: the total number of records, and whether a page is the last one.

Sources: TMF630 v4 (X-Total-Count, Link), RFC 8288 (Link).
"""

import re
from collections.abc import Mapping

_RELATION = re.compile(r""";\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))""", re.IGNORECASE)
_OF_PAGES = frozenset({"first", "prev", "previous", "last"})


def total_count(headers: Mapping[str, str]) -> int | None:
    """Return the total number of records from X-Total-Count; None if it is missing or not a number."""
    text = headers.get("x-total-count", "").strip()
    return int(text) if text.isascii() and text.isdigit() else None


def is_last_page(headers: Mapping[str, str], on_page: int, read: int, page_size: int) -> bool:
    """Return whether a page is surely the last one.

    `on_page` is the number of records on this page, `read` that of all pages so far. A short page proves nothing,
    because servers cut pages. Without a reliable count and without a Link header, the caller requests the next page.
    A count is reliable if it equals `read`, unless it may only be the size of one full page.
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
