"""Reads the further facts of a record by declarations of attribute names and shapes.

A declaration has the attribute's names of all versions. An attribute of another shape is shown as text or added to the
record's problems, never dropped silently.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from console.connectors.tmforum.reading import is_customer, reference
from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.records.addresses import postal_address
from console.models.detail import Detail

# References that are shown with name and number, because people use both.
_NUMBERED = frozenset({"billingAccount", "financialAccount"})
# Marks a part that is shown elsewhere, such as the customer among the related parties.
_TOLD_ELSEWHERE = Detail("")


@dataclass(frozen=True, slots=True)
class AttributeSet:
    """Attributes of one shape: pairs of name and lower-case name, and the function that reads them."""

    keys: tuple[tuple[str, str], ...]
    read: Callable[[RecordReader, str], Iterator[Detail]]


def read_details(reader: RecordReader, declared: Sequence[AttributeSet]) -> tuple[Detail, ...]:
    """Return the declared further facts of a record, in the order of the declarations."""
    present = reader.present()  # for speed: most attributes are missing, and there are many records
    return tuple(
        found
        for declaration in declared
        for key, folded in declaration.keys
        if folded in present
        for found in declaration.read(reader, key)
    )


def _each(read: Callable[[RecordReader, str], Iterator[Detail]], *keys: str) -> AttributeSet:
    return AttributeSet(tuple((key, key.lower()) for key in keys), read)


def _text(reader: RecordReader, key: str) -> Iterator[Detail]:
    text = reader.any_text(key)
    if text:
        yield Detail(key, text)


def _flag(reader: RecordReader, key: str) -> Iterator[Detail]:
    flag = reader.flag(key)
    if flag is not None:
        yield Detail(key, str(flag).lower())


def _amount(reader: RecordReader, key: str) -> Iterator[Detail]:
    amount = reader.money(key)
    if amount is not None:
        yield Detail(key, amount=amount)


def _day(reader: RecordReader, key: str) -> Iterator[Detail]:
    day = reader.day(key)
    if day is not None:
        yield Detail(key, on=day)


def _moment(reader: RecordReader, key: str) -> Iterator[Detail]:
    at = reader.when(key)
    if at is not None:
        yield Detail(key, at=at)


def _period(reader: RecordReader, key: str) -> Iterator[Detail]:
    for part in reader.parts(key):
        for end, word in (("startDateTime", "from"), ("endDateTime", "to")):
            day = part.day(end)
            if day is not None:
                yield Detail(key, of=word, on=day)


def _each_part(read: Callable[[RecordReader, str], Detail | None], *keys: str) -> AttributeSet:
    """Return a declaration read part by part; a part of another shape is shown as text, not dropped."""
    return _each(partial(_parts, read), *keys)


def _parts(read: Callable[[RecordReader, str], Detail | None], reader: RecordReader, key: str) -> Iterator[Detail]:
    for part in reader.parts(key):
        found = read(part, key) or _in_words(part, key)
        if found is not None and found is not _TOLD_ELSEWHERE:
            yield found


def _in_words(part: RecordReader, key: str) -> Detail | None:
    words = part.in_words()
    return Detail(key, words) if words else None


def _name(part: RecordReader, key: str) -> Detail | None:
    found = reference(part)
    inner = found.label if found is not None else part.text("name") or part.text("description")
    if found is not None and found.name and key in _NUMBERED:
        inner = f"{found.name} ({found.id})"
    role = found.role if found else None
    return Detail(key, inner, role or "") if inner else None


def _party(part: RecordReader, key: str) -> Detail | None:
    party = reference(part)
    if party is None:
        return None
    if is_customer(party, part.dialect.customer_role):
        return _TOLD_ELSEWHERE
    return Detail(key, party.label, party.role or "")


def _note(part: RecordReader, key: str) -> Detail | None:
    text = part.text("text")
    return Detail(key, text, part.text("author") or "", at=part.when("date")) if text else None


def _characteristic(part: RecordReader, key: str) -> Detail | None:
    name, value = part.text("name"), part.any_text("value")
    return Detail(key, value, name or "") if value else None


def _place(part: RecordReader, key: str) -> Detail | None:
    """Return a place by name and address, from the attribute itself or from its `place`."""
    inner = part.part("place") or part
    named = inner.text("name")
    address = postal_address(inner) or next(
        (found for one in inner.parts("geographicAddress") if (found := postal_address(one))), None
    )
    text = ", ".join(one for one in (named, address) if one) or inner.text("id")
    return Detail(key, text, part.text("role") or "") if text else None


def _attachment(part: RecordReader, key: str) -> Detail | None:
    name = part.text("name") or part.text("description") or part.text("url") or part.text("id")
    return Detail(key, name, part.text("mimeType") or part.text("attachmentType") or "") if name else None


def _identifier(part: RecordReader, key: str) -> Detail | None:
    kinds = ("externalReferenceType", "externalIdentifierType", "owner")
    text = part.text("id") or part.text("name")
    return Detail(key, text, next((word for kind in kinds if (word := part.text(kind))), "")) if text else None


def _external(reader: RecordReader, key: str) -> Iterator[Detail]:
    """Yield the external ids of a record: a text in version 4, identifiers with their kind in version 5.

    Both get the name `externalIdentifier`.
    """
    found = _parts(_identifier, reader, key) if isinstance(reader.raw(key), dict | list) else _text(reader, key)
    for detail in found:
        yield replace(detail, name="externalIdentifier")


texts, flags, amounts = partial(_each, _text), partial(_each, _flag), partial(_each, _amount)
days, moments, periods = partial(_each, _day), partial(_each, _moment), partial(_each, _period)
names, parties, notes = partial(_each_part, _name), partial(_each_part, _party), partial(_each_part, _note)
characteristics, places = partial(_each_part, _characteristic), partial(_each_part, _place)
attachments, externals = partial(_each_part, _attachment), partial(_each, _external)


def rest(key: str, *reported_by: str) -> AttributeSet:
    """Return a declaration that shows as text only the parts that the console does not already read elsewhere.

    `reported_by` are attribute paths; a part with any of them is read elsewhere. `item.id` is in an inner object.
    """
    return unless(lambda part: any(_says(part, path) for path in reported_by), key)


def unless(is_printed: Callable[[RecordReader], bool], key: str) -> AttributeSet:
    """Return a declaration that shows parts as text, unless `is_printed` says that they are shown elsewhere."""

    def read(part: RecordReader, _key: str) -> Detail | None:
        return _TOLD_ELSEWHERE if is_printed(part) else None

    return _each_part(read, key)


def _says(part: RecordReader, path: str) -> bool:
    """Return whether a part has a non-empty value at a path."""
    name, _, deeper = path.partition(".")
    value = part.raw(name)
    if deeper and isinstance(value, dict | list):
        return any(_says(inner, deeper) for inner in part.parts(name))
    return value not in (None, "", [], {})


def listed(key: str, read: Callable[[RecordReader], Detail | None]) -> AttributeSet:
    """Return a declaration for one attribute, with a special function that reads its parts."""
    return _each_part(lambda part, _key: read(part), key)
