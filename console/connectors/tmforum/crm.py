"""CRM over TMF629 customer and TMF632 party, version 4."""

import asyncio
from collections.abc import Sequence

from console.connectors.tmforum.care import TmForumCare
from console.connectors.tmforum.numbers import complete_number
from console.connectors.tmforum.reading import references
from console.connectors.tmforum.wire import Reader
from console.models.customer import ContactMedium, Customer, CustomerId, Party, PartyKind
from console.models.health import CheckResult
from console.models.provenance import Sourced
from console.models.search import Reading, SearchHit, SearchQuery

_RESOURCES = ("customer", "individual", "organization", "troubleTicket", "partyInteraction", "appointment")
_POST_CODE_LAST = {"US", "CA", "GB", "AU", "IE"}


class TmForumCrm(TmForumCare):
    """Implements the CRM port."""

    @property
    def name(self) -> str:
        return self._client.name

    async def fetch_customer(self, customer_id: CustomerId) -> Sourced[Customer] | None:
        return await self._client.fetch_one("customer", customer_id, read_customer)

    async def fetch_party(self, customer: Customer) -> Sourced[Party] | None:
        if customer.party_id is None:
            return None
        kind = customer.kind or PartyKind.INDIVIDUAL
        found = await self._client.fetch_one(kind.value, customer.party_id, lambda reader: read_party(reader, kind))
        if found is None and customer.kind is None:
            other = PartyKind.ORGANIZATION
            found = await self._client.fetch_one(
                other.value, customer.party_id, lambda reader: read_party(reader, other)
            )
        return found

    def can_search(self, query: SearchQuery) -> bool:
        settings = self._client.settings("customer")
        by_number = query.number is not None and complete_number(query.number, settings.number_prefix) is not None
        values = {"name": query.name, "email": query.email, "phone": query.phone}
        return by_number or any(values.get(reading) for reading in settings.search or {})

    async def search_customers(self, query: SearchQuery, *, limit: int) -> Sequence[SearchHit]:
        settings = self._client.settings("customer")
        parameters = settings.search or {}
        asked = []
        if query.number and (number := complete_number(query.number, settings.number_prefix)):
            asked.append(self._by_number(CustomerId(number)))
        for reading, value in ((Reading.PHONE, query.phone), (Reading.EMAIL, query.email), (Reading.NAME, query.name)):
            if value and reading.value in parameters:
                asked.append(self._by_parameter(parameters[reading.value], value, reading, limit))
        hits = {hit.customer_id: hit for found in reversed(await asyncio.gather(*asked)) for hit in found}
        return list(hits.values())[:limit]

    async def check(self) -> Sequence[CheckResult]:
        return await self._client.check(_RESOURCES)

    async def _by_number(self, number: CustomerId) -> list[SearchHit]:
        found = await self.fetch_customer(number)
        return [] if found is None else [_hit(found, f"Customer {found.value.id}")]

    async def _by_parameter(self, parameter: str, value: str, reading: Reading, limit: int) -> list[SearchHit]:
        found = await self._client.fetch_many("customer", ((parameter, value),), read_customer, most=limit)
        words = {Reading.PHONE: f"Phone {value}", Reading.EMAIL: f"E-mail {value}", Reading.NAME: "Name"}
        return [_hit(item, words[reading]) for item in found]


def _hit(found: Sourced[Customer], matched: str) -> SearchHit:
    customer = found.value
    telling = {medium.kind: medium.text for medium in reversed(customer.contact_media)}
    return SearchHit(
        customer_id=customer.id,
        system=found.origin.system,
        matched=matched,
        name=customer.name,
        kind=customer.kind,
        status=customer.status,
        details=tuple(telling[kind] for kind in ("address", "phone", "email") if kind in telling),
    )


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
        contact_media=_contact_media(reader),
        account_ids=tuple(account for part in reader.parts("account") if (account := part.text("id"))),
        related=references(reader, "relatedParty"),
    )


def read_party(reader: Reader, kind: PartyKind) -> Party:
    """Translate a TMF632 individual or organization."""
    parts = (reader.text("givenName"), reader.text("familyName"))
    name = reader.text("fullName") or reader.text("formattedName") or " ".join(part for part in parts if part)
    company = reader.text("tradingName") or reader.text("name")
    born = reader.when("birthDate")
    return Party(
        id=reader.identifier(),
        kind=kind,
        name=(company if kind is PartyKind.ORGANIZATION else name) or name or company or reader.identifier(),
        status=reader.state("status"),
        birth_on=born.date().isoformat() if born else None,
        languages=tuple(code for part in reader.parts("languageAbility") if (code := part.text("languageCode"))),
        contact_media=_contact_media(reader),
    )


def _party_kind(party: Reader) -> PartyKind | None:
    referred = f"{party.text('@referredType') or ''} {party.text('href') or ''}".lower()
    for kind in PartyKind:
        if kind.value in referred:
            return kind
    return None


def _contact_media(reader: Reader) -> tuple[ContactMedium, ...]:
    media = []
    for part in reader.parts("contactMedium"):
        facts = part.part("characteristic")
        if facts is None:
            continue
        text = facts.text("phoneNumber") or facts.text("emailAddress") or facts.text("faxNumber") or _address(facts)
        if text:
            media.append(ContactMedium(part.text("mediumType") or "other", text, bool(part.flag("preferred"))))
    return tuple(media)


def _address(facts: Reader) -> str | None:
    """Return a postal address on one line, in the order of its country."""
    city, state, code = facts.text("city"), facts.text("stateOrProvince"), facts.text("postCode")
    if (facts.text("country") or "").upper() in _POST_CODE_LAST:
        town = " ".join(part for part in (city, state, code) if part)
    else:
        town = " ".join(part for part in (code, city) if part)
    return ", ".join(part for part in (facts.text("street1"), facts.text("street2"), town) if part) or None
