"""Shapes the resources share: references, money, times, periods, contact media."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from console.sandbox.world import Person, Place, World

Record = dict[str, Any]
Narrow = Callable[[World, str], Iterable[int]]


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses of the systems, for the hrefs in their records."""

    addresses: Mapping[str, str]

    def href(self, system: str, base: str, resource: str, record: str) -> str:
        return f"{self.addresses[system]}{base}/{resource}/{record}"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: where it is served, its records for one customer, and the filters that need not look at all.

    `count` is how many records that would be, known without making them.
    """

    name: str
    base: str
    records: Callable[[World, int, Links], list[Record]]
    count: Callable[[World, int], int]
    narrow: Mapping[str, Narrow] = field(default_factory=dict)


CUSTOMER_BASE = "/tmf-api/customerManagement/v4"
PARTY_BASE = "/tmf-api/party/v4"
ACCOUNT_BASE = "/tmf-api/accountManagement/v4"
BILL_BASE = "/tmf-api/customerBillManagement/v4"
PRODUCT_ORDER_BASE = "/tmf-api/productOrderingManagement/v4"
SERVICE_ORDER_BASE = "/tmf-api/serviceOrdering/v4"
PRODUCT_BASE = "/tmf-api/productInventory/v4"
SERVICE_BASE = "/tmf-api/serviceInventory/v4"


def time_of(day: date, hour: int = 0) -> str:
    """Return a day as the date-time the published descriptions ask for."""
    return f"{day.isoformat()}T{hour:02}:00:00.000Z"


def period(start: date, end: date | None) -> Record:
    return {"startDateTime": time_of(start), **({"endDateTime": time_of(end)} if end else {})}


def money(cents: int, currency: str) -> Record:
    return {"unit": currency, "value": cents / 100}


def customer_ref(world: World, n: int, links: Links, name: str | None = None) -> Record:
    """Return the related party that says whose record this is."""
    record = world.numbers.customer.encode(n)
    return {
        "id": record,
        "href": links.href("crm", CUSTOMER_BASE, "customer", record),
        "name": name or world.person(n).name,
        "role": "customer",
        "@type": "RelatedParty",
        "@referredType": "Customer",
    }


def account_ref(world: World, n: int, account: int, links: Links) -> Record:
    record = world.numbers.account.encode(world.account_serial(n, account))
    return {
        "id": record,
        "href": links.href("billing", ACCOUNT_BASE, "billingAccount", record),
        "name": account_name(world, n, account),
        "@referredType": "BillingAccount",
    }


def account_name(world: World, n: int, account: int) -> str:
    suffix = "" if account == 0 else f", site {account + 1}"
    return f"{world.life(n).billing_name or world.person(n).name}{suffix}"


def contact_media(person: Person) -> list[Record]:
    phones = [("mobile", person.phone)] + ([("phone", person.second_phone)] if person.second_phone else [])
    media: list[Record] = [
        {"mediumType": medium, "preferred": i == 0, "characteristic": {"contactType": medium, "phoneNumber": number}}
        for i, (medium, number) in enumerate(phones)
    ]
    media.append(
        {
            "mediumType": "email",
            "preferred": False,
            "characteristic": {"contactType": "primary", "emailAddress": person.email},
        }
    )
    media.append(postal_address(person.place))
    return media


def postal_address(place: Place) -> Record:
    return {
        "mediumType": "postalAddress",
        "preferred": False,
        "characteristic": {
            "contactType": "home",
            "street1": place.street,
            **({"street2": place.extra} if place.extra else {}),
            "city": place.city,
            "stateOrProvince": place.state,
            "postCode": place.post_code,
            "country": place.country,
        },
    }


def by_customer(world: World, value: str) -> Iterator[int]:
    return world.customer_of(world.numbers.customer.decode(value))


def by_account(world: World, value: str) -> Iterator[int]:
    return world.customer_of(world.numbers.account.decode(value), world.numbers.ACCOUNTS)
