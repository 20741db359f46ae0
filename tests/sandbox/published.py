"""Each resource's name, its description and the mandatory attributes of a new one; for tests only."""

from dataclasses import dataclass, field
from typing import Any

PERIOD = {"startDateTime": "2026-12-01T08:00:00Z", "endDateTime": "2026-12-01T12:00:00Z"}


@dataclass(frozen=True)
class Published:
    """One resource of one description; `new` is the smallest body that creates one, or None if none can be created."""

    system: str
    file: str
    name: str
    definition: str
    operations: str
    new: dict[str, Any] | None = None
    patch: dict[str, Any] = field(default_factory=dict)
    mandatory: tuple[str, ...] = ()
    is_task: bool = False  # stores no records until a request creates one


_PARTY = {"id": "CU-1", "href": "x", "role": "customer", "name": "Kit", "@referredType": "Customer"}
RESOURCES = (
    Published("crm", "TMF629-v4.json", "customer", "Customer", "LGCPD",
              {"name": "Kit Test", "engagedParty": {"id": "P1", "href": "", "@referredType": "Individual"}},
              {"statusReason": "kit"}, ("name", "engagedParty")),
    Published("crm", "TMF632-v4.json", "individual", "Individual", "LGCPD", {"givenName": "Kit", "familyName": "Test"},
              {"title": "Dr"}, ("givenName", "familyName")),
    Published("crm", "TMF632-v4.json", "organization", "Organization", "LGCPD", {"tradingName": "Kit Ltd"},
              {"name": "Kit Ltd"}, ("tradingName",)),
    Published("crm", "TMF621-v4.json", "troubleTicket", "TroubleTicket", "LGCPD",
              {"description": "No tone", "severity": "medium", "ticketType": "technical"}, {"status": "inProgress"},
              ("description", "severity", "ticketType", "status")),
    Published("crm", "TMF683-v4.json", "partyInteraction", "PartyInteraction", "LGCPD",
              {"interactionDate": PERIOD, "reason": "ReadRequest", "status": "completed", "direction": "inbound",
               "channel": [{"id": "phone", "href": "x"}]}, {"description": "kit"},
              ("interactionDate", "reason", "status", "direction", "channel")),
    Published("crm", "TMF646-v4.json", "appointment", "Appointment", "LGCPD", {"validFor": PERIOD},
              {"description": "kit"}, ("validFor",)),
    Published("crm", "TMF646-v4.json", "searchTimeSlot", "SearchTimeSlot", "LGCPD",
              {"requestedTimeSlot": [{"validFor": PERIOD}]}, {"searchResult": "seen"}, is_task=True),
    Published("billing", "TMF666-v4.json", "billingAccount", "BillingAccount", "LGCPD",
              {"name": "Kit", "relatedParty": [_PARTY]}, {"name": "Kit 2"}, ("name", "relatedParty")),
    Published("billing", "TMF666-v4.json", "partyAccount", "PartyAccount", "LGCPD",
              {"name": "Kit", "relatedParty": [_PARTY]}, {"name": "Kit 2"}, ("name", "relatedParty")),
    Published("billing", "TMF666-v4.json", "financialAccount", "FinancialAccount", "LGCPD", {"name": "Kit"},
              {"name": "Kit 2"}, ("name",)),
    Published("billing", "TMF666-v4.json", "billFormat", "BillFormat", "LGCPD", {"name": "Kit"},
              {"description": "kit"}, ("name",)),
    Published("billing", "TMF666-v4.json", "billPresentationMedia", "BillPresentationMedia", "LGCPD", {"name": "Kit"},
              {"description": "kit"}, ("name",)),
    Published("billing", "TMF666-v4.json", "billingCycleSpecification", "BillingCycleSpecification", "LGCPD",
              {"name": "Kit"}, {"description": "kit"}, ("name",)),
    Published("billing", "TMF635-v4.json", "usageSpecification", "UsageSpecification", "LGCPD", {"name": "Kit"},
              {"description": "kit"}),
    Published("provisioning", "TMF653-v4.json", "serviceTestSpecification", "ServiceTestSpecification", "LGCPD",
              {"name": "Kit", "relatedServiceSpecification": [{"id": "spec-kit"}]}, {"description": "kit"},
              ("name", "relatedServiceSpecification")),
    Published("provisioning", "TMF620-v4.json", "productSpecification", "ProductSpecification", "LGCPD",
              {"name": "Kit"}, {"description": "kit"}, ("name",)),
    Published("billing", "TMF678-v4.json", "customerBill", "CustomerBill", "LGP", None, {"state": "onHold"}),
    Published("billing", "TMF678-v4.json", "appliedCustomerBillingRate", "AppliedCustomerBillingRate", "LG"),
    Published("billing", "TMF678-v4.json", "customerBillOnDemand", "CustomerBillOnDemand", "LGC",
              {"billingAccount": {"id": "BA-1"}}, is_task=True),
    Published("billing", "TMF676-v4.json", "payment", "Payment", "LGC",
              {"account": {"id": "BA-1"}, "paymentMethod": {"id": "pm-1", "@type": "PaymentMethod"},
               "totalAmount": {"unit": "USD", "value": 5.0}}, {}, ("account", "paymentMethod", "totalAmount")),
    Published("billing", "TMF676-v4.json", "refund", "Refund", "LGC",
              {"account": {"id": "BA-1"}, "paymentMethod": {"id": "pm-1", "@type": "PaymentMethod"},
               "totalAmount": {"unit": "USD", "value": 5.0}}, {}, ("account", "paymentMethod", "totalAmount")),
    Published("billing", "TMF637-v4.json", "product", "Product", "LGCPD",
              {"status": "active", "productSerialNumber": "KIT-1"}, {"description": "kit"}, ("status",)),
    Published("billing", "TMF635-v4.json", "usage", "Usage", "LGCPD", {"usageType": "voice"}, {"description": "kit"}),
    Published("billing", "TMF677-v4.json", "queryUsageConsumption", "QueryUsageConsumption", "LGCD",
              {"searchCriteria": {"relatedParty": [_PARTY]}}, is_task=True),
    Published("provisioning", "TMF622-v4.json", "productOrder", "ProductOrder", "LGCPD",
              {"productOrderItem": [{"id": "1", "action": "add"}]}, {"description": "kit"}, ("productOrderItem", "state")),
    Published("provisioning", "TMF622-v4.json", "cancelProductOrder", "CancelProductOrder", "LGC",
              {"productOrder": {"id": "PO-1"}}, is_task=True),
    Published("provisioning", "TMF641-v4.json", "serviceOrder", "ServiceOrder", "LGCPD",
              {"serviceOrderItem": [{"id": "1", "action": "add", "service": {"name": "kit"}}]}, {"description": "kit"},
              ("serviceOrderItem", "state")),
    Published("provisioning", "TMF641-v4.json", "cancelServiceOrder", "CancelServiceOrder", "LGC",
              {"serviceOrder": {"id": "SO-1"}}, is_task=True),
    Published("provisioning", "TMF637-v4.json", "product", "Product", "LGCPD", {"status": "created"},
              {"description": "kit"}, ("status",)),
    Published("provisioning", "TMF638-v4.json", "service", "Service", "LGCPD",
              {"state": "designed", "serviceSpecification": {"id": "spec-kit"}}, {"description": "kit"},
              ("state", "serviceSpecification")),
    Published("provisioning", "TMF653-v4.json", "serviceTest", "ServiceTest", "LGCPD",
              {"name": "Kit", "relatedService": {"id": "SV1"}, "testSpecification": {"id": "spec-kit"}},
              {"description": "kit"}, ("name", "relatedService", "testSpecification")),
    Published("provisioning", "TMF620-v4.json", "productOffering", "ProductOffering", "LGCPD", {"name": "Kit offer"},
              {"description": "kit"}, ("name",)),
    Published("provisioning", "TMF620-v4.json", "productOfferingPrice", "ProductOfferingPrice", "LGCPD",
              {"name": "Kit price"}, {"description": "kit"}, ("name",)),
)  # fmt: skip
IDS = [f"{resource.system}-{resource.name}" for resource in RESOURCES]
BASES = {
    "TMF629": "/tmf-api/customerManagement/v4", "TMF632": "/tmf-api/party/v4", "TMF621": "/tmf-api/troubleTicket/v4",
    "TMF683": "/tmf-api/partyInteraction/v4", "TMF646": "/tmf-api/appointment/v4",
    "TMF666": "/tmf-api/accountManagement/v4", "TMF678": "/tmf-api/customerBillManagement/v4", "TMF676": "/payment/v4",
    "TMF635": "/tmf-api/usageManagement/v4", "TMF677": "/tmf-api/usageConsumption/v4",
    "TMF622": "/tmf-api/productOrderingManagement/v4", "TMF641": "/tmf-api/serviceOrdering/v4",
    "TMF637": "/tmf-api/productInventory/v4", "TMF638": "/tmf-api/serviceInventory/v4",
    "TMF653": "/tmf-api/serviceTestManagement/v4", "TMF620": "/tmf-api/productCatalogManagement/v4",
}  # fmt: skip


def path_of(resource: Published) -> str:
    return f"{BASES[resource.file.partition('-')[0]]}/{resource.name}"
