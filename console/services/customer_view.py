"""One customer, unified: every part from its own system, each as soon as that system answers."""

import random
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any, TypeVar

from console.errors import UnknownCustomerError
from console.models.billing_account import BillingAccount
from console.models.customer import Customer, CustomerId, Party
from console.models.customer_bill import AppliedBillingRate, CustomerBill, CustomerBillId
from console.models.health import SystemHealth, SystemState
from console.models.inventory import Product, Service
from console.models.order import Order
from console.models.provenance import Records, Sourced
from console.ports.billing import BillingSystem
from console.ports.clock import Clock
from console.ports.crm import CrmSystem
from console.ports.provisioning import ProvisioningSystem
from console.services.connections import HealthBoard
from console.services.last_known import LastKnown
from console.services.part import Part, PartCoordinator
from console.services.permissions import Permissions, Subject

T = TypeVar("T")

# How long facts of a kind may be said aloud without asking again.
FRESH_FOR = {
    Subject.CUSTOMER: timedelta(seconds=900),
    Subject.PARTY: timedelta(seconds=900),
    Subject.BILLING_ACCOUNTS: timedelta(seconds=120),
    Subject.BILLS: timedelta(seconds=600),
    Subject.BILL_LINES: timedelta(seconds=600),
    Subject.PRODUCTS: timedelta(seconds=120),
    Subject.SERVICES: timedelta(seconds=120),
    Subject.PRODUCT_ORDERS: timedelta(seconds=300),
    Subject.SERVICE_ORDERS: timedelta(seconds=300),
}


class CustomerView:
    """The parts of one customer. Nothing is asked before `open`; `close` drops all that is under way.

    Offline every part keeps what it last knew while the view was open, and says why it has nothing newer.
    """

    def __init__(
        self,
        customer_id: CustomerId,
        *,
        crm: CrmSystem,
        billing: BillingSystem,
        provisioning: ProvisioningSystem,
        permissions: Permissions,
        health: HealthBoard,
        last_known: LastKnown,
        clock: Clock,
        rng: random.Random,
    ) -> None:
        self.customer_id = customer_id
        self._crm, self._billing = crm, billing
        self._last_known = last_known
        self._permissions, self._clock, self._rng = permissions, clock, rng
        self.customer: PartCoordinator[Sourced[Customer]] = self._part(
            crm.name, Subject.CUSTOMER, self._fetch_customer, lambda found: found.origin.read_at
        )
        self.party: PartCoordinator[Sourced[Party] | None] = self._part(
            crm.name, Subject.PARTY, self._fetch_party, lambda found: found.origin.read_at if found else clock.now()
        )
        self.accounts: PartCoordinator[Records[BillingAccount]] = self._list(
            billing.name, Subject.BILLING_ACCOUNTS, lambda: billing.fetch_billing_accounts(customer_id)
        )
        self.bills: PartCoordinator[Records[CustomerBill]] = self._list(
            billing.name, Subject.BILLS, lambda: billing.fetch_customer_bills(customer_id)
        )
        self.products: PartCoordinator[Records[Product]] = self._list(
            provisioning.name, Subject.PRODUCTS, lambda: provisioning.fetch_products(customer_id)
        )
        self.services: PartCoordinator[Records[Service]] = self._list(
            provisioning.name, Subject.SERVICES, lambda: provisioning.fetch_services(customer_id)
        )
        self.product_orders: PartCoordinator[Records[Order]] = self._list(
            provisioning.name, Subject.PRODUCT_ORDERS, lambda: provisioning.fetch_product_orders(customer_id)
        )
        self.service_orders: PartCoordinator[Records[Order]] = self._list(
            provisioning.name, Subject.SERVICE_ORDERS, lambda: provisioning.fetch_service_orders(customer_id)
        )
        self._lines: dict[CustomerBillId, PartCoordinator[Records[AppliedBillingRate]]] = {}
        self.customer.subscribe(self._on_customer)
        self._unwatch = health.subscribe(self._on_health)

    @property
    def parts(self) -> Iterator[PartCoordinator[Any]]:
        """Every part that exists, bill lines included once they were asked for."""
        yield from (self.customer, self.party, self.accounts, self.bills, self.products, self.services)
        yield from (self.product_orders, self.service_orders)
        yield from self._lines.values()

    def open(self) -> None:
        """Ask all systems side by side; only the party waits, for the customer that names it."""
        self.ask_again()

    def ask_again(self) -> None:
        """Ask every system again for everything that is on show."""
        for part in self.parts:
            if part is not self.party:
                part.ask()

    def bill_lines(self, bill: CustomerBillId) -> PartCoordinator[Records[AppliedBillingRate]]:
        """Return the part with one bill's lines; it is asked for the first time it is wanted."""
        if bill not in self._lines:
            self._lines[bill] = self._list(
                self._billing.name, Subject.BILL_LINES, lambda: self._billing.fetch_applied_billing_rates(bill), bill
            )
            self._lines[bill].ask()
        return self._lines[bill]

    async def settled(self) -> None:
        """Return once no part is being asked for."""
        while any(part.part.asking_since for part in self.parts):
            for part in self.parts:
                await part.settled()

    def close(self) -> None:
        """Drop everything that is under way."""
        self._unwatch()
        for part in self.parts:
            part.close()

    async def _fetch_customer(self) -> Sourced[Customer]:
        found = await self._crm.fetch_customer(self.customer_id)
        if found is None:
            raise UnknownCustomerError(f"CRM has no customer {self.customer_id}.")
        return found

    async def _fetch_party(self) -> Sourced[Party] | None:
        customer = self.customer.part.facts
        return None if customer is None else await self._crm.fetch_party(customer.value)

    def _on_customer(self, part: Part[Sourced[Customer]]) -> None:
        if part.facts is not None and part.asking_since is None and part.failure is None:
            self.party.ask()

    def _on_health(self, health: SystemHealth, before: SystemState) -> None:
        """A system is back: what it could not tell is asked again, without waiting for each part's own pause."""
        if before is SystemState.DOWN and health.state in {SystemState.ANSWERING, SystemState.SLOW}:
            for part in self.parts:
                failure = part.part.failure
                if part.part.system == health.system and failure is not None and failure.next_try_at is not None:
                    part.ask()

    def _list(
        self, system: str, subject: Subject, fetch: Callable[[], Awaitable[Records[T]]], of: str = ""
    ) -> PartCoordinator[Records[T]]:
        return self._part(system, subject, fetch, lambda records: records.read_at, of)

    def _part(
        self,
        system: str,
        subject: Subject,
        fetch: Callable[[], Awaitable[T]],
        read_at: Callable[[T], Any],
        of: str = "",
    ) -> PartCoordinator[T]:
        part = (subject, of)
        may_see = self._permissions.refusal(subject, self.customer_id) is None
        return PartCoordinator(
            system=system,
            fetch=fetch,
            read_at=read_at,
            refusal=lambda: self._permissions.refusal(subject, self.customer_id),
            fresh_for=FRESH_FOR[subject],
            known=self._last_known.load(self.customer_id, part) if may_see else None,
            keep=lambda facts: self._last_known.save(self.customer_id, part, facts),
            clock=self._clock,
            rng=self._rng,
        )
