"""TMF638 v4 service."""

from console.sandbox.resources.shapes import (
    SERVICE_BASE,
    Links,
    Record,
    Resource,
    by_customer,
    by_item,
    customer_ref,
    time_of,
)
from console.sandbox.world import World
from console.sandbox.world.customer_history import Subscription
from console.sandbox.world.numbering import Numbers

_CATEGORIES = {
    "fibre": "broadband",
    "tv": "tv",
    "voice": "voice",
    "wifi": "broadband",
    "ip": "broadband",
    "mobile": "mobile",
}
_DETAIL_NAMES = {"voice": "phoneNumber", "mobile": "phoneNumber", "ip": "ipAddress", "fibre": "speed"}


def _records(world: World, n: int, links: Links) -> list[Record]:
    return [_record(world, n, sub, links) for sub in world.history(n).subscriptions]


def _record(world: World, n: int, sub: Subscription, links: Links) -> Record:
    record = world.numbers.service.encode(n * Numbers.ITEMS + sub.index)
    detail = _DETAIL_NAMES.get(sub.plan.family)
    found: Record = {
        "id": record,
        "href": links.href("provisioning", SERVICE_BASE, "service", record),
        "name": sub.plan.name,
        "serviceType": sub.plan.family,
        "category": _CATEGORIES[sub.plan.family],
        "state": sub.service_state,
        "isServiceEnabled": sub.service_enabled,
        "hasStarted": sub.started_on <= world.as_of,
        "isStateful": True,
        "serviceSpecification": {"id": f"spec-{sub.plan.code}", "name": sub.plan.name, "version": "1.0"},
        "relatedParty": [customer_ref(world, n, links)],
    }
    if sub.started_on <= world.as_of:
        found["startDate"] = time_of(sub.started_on, 6)
    if sub.ended_on:
        found["endDate"] = time_of(sub.ended_on, 6)
    if detail and sub.detail:
        found["serviceCharacteristic"] = [{"name": detail, "valueType": "string", "value": sub.detail}]
    return found


SERVICE = Resource(
    "service",
    SERVICE_BASE,
    records=_records,
    count=lambda world, n: len(world.history(n).subscriptions),
    narrow={"id": by_item("service"), "relatedParty.id": by_customer},
    prefix="SVN",
    needed=("state", "serviceSpecification"),
    is_typed=False,
    counts_history=True,
)
