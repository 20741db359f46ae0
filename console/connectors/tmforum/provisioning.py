"""Provisioning over TMF622, TMF641, TMF637, TMF638 and TMF653, and the catalogue over TMF620."""

import asyncio
import functools
from collections.abc import Sequence

from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.numbers import complete_number
from console.connectors.tmforum.reading import BEFORE_ALL, customer_named
from console.connectors.tmforum.records.catalogue import read_offering, read_price
from console.connectors.tmforum.records.inventory import read_product, read_service, read_test
from console.connectors.tmforum.records.orders import read_product_order, read_service_order
from console.models.customer import CustomerId
from console.models.inventory import Product, Service
from console.models.offering import ProductOffering
from console.models.order import Order
from console.models.provenance import Records
from console.models.search import Match, MatchedBy, SearchHit, SearchQuery
from console.models.service_test import ServiceTest

# Record limit for lists that are only useful complete; it replaces a lower limit of the deployment.
_MOST_OFFERINGS = 2_000


class TmForumProvisioning:
    """Implements the ports for orders, products, services, service tests and the catalogue."""

    def __init__(self, client: TmForumClient) -> None:
        self._client = client

    async def fetch_product_orders(self, customer_id: CustomerId, *, after: int = 0) -> Records[Order]:
        orders = await self._client.fetch_of_customer("productOrder", customer_id, read_product_order, after=after)
        return orders.sorted_by(lambda order: order.ordered_at, missing=BEFORE_ALL)

    async def fetch_service_orders(self, customer_id: CustomerId, *, after: int = 0) -> Records[Order]:
        orders = await self._client.fetch_of_customer("serviceOrder", customer_id, read_service_order, after=after)
        return orders.sorted_by(lambda order: order.ordered_at, missing=BEFORE_ALL)

    async def fetch_products(self, customer_id: CustomerId, *, after: int = 0) -> Records[Product]:
        return await self._client.fetch_of_customer("product", customer_id, read_product, after=after)

    async def fetch_services(self, customer_id: CustomerId, *, after: int = 0) -> Records[Service]:
        return await self._client.fetch_of_customer("service", customer_id, read_service, after=after)

    async def fetch_service_tests(self, customer_id: CustomerId, *, after: int = 0) -> Records[ServiceTest]:
        tests = await self._client.fetch_of_customer("serviceTest", customer_id, read_test, after=after)
        return tests.sorted_by(lambda test: test.at, missing=BEFORE_ALL)

    async def fetch_offerings(self) -> Records[ProductOffering]:
        prices = await self._client.fetch_many("productOfferingPrice", (), read_price, whole=_MOST_OFFERINGS)
        by_id = {item.origin.id: item.value for item in prices}
        offering = functools.partial(read_offering, prices=by_id)
        return await self._client.fetch_many("productOffering", (), offering, whole=_MOST_OFFERINGS)

    def can_search(self, query: SearchQuery) -> bool:
        prefixes = (self._client.settings(resource).number_prefix for resource in ("productOrder", "serviceOrder"))
        return any(query.number and complete_number(query.number, prefix) for prefix in prefixes)

    async def search_customers(
        self,
        query: SearchQuery,
        *,
        limit: int,
        names_alone: bool = False,  # noqa: ARG002 - accounts, bills and orders name a customer and say no more
    ) -> Sequence[SearchHit]:
        if not query.number:
            return []
        kinds = (("productOrder", MatchedBy.PRODUCT_ORDER), ("serviceOrder", MatchedBy.SERVICE_ORDER))
        found = await asyncio.gather(*(self._by_order(resource, by, query.number) for resource, by in kinds))
        return [hit for hits in found for hit in hits][:limit]

    async def _by_order(self, resource: str, by: MatchedBy, typed: str) -> list[SearchHit]:
        number = complete_number(typed, self._client.settings(resource).number_prefix)
        found = number and await self._client.fetch_one(resource, number, customer_named)
        if not found or found.value is None:
            return []
        customer_id, name = found.value
        return [SearchHit(customer_id, self._client.name, Match(by, found.origin.id), name)]
