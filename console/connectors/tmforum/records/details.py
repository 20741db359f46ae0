"""Reads the further facts of a record by declarations: which attributes, and of what shape each of them is.

An attribute is looked for by every name that a version of its description has for it. What has another shape than
declared is noted as a problem of the record, never left out without a word.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from console.connectors.tmforum.reading import is_customer, reference
from console.connectors.tmforum.records.addresses import postal_address
from console.connectors.tmforum.wire import Reader
from console.models.detail import Detail

Declared = Callable[[Reader], Iterator[Detail]]


def read_details(reader: Reader, declared: Sequence[Declared]) -> tuple[Detail, ...]:
    """Return the declared further facts of a record, in the order of the declarations."""
    return tuple(found for declaration in declared for found in declaration(reader))


def _each(read: Callable[[Reader, str], Iterator[Detail]], *keys: str) -> Declared:
    def read_all(reader: Reader) -> Iterator[Detail]:
        for key in keys:
            if reader.raw(key) not in (None, "", [], {}):
                yield from read(reader, key)

    return read_all


def _text(reader: Reader, key: str) -> Iterator[Detail]:
    text = reader.any_text(key)
    if text:
        yield Detail(key, text)


def _flag(reader: Reader, key: str) -> Iterator[Detail]:
    flag = reader.flag(key)
    if flag is not None:
        yield Detail(key, str(flag).lower())


def _amount(reader: Reader, key: str) -> Iterator[Detail]:
    amount = reader.money(key)
    if amount is not None:
        yield Detail(key, amount=amount)


def _day(reader: Reader, key: str) -> Iterator[Detail]:
    day = reader.day(key)
    if day is not None:
        yield Detail(key, on=day)


def _moment(reader: Reader, key: str) -> Iterator[Detail]:
    at = reader.when(key)
    if at is not None:
        yield Detail(key, at=at)


def _period(reader: Reader, key: str) -> Iterator[Detail]:
    for part in reader.parts(key):
        for end, word in (("startDateTime", "from"), ("endDateTime", "to")):
            day = part.day(end)
            if day is not None:
                yield Detail(key, of=word, on=day)


def _name(reader: Reader, key: str) -> Iterator[Detail]:
    for part in reader.parts(key):
        found = reference(part)
        inner = found.label if found is not None else part.text("name") or part.text("description")
        if inner:
            yield Detail(key, inner, (found.role if found else None) or "")


def _party(reader: Reader, key: str) -> Iterator[Detail]:
    for part in reader.parts(key):
        party = reference(part)
        if party is not None and not is_customer(party, reader.spelling.customer_role):
            yield Detail(key, party.label, party.role or "")


def _note(reader: Reader, key: str) -> Iterator[Detail]:
    for part in reader.parts(key):
        text = part.text("text")
        if text:
            yield Detail(key, text, part.text("author") or "", at=part.when("date"))


def _characteristic(reader: Reader, key: str) -> Iterator[Detail]:
    for part in reader.parts(key):
        name, value = part.text("name"), part.any_text("value")
        if name and value:
            yield Detail(key, value, name)


def _place(reader: Reader, key: str) -> Iterator[Detail]:
    """Yield places by name and address, whether they stand in the attribute itself or in its `place`."""
    for part in reader.parts(key):
        inner = part.part("place") or part
        named = inner.text("name")
        address = postal_address(inner) or next(
            (found for one in inner.parts("geographicAddress") if (found := postal_address(one))), None
        )
        text = ", ".join(one for one in (named, address) if one) or inner.text("id")
        if text:
            yield Detail(key, text, part.text("role") or "")


def _attachment(reader: Reader, key: str) -> Iterator[Detail]:
    for part in reader.parts(key):
        name = part.text("name") or part.text("description") or part.text("url") or part.text("id")
        if name:
            yield Detail(key, name, part.text("mimeType") or part.text("attachmentType") or "")


def _external(reader: Reader, key: str) -> Iterator[Detail]:
    """Yield what others call a record: a text in version 4, identifiers with their kind in version 5."""
    if not isinstance(reader.raw(key), dict | list):
        yield from _text(reader, key)
        return
    for part in reader.parts(key):
        kinds = ("externalReferenceType", "externalIdentifierType", "owner")
        text = part.text("id") or part.text("name")
        if text:
            yield Detail(key, text, next((word for kind in kinds if (word := part.text(kind))), ""))


texts, flags, amounts = partial(_each, _text), partial(_each, _flag), partial(_each, _amount)
days, moments, periods = partial(_each, _day), partial(_each, _moment), partial(_each, _period)
names, parties, notes = partial(_each, _name), partial(_each, _party), partial(_each, _note)
characteristics, places = partial(_each, _characteristic), partial(_each, _place)
attachments, externals = partial(_each, _attachment), partial(_each, _external)


def listed(key: str, read: Callable[[Reader], Detail | None]) -> Declared:
    """Return how an attribute with parts of a shape of its own is read; the parts that say nothing are left out."""

    def read_all(reader: Reader) -> Iterator[Detail]:
        for part in reader.parts(key):
            found = read(part)
            if found is not None:
                yield found

    return read_all
