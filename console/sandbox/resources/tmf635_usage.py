"""TMF635 v4 usage and TMF677 v4 queryUsageConsumption."""

from collections.abc import Iterator
from datetime import datetime

from console.sandbox.resources.shapes import (
    CONSUMPTION_BASE,
    USAGE_BASE,
    Links,
    Record,
    Resource,
    by_customer,
    by_item,
    customer_ref,
    instant,
    money,
    period,
    product_ref,
)
from console.sandbox.rules import values_at
from console.sandbox.world import World
from console.sandbox.world.numbering import Numbers
from console.sandbox.world.usage import Allowance, Usage


def _records(world: World, n: int, links: Links) -> list[Record]:
    return [_record(world, n, usage, links) for usage in world.usage(n)]


def _record(world: World, n: int, usage: Usage, links: Links) -> Record:
    country = world.person(n).country
    serial = ((n * Numbers.ITEMS + usage.subscription) * Numbers.MONTHS + usage.month) * Numbers.CALLS + usage.ordinal
    record = world.numbers.usage.encode(serial)
    voice = usage.type == "voice"
    tax = usage.cents * country.tax_permille // 1000
    return {
        "id": record,
        "href": links.href("billing", USAGE_BASE, "usage", record),
        "description": f"Call to {usage.to}" if voice else "Data",
        "usageDate": instant(usage.at),
        "usageType": usage.type,
        "status": "billed" if usage.billed else "rated",
        "usageCharacteristic": [
            {"name": "to", "valueType": "string", "value": usage.to},
            {"name": "duration" if voice else "volume", "valueType": "integer", "value": usage.amount},
            {"name": "unit", "valueType": "string", "value": "min" if voice else "MB"},
        ],
        "ratedProductUsage": [
            {
                "isBilled": usage.billed,
                "ratingDate": instant(usage.at),
                "ratingAmountType": "total" if usage.cents else "included",
                "taxRate": country.tax_permille / 10,
                "taxExcludedRatingAmount": money(usage.cents, country.currency),
                "taxIncludedRatingAmount": money(usage.cents + tax, country.currency),
                "productRef": product_ref(world, n, usage.subscription, links),
            }
        ],
        "relatedParty": [customer_ref(world, n, links)],
        "usageSpecification": {"id": f"spec-{usage.type}", "name": usage.type},
        "@type": "Usage",
    }


def _by_usage(world: World, value: str) -> Iterator[int]:
    parts = Numbers.ITEMS * Numbers.MONTHS * Numbers.CALLS
    return world.customer_of(world.numbers.usage.decode(value), parts)


def _consumption(world: World, record: Record, now: datetime, links: Links) -> Record:
    """Return a usage query with the allowances of the customers or products that it names."""
    criteria = record.get("searchCriteria")
    asked = criteria if isinstance(criteria, dict) else {}
    customers = [
        n
        for source in (record, asked)
        for value in values_at(source, "relatedParty.id")
        for n in by_customer(world, value)
    ]
    customers += [n for value in values_at(asked, "product.id") for n in by_item("product")(world, value)]
    found = [_bucket(world, n, allowance, links) for n in dict.fromkeys(customers) for allowance in world.allowances(n)]
    wanted = set(values_at(asked, "product.id"))
    chosen = [one for one in found if not wanted or wanted.intersection(values_at(one, "product.id"))]
    return {
        **record,
        "queryUsageConsumptionDate": instant(now),
        "usageConsumption": chosen,
        "@type": "QueryUsageConsumption",
    }


def _bucket(world: World, n: int, allowance: Allowance, links: Links) -> Record:
    product = product_ref(world, n, allowance.subscription, links)
    valid = period(allowance.starts_on, allowance.ends_on)
    bucket: Record = {
        "id": f"{product['id']}-data",
        "name": "Data" if allowance.allowed is not None else "Data, unlimited",
        "usageType": "data",
        "isShared": False,
        "validFor": valid,
        "bucketCounter": [
            {
                "id": "1",
                "counterType": "used",
                "level": "product",
                "value": {"amount": allowance.used, "units": "MB"},
                "consumptionPeriod": valid,
            }
        ],
        "product": [product],
    }
    if allowance.allowed is not None:
        remaining = max(0, allowance.allowed - allowance.used)
        bucket["remainingValue"] = {"amount": remaining, "units": "MB"}
        bucket["bucketCounter"].append(
            {
                "id": "2",
                "counterType": "allowed",
                "level": "product",
                "value": {"amount": allowance.allowed, "units": "MB"},
                "consumptionPeriod": valid,
            }
        )
    else:
        bucket["remainingValueName"] = "Unlimited"
    return {
        "id": bucket["id"],
        "name": product["name"],
        "validPeriod": valid,
        "state": "done",
        "product": [product],
        "relatedParty": [customer_ref(world, n, links)],
        "bucketRefOrValue": [bucket],
    }


USAGE = Resource(
    "usage",
    USAGE_BASE,
    records=_records,
    count=None,
    narrow={"id": _by_usage, "relatedParty.id": by_customer, "ratedProductUsage.productRef.id": by_item("product")},
    prefix="U-",
    state="status",
    fill=lambda _world, record, now, _links: {"usageDate": instant(now), "status": "received", **record},
)
QUERY_USAGE_CONSUMPTION = Resource(
    "queryUsageConsumption",
    CONSUMPTION_BASE,
    records=lambda _world, _n, _links: [],
    count=lambda _world, _n: 0,
    narrow={"relatedParty.id": by_customer},
    operations="LGCD",
    prefix="QU-",
    needed=("searchCriteria",),
    fill=_consumption,
)
