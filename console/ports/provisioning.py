"""The service provisioning system: orders, products and services."""

from collections.abc import Sequence
from typing import Protocol

from console.models.customer import CustomerId
from console.models.health import CheckResult
from console.models.inventory import Product, Service
from console.models.offering import ProductOffering
from console.models.order import Order
from console.models.provenance import Records
from console.models.search import SearchHit, SearchQuery
from console.models.service_test import ServiceTest


class ProvisioningSystem(Protocol):
    """A system that carries out orders and keeps what is installed.

    Every call raises one of the six errors of a system call and never waits longer than the system's time limit.
    Offline it raises SystemUnavailableError; the caller decides whether to show what it last knew. A record that
    cannot be read is left out and counted in `Records.damaged`. Lists are read from offset `after` of the system's
    list on and cut at the deployment's record limit; then `next_offset` says where to go on.
    """

    @property
    def name(self) -> str:
        """The system's configured name, such as `provisioning`."""

    async def fetch_product_orders(self, customer_id: CustomerId, *, after: int = 0) -> Records[Order]:
        """Return the customer's product orders, newest first. Source: TMF622 v4.0.0, GET /productOrder."""

    async def fetch_service_orders(self, customer_id: CustomerId, *, after: int = 0) -> Records[Order]:
        """Return the customer's service orders with milestones, newest first. Source: TMF641 v4.1.0."""

    async def fetch_products(self, customer_id: CustomerId, *, after: int = 0) -> Records[Product]:
        """Return what the customer has bought, ended products included. Source: TMF637 v4.0.0, GET /product."""

    async def fetch_services(self, customer_id: CustomerId, *, after: int = 0) -> Records[Service]:
        """Return what is provisioned for the customer, ended services included. Source: TMF638 v4.0.0, GET /service."""

    async def fetch_service_tests(self, customer_id: CustomerId, *, after: int = 0) -> Records[ServiceTest]:
        """Return tests of the customer's services, newest first. Source: TMF653 v4.2.0, GET /serviceTest."""

    async def fetch_offerings(self) -> Records[ProductOffering]:
        """Return what can be ordered, in the catalogue's order, with its monthly prices before tax.

        Source: TMF620 v4.1.0, GET /productOffering and /productOfferingPrice.
        """

    def can_search(self, query: SearchQuery) -> bool:
        """Return whether the query holds anything this system can be asked for, as the deployment has it."""

    async def search_customers(self, query: SearchQuery, *, limit: int) -> Sequence[SearchHit]:
        """Return customers whose order has the typed number, at most `limit`. Source: TMF622 and TMF641 v4."""

    async def check(self) -> Sequence[CheckResult]:
        """Return what each API this desk uses says to a small question; never raises."""
