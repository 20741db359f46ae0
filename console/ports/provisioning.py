"""The ports of the systems that carry out orders and keep what is installed."""

from typing import Protocol

from console.models.customer import CustomerId
from console.models.inventory import Product, Service
from console.models.offering import ProductOffering
from console.models.order import Order
from console.models.provenance import Records
from console.models.service_test import ServiceTest
from console.ports.port import Port
from console.settings import Capability

# Errors, time limits and offline behaviour of every call are as `console.ports.customers` says. Lists are read from
# offset `after` of the system's list on and cut at the deployment's record limit; then `next_offset` says where to go
# on.


class ProductOrders(Protocol):
    """A system that takes product orders."""

    async def fetch_product_orders(self, customer_id: CustomerId, *, after: int = 0) -> Records[Order]:
        """Return the customer's product orders, newest first. Source: TMF622 v4.0.0, GET /productOrder."""


class ServiceOrders(Protocol):
    """A system that carries out service orders."""

    async def fetch_service_orders(self, customer_id: CustomerId, *, after: int = 0) -> Records[Order]:
        """Return the customer's service orders with milestones, newest first. Source: TMF641 v4.1.0."""


class Products(Protocol):
    """A system that knows what customers have bought."""

    async def fetch_products(self, customer_id: CustomerId, *, after: int = 0) -> Records[Product]:
        """Return what the customer has bought, ended products included. Source: TMF637 v4.0.0, GET /product."""


class Services(Protocol):
    """A system that knows what is provisioned."""

    async def fetch_services(self, customer_id: CustomerId, *, after: int = 0) -> Records[Service]:
        """Return what is provisioned for the customer, ended services included. Source: TMF638 v4.0.0, GET /service."""


class ServiceTests(Protocol):
    """A system that tests services."""

    async def fetch_service_tests(self, customer_id: CustomerId, *, after: int = 0) -> Records[ServiceTest]:
        """Return tests of the customer's services, newest first. Source: TMF653 v4.2.0, GET /serviceTest."""


class Offerings(Protocol):
    """A catalogue."""

    async def fetch_offerings(self) -> Records[ProductOffering]:
        """Return what can be ordered, in the catalogue's order, with its monthly prices before tax.

        Source: TMF620 v4.1.0, GET /productOffering and /productOfferingPrice.
        """


PRODUCT_ORDERS: Port[ProductOrders] = Port(Capability.PRODUCT_ORDERS)
SERVICE_ORDERS: Port[ServiceOrders] = Port(Capability.SERVICE_ORDERS)
PRODUCTS: Port[Products] = Port(Capability.PRODUCTS)
SERVICES: Port[Services] = Port(Capability.SERVICES)
SERVICE_TESTS: Port[ServiceTests] = Port(Capability.SERVICE_TESTS)
OFFERINGS: Port[Offerings] = Port(Capability.OFFERINGS)
