"""Turns validation errors of a configuration into one sentence with the full name of the setting."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import msgspec.inspect

_STEP = re.compile(r"\.(\w+)|\[(?:(\d+)|\.\.\.)\]")
_KINDS = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list in [ ]",
    "object": "a table",
    "datetime": "a date",
    "date": "a date",
    "time": "a time",
}
_GOT = {"float": "a number with decimals", "null": "nothing"}


def in_words(error: msgspec.ValidationError, document: Any, wanted: type) -> str:
    """Return the sentence for an error that occurred when `document` was converted to `wanted`.

    msgspec does not name the table key of an error. The key is found by converting the document with one key at a time.
    """
    reason, _, path = str(error).partition(" - at ")
    way = [int(index) if index else name or None for name, index in _STEP.findall(path)]
    for alone, named in _alone(document, way):
        if _fails(alone, wanted, reason):
            return _sentence(named, reason, wanted)
    return _sentence(way, reason, wanted)


def _alone(document: Any, way: list[str | int | None]) -> Iterator[tuple[Any, list[str | int | None]]]:
    """Yield the document with one key alone where the path names none, and the path with that key, for each key."""
    if not way:
        yield document, []
        return
    first, rest = way[0], way[1:]
    if first is None:
        for key, inside in document.items() if isinstance(document, dict) else ():
            yield from (({key: alone}, [key, *named]) for alone, named in _alone(inside, rest))
    elif isinstance(document, list) and isinstance(first, int):
        for alone, named in _alone(document[first], rest):
            yield [*document[:first], alone, *document[first + 1 :]], [first, *named]
    elif isinstance(document, dict) and isinstance(first, str) and first in document:
        for alone, named in _alone(document[first], rest):
            yield {**document, first: alone}, [first, *named]


def _fails(document: Any, wanted: type, reason: str) -> bool:
    try:
        msgspec.convert(document, wanted)
    except msgspec.ValidationError as error:
        return str(error).startswith(reason)
    return False


def _shown(way: list[str | int | None]) -> str:
    """Return a setting's name as it is written in the file. List items count from 1."""
    words = ""
    for part in way:
        if isinstance(part, int):
            words += f" #{part + 1}"
        else:
            key = _key(part)
            words += f".{key}" if words else key
    return words or "the file"


def _key(part: str | None) -> str:
    if part is None:
        return "..."
    return part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else f'"{part}"'


def _sentence(way: list[str | int | None], reason: str, wanted: type) -> str:
    reason, setting = reason.replace("`", ""), _shown(way)
    if found := re.fullmatch(r"Expected (.+), got (.+)", reason):
        kinds = " or ".join(_KINDS.get(kind, kind) for kind in found[1].split(" | ") if kind != "null")
        return f"{setting} must be {kinds}, not {_GOT.get(found[2]) or _KINDS.get(found[2], found[2])}."
    if found := re.fullmatch(r"Object contains unknown field (.+)", reason):
        return f"{_shown([*way, found[1]])} is not a setting."
    if found := re.fullmatch(r"Object missing required field (.+)", reason):
        return f"{setting} lacks the setting {found[1]}."
    if found := re.fullmatch(r"Invalid enum value (.+)", reason):
        allowed = ", ".join(_allowed(msgspec.inspect.type_info(wanted), way))
        return (
            f"{setting} is {found[1]}, which is none of {allowed}." if allowed else f"{setting} cannot be {found[1]}."
        )
    if reason == "Invalid decimal string":
        return f"{setting} must be a number."
    return f"{setting} is not usable: {reason[:1].lower()}{reason[1:]}."


def _allowed(kind: Any, way: list[str | int | None]) -> list[str]:
    """Return the allowed values of a setting, found in the types along its path; empty if any value is allowed."""
    if isinstance(kind, msgspec.inspect.UnionType):
        return [word for one in kind.types for word in _allowed(one, way)]
    if not way:
        return [str(value) for value in kind.values] if isinstance(kind, msgspec.inspect.LiteralType) else []
    if isinstance(kind, msgspec.inspect.StructType):
        return next((_allowed(field.type, way[1:]) for field in kind.fields if field.encode_name == way[0]), [])
    if isinstance(kind, msgspec.inspect.DictType):
        return _allowed(kind.value_type, way[1:])
    if isinstance(kind, msgspec.inspect.VarTupleType | msgspec.inspect.ListType):
        return _allowed(kind.item_type, way[1:])
    return []
