"""Customers in CRM: the role, the person or company behind it, and the contact data."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NewType

from console.models.detail import Detail
from console.models.reference import Reference

CustomerId = NewType("CustomerId", str)


class PartyKind(Enum):
    """The kind of party behind a customer."""

    INDIVIDUAL = "individual"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class ContactMedium:
    """One way to reach a customer. Source: TMF629 v4 ContactMedium.

    `medium` is the system's own word (`email`, `phone`, `postalAddress`, ...). `text` is the address, number or place
    on one line, in the form of its country. `parts` are an address as the system saves it, by the standard's names.
    """

    medium: str
    text: str
    preferred: bool = False
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def kind(self) -> str:
        """`phone`, `email`, `address` or `other`, derived from the system's word."""
        word = self.medium.lower()
        if "fax" in word:
            return "other"
        for kind, marks in (
            ("email", ("mail",)),
            ("phone", ("phone", "mobile", "cell", "landline")),
            ("address", ("address", "postal")),
        ):
            if any(mark in word for mark in marks):
                return "address" if kind == "email" and "postal" in word else kind
        return "other"


@dataclass(frozen=True, slots=True)
class Party:
    """The person or company behind a customer. Source: TMF632 v4 Individual and Organization."""

    id: str
    kind: PartyKind
    name: str
    status: str | None = None
    birth_on: str | None = None
    languages: tuple[str, ...] = ()
    contact_media: tuple[ContactMedium, ...] = ()
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer: the role a party plays towards us. Source: TMF629 v4 Customer.

    `contact_media` are the ways to reach them that were valid when this was read; `ended_media` were not valid then.
    """

    id: CustomerId
    name: str
    status: str | None = None
    status_reason: str | None = None
    kind: PartyKind | None = None
    party_id: str | None = None
    since: datetime | None = None
    contact_media: tuple[ContactMedium, ...] = ()
    account_ids: tuple[str, ...] = ()
    related: tuple[Reference, ...] = ()
    ended_media: tuple[ContactMedium, ...] = ()
    details: tuple[Detail, ...] = ()
