"""TMF641 v4 serviceOrder and cancelServiceOrder."""

from datetime import datetime

from console.sandbox.resources.shapes import (
    ORDER_STEPS,
    SERVICE_ORDER_BASE,
    Links,
    Record,
    Resource,
    by_customer,
    by_item,
    customer_ref,
    instant,
    service_ref,
    time_of,
)
from console.sandbox.world import World
from console.sandbox.world.customer_history import Order
from console.sandbox.world.numbering import Numbers


def _records(world: World, n: int, links: Links) -> list[Record]:
    return [_record(world, n, order, links) for order in reversed(_carried_out(world, n))]


def _carried_out(world: World, n: int) -> list[Order]:
    return [order for order in world.history(n).orders if order.state != "rejected"]


def _record(world: World, n: int, order: Order, links: Links) -> Record:
    numbers = world.numbers
    record = numbers.service_order.encode(n * Numbers.ITEMS + order.index)
    found: Record = {
        "id": record,
        "href": links.href("provisioning", SERVICE_ORDER_BASE, "serviceOrder", record),
        "description": order.description,
        "category": "broadband",
        "state": order.state,
        "priority": "4",
        "orderDate": time_of(order.ordered_on, 10),
        "startDate": time_of(order.ordered_on, 12),
        "expectedCompletionDate": time_of(order.expected_on, 17),
        "externalReference": [
            {
                "externalReferenceType": "productOrder",
                "id": numbers.product_order.encode(n * Numbers.ITEMS + order.index),
                "name": "productOrder",
            }
        ],
        "milestone": [
            {
                "id": str(i),
                "name": step.name,
                "status": step.status,
                **({"milestoneDate": time_of(step.on, 12)} if step.on else {}),
                **({"message": order.failure} if step.status == "failed" and order.failure else {}),
            }
            for i, step in enumerate(order.steps, 1)
        ],
        "relatedParty": [customer_ref(world, n, links)],
        "serviceOrderItem": [
            {
                "id": str(i),
                "quantity": 1,
                "action": action,
                "state": order.state,
                "service": service_ref(world, n, index, links),
            }
            for i, (action, index) in enumerate(order.items, 1)
        ],
        "@type": "ServiceOrder",
    }
    if order.completed_on:
        found["completionDate"] = time_of(order.completed_on, 15)
    if order.failure:
        found["errorMessage"] = [
            {
                "code": "NE-3",
                "reason": order.failure,
                "message": "The step can be tried again.",
                "timestamp": time_of(order.ordered_on, 14),
            }
        ]
    return found


def _take(_world: World, record: Record, now: datetime, _links: Links) -> Record:
    items = [{"id": str(i), "state": "acknowledged", **item} for i, item in enumerate(record["serviceOrderItem"], 1)]
    return {"orderDate": instant(now), **record, "serviceOrderItem": items, "state": "acknowledged"}


def _cancel(_world: World, record: Record, now: datetime, _links: Links) -> Record:
    return {"requestedCancellationDate": instant(now), **record, "state": "accepted"}


SERVICE_ORDER = Resource(
    "serviceOrder",
    SERVICE_ORDER_BASE,
    records=_records,
    count=lambda world, n: len(_carried_out(world, n)),
    narrow={"id": by_item("service_order"), "relatedParty.id": by_customer},
    prefix="SO-",
    needed=("serviceOrderItem",),
    fill=_take,
    steps=ORDER_STEPS,
    counts_history=True,
)
CANCEL_SERVICE_ORDER = Resource(
    "cancelServiceOrder",
    SERVICE_ORDER_BASE,
    records=lambda _world, _n, _links: [],
    count=lambda _world, _n: 0,
    narrow={"serviceOrder.id": by_item("service_order")},
    operations="LGC",
    prefix="CA-",
    needed=("serviceOrder",),
    fill=_cancel,
)
