"""Shapes that the resources share: references, money, times, periods, contact media."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from console.sandbox.world import PostalAddress, World, WorldPerson
from console.sandbox.world.numbering import Numbers

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
    """One resource: its path, its records for one customer, and its rules for writes.

    `count` returns a customer's number of records without building them, or is None if that is not possible.
    `counts_history` means that counting needs the customer's whole history, not only the person.
    `narrow` maps filters to the customers who can match. `operations` are those of the published description:
    L list, G get one, C create, P patch, D delete. `needed` are the mandatory attributes of a new record. `fill`
    completes a new record; it may compute a whole response. `changeable` are the attributes that a patch may change,
    None for all. `stamps` are the attributes that the system sets in a new record: the time of the change and the
    lifecycle status. `is_typed` means that the description has `@type`. `state` is the attribute with the state,
    `steps` the states that may follow each state; empty means no rule.
    """

    name: str
    base: str
    records: Callable[[World, int, Links], list[Record]]
    count: Callable[[World, int], int] | None
    narrow: Mapping[str, Narrow] = field(default_factory=dict)
    operations: str = "LGCPD"
    prefix: str = ""
    needed: tuple[str, ...] = ()
    fill: Callable[[World, Record, datetime, Links], Record] = lambda _world, record, _now, _links: record
    changeable: frozenset[str] | None = None
    state: str = "state"
    steps: Mapping[str, frozenset[str]] = field(default_factory=dict)
    counts_history: bool = False
    stamps: tuple[str, ...] = ()
    is_typed: bool = True

    @property
    def kind(self) -> str:
        """The `@type` of its records."""
        return f"{self.name[0].upper()}{self.name[1:]}"


CUSTOMER_BASE = "/tmf-api/customerManagement/v4"
PARTY_BASE = "/tmf-api/party/v4"
ACCOUNT_BASE = "/tmf-api/accountManagement/v4"
BILL_BASE = "/tmf-api/customerBillManagement/v4"
PRODUCT_ORDER_BASE = "/tmf-api/productOrderingManagement/v4"
SERVICE_ORDER_BASE = "/tmf-api/serviceOrdering/v4"
PRODUCT_BASE = "/tmf-api/productInventory/v4"
SERVICE_BASE = "/tmf-api/serviceInventory/v4"
TICKET_BASE = "/tmf-api/troubleTicket/v4"
INTERACTION_BASE = "/tmf-api/partyInteraction/v4"
APPOINTMENT_BASE = "/tmf-api/appointment/v4"
PAYMENT_BASE = "/payment/v4"
USAGE_BASE = "/tmf-api/usageManagement/v4"
CONSUMPTION_BASE = "/tmf-api/usageConsumption/v4"
TEST_BASE = "/tmf-api/serviceTestManagement/v4"
CATALOG_BASE = "/tmf-api/productCatalogManagement/v4"


def time_of(day: date, hour: int = 0) -> str:
    """Return a day and hour (UTC) as a date-time in the format of the published descriptions."""
    return f"{day.isoformat()}T{hour:02}:00:00.000Z"


def instant(at: datetime) -> str:
    """Return a time in UTC, in the format of the published descriptions, to the second."""
    return f"{at.astimezone(UTC).isoformat()[:19]}.000Z"  # strftime takes eight times as long


def span(start: datetime, end: datetime) -> Record:
    return {"startDateTime": instant(start), "endDateTime": instant(end)}


def period(start: date, end: date | None) -> Record:
    return {"startDateTime": time_of(start), **({"endDateTime": time_of(end)} if end else {})}


def money(cents: int, currency: str) -> Record:
    """Return a TM Forum money value from an amount in the currency's smallest unit."""
    return {"unit": currency, "value": cents if currency == "JPY" else cents / 100}


def service_ref(world: World, n: int, index: int, links: Links) -> Record:
    record = world.numbers.service.encode(n * Numbers.ITEMS + index)
    return {
        "id": record,
        "href": links.href("provisioning", SERVICE_BASE, "service", record),
        "name": world.history(n).subscriptions[index].plan.name,
    }


def product_ref(world: World, n: int, index: int, links: Links) -> Record:
    record = world.numbers.product.encode(n * Numbers.ITEMS + index)
    return {
        "id": record,
        "href": links.href("provisioning", PRODUCT_BASE, "product", record),
        "name": world.history(n).subscriptions[index].plan.name,
    }


def bill_ref(world: World, n: int, account: int, month: int, links: Links) -> Record:
    record = world.numbers.bill.encode(world.account_serial(n, account) * Numbers.MONTHS + month)
    return {"id": record, "href": links.href("billing", BILL_BASE, "customerBill", record)}


def order_ref(world: World, n: int, index: int, links: Links) -> Record:
    record = world.numbers.product_order.encode(n * Numbers.ITEMS + index)
    return {"id": record, "href": links.href("provisioning", PRODUCT_ORDER_BASE, "productOrder", record)}


def ticket_ref(world: World, n: int, index: int, links: Links) -> Record:
    record = world.numbers.ticket.encode(n * Numbers.ITEMS + index)
    return {"id": record, "href": links.href("crm", TICKET_BASE, "troubleTicket", record)}


def customer_ref(world: World, n: int, links: Links, name: str | None = None) -> Record:
    """Return the related party that names the customer of a record."""
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
    return f"{world.history(n).billing_name or world.person(n).name}{suffix}"


def contact_media(person: WorldPerson) -> list[Record]:
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
    media.append(postal_address(person.address))
    return media


def postal_address(place: PostalAddress) -> Record:
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


def by_item(numbering: str) -> Narrow:
    """Return a function that finds the customer from the number of one of their items."""

    def find(world: World, value: str) -> Iterator[int]:
        return world.customer_of(getattr(world.numbers, numbering).decode(value), Numbers.ITEMS)

    return find


def by_bill(world: World, value: str) -> Iterator[int]:
    return world.customer_of(world.numbers.bill.decode(value), Numbers.ACCOUNTS * Numbers.MONTHS)


ORDER_STEPS: Mapping[str, frozenset[str]] = {
    "acknowledged": frozenset({"inProgress", "rejected", "pending", "held", "assessingCancellation", "cancelled"}),
    "inProgress": frozenset({"completed", "failed", "partial", "pending", "held", "assessingCancellation"}),
    "pending": frozenset({"inProgress", "assessingCancellation", "cancelled"}),
    "held": frozenset({"inProgress", "assessingCancellation", "cancelled"}),
    "assessingCancellation": frozenset({"pendingCancellation", "inProgress"}),
    "pendingCancellation": frozenset({"cancelled"}),
    "partial": frozenset({"inProgress", "completed", "failed"}),
    "failed": frozenset({"inProgress"}),
    "completed": frozenset(),
    "cancelled": frozenset(),
    "rejected": frozenset(),
}
