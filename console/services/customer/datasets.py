"""Every dataset of a customer, declared once: whose it is, how it is asked for, when, what it is kept as, who needs it.

The view, the store, the commands, the context of actions and the discrepancy rules read this table. A dataset that is
not an attribute of the view, or the other way round, fails when the view is imported.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Protocol

from console.errors import ConsoleError, UnknownCustomerError
from console.models.appointment import Appointment, TimeSlot
from console.models.billing_account import BillingAccount
from console.models.customer import Customer, CustomerId, Party
from console.models.customer_bill import AppliedBillingRate, CustomerBill
from console.models.interaction import PartyInteraction
from console.models.inventory import Product, Service
from console.models.offering import ProductOffering
from console.models.order import Order
from console.models.payment import Payment
from console.models.provenance import Records, Sourced
from console.models.related import RelatedCustomer
from console.models.search import SearchHit
from console.models.service_test import ServiceTest
from console.models.trouble_ticket import TroubleTicket
from console.models.usage import Bucket, Usage
from console.ports.billing import BillingSystem
from console.ports.crm import CrmSystem
from console.ports.provisioning import ProvisioningSystem
from console.services.access.permissions import Subject
from console.services.customer.part import PartCoordinator
from console.services.customer.related import fetch_related
from console.services.customer.same_person import fetch_same_person
from console.settings import Kind


class AskedFor(Enum):
    """When a dataset is asked for the first time; one that was is kept fresh while its view is open."""

    AT_OPEN = "when the customer is opened"
    WITH_CUSTOMER = "when the customer's own record is there"
    WHEN_SHOWN = "when it is looked at"
    BY_ACTIONS = "when an action or a comparison needs it"
    BY_BILL = "when one bill is looked at"


@dataclass(frozen=True, slots=True)
class Systems:
    """Whom a view asks, by kind."""

    crm: CrmSystem
    billing: BillingSystem
    provisioning: ProvisioningSystem

    def name_of(self, kind: Kind) -> str:
        """Return the configured name of the system of a kind."""
        found: CrmSystem | BillingSystem | ProvisioningSystem = getattr(self, kind)
        return found.name


class Asking(Protocol):
    """The view of one customer, as far as those who ask for a dataset need it."""

    customer_id: CustomerId
    systems: Systems
    customer: PartCoordinator[Sourced[Customer]]
    party: PartCoordinator[Sourced[Party] | None]


# Returns one customer's records from an offset on, such as `fetch(customer_id, after=100)`.
FetchPage = Callable[..., Awaitable[Records[Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One dataset of a customer.

    `name` is the view's attribute, `subject` the permission and the key under which it is kept, `system` the kind of
    system that has it, `kept_as` its type, `fresh_for` how long it may be said aloud without asking again. A list that
    is read page by page has `page`, anything else `fetch`. `is_compared` is read by the discrepancy rules,
    `is_planned_on` by actions; what is not `is_told` stays out of what `show` prints.
    """

    name: str
    subject: Subject
    system: Kind
    kept_as: Any
    fresh_for: timedelta
    asked_for: AskedFor
    page: Callable[[Systems], FetchPage] | None = None
    fetch: Callable[[Asking], Awaitable[Any]] | None = None
    is_compared: bool = False
    is_planned_on: bool = False
    is_told: bool = True


def read_at(facts: Any, now: datetime) -> datetime:
    """Return when a dataset's facts were said; that there are none was said now."""
    if isinstance(facts, Records):
        return facts.read_at
    return facts.origin.read_at if isinstance(facts, Sourced) else now


# ------------------------------------------------------------------ how those are asked for that are no plain list


async def _fetch_customer(asking: Asking) -> Sourced[Customer]:
    found = await asking.systems.crm.fetch_customer(asking.customer_id)
    if found is None:
        raise UnknownCustomerError(f"CRM has no customer {asking.customer_id}.")
    return found


async def _fetch_party(asking: Asking) -> Sourced[Party] | None:
    customer = asking.customer.held
    return None if customer is None else await asking.systems.crm.fetch_party(customer.value)


async def _fetch_related(asking: Asking) -> Records[RelatedCustomer]:
    await asking.customer.settled()
    customer, failure = asking.customer.held, asking.customer.part.failure
    if failure is not None:
        raise failure.error
    if customer is None:
        raise ConsoleError("The customer is not known yet.")
    return await fetch_related(asking.systems.crm, customer)


async def _fetch_same_person(asking: Asking) -> Records[SearchHit]:
    await asking.customer.settled()
    await asking.party.settled()
    customer, party = asking.customer.held, asking.party.held
    if customer is None:
        raise ConsoleError("The customer is not known yet.")
    return await fetch_same_person(asking.systems.crm, customer, party)


_MINUTE = timedelta(minutes=1)
# What is seen first comes first: it is asked for in this order.
DATASETS: tuple[Dataset, ...] = (
    Dataset(
        name="customer",
        subject=Subject.CUSTOMER,
        system="crm",
        kept_as=Sourced[Customer],
        fresh_for=15 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        fetch=_fetch_customer,
    ),
    Dataset(
        name="accounts",
        subject=Subject.BILLING_ACCOUNTS,
        system="billing",
        kept_as=Records[BillingAccount],
        fresh_for=2 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        fetch=lambda asking: asking.systems.billing.fetch_billing_accounts(asking.customer_id),
        is_compared=True,
        is_planned_on=True,
    ),
    Dataset(
        name="bills",
        subject=Subject.BILLS,
        system="billing",
        kept_as=Records[CustomerBill],
        fresh_for=10 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        page=lambda systems: systems.billing.fetch_customer_bills,
        is_compared=True,
        is_planned_on=True,
    ),
    Dataset(
        name="products",
        subject=Subject.PRODUCTS,
        system="provisioning",
        kept_as=Records[Product],
        fresh_for=2 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        page=lambda systems: systems.provisioning.fetch_products,
        is_compared=True,
        is_planned_on=True,
    ),
    Dataset(
        name="services",
        subject=Subject.SERVICES,
        system="provisioning",
        kept_as=Records[Service],
        fresh_for=2 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        page=lambda systems: systems.provisioning.fetch_services,
        is_compared=True,
        is_planned_on=True,
    ),
    Dataset(
        name="product_orders",
        subject=Subject.PRODUCT_ORDERS,
        system="provisioning",
        kept_as=Records[Order],
        fresh_for=5 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        page=lambda systems: systems.provisioning.fetch_product_orders,
        is_compared=True,
        is_planned_on=True,
    ),
    Dataset(
        name="service_orders",
        subject=Subject.SERVICE_ORDERS,
        system="provisioning",
        kept_as=Records[Order],
        fresh_for=5 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        page=lambda systems: systems.provisioning.fetch_service_orders,
        is_compared=True,
        is_planned_on=True,
    ),
    Dataset(
        name="tickets",
        subject=Subject.TICKETS,
        system="crm",
        kept_as=Records[TroubleTicket],
        fresh_for=5 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        page=lambda systems: systems.crm.fetch_trouble_tickets,
        is_planned_on=True,
    ),
    Dataset(
        name="interactions",
        subject=Subject.INTERACTIONS,
        system="crm",
        kept_as=Records[PartyInteraction],
        fresh_for=5 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        page=lambda systems: systems.crm.fetch_interactions,
    ),
    Dataset(
        name="payments",
        subject=Subject.PAYMENTS,
        system="billing",
        kept_as=Records[Payment],
        fresh_for=2 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        page=lambda systems: systems.billing.fetch_payments,
        is_compared=True,
        is_planned_on=True,
    ),
    Dataset(
        name="party",
        subject=Subject.PARTY,
        system="crm",
        kept_as=Sourced[Party],
        fresh_for=15 * _MINUTE,
        asked_for=AskedFor.WITH_CUSTOMER,
        fetch=_fetch_party,
    ),
    Dataset(
        name="tests",
        subject=Subject.SERVICE_TESTS,
        system="provisioning",
        kept_as=Records[ServiceTest],
        fresh_for=5 * _MINUTE,
        asked_for=AskedFor.WHEN_SHOWN,
        page=lambda systems: systems.provisioning.fetch_service_tests,
    ),
    Dataset(
        name="appointments",
        subject=Subject.APPOINTMENTS,
        system="crm",
        kept_as=Records[Appointment],
        fresh_for=5 * _MINUTE,
        asked_for=AskedFor.WHEN_SHOWN,
        page=lambda systems: systems.crm.fetch_appointments,
        is_planned_on=True,
    ),
    Dataset(
        name="refunds",
        subject=Subject.REFUNDS,
        system="billing",
        kept_as=Records[Payment],
        fresh_for=2 * _MINUTE,
        asked_for=AskedFor.WHEN_SHOWN,
        page=lambda systems: systems.billing.fetch_refunds,
        is_planned_on=True,
    ),
    Dataset(
        name="usage",
        subject=Subject.USAGE,
        system="billing",
        kept_as=Records[Usage],
        fresh_for=10 * _MINUTE,
        asked_for=AskedFor.WHEN_SHOWN,
        page=lambda systems: systems.billing.fetch_usage,
    ),
    Dataset(
        name="allowances",
        subject=Subject.ALLOWANCES,
        system="billing",
        kept_as=Sourced[tuple[Bucket, ...]],
        fresh_for=2 * _MINUTE,
        asked_for=AskedFor.WHEN_SHOWN,
        fetch=lambda asking: asking.systems.billing.fetch_usage_consumption(asking.customer_id),
    ),
    Dataset(
        name="related",
        subject=Subject.RELATED,
        system="crm",
        kept_as=Records[RelatedCustomer],
        fresh_for=15 * _MINUTE,
        asked_for=AskedFor.WHEN_SHOWN,
        fetch=_fetch_related,
    ),
    Dataset(
        name="same_person",
        subject=Subject.SAME_PERSON,
        system="crm",
        kept_as=Records[SearchHit],
        fresh_for=15 * _MINUTE,
        asked_for=AskedFor.WHEN_SHOWN,
        fetch=_fetch_same_person,
        is_compared=True,
        is_told=False,
    ),
    Dataset(
        name="charges",
        subject=Subject.CHARGES,
        system="billing",
        kept_as=Records[Product],
        fresh_for=2 * _MINUTE,
        asked_for=AskedFor.BY_ACTIONS,
        fetch=lambda asking: asking.systems.billing.fetch_charges(asking.customer_id),
        is_compared=True,
        is_planned_on=True,
        is_told=False,
    ),
    Dataset(
        name="time_slots",
        subject=Subject.TIME_SLOTS,
        system="crm",
        kept_as=Records[TimeSlot],
        fresh_for=_MINUTE,
        asked_for=AskedFor.BY_ACTIONS,
        fetch=lambda asking: asking.systems.crm.fetch_time_slots(asking.customer_id),
        is_planned_on=True,
        is_told=False,
    ),
    Dataset(
        name="offerings",
        subject=Subject.OFFERINGS,
        system="provisioning",
        kept_as=Records[ProductOffering],
        fresh_for=15 * _MINUTE,
        asked_for=AskedFor.BY_ACTIONS,
        fetch=lambda asking: asking.systems.provisioning.fetch_offerings(),
        is_planned_on=True,
        is_told=False,
    ),
)
# One bill's lines: of these a view has as many as bills were looked at.
BILL_LINES = Dataset(
    name="bill_lines",
    subject=Subject.BILL_LINES,
    system="billing",
    kept_as=Records[AppliedBillingRate],
    fresh_for=10 * _MINUTE,
    asked_for=AskedFor.BY_BILL,
    is_told=False,
)
KEPT_AS: dict[Subject, Any] = {dataset.subject: dataset.kept_as for dataset in (*DATASETS, BILL_LINES)}
