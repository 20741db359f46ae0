"""TMF641 v4 serviceOrder."""

from collections.abc import Iterator

from console.sandbox.resources.shapes import (
    SERVICE_BASE,
    SERVICE_ORDER_BASE,
    Links,
    Record,
    Resource,
    by_customer,
    customer_ref,
    time_of,
)
from console.sandbox.world import World
from console.sandbox.world.life import Order
from console.sandbox.world.numbering import Numbers


def _records(world: World, n: int, links: Links) -> list[Record]:
    return [_record(world, n, order, links) for order in reversed(_carried_out(world, n))]


def _carried_out(world: World, n: int) -> list[Order]:
    return [order for order in world.life(n).orders if order.state != "rejected"]


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
                "service": _service_ref(world, n, index, links),
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


def _service_ref(world: World, n: int, index: int, links: Links) -> Record:
    service = world.numbers.service.encode(n * Numbers.ITEMS + index)
    return {
        "id": service,
        "href": links.href("provisioning", SERVICE_BASE, "service", service),
        "name": world.life(n).subscriptions[index].plan.name,
    }


def _by_order(world: World, value: str) -> Iterator[int]:
    return world.customer_of(world.numbers.service_order.decode(value), Numbers.ITEMS)


SERVICE_ORDER = Resource(
    "serviceOrder",
    SERVICE_ORDER_BASE,
    _records,
    lambda world, n: len(_carried_out(world, n)),
    {"id": _by_order, "relatedParty.id": by_customer},
)
