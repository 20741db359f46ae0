"""TMF629 customer and TMF632 party, version 5: ways to reach a customer have a type of their own each."""

from collections.abc import Iterator
from dataclasses import replace

from console.connectors.tmforum.v4 import customer as v4
from console.connectors.tmforum.wire import Reader
from console.models.customer import ContactMedium, Customer, Party, PartyKind

# The attribute that holds what is shown, and the word for the kind of medium.
_MEDIA = {"phoneNumber": "phone", "emailAddress": "email", "faxNumber": "fax", "socialNetworkId": "social"}


def read_customer(reader: Reader) -> Customer:
    """Translate a TMF629 customer."""
    return replace(v4.read_customer(reader), contact_media=read_contact_media(reader))


def read_party(reader: Reader, kind: PartyKind) -> Party:
    """Translate a TMF632 individual or organization; an individual's whole name is called as an organization's is."""
    party = v4.read_party(reader, kind)
    name = party.name if kind is PartyKind.ORGANIZATION else reader.text("name") or party.name
    return replace(party, name=name, contact_media=read_contact_media(reader))


def read_contact_media(reader: Reader) -> tuple[ContactMedium, ...]:
    """Return the ways to reach someone, in the order they were given."""
    return tuple(_contact_media(reader))


def _contact_media(reader: Reader) -> Iterator[ContactMedium]:
    for part in reader.parts("contactMedium"):
        preferred = bool(part.flag("preferred"))
        key = next((key for key in _MEDIA if part.text(key)), None)
        text = part.text(key) if key else v4.postal_address(part)
        if text:
            parts = () if key else v4.address_parts(part)
            yield ContactMedium(_MEDIA[key] if key else "postalAddress", text, preferred, parts)
