"""TMF629 customer and TMF632 party, version 4."""

from console.connectors.tmforum.reading import references
from console.connectors.tmforum.wire import Reader
from console.models.customer import ContactMedium, Customer, CustomerId, Party, PartyKind

_POST_CODE_LAST = {"US", "CA", "GB", "AU", "IE"}


def read_customer(reader: Reader) -> Customer:
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
        account_ids=tuple(account for part in reader.parts("account") if (account := part.text("id"))),
        related=references(reader, "relatedParty"),
    )


def read_party(reader: Reader, kind: PartyKind) -> Party:
    """Translate a TMF632 individual or organization."""
    parts = (reader.text("givenName"), reader.text("familyName"))
    name = reader.text("fullName") or reader.text("formattedName") or " ".join(part for part in parts if part)
    company = reader.text("tradingName") or reader.text("name")
    born = reader.day("birthDate")
    return Party(
        id=reader.identifier(),
        kind=kind,
        name=(company if kind is PartyKind.ORGANIZATION else name) or name or company or reader.identifier(),
        status=reader.state("status"),
        birth_on=born.isoformat() if born else None,
        languages=tuple(code for part in reader.parts("languageAbility") if (code := part.text("languageCode"))),
        contact_media=read_contact_media(reader),
    )


def _party_kind(party: Reader) -> PartyKind | None:
    referred = f"{party.text('@referredType') or ''} {party.text('href') or ''}".lower()
    for kind in PartyKind:
        if kind.value in referred:
            return kind
    return None


def read_contact_media(reader: Reader) -> tuple[ContactMedium, ...]:
    """Return the ways to reach someone, in the order they were given."""
    media = []
    for part in reader.parts("contactMedium"):
        facts = part.part("characteristic")
        if facts is None:
            continue
        numbers = (facts.text(key) for key in ("phoneNumber", "emailAddress", "faxNumber"))
        number = next((number for number in numbers if number), None)
        text = number or postal_address(facts)
        if text:
            parts = () if number else address_parts(facts)
            media.append(ContactMedium(part.text("mediumType") or "other", text, bool(part.flag("preferred")), parts))
    return tuple(media)


def address_parts(facts: Reader) -> tuple[tuple[str, str], ...]:
    """Return what a postal address is made of, by the standard's names."""
    names = ("street1", "street2", "city", "stateOrProvince", "postCode", "country")
    return tuple((name, text) for name in names if (text := facts.text(name)))


def postal_address(facts: Reader) -> str | None:
    """Return a postal address on one line, in the order of its country."""
    city, state, code = facts.text("city"), facts.text("stateOrProvince"), facts.text("postCode")
    if (facts.text("country") or "").upper() in _POST_CODE_LAST:
        town = " ".join(part for part in (city, state, code) if part)
    else:
        town = " ".join(part for part in (code, city) if part)
    return ", ".join(part for part in (facts.text("street1"), facts.text("street2"), town) if part) or None
