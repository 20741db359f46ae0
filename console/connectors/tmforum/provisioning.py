"""Provisioning over TMF622 productOrder, TMF641 serviceOrder, TMF637 product and TMF638 service, version 4."""

import asyncio
from collections.abc import Sequence

from console.connectors.tmforum.billing import customer_named
from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.numbers import complete_number
from console.connectors.tmforum.reading import BEFORE_ALL, fetch_of_customer
from console.connectors.tmforum.wire import Reader
from console.models.customer import CustomerId
from console.models.health import CheckResult
from console.models.inventory import Product, Service
from console.models.order import Milestone, Order, OrderItem, OrderKind
from console.models.provenance import Records
from console.models.search import SearchHit, SearchQuery
from console.models.service_test import ServiceTest, TestMeasure

_RESOURCES = ("productOrder", "serviceOrder", "product", "service", "serviceTest")


class TmForumProvisioning:
    """Implements the provisioning port."""

    def __init__(self, client: TmForumClient) -> None:
        self._client = client

    @property
    def name(self) -> str:
        return self._client.name

    async def fetch_product_orders(self, customer_id: CustomerId, *, after: int = 0) -> Records[Order]:
        orders = await fetch_of_customer(self._client, "productOrder", customer_id, read_product_order, after=after)
        return orders.sorted_by(lambda order: order.ordered_at, missing=BEFORE_ALL)

    async def fetch_service_orders(self, customer_id: CustomerId, *, after: int = 0) -> Records[Order]:
        orders = await fetch_of_customer(self._client, "serviceOrder", customer_id, read_service_order, after=after)
        return orders.sorted_by(lambda order: order.ordered_at, missing=BEFORE_ALL)

    async def fetch_products(self, customer_id: CustomerId, *, after: int = 0) -> Records[Product]:
        return await fetch_of_customer(self._client, "product", customer_id, read_product, after=after)

    async def fetch_services(self, customer_id: CustomerId, *, after: int = 0) -> Records[Service]:
        return await fetch_of_customer(self._client, "service", customer_id, read_service, after=after)

    async def fetch_service_tests(self, customer_id: CustomerId, *, after: int = 0) -> Records[ServiceTest]:
        tests = await fetch_of_customer(self._client, "serviceTest", customer_id, read_test, after=after)
        return tests.sorted_by(lambda test: test.at, missing=BEFORE_ALL)

    def can_search(self, query: SearchQuery) -> bool:
        prefixes = (self._client.settings(resource).number_prefix for resource in ("productOrder", "serviceOrder"))
        return any(query.number and complete_number(query.number, prefix) for prefix in prefixes)

    async def search_customers(self, query: SearchQuery, *, limit: int) -> Sequence[SearchHit]:
        if not query.number:
            return []
        kinds = (("productOrder", "Product order"), ("serviceOrder", "Service order"))
        found = await asyncio.gather(*(self._by_order(resource, word, query.number) for resource, word in kinds))
        return [hit for hits in found for hit in hits][:limit]

    async def check(self) -> Sequence[CheckResult]:
        return await self._client.check(_RESOURCES)

    async def _by_order(self, resource: str, word: str, typed: str) -> list[SearchHit]:
        number = complete_number(typed, self._client.settings(resource).number_prefix)
        found = number and await self._client.fetch_one(resource, number, customer_named)
        if not found or found.value is None:
            return []
        customer_id, name = found.value
        return [SearchHit(customer_id, self.name, f"{word} {found.origin.id}", name)]


def read_product_order(reader: Reader) -> Order:
    """Translate a TMF622 product order."""
    items = [_item(part, part.part("product")) for part in reader.parts("productOrderItem")]
    return _order(reader, OrderKind.PRODUCT, items)


def read_service_order(reader: Reader) -> Order:
    """Translate a TMF641 service order; the items also under the name some servers use."""
    parts = [*reader.parts("serviceOrderItem"), *reader.parts("orderItem")]
    return _order(reader, OrderKind.SERVICE, [_item(part, part.part("service")) for part in parts])


def _order(reader: Reader, kind: OrderKind, items: list[OrderItem]) -> Order:
    identifier = reader.identifier()
    errors = [part.text("reason") or part.text("message") for part in reader.parts("errorMessage")]
    references = [
        part.text("id")
        for part in reader.parts("externalReference")
        if "productorder" in (part.text("externalReferenceType") or "").lower()
    ]
    named = ", ".join(item.name for item in items if item.name)
    return Order(
        id=identifier,
        kind=kind,
        description=reader.text("description") or named or identifier,
        state=reader.state("state"),
        category=reader.text("category"),
        ordered_at=reader.when("orderDate"),
        expected_at=reader.when("expectedCompletionDate"),
        completed_at=reader.when("completionDate"),
        items=tuple(items),
        milestones=tuple(_milestone(part) for part in reader.parts("milestone")),
        errors=tuple(error for error in errors if error),
        product_order_id=next((reference for reference in references if reference), None),
    )


def _item(reader: Reader, thing: Reader | None) -> OrderItem:
    name = (thing.text("name") or thing.text("id")) if thing else None
    return OrderItem(reader.text("id") or "", reader.text("action"), name or "", reader.state("state"))


def _milestone(reader: Reader) -> Milestone:
    return Milestone(
        name=reader.text("name") or reader.text("description") or "",
        status=reader.state("status"),
        at=reader.when("milestoneDate"),
        message=reader.text("message"),
    )


def read_product(reader: Reader) -> Product:
    """Translate a TMF637 product; its price is the first recurring one."""
    identifier = reader.identifier()
    prices = list(reader.parts("productPrice"))
    prices.sort(key=lambda part: (part.text("priceType") or "").lower() != "recurring")
    price = prices[0].part("price") if prices else None
    account = reader.part("billingAccount")
    return Product(
        id=identifier,
        name=reader.text("name") or identifier,
        status=reader.state("status"),
        started_at=reader.when("startDate"),
        terminated_at=reader.when("terminationDate"),
        price=price.money("dutyFreeAmount") if price else None,
        price_period=prices[0].text("recurringChargePeriod") if prices else None,
        serial_number=reader.text("productSerialNumber"),
        account_id=account.text("id") if account else None,
        service_ids=tuple(service for part in reader.parts("realizingService") if (service := part.text("id"))),
        characteristics=_characteristics(reader, "productCharacteristic"),
    )


def read_service(reader: Reader) -> Service:
    """Translate a TMF638 service."""
    identifier = reader.identifier()
    return Service(
        id=identifier,
        name=reader.text("name") or reader.text("serviceType") or identifier,
        state=reader.state("state"),
        enabled=reader.flag("isServiceEnabled"),
        category=reader.text("serviceType") or reader.text("category"),
        started_at=reader.when("startDate"),
        ended_at=reader.when("endDate"),
        characteristics=_characteristics(reader, "serviceCharacteristic"),
    )


def read_test(reader: Reader) -> ServiceTest:
    """Translate a TMF653 service test; each figure with what rule it violates, if any."""
    identifier = reader.identifier()
    service = reader.part("relatedService")
    return ServiceTest(
        id=identifier,
        name=reader.text("name") or identifier,
        state=reader.state("state"),
        description=reader.text("description"),
        service_id=service.text("id") if service else None,
        service_name=service.text("name") if service else None,
        at=reader.when("endDateTime") or reader.when("startDateTime"),
        measures=tuple(_measure(part) for part in reader.parts("testMeasure")),
    )


def _measure(reader: Reader) -> TestMeasure:
    value, violation = reader.part("value"), reader.part("ruleViolation")
    return TestMeasure(
        name=reader.text("metricName") or reader.text("metricDescription") or "",
        value=value.text("value") if value else None,
        unit=reader.text("unitOfMeasure"),
        violation=(violation.text("name") or violation.text("description") or "out of bounds") if violation else None,
    )


def _characteristics(reader: Reader, key: str) -> tuple[tuple[str, str], ...]:
    found = ((part.text("name"), part.text("value")) for part in reader.parts(key))
    return tuple((name, value) for name, value in found if name and value)
