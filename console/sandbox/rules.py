"""How a list is asked for: paging, equality filters with dotted names, sorting and chosen fields (TMF630)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

DEFAULT_LIMIT = 20
MAXIMUM_LIMIT = 100
_RESERVED = {"offset", "limit", "fields", "sort", "q"}


class BadRequestError(ValueError):
    """A parameter cannot be understood; the text says which and why."""


@dataclass(frozen=True, slots=True)
class ListRequest:
    """One list request, read from its query parameters."""

    offset: int = 0
    limit: int = DEFAULT_LIMIT
    fields: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    words: str | None = None
    filters: Mapping[str, str] = field(default_factory=dict)


def read_list_request(parameters: Iterable[tuple[str, str]], maximum: int = MAXIMUM_LIMIT) -> ListRequest:
    """Return what is asked for.

    Raises:
        BadRequestError: `offset` or `limit` is no whole number of zero or more.
    """
    given = dict(parameters)
    return ListRequest(
        offset=_whole_number(given, "offset", 0),
        limit=min(_whole_number(given, "limit", DEFAULT_LIMIT), maximum),
        fields=_names(given.get("fields", "")),
        sort=_names(given.get("sort", "")),
        words=given.get("q"),
        filters={key: value for key, value in given.items() if key not in _RESERVED},
    )


def _whole_number(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise BadRequestError(f"{name} must be a whole number of zero or more")
    return int(text)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def matches(record: Mapping[str, Any], filters: Mapping[str, str]) -> bool:
    """Return whether a record has all the values; commas separate alternatives, in a list any element may match."""
    return all(_has(record, path, wanted) for path, wanted in filters.items())


def _has(record: Mapping[str, Any], path: str, wanted: str) -> bool:
    found = set(_values(record, path.split(".")))
    return wanted in found or any(part in found for part in wanted.split(","))


def _values(value: Any, path: list[str]) -> Iterator[str]:
    if isinstance(value, list):
        for element in value:
            yield from _values(element, path)
    elif path and isinstance(value, Mapping):
        if path[0] in value:
            yield from _values(value[path[0]], path[1:])
    elif not path:
        yield str(value).lower() if isinstance(value, bool) else str(value)


def sort_records(records: list[dict[str, Any]], keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the records in the asked order; `-name` sorts downwards, records without the value come last."""
    ordered = list(records)
    for key in reversed(keys):
        path = key.lstrip("+-").split(".")
        known = [record for record in ordered if next(_values(record, path), None) is not None]
        unknown = [record for record in ordered if next(_values(record, path), None) is None]
        known.sort(key=lambda record: next(_values(record, path)), reverse=key.startswith("-"))
        ordered = known + unknown
    return ordered


def choose(record: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """Return only the asked attributes; id and href always come along."""
    if not fields:
        return record
    wanted = {"id", "href", *(name.split(".")[0] for name in fields)}
    return {key: value for key, value in record.items() if key in wanted}
