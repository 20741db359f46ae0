"""TMF620 v4 productOffering and productOfferingPrice: the catalogue for new orders."""

from collections.abc import Iterator

from console.sandbox.resources.shapes import CATALOG_BASE, Links, Record, Resource, money, time_of
from console.sandbox.world import World
from console.sandbox.world.catalogue import BUSINESS_FIBRE, PLANS, Plan, in_currency
from console.sandbox.world.people import COUNTRIES

_CURRENCIES = tuple(dict.fromkeys(country.currency for country in COUNTRIES))


def _offerings(world: World, n: int, links: Links) -> list[Record]:
    """Return the catalogue. It belongs to no customer and is listed under customer 0."""
    return [_offering(world, plan, links) for plan in PLANS] if n == 0 else []


def _offering(world: World, plan: Plan, links: Links) -> Record:
    record = f"OF-{plan.code}"
    return {
        "id": record,
        "href": links.href("provisioning", CATALOG_BASE, "productOffering", record),
        "name": plan.name,
        "description": ", ".join(part for part in (plan.name, plan.detail) if part),
        "isBundle": False,
        "isSellable": True,
        "lifecycleStatus": "Active",
        "version": "1.0",
        "lastUpdate": time_of(world.as_of.replace(day=1)),
        "category": [{"id": f"cat-{plan.family}", "name": plan.family}],
        "marketSegment": [{"id": "business" if plan in BUSINESS_FIBRE else "residential"}],
        "productSpecification": {"id": f"spec-{plan.code}", "name": plan.name, "version": "1.0"},
        "productOfferingPrice": [
            {key: price[key] for key in ("id", "href", "name")} for price in _prices_of(world, plan, links)
        ],
        "@type": "ProductOffering",
    }


def _prices(world: World, n: int, links: Links) -> list[Record]:
    return [price for plan in PLANS for price in _prices_of(world, plan, links)] if n == 0 else []


def _prices_of(world: World, plan: Plan, links: Links) -> list[Record]:
    found = []
    for currency in _CURRENCIES:
        record = f"OF-{plan.code}-{currency}"
        found.append(
            {
                "id": record,
                "href": links.href("provisioning", CATALOG_BASE, "productOfferingPrice", record),
                "name": f"{plan.name}, monthly, {currency}",
                "isBundle": False,
                "lifecycleStatus": "Active",
                "version": "1.0",
                "lastUpdate": time_of(world.as_of.replace(day=1)),
                "priceType": "recurring",
                "recurringChargePeriodType": "month",
                "recurringChargePeriodLength": 1,
                "price": money(in_currency(plan.cents, currency), currency),
                "@type": "ProductOfferingPrice",
            }
        )
    return found


def _by_offering(_world: World, value: str) -> Iterator[int]:
    yield from (0 for plan in PLANS if value == f"OF-{plan.code}")


def _by_price(_world: World, value: str) -> Iterator[int]:
    yield from (0 for plan in PLANS for currency in _CURRENCIES if value == f"OF-{plan.code}-{currency}")


PRODUCT_OFFERING = Resource(
    "productOffering",
    CATALOG_BASE,
    records=_offerings,
    count=lambda _world, n: len(PLANS) if n == 0 else 0,
    narrow={"id": _by_offering},
    prefix="OF-",
    needed=("name",),
    state="lifecycleStatus",
    stamps=("lastUpdate", "lifecycleStatus"),
)
PRODUCT_OFFERING_PRICE = Resource(
    "productOfferingPrice",
    CATALOG_BASE,
    records=_prices,
    count=lambda _world, n: len(PLANS) * len(_CURRENCIES) if n == 0 else 0,
    narrow={"id": _by_price},
    prefix="OP-",
    needed=("name",),
    state="lifecycleStatus",
    stamps=("lastUpdate", "lifecycleStatus"),
)
