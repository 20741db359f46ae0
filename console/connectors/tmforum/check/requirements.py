"""The console's requirements per resource: attributes it shows, states it knows, and filters of a list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from console.connectors.tmforum.crm import party
from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.records import bills, care, customer, inventory, money, orders, usage
from console.models.customer import PartyKind

_ORDER_STATES = frozenset(
    {
        "acknowledged", "rejected", "pending", "held", "inProgress", "cancelled", "completed", "failed", "partial",
        "assessingCancellation", "pendingCancellation", "draft", "inProgress.accepted",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ResourceRequirement:
    """The requirements for one resource.

    `shown` has the shown attributes by their v4 names, `later` pairs of v4 and v5 names that differ. `state` is the
    attribute with the state, `states` the standard's words for it, empty if it is free text. `selected_by` is the usual
    parameter that selects one customer's records, None if the resource is not read by customer. `newest_first` is the
    value of `sort` for the newest first. `is_query` is True if the resource is a query by POST.
    """

    read: Callable[[RecordReader], Any]
    shown: tuple[str, ...]
    later: tuple[tuple[str, str], ...] = ()
    state: str = ""
    states: frozenset[str] = frozenset()
    selected_by: str | None = "relatedParty.id"
    newest_first: str | None = None
    is_query: bool = False

    def attributes(self, version: str) -> tuple[str, ...]:
        """Return the names of the shown attributes in a version."""
        names = dict(self.later) if version == "v5" else {}
        return tuple(names.get(name, name) for name in self.shown)


REQUIREMENTS: dict[str, ResourceRequirement] = {
    "customer": ResourceRequirement(
        customer.read_customer, ("name", "status", "engagedParty", "contactMedium"), selected_by=None
    ),
    "individual": ResourceRequirement(
        party(PartyKind.INDIVIDUAL), ("givenName", "familyName", "contactMedium"), selected_by=None
    ),
    "organization": ResourceRequirement(
        party(PartyKind.ORGANIZATION), ("tradingName", "contactMedium"), selected_by=None
    ),
    "troubleTicket": ResourceRequirement(
        care.read_ticket,
        ("name", "status", "severity", "creationDate", "statusChange", "relatedParty"),
        later=(("statusChange", "statusChangeHistory"),),
        state="status",
        states=frozenset(
            {"acknowledged", "rejected", "pending", "held", "inProgress", "cancelled", "closed", "resolved"}
        ),
        newest_first="-creationDate",
    ),
    "partyInteraction": ResourceRequirement(
        care.read_interaction,
        ("interactionDate", "reason", "direction", "channel", "relatedParty"),
        (("channel", "relatedChannel"),),
        newest_first="-interactionDate.startDateTime",
    ),
    "appointment": ResourceRequirement(
        care.read_appointment,
        ("validFor", "status", "relatedParty"),
        state="status",
        states=frozenset({"initialized", "confirmed", "cancelled", "completed", "failed"}),
    ),
    "billingAccount": ResourceRequirement(bills.read_account, ("name", "state", "accountBalance", "relatedParty")),
    "customerBill": ResourceRequirement(
        bills.read_bill,
        ("billNo", "billDate", "amountDue", "state", "billingAccount", "paymentDueDate", "relatedParty"),
        state="state",
        states=frozenset({"new", "onHold", "validated", "sent", "partiallyPaid", "settled"}),
        newest_first="-billDate",
    ),
    "appliedCustomerBillingRate": ResourceRequirement(
        bills.read_rate,
        ("name", "taxIncludedAmount", "bill", "type"),
        (("type", "appliedBillingRateType"),),
        selected_by=None,
    ),
    "payment": ResourceRequirement(
        money.read_payment, ("paymentDate", "totalAmount", "status", "account"), selected_by="payer.id"
    ),
    "refund": ResourceRequirement(
        money.read_refund, ("refundDate", "totalAmount", "status", "account"), selected_by="requestor.id"
    ),
    "usage": ResourceRequirement(usage.read_usage, ("usageDate", "usageType", "relatedParty")),
    "queryUsageConsumption": ResourceRequirement(
        usage.read_buckets, ("usageConsumption",), selected_by=None, is_query=True
    ),
    "productOrder": ResourceRequirement(
        orders.read_product_order,
        ("state", "orderDate", "productOrderItem", "relatedParty"),
        later=(("orderDate", "creationDate"),),
        state="state",
        states=_ORDER_STATES,
        newest_first="-orderDate",
    ),
    "serviceOrder": ResourceRequirement(
        orders.read_service_order,
        ("state", "orderDate", "serviceOrderItem", "relatedParty"),
        state="state",
        states=_ORDER_STATES,
        newest_first="-orderDate",
    ),
    "product": ResourceRequirement(
        inventory.read_product,
        ("name", "status", "startDate", "relatedParty"),
        state="status",
        states=frozenset(
            {
                "created",
                "pendingActive",
                "cancelled",
                "active",
                "pendingTerminate",
                "terminated",
                "suspended",
                "aborted ",
            }
        ),
    ),
    "service": ResourceRequirement(
        inventory.read_service,
        ("name", "state", "serviceSpecification", "relatedParty"),
        state="state",
        states=frozenset(
            {"feasibilityChecked", "designed", "reserved", "inactive", "active", "terminated", "suspended"}
        ),
    ),
    "serviceTest": ResourceRequirement(inventory.read_test, ("name", "state", "relatedService", "testMeasure")),
}
