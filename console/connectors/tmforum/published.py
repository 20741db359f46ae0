"""Facts from TM Forum's published API descriptions: resources per capability, base paths and filters."""

from collections.abc import Iterable
from typing import Literal

from console.settings import KINDS, Capability, Kind

Version = Literal["v4", "v5"]

# The base path in each resource's v4 description.
PATHS: dict[str, str] = {
    "customer": "/tmf-api/customerManagement/v4",
    "individual": "/tmf-api/party/v4",
    "organization": "/tmf-api/party/v4",
    "troubleTicket": "/tmf-api/troubleTicket/v4",
    "partyInteraction": "/tmf-api/partyInteraction/v4",
    "appointment": "/tmf-api/appointment/v4",
    "searchTimeSlot": "/tmf-api/appointment/v4",
    "billingAccount": "/tmf-api/accountManagement/v4",
    "customerBill": "/tmf-api/customerBillManagement/v4",
    "appliedCustomerBillingRate": "/tmf-api/customerBillManagement/v4",
    "payment": "/payment/v4",
    "refund": "/payment/v4",
    "product": "/tmf-api/productInventory/v4",
    "usage": "/tmf-api/usageManagement/v4",
    "queryUsageConsumption": "/tmf-api/usageConsumption/v4",
    "productOrder": "/tmf-api/productOrderingManagement/v4",
    "serviceOrder": "/tmf-api/serviceOrdering/v4",
    "cancelProductOrder": "/tmf-api/productOrderingManagement/v4",
    "cancelServiceOrder": "/tmf-api/serviceOrdering/v4",
    "service": "/tmf-api/serviceInventory/v4",
    "serviceTest": "/tmf-api/serviceTestManagement/v4",
    "productOffering": "/tmf-api/productCatalogManagement/v4",
    "productOfferingPrice": "/tmf-api/productCatalogManagement/v4",
}
# The resources that serve each capability. Billing's product inventory has the monthly charges.
RESOURCES: dict[Capability, tuple[str, ...]] = {
    Capability.CUSTOMERS: ("customer", "individual", "organization"),
    Capability.TICKETS: ("troubleTicket",),
    Capability.INTERACTIONS: ("partyInteraction",),
    Capability.APPOINTMENTS: ("appointment", "searchTimeSlot"),
    Capability.BILLING_ACCOUNTS: ("billingAccount",),
    Capability.BILLS: ("customerBill", "appliedCustomerBillingRate"),
    Capability.PAYMENTS: ("payment", "refund"),
    Capability.CHARGES: ("product",),
    Capability.USAGE: ("usage", "queryUsageConsumption"),
    Capability.PRODUCT_ORDERS: ("productOrder", "cancelProductOrder"),
    Capability.SERVICE_ORDERS: ("serviceOrder", "cancelServiceOrder"),
    Capability.PRODUCTS: ("product",),
    Capability.SERVICES: ("service",),
    Capability.SERVICE_TESTS: ("serviceTest",),
    Capability.OFFERINGS: ("productOffering", "productOfferingPrice"),
}
# The base path in each resource's v5 description, if there is one. Where that has only a host: the v4 path with "v5".
V5_PATHS: dict[str, str] = {
    "customer": "/tmf-api/customer/v5",
    "individual": "/partyManagement/v5",
    "organization": "/partyManagement/v5",
    "troubleTicket": "/tmf-api/troubleTicket/v5",
    "partyInteraction": "/tmf-api/partyInteraction/v5",
    "billingAccount": "/tmf-api/accountManagement/v5",
    "customerBill": "/tmf-api/customerBillManagement/v5",
    "appliedCustomerBillingRate": "/tmf-api/customerBillManagement/v5",
    "productOrder": "/tmf-api/productOrderingManagement/v5",
    "product": "/tmf-api/productInventory/v5",
    "service": "/tmf-api/serviceInventory/v5",
}
# The query parameter that selects one customer's records, by version.
CUSTOMER_FILTERS: dict[Version, str] = {"v4": "relatedParty.id", "v5": "relatedParty.partyOrPartyRole.id"}


def default_path(resource: str, version: Version) -> str:
    """Return the base path of a resource in its published description."""
    return V5_PATHS[resource] if version == "v5" else PATHS[resource]


def resources_of(capabilities: Iterable[Capability]) -> tuple[str, ...]:
    """Return the resources that serve some capabilities, each once, in order."""
    return tuple(dict.fromkeys(resource for one in capabilities for resource in RESOURCES[one]))


def paths_of_kind(kind: Kind) -> dict[str, str]:
    """Return the resources of a system `kind` (the older setting) with their v4 base paths, in order."""
    return {resource: PATHS[resource] for resource in resources_of(KINDS[kind])}
