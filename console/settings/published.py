"""What TM Forum publishes: which resources each kind of system has, and where its descriptions put them."""

from typing import Literal

Kind = Literal["crm", "billing", "provisioning"]
Version = Literal["v4", "v5"]

# Kind of system -> resource -> the base path in its v4 description.
PATHS: dict[str, dict[str, str]] = {
    "crm": {
        "customer": "/tmf-api/customerManagement/v4",
        "individual": "/tmf-api/party/v4",
        "organization": "/tmf-api/party/v4",
        "troubleTicket": "/tmf-api/troubleTicket/v4",
        "partyInteraction": "/tmf-api/partyInteraction/v4",
        "appointment": "/tmf-api/appointment/v4",
        "searchTimeSlot": "/tmf-api/appointment/v4",
    },
    "billing": {
        "billingAccount": "/tmf-api/accountManagement/v4",
        "customerBill": "/tmf-api/customerBillManagement/v4",
        "appliedCustomerBillingRate": "/tmf-api/customerBillManagement/v4",
        "payment": "/payment/v4",
        "refund": "/payment/v4",
        "product": "/tmf-api/productInventory/v4",
        "usage": "/tmf-api/usageManagement/v4",
        "queryUsageConsumption": "/tmf-api/usageConsumption/v4",
    },
    "provisioning": {
        "productOrder": "/tmf-api/productOrderingManagement/v4",
        "serviceOrder": "/tmf-api/serviceOrdering/v4",
        "cancelProductOrder": "/tmf-api/productOrderingManagement/v4",
        "cancelServiceOrder": "/tmf-api/serviceOrdering/v4",
        "product": "/tmf-api/productInventory/v4",
        "service": "/tmf-api/serviceInventory/v4",
        "serviceTest": "/tmf-api/serviceTestManagement/v4",
        "productOffering": "/tmf-api/productCatalogManagement/v4",
        "productOfferingPrice": "/tmf-api/productCatalogManagement/v4",
    },
}
# The base path in its v5 description, for every resource that has one; where that names a host alone, v4's with v5.
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
# The parameter that selects one customer's records by the shape of each version.
CUSTOMER_FILTERS: dict[Version, str] = {"v4": "relatedParty.id", "v5": "relatedParty.partyOrPartyRole.id"}


def default_path(kind: Kind, resource: str, version: Version) -> str:
    """Return the base path a published description has for a resource."""
    return V5_PATHS[resource] if version == "v5" else PATHS[kind][resource]
