"""List requests: paging, filters with dotted names and operators, sorting and chosen fields. Source: TMF630."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

DEFAULT_LIMIT = 20
MAXIMUM_LIMIT = 100
_RESERVED = {"offset", "limit", "fields", "sort", "q"}
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "eq": operator.eq,
    "ne": operator.ne,
}


class BadRequestError(ValueError):
    """A request parameter is not valid; the text says which and why."""


@dataclass(frozen=True, slots=True)
class ListRequest:
    """One list request, read from its query parameters; `folds` means that words are compared without accents."""

    offset: int = 0
    limit: int = DEFAULT_LIMIT
    fields: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    words: str | None = None
    folds: bool = True
    filters: Mapping[str, str] = field(default_factory=dict)


def read_list_request(parameters: Iterable[tuple[str, str]], maximum: int = MAXIMUM_LIMIT) -> ListRequest:
    """Return the list request of query parameters; `limit` is at most `maximum`.

    Raises:
        BadRequestError: `offset` or `limit` is not a whole number of zero or more.
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
    """Return whether a record matches all filters. Commas separate alternatives; in a list any element may match."""
    return all(_has(record, path, wanted) for path, wanted in filters.items())


def _has(record: Mapping[str, Any], path: str, wanted: str) -> bool:
    name, _, last = path.rpartition(".")
    if name and last in _OPERATORS:
        compare = _OPERATORS[last]
        found = values_at(record, name)
        if last == "ne":
            return all(found_value != wanted for found_value in found)
        return any(_compare(compare, found_value, wanted) for found_value in found)
    found_values = set(values_at(record, path))
    return wanted in found_values or any(part in found_values for part in wanted.split(","))


def _compare(compare: Callable[[Any, Any], bool], found: str, wanted: str) -> bool:
    """Return the comparison of two values: as numbers or times if both are, else as texts."""
    for read in (_number, _time):
        pair = read(found), read(wanted)
        if None not in pair:
            return compare(*pair)
    return compare(found, wanted)


def is_time(text: str) -> bool:
    """Return whether a filter's value is a time."""
    return _time(text) is not None


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _time(text: str) -> datetime | None:
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def values_at(record: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield the values at a dotted path as texts; for a list, the values of every element."""
    return _values(record, path.split("."))


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
    """Return the records sorted by keys; `-name` sorts descending, and records without the value come last."""
    ordered = list(records)
    for key in reversed(keys):
        path = key.lstrip("+-").split(".")
        known = [record for record in ordered if next(_values(record, path), None) is not None]
        unknown = [record for record in ordered if next(_values(record, path), None) is None]
        known.sort(key=lambda record: _sort_key(next(_values(record, path))), reverse=key.startswith("-"))
        ordered = known + unknown
    return ordered


def _sort_key(text: str) -> tuple[int, Decimal, str]:
    number = _number(text)
    return (1, Decimal(0), text) if number is None else (0, number, text)


def choose(record: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """Return a record with only the requested attributes, plus `id` and `href`."""
    if not fields:
        return record
    wanted = {"id", "href", *(name.split(".")[0] for name in fields)}
    return {key: value for key, value in record.items() if key in wanted}
