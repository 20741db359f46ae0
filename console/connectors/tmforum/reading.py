"""Shared reading code of several resources: references to other records, and the customer of a record."""

from datetime import UTC, datetime

from console.connectors.tmforum.record_reader import RecordReader
from console.models.customer import CustomerId
from console.models.reference import Reference

BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
# Attributes in which version 5 wraps a reference; the role stays outside.
_WRAPPERS = ("partyOrPartyRole", "entity")


def references(reader: RecordReader, key: str) -> tuple[Reference, ...]:
    """Return the references in a list; those without an id are left out."""
    return tuple(found for part in reader.parts(key) if (found := reference(part)) is not None)


def reference(part: RecordReader | None) -> Reference | None:
    """Return one reference, plain or wrapped as in version 5; None if it has no id."""
    if part is None:
        return None
    wrapper = next((key for key in _WRAPPERS if part.raw(key) is not None), None)
    inner = (part.part(wrapper) if wrapper else None) or part
    identifier = inner.text("id")
    if identifier is None:
        return None
    return Reference(identifier, inner.text("@referredType"), inner.text("name"), part.text("role"))


def is_customer(party: Reference, role: str) -> bool:
    """Return whether a related party is the customer: by its role, or without a role by its kind."""
    if party.role:
        return party.role.lower() == role.lower()
    return (party.kind or "customer").lower() in {"customer", "consumer"}


def customer_named(reader: RecordReader) -> tuple[CustomerId, str | None] | None:
    """Return the id and name of a record's customer, or None if the record names none."""
    for party in references(reader, "relatedParty"):
        if is_customer(party, reader.dialect.customer_role):
            return CustomerId(party.id), party.name
    return None


def belongs_to(reader: RecordReader, owner: str, *, surely: bool = False) -> bool:
    """Return whether a record belongs to this customer; one that names no customer does too, unless `surely`."""
    named = [party for key in ("relatedParty", "payer", "requestor") for party in references(reader, key)]
    customers = [party.id for party in named if is_customer(party, reader.dialect.customer_role)]
    return owner in customers or not (customers or surely)
