"""Ports of the systems with orders, products, services, service tests and the catalogue."""

from typing import Protocol

from console.models.customer import CustomerId
from console.models.inventory import Product, Service
from console.models.offering import ProductOffering
from console.models.order import Order
from console.models.provenance import Records
from console.models.service_test import ServiceTest
from console.ports.port import Port
from console.settings import Capability

# For errors, time limits and offline behaviour of every call, see `console.ports.customers`. A list starts at offset
# `after` of the system's list and stops at the deployment's record limit; `next_offset` is then the next offset.


class ProductOrders(Protocol):
    """A system with product orders."""

    async def fetch_product_orders(self, customer_id: CustomerId, *, after: int = 0) -> Records[Order]:
        """Return the customer's product orders, newest first. Source: TMF622 v4.0.0, GET /productOrder."""


class ServiceOrders(Protocol):
    """A system with service orders."""

    async def fetch_service_orders(self, customer_id: CustomerId, *, after: int = 0) -> Records[Order]:
        """Return the customer's service orders with milestones, newest first. Source: TMF641 v4.1.0."""


class Products(Protocol):
    """A system with the products that customers have bought."""

    async def fetch_products(self, customer_id: CustomerId, *, after: int = 0) -> Records[Product]:
        """Return the customer's products, ended ones included. Source: TMF637 v4.0.0, GET /product."""


class Services(Protocol):
    """A system with provisioned services."""

    async def fetch_services(self, customer_id: CustomerId, *, after: int = 0) -> Records[Service]:
        """Return the customer's provisioned services, ended ones included. Source: TMF638 v4.0.0, GET /service."""


class ServiceTests(Protocol):
    """A system with service tests."""

    async def fetch_service_tests(self, customer_id: CustomerId, *, after: int = 0) -> Records[ServiceTest]:
        """Return the tests of the customer's services, newest first. Source: TMF653 v4.2.0, GET /serviceTest."""


class Offerings(Protocol):
    """A system with the product catalogue."""

    async def fetch_offerings(self) -> Records[ProductOffering]:
        """Return the product offerings, in the catalogue's order, with their monthly prices before tax.

        Source: TMF620 v4.1.0, GET /productOffering and /productOfferingPrice.
        """


PRODUCT_ORDERS: Port[ProductOrders] = Port(Capability.PRODUCT_ORDERS)
SERVICE_ORDERS: Port[ServiceOrders] = Port(Capability.SERVICE_ORDERS)
PRODUCTS: Port[Products] = Port(Capability.PRODUCTS)
SERVICES: Port[Services] = Port(Capability.SERVICES)
SERVICE_TESTS: Port[ServiceTests] = Port(Capability.SERVICE_TESTS)
OFFERINGS: Port[Offerings] = Port(Capability.OFFERINGS)
