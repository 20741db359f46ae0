"""TMF632 v4 individual and organization."""

from collections.abc import Iterator

from console.sandbox.resources.shapes import (
    PARTY_BASE,
    Links,
    Record,
    Resource,
    by_customer,
    contact_media,
    customer_ref,
    time_of,
)
from console.sandbox.world import World


def _individuals(world: World, n: int, links: Links) -> list[Record]:
    person = world.person(n)
    if person.company:
        return []
    record = world.numbers.party.encode(n)
    return [
        {
            "id": record,
            "href": links.href("crm", PARTY_BASE, "individual", record),
            "givenName": person.given,
            "familyName": person.family,
            "fullName": person.name,
            "birthDate": time_of(person.born_on),
            "status": "validated",
            "languageAbility": [{"languageCode": person.country.language, "isFavouriteLanguage": True}],
            "contactMedium": contact_media(person),
            "relatedParty": [customer_ref(world, n, links)],
            "@type": "Individual",
        }
    ]


def _organizations(world: World, n: int, links: Links) -> list[Record]:
    person = world.person(n)
    if not person.company:
        return []
    record = world.numbers.party.encode(n)
    tree: Record = {}
    for other, role in world.relations(n):
        if role == "parentCompany":
            tree["organizationParentRelationship"] = _organization_ref(world, other, links)
        elif role == "subsidiary":
            tree.setdefault("organizationChildRelationship", []).append(_organization_ref(world, other, links))
    return [
        {
            **tree,
            "id": record,
            "href": links.href("crm", PARTY_BASE, "organization", record),
            "name": person.company,
            "tradingName": person.company,
            "isLegalEntity": True,
            "organizationType": "company",
            "status": "validated",
            "contactMedium": contact_media(person),
            "relatedParty": [
                customer_ref(world, n, links),
                {
                    "id": f"{record}-1",
                    "name": f"{person.given} {person.family}",
                    "role": "contactPerson",
                    "@referredType": "Individual",
                },
            ],
            "@type": "Organization",
        }
    ]


def _by_party(world: World, value: str) -> Iterator[int]:
    return world.customer_of(world.numbers.party.decode(value))


def _organization_ref(world: World, other: int, links: Links) -> Record:
    party = world.numbers.party.encode(other)
    organization = {
        "id": party,
        "href": links.href("crm", PARTY_BASE, "organization", party),
        "name": world.person(other).name,
        "@referredType": "Organization",
    }
    return {"relationshipType": "legal", "organization": organization}


INDIVIDUAL = Resource(
    "individual",
    PARTY_BASE,
    records=_individuals,
    count=lambda world, n: int(not world.person(n).company),
    narrow={"id": _by_party, "relatedParty.id": by_customer},
    prefix="PN",
    needed=("givenName", "familyName"),
    fill=lambda _world, record, _now, _links: {"status": "initialized", **record},
    state="status",
)
ORGANIZATION = Resource(
    "organization",
    PARTY_BASE,
    records=_organizations,
    count=lambda world, n: int(bool(world.person(n).company)),
    narrow={"id": _by_party, "relatedParty.id": by_customer},
    prefix="PN",
    needed=("tradingName",),
    fill=lambda _world, record, _now, _links: {"status": "initialized", **record},
    state="status",
)
