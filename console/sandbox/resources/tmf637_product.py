"""TMF637 v4 product."""

from console.sandbox.resources.shapes import (
    CATALOG_BASE,
    PRODUCT_BASE,
    SERVICE_BASE,
    Links,
    Record,
    Resource,
    account_ref,
    by_account,
    by_customer,
    by_item,
    customer_ref,
    money,
    time_of,
)
from console.sandbox.world import World
from console.sandbox.world.customer_history import Subscription
from console.sandbox.world.numbering import Numbers


def _records(world: World, n: int, links: Links) -> list[Record]:
    return [_record(world, n, sub, links) for sub in world.history(n).subscriptions]


def serial_number(world: World, n: int, sub: Subscription) -> str:
    """Return the serial number of a subscription, which is the same in every system."""
    return f"{sub.plan.code}-{world.numbers.product.encode(n * Numbers.ITEMS + sub.index)[2:]}"


def _record(world: World, n: int, sub: Subscription, links: Links) -> Record:
    serial = n * Numbers.ITEMS + sub.index
    record, service = world.numbers.product.encode(serial), world.numbers.service.encode(serial)
    found: Record = {
        "id": record,
        "href": links.href("provisioning", PRODUCT_BASE, "product", record),
        "name": sub.plan.name,
        "status": sub.product_status,
        "isBundle": False,
        "isCustomerVisible": True,
        "productSerialNumber": serial_number(world, n, sub),
        "billingAccount": account_ref(world, n, sub.account, links),
        "productPrice": [
            {
                "name": f"{sub.plan.name}, monthly",
                "priceType": "recurring",
                "recurringChargePeriod": "month",
                "price": {"dutyFreeAmount": money(sub.cents_on(world.as_of), world.person(n).country.currency)},
            }
        ],
        "realizingService": [
            {
                "id": service,
                "href": links.href("provisioning", SERVICE_BASE, "service", service),
                "@referredType": "Service",
            }
        ],
        "relatedParty": [customer_ref(world, n, links)],
        "@type": "Product",
    }
    offering = f"OF-{sub.plan.code}"
    found["productOffering"] = {
        "id": offering,
        "href": links.href("provisioning", CATALOG_BASE, "productOffering", offering),
        "name": sub.plan.name,
    }
    if sub.started_on <= world.as_of:
        found["startDate"] = time_of(sub.started_on, 6)
    if sub.ended_on:
        found["terminationDate"] = time_of(sub.ended_on, 6)
    if sub.detail:
        found["productCharacteristic"] = [{"name": "detail", "valueType": "string", "value": sub.detail}]
    return found


PRODUCT = Resource(
    "product",
    PRODUCT_BASE,
    records=_records,
    count=lambda world, n: len(world.history(n).subscriptions),
    narrow={"id": by_item("product"), "relatedParty.id": by_customer, "billingAccount.id": by_account},
    prefix="PRN",
    needed=("status",),
    state="status",
    counts_history=True,
)
