"""Readers for TMF629 customers and TMF632 parties."""

from collections.abc import Iterator

from console.connectors.tmforum.reading import reference, references
from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.records import details
from console.connectors.tmforum.records.addresses import address_parts, postal_address
from console.models.customer import ContactMedium, Customer, CustomerId, Party, PartyKind
from console.models.detail import Detail

# Attribute with the shown text -> kind of the medium.
_MEDIA = {"phoneNumber": "phone", "emailAddress": "email", "faxNumber": "fax", "socialNetworkId": "social"}


def read_customer(reader: RecordReader) -> Customer:
    """Translate a TMF629 customer."""
    identifier = reader.identifier()
    party = reader.part("engagedParty")
    period = reader.part("validFor")
    name = reader.text("name") or (party.text("name") if party else None)
    return Customer(
        id=CustomerId(identifier),
        name=name or identifier,
        status=reader.state("status"),
        status_reason=reader.text("statusReason"),
        kind=_party_kind(party) if party else None,
        party_id=party.text("id") if party else None,
        since=period.when("startDateTime") if period else None,
        contact_media=read_contact_media(reader),
        ended_media=read_ended_media(reader),
        account_ids=tuple(account for part in reader.parts("account") if (account := part.text("id"))),
        related=references(reader, "relatedParty"),
        details=details.read_details(reader, _CUSTOMER),
    )


def _credit(part: RecordReader) -> Detail | None:
    """Return a credit profile: its score, risk rating and date; None without score and risk."""
    score, risk = part.text("creditScore"), part.text("creditRiskRating")
    if not (score or risk):
        return None
    return Detail("creditProfile", score or "", of=risk or "", on=part.day("creditProfileDate"))


def _organization(part: RecordReader, key: str) -> Detail | None:
    named = reference(part.part("organization"))
    return Detail(key, named.label, part.text("relationshipType") or "") if named else None


def _person_name(reader: RecordReader) -> str:
    """Return a person's full name as given, else joined from its parts."""
    parts = (reader.text(key) for key in ("givenName", "middleName", "familyNamePrefix", "familyName"))
    return reader.text("fullName") or reader.text("formattedName") or " ".join(part for part in parts if part)


def _company_name(reader: RecordReader) -> str | None:
    return reader.text("tradingName") or reader.text("name")


def _registered_name(reader: RecordReader, company: str | None) -> tuple[Detail, ...]:
    """Return the registered name of a company if it differs from the shown name."""
    name = reader.text("name")
    return (Detail("name", name),) if name and name != company else ()


def read_party(reader: RecordReader, kind: PartyKind) -> Party:
    """Translate a TMF632 individual or organization."""
    born = reader.day("birthDate")
    names: tuple[str | None, ...]
    if kind is PartyKind.ORGANIZATION:
        names = _company_name(reader), _person_name(reader)
        registered = _registered_name(reader, names[0])
    else:
        names = reader.text("fullName") or reader.text("name") or _person_name(reader), _company_name(reader)
        registered = ()
    return Party(
        id=reader.identifier(),
        kind=kind,
        name=next(filter(None, names), None) or reader.identifier(),
        status=reader.state("status"),
        birth_on=born.isoformat() if born else None,
        languages=tuple(code for part in reader.parts("languageAbility") if (code := part.text("languageCode"))),
        contact_media=read_contact_media(reader),
        details=registered + details.read_details(reader, _PARTY),
    )


def _party_kind(party: RecordReader) -> PartyKind | None:
    referred = f"{party.text('@referredType') or ''} {party.text('href') or ''}".lower()
    for kind in PartyKind:
        if kind.value in referred:
            return kind
    return None


def read_contact_media(reader: RecordReader) -> tuple[ContactMedium, ...]:
    """Return the contact media that are valid now, in the record's order; reads either version's shape."""
    return tuple(_media(reader, valid=True))


def read_ended_media(reader: RecordReader) -> tuple[ContactMedium, ...]:
    """Return the contact media that are not valid now: ended ones, or ones that start later."""
    return tuple(_media(reader, valid=False))


def _media(reader: RecordReader, *, valid: bool) -> Iterator[ContactMedium]:
    for part in reader.parts("contactMedium"):
        if part.is_valid() is valid:
            yield from read_media(part)


def read_media(part: RecordReader) -> Iterator[ContactMedium]:
    """Yield each contact medium in one entry; some servers put several into one."""
    facts = part.part("characteristic") or part  # version 5 has the values in the medium itself
    preferred = bool(part.flag("preferred"))
    for key in _MEDIA:
        if text := facts.text(key):
            yield ContactMedium(_word(part, key), text, preferred)
    if address := postal_address(facts):
        yield ContactMedium(_word(part, None), address, preferred, address_parts(facts))
    elif not any(facts.text(key) for key in _MEDIA) and (words := facts.in_words() or part.in_words()):
        yield ContactMedium(part.text("mediumType") or "other", words, preferred)


def _word(part: RecordReader, key: str | None) -> str:
    """Return the system's word for a medium if its kind is known; else the word for its attribute."""
    word = part.text("mediumType")
    held = _MEDIA[key] if key else "postalAddress"
    return word if word and (ContactMedium(word, "").kind != "other" or "fax" in word.lower()) else held


# Further facts, shown when a user opens the record.
_CUSTOMER = (
    details.texts("description", "role"),
    details.names("engagedParty"),
    details.rest("relatedParty", "id", "partyOrPartyRole.id"),
    details.rest("account", "id"),
    details.listed("creditProfile", _credit),
    details.characteristics("characteristic"),
    details.names("agreement", "paymentMethod"),
)
_PARTY = (
    details.texts("title", "preferredGivenName", "tradingName", "organizationType"),
    details.days("deathDate"),
    details.listed(
        "organizationParentRelationship", lambda part: _organization(part, "organizationParentRelationship")
    ),
    details.listed("organizationChildRelationship", lambda part: _organization(part, "organizationChildRelationship")),
    details.parties("relatedParty"),
    details.rest("languageAbility", "languageCode"),
)
