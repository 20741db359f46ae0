"""TMF622 v4 productOrder."""

from datetime import datetime

from console.sandbox.resources.shapes import (
    ORDER_STEPS,
    PRODUCT_ORDER_BASE,
    Links,
    Record,
    Resource,
    account_ref,
    by_customer,
    by_item,
    customer_ref,
    instant,
    money,
    product_ref,
    time_of,
)
from console.sandbox.world import World
from console.sandbox.world.customer_history import CustomerHistory, Order
from console.sandbox.world.numbering import Numbers

# Order state -> item state, for order states that the standard does not allow for items.
_ITEM_STATES = {"partial": "inProgress"}


def _records(world: World, n: int, links: Links) -> list[Record]:
    return [_record(world, n, order, links) for order in reversed(world.history(n).orders)]


def _record(world: World, n: int, order: Order, links: Links) -> Record:
    history = world.history(n)
    record = world.numbers.product_order.encode(n * Numbers.ITEMS + order.index)
    found: Record = {
        "id": record,
        "href": links.href("provisioning", PRODUCT_ORDER_BASE, "productOrder", record),
        "description": order.description,
        "category": "business" if history.person.company else "residential",
        "state": order.state,
        "priority": "4",
        "orderDate": time_of(order.ordered_on, 9),
        "requestedStartDate": time_of(order.ordered_on, 9),
        "expectedCompletionDate": time_of(order.expected_on, 17),
        "billingAccount": account_ref(world, n, order.account, links),
        "relatedParty": [customer_ref(world, n, links)],
        "productOrderItem": [
            _item(world, history, order, number, action, index, links)
            for number, (action, index) in enumerate(order.items, 1)
        ],
        "@type": "ProductOrder",
    }
    if order.completed_on:
        found["completionDate"] = time_of(order.completed_on, 15)
    if order.state == "cancelled":
        found["cancellationDate"] = time_of(order.ordered_on, 18)
        found["cancellationReason"] = "Customer changed their mind"
    return found


def _item(
    world: World, history: CustomerHistory, order: Order, number: int, action: str, index: int, links: Links
) -> Record:
    sub = history.subscriptions[index]
    return {
        "id": str(number),
        "quantity": 1,
        "action": action,
        "state": _ITEM_STATES.get(order.state, order.state),
        "product": product_ref(world, history.n, index, links),
        "productOffering": {"id": f"OF-{sub.plan.code}", "name": sub.plan.name},
        "itemPrice": [
            {
                "priceType": "recurring",
                "recurringChargePeriod": "month",
                "price": {"dutyFreeAmount": money(sub.cents, history.person.country.currency)},
            }
        ],
    }


def _take(_world: World, record: Record, now: datetime, _links: Links) -> Record:
    items = [
        {"id": str(i), "action": "add", "state": "acknowledged", **item}
        for i, item in enumerate(record["productOrderItem"], 1)
    ]
    return {"orderDate": instant(now), **record, "productOrderItem": items, "state": "acknowledged"}


def _cancel(_world: World, record: Record, now: datetime, _links: Links) -> Record:
    return {"requestedCancellationDate": instant(now), **record, "state": "acknowledged"}


PRODUCT_ORDER = Resource(
    "productOrder",
    PRODUCT_ORDER_BASE,
    records=_records,
    count=lambda world, n: len(world.history(n).orders),
    narrow={"id": by_item("product_order"), "relatedParty.id": by_customer},
    prefix="PO-",
    needed=("productOrderItem",),
    fill=_take,
    steps=ORDER_STEPS,
    counts_history=True,
)
CANCEL_PRODUCT_ORDER = Resource(
    "cancelProductOrder",
    PRODUCT_ORDER_BASE,
    records=lambda _world, _n, _links: [],
    count=lambda _world, _n: 0,
    narrow={"productOrder.id": by_item("product_order")},
    operations="LGC",
    prefix="CP-",
    needed=("productOrder",),
    fill=_cancel,
)
