"""TMF637 v4 product in billing: the monthly charges, with the same serial number as the product sold."""

from datetime import datetime

from console.sandbox.resources.shapes import (
    PRODUCT_BASE,
    Links,
    Record,
    Resource,
    account_ref,
    by_account,
    by_customer,
    by_item,
    customer_ref,
    instant,
    money,
    time_of,
)
from console.sandbox.resources.tmf637_product import serial_number
from console.sandbox.world import World
from console.sandbox.world.customer_history import Subscription
from console.sandbox.world.numbering import Numbers

_STEPS = {
    "active": frozenset({"suspended", "terminated"}),
    "suspended": frozenset({"active", "terminated"}),
    "terminated": frozenset({"active"}),
}


def _records(world: World, n: int, links: Links) -> list[Record]:
    return [_record(world, n, sub, links) for sub in _charged(world, n)]


def _charged(world: World, n: int) -> list[Subscription]:
    return [sub for sub in world.history(n).subscriptions if not sub.never_billed and sub.started_on <= world.as_of]


def _record(world: World, n: int, sub: Subscription, links: Links) -> Record:
    record = world.numbers.charge.encode(n * Numbers.ITEMS + sub.index)
    until = sub.billed_until
    is_over = until is not None and until <= world.as_of
    found: Record = {
        "id": record,
        "href": links.href("billing", PRODUCT_BASE, "product", record),
        "name": sub.plan.name,
        "status": "terminated" if is_over else "active",
        "productSerialNumber": serial_number(world, n, sub),
        "startDate": time_of(sub.started_on, 6),
        "billingAccount": account_ref(world, n, sub.account, links),
        "productPrice": [
            {
                "name": f"{sub.plan.name}, monthly",
                "priceType": "recurring",
                "recurringChargePeriod": "month",
                "price": {"dutyFreeAmount": money(sub.cents_on(world.as_of), world.person(n).country.currency)},
            }
        ],
        "relatedParty": [customer_ref(world, n, links)],
        "@type": "Product",
    }
    if is_over and until is not None:
        found["terminationDate"] = time_of(until, 6)
    return found


def _fill(_world: World, record: Record, now: datetime, _links: Links) -> Record:
    return {"startDate": instant(now), **record}


CHARGE = Resource(
    "product",
    PRODUCT_BASE,
    records=_records,
    count=lambda world, n: len(_charged(world, n)),
    narrow={"id": by_item("charge"), "relatedParty.id": by_customer, "billingAccount.id": by_account},
    prefix="CH",
    needed=("status", "productSerialNumber"),
    fill=_fill,
    state="status",
    steps=_STEPS,
    counts_history=True,
)
