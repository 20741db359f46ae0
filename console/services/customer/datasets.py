"""Every dataset of a customer, declared once: its system, its request, its time of loading, its type and its users.

The view, the store, the commands, the context of actions and the discrepancy rules read this table. Importing this
module fails if the table and the view's attributes differ.

Source: the record types are those of TM Forum's Open APIs, see `console.models`.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Generic, TypeVar

from console.models.appointment import Appointment, TimeSlot
from console.models.billing_account import BillingAccount
from console.models.customer import Customer, Party
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
from console.ports.billing import BILLING_ACCOUNTS, BILLS, CHARGES, PAYMENTS, USAGE
from console.ports.customers import APPOINTMENTS, CUSTOMERS, INTERACTIONS, TICKETS
from console.ports.port import Port
from console.ports.provisioning import OFFERINGS, PRODUCT_ORDERS, PRODUCTS, SERVICE_ORDERS, SERVICE_TESTS, SERVICES
from console.services.access.permissions import DataScope
from console.services.customer.dataset_loader import DatasetLoader
from console.services.customer.fetching import (
    FetchContext,
    fetch_customer,
    fetch_party,
    fetch_related_of,
    fetch_same_person_of,
)


class AskedFor(Enum):
    """When a dataset is first requested; after that it stays fresh while its view is open."""

    AT_OPEN = "when the customer is opened"
    WITH_CUSTOMER = "when the customer's own record is there"
    WHEN_SHOWN = "when it is looked at"
    BY_ACTIONS = "when an action or a comparison needs it"
    BY_BILL = "when one bill is looked at"


# Returns one page of a customer's records from an offset, for example `fetch(customer_id, after=100)`.
FetchPage = Callable[..., Awaitable[Records[Any]]]
P = TypeVar("P")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset(Generic[P]):
    """One dataset of a customer.

    `name` is the view's attribute. `scope` is the permission and the key of the stored facts, `kept_as` their type.
    `port` is what a system must serve to have the dataset. `fresh_for` is how long facts may be quoted without a
    reload.

    A list that is read page by page has `page`, anything else `fetch`. Lists of several systems are merged, newest
    first by `newest`; without it, one follows the other. The discrepancy rules read datasets with `is_compared`,
    actions those with `is_planned_on`. The command `show` prints only datasets with `is_printed`.
    """

    name: str
    scope: DataScope
    port: Port[P]
    kept_as: Any
    fresh_for: timedelta
    asked_for: AskedFor
    page: Callable[[P], FetchPage] | None = None
    fetch: Callable[[P, FetchContext], Awaitable[Any]] | None = None
    newest: Callable[[Any], date | None] | None = None
    is_compared: bool = False
    is_planned_on: bool = False
    is_printed: bool = True


def read_at(facts: Any, now: datetime) -> datetime:
    """Return when a dataset's facts were read; `now` if there are none."""
    if isinstance(facts, Records):
        return facts.read_at
    return facts.origin.read_at if isinstance(facts, Sourced) else now


_MINUTE = timedelta(minutes=1)
# In the order of the requests: datasets that are visible first come first.
DATASETS: tuple[Dataset[Any], ...] = (
    Dataset(
        name="customer",
        scope=DataScope.CUSTOMER,
        port=CUSTOMERS,
        kept_as=Sourced[Customer],
        fresh_for=15 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        fetch=fetch_customer,
    ),
    Dataset(
        name="accounts",
        scope=DataScope.BILLING_ACCOUNTS,
        port=BILLING_ACCOUNTS,
        kept_as=Records[BillingAccount],
        fresh_for=2 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        fetch=lambda system, asking: system.fetch_billing_accounts(asking.customer_id),
        is_compared=True,
        is_planned_on=True,
    ),
    Dataset(
        name="bills",
        scope=DataScope.BILLS,
        port=BILLS,
        kept_as=Records[CustomerBill],
        fresh_for=10 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        page=lambda system: system.fetch_customer_bills,
        newest=lambda bill: bill.billed_on,
        is_compared=True,
        is_planned_on=True,
    ),
    Dataset(
        name="products",
        scope=DataScope.PRODUCTS,
        port=PRODUCTS,
        kept_as=Records[Product],
        fresh_for=2 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        page=lambda system: system.fetch_products,
        is_compared=True,
        is_planned_on=True,
    ),
    Dataset(
        name="services",
        scope=DataScope.SERVICES,
        port=SERVICES,
        kept_as=Records[Service],
        fresh_for=2 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        page=lambda system: system.fetch_services,
        is_compared=True,
        is_planned_on=True,
    ),
    Dataset(
        name="product_orders",
        scope=DataScope.PRODUCT_ORDERS,
        port=PRODUCT_ORDERS,
        kept_as=Records[Order],
        fresh_for=5 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        page=lambda system: system.fetch_product_orders,
        newest=lambda order: order.ordered_at,
        is_compared=True,
        is_planned_on=True,
    ),
    Dataset(
        name="service_orders",
        scope=DataScope.SERVICE_ORDERS,
        port=SERVICE_ORDERS,
        kept_as=Records[Order],
        fresh_for=5 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        page=lambda system: system.fetch_service_orders,
        newest=lambda order: order.ordered_at,
        is_compared=True,
        is_planned_on=True,
    ),
    Dataset(
        name="tickets",
        scope=DataScope.TICKETS,
        port=TICKETS,
        kept_as=Records[TroubleTicket],
        fresh_for=5 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        page=lambda system: system.fetch_trouble_tickets,
        newest=lambda ticket: ticket.created_at,
        is_planned_on=True,
    ),
    Dataset(
        name="interactions",
        scope=DataScope.INTERACTIONS,
        port=INTERACTIONS,
        kept_as=Records[PartyInteraction],
        fresh_for=5 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        page=lambda system: system.fetch_interactions,
        newest=lambda interaction: interaction.at,
    ),
    Dataset(
        name="payments",
        scope=DataScope.PAYMENTS,
        port=PAYMENTS,
        kept_as=Records[Payment],
        fresh_for=2 * _MINUTE,
        asked_for=AskedFor.AT_OPEN,
        page=lambda system: system.fetch_payments,
        newest=lambda payment: payment.paid_at,
        is_compared=True,
        is_planned_on=True,
    ),
    Dataset(
        name="party",
        scope=DataScope.PARTY,
        port=CUSTOMERS,
        kept_as=Sourced[Party],
        fresh_for=15 * _MINUTE,
        asked_for=AskedFor.WITH_CUSTOMER,
        fetch=fetch_party,
    ),
    Dataset(
        name="tests",
        scope=DataScope.SERVICE_TESTS,
        port=SERVICE_TESTS,
        kept_as=Records[ServiceTest],
        fresh_for=5 * _MINUTE,
        asked_for=AskedFor.WHEN_SHOWN,
        page=lambda system: system.fetch_service_tests,
        newest=lambda test: test.at,
    ),
    Dataset(
        name="appointments",
        scope=DataScope.APPOINTMENTS,
        port=APPOINTMENTS,
        kept_as=Records[Appointment],
        fresh_for=5 * _MINUTE,
        asked_for=AskedFor.WHEN_SHOWN,
        page=lambda system: system.fetch_appointments,
        newest=lambda appointment: appointment.starts_at,
        is_planned_on=True,
    ),
    Dataset(
        name="refunds",
        scope=DataScope.REFUNDS,
        port=PAYMENTS,
        kept_as=Records[Payment],
        fresh_for=2 * _MINUTE,
        asked_for=AskedFor.WHEN_SHOWN,
        page=lambda system: system.fetch_refunds,
        newest=lambda payment: payment.paid_at,
        is_planned_on=True,
    ),
    Dataset(
        name="usage",
        scope=DataScope.USAGE,
        port=USAGE,
        kept_as=Records[Usage],
        fresh_for=10 * _MINUTE,
        asked_for=AskedFor.WHEN_SHOWN,
        page=lambda system: system.fetch_usage,
        newest=lambda usage: usage.at,
    ),
    Dataset(
        name="allowances",
        scope=DataScope.ALLOWANCES,
        port=USAGE,
        kept_as=Records[Bucket],
        fresh_for=2 * _MINUTE,
        asked_for=AskedFor.WHEN_SHOWN,
        fetch=lambda system, asking: system.fetch_usage_consumption(asking.customer_id),
    ),
    Dataset(
        name="related",
        scope=DataScope.RELATED,
        port=CUSTOMERS,
        kept_as=Records[RelatedCustomer],
        fresh_for=15 * _MINUTE,
        asked_for=AskedFor.WHEN_SHOWN,
        fetch=fetch_related_of,
    ),
    Dataset(
        name="same_person",
        scope=DataScope.SAME_PERSON,
        port=CUSTOMERS,
        kept_as=Records[SearchHit],
        fresh_for=15 * _MINUTE,
        asked_for=AskedFor.WHEN_SHOWN,
        fetch=fetch_same_person_of,
        is_compared=True,
        is_printed=False,
    ),
    Dataset(
        name="charges",
        scope=DataScope.CHARGES,
        port=CHARGES,
        kept_as=Records[Product],
        fresh_for=2 * _MINUTE,
        asked_for=AskedFor.BY_ACTIONS,
        fetch=lambda system, asking: system.fetch_charges(asking.customer_id),
        is_compared=True,
        is_planned_on=True,
        is_printed=False,
    ),
    Dataset(
        name="time_slots",
        scope=DataScope.TIME_SLOTS,
        port=APPOINTMENTS,
        kept_as=Records[TimeSlot],
        fresh_for=_MINUTE,
        asked_for=AskedFor.BY_ACTIONS,
        fetch=lambda system, asking: system.fetch_time_slots(asking.customer_id),
        is_planned_on=True,
        is_printed=False,
    ),
    Dataset(
        name="offerings",
        scope=DataScope.OFFERINGS,
        port=OFFERINGS,
        kept_as=Records[ProductOffering],
        fresh_for=15 * _MINUTE,
        asked_for=AskedFor.BY_ACTIONS,
        fetch=lambda system, _asking: system.fetch_offerings(),
        is_planned_on=True,
        is_printed=False,
    ),
)
# One bill's lines; a view has one such loader per opened bill.
BILL_LINES = Dataset(
    name="bill_lines",
    scope=DataScope.BILL_LINES,
    port=BILLS,
    kept_as=Records[AppliedBillingRate],
    fresh_for=10 * _MINUTE,
    asked_for=AskedFor.BY_BILL,
    is_printed=False,
)
KEPT_AS: dict[DataScope, Any] = {dataset.scope: dataset.kept_as for dataset in (*DATASETS, BILL_LINES)}


class CustomerDatasets:
    """The declared datasets of one customer, each a typed attribute."""

    customer: DatasetLoader[Sourced[Customer]]
    party: DatasetLoader[Sourced[Party] | None]
    accounts: DatasetLoader[Records[BillingAccount]]
    bills: DatasetLoader[Records[CustomerBill]]
    products: DatasetLoader[Records[Product]]
    services: DatasetLoader[Records[Service]]
    product_orders: DatasetLoader[Records[Order]]
    service_orders: DatasetLoader[Records[Order]]
    tests: DatasetLoader[Records[ServiceTest]]
    tickets: DatasetLoader[Records[TroubleTicket]]
    interactions: DatasetLoader[Records[PartyInteraction]]
    appointments: DatasetLoader[Records[Appointment]]
    payments: DatasetLoader[Records[Payment]]
    refunds: DatasetLoader[Records[Payment]]
    usage: DatasetLoader[Records[Usage]]
    allowances: DatasetLoader[Records[Bucket]]
    related: DatasetLoader[Records[RelatedCustomer]]
    same_person: DatasetLoader[Records[SearchHit]]
    charges: DatasetLoader[Records[Product]]
    time_slots: DatasetLoader[Records[TimeSlot]]
    offerings: DatasetLoader[Records[ProductOffering]]


def check_attributes(datasets: Sequence[Dataset[Any]] = DATASETS) -> None:
    """Check that the attributes and the declared datasets are the same.

    Raises:
        TypeError: One lacks what the other has.
    """
    typed = {name for name, kind in CustomerDatasets.__annotations__.items() if "DatasetLoader" in str(kind)}
    differing = typed ^ {dataset.name for dataset in datasets}
    if differing:
        raise TypeError(f"declared as a dataset or as an attribute, but not both: {', '.join(sorted(differing))}")


check_attributes()
