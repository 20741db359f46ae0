"""What a system can do for the console, and the three kinds of system the old form of the settings knows."""

from enum import Enum
from typing import Literal

Kind = Literal["crm", "billing", "provisioning"]


class Capability(Enum):
    """One thing a system can serve; the value is its name in the settings. Each has a port in `console/ports`."""

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
# One customer is one record, so one system keeps it; lists of everything else are merged.
SERVED_ONCE = frozenset({Capability.CUSTOMERS})
