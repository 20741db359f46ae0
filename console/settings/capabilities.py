"""The capabilities of a system, and the three kinds of system in the older form of the settings."""

from enum import Enum
from typing import Literal

Kind = Literal["crm", "billing", "provisioning"]


class Capability(Enum):
    """A kind of data that a system can serve. The value is its name in settings. Each has a port in `console/ports`."""

    CUSTOMERS = "customers"
    INTERACTIONS = "interactions"
    TICKETS = "tickets"
    APPOINTMENTS = "appointments"
    BILLING_ACCOUNTS = "billing-accounts"
    BILLS = "bills"
    PAYMENTS = "payments"
    USAGE = "usage"
    CHARGES = "charges"
    PRODUCT_ORDERS = "product-orders"
    SERVICE_ORDERS = "service-orders"
    PRODUCTS = "products"
    SERVICES = "services"
    SERVICE_TESTS = "service-tests"
    OFFERINGS = "offerings"


KINDS: dict[Kind, tuple[Capability, ...]] = {
    "crm": (Capability.CUSTOMERS, Capability.TICKETS, Capability.INTERACTIONS, Capability.APPOINTMENTS),
    "billing": (
        Capability.BILLING_ACCOUNTS,
        Capability.BILLS,
        Capability.PAYMENTS,
        Capability.CHARGES,
        Capability.USAGE,
    ),
    "provisioning": (
        Capability.PRODUCT_ORDERS,
        Capability.SERVICE_ORDERS,
        Capability.PRODUCTS,
        Capability.SERVICES,
        Capability.SERVICE_TESTS,
        Capability.OFFERINGS,
    ),
}
# A customer is one record, so one system has it. Lists of all other data are merged.
SERVED_ONCE = frozenset({Capability.CUSTOMERS})
