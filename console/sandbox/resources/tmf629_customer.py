"""TMF629 v4 customer."""

from console.sandbox.resources.shapes import (
    ACCOUNT_BASE,
    CUSTOMER_BASE,
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


def _records(world: World, n: int, links: Links) -> list[Record]:
    history, person, numbers = world.history(n), world.person(n), world.numbers
    record = numbers.customer.encode(n)
    party = numbers.party.encode(n)
    kind = "organization" if person.company else "individual"
    accounts = [numbers.account.encode(world.account_serial(n, account)) for account in range(history.accounts)]
    related = [{**customer_ref(world, other, links), "role": role} for other, role in world.relations(n)]
    return [
        {
            "id": record,
            "href": links.href("crm", CUSTOMER_BASE, "customer", record),
            "name": person.name,
            "status": "active",
            "validFor": {"startDateTime": time_of(person.since)},
            "engagedParty": {
                "id": party,
                "href": links.href("crm", PARTY_BASE, kind, party),
                "name": person.name,
                "@referredType": kind.capitalize(),
            },
            "account": [
                {
                    "id": account,
                    "href": links.href("billing", ACCOUNT_BASE, "billingAccount", account),
                    "name": f"Account {account}",
                    "@referredType": "BillingAccount",
                }
                for account in accounts
            ],
            "contactMedium": contact_media(person),
            **({"relatedParty": related} if related else {}),
            "@type": "Customer",
        }
    ]


def _by_party(world: World, value: str) -> list[int]:
    return list(world.customer_of(world.numbers.party.decode(value)))


CUSTOMER = Resource(
    "customer",
    CUSTOMER_BASE,
    records=_records,
    count=lambda _world, _n: 1,
    narrow={"id": by_customer, "engagedParty.id": _by_party},
    prefix="CU-",
    needed=("name", "engagedParty"),
    fill=lambda _world, record, _now, _links: {"status": "initialized", **record},
    state="status",
)
