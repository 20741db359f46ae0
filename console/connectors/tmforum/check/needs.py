"""What the desk needs of each resource: the attributes it shows, the states it knows, and how a list is narrowed."""

from dataclasses import dataclass
from typing import Any

from console.connectors.tmforum import billing, care, crm, money, provisioning
from console.connectors.tmforum.reading import Versions
from console.models.customer import PartyKind

_ORDER_STATES = frozenset(
    {
        "acknowledged", "rejected", "pending", "held", "inProgress", "cancelled", "completed", "failed", "partial",
        "assessingCancellation", "pendingCancellation", "draft", "inProgress.accepted",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Need:
    """One resource as the desk uses it.

    `shown` are attributes in v4's names, `later` those that v5 calls otherwise. `state` is the attribute with the
    state and `states` the standard's words for it, empty where it is free text. `selected_by` is the usual parameter
    that selects one customer's records, None where it is not read by customer. `newest_first` is the value of `sort`
    the desk would use.
    """

    versions: Versions[Any]
    shown: tuple[str, ...]
    later: tuple[tuple[str, str], ...] = ()
    state: str = ""
    states: frozenset[str] = frozenset()
    selected_by: str | None = "relatedParty.id"
    newest_first: str | None = None
    is_query: bool = False

    def attributes(self, version: str) -> tuple[str, ...]:
        """Return the attributes shown, by the names of a version."""
        names = dict(self.later) if version == "v5" else {}
        return tuple(names.get(name, name) for name in self.shown)


NEEDS: dict[str, Need] = {
    "customer": Need(crm.CUSTOMER, ("name", "status", "engagedParty", "contactMedium"), selected_by=None),
    "individual": Need(crm.party(PartyKind.INDIVIDUAL), ("givenName", "familyName", "contactMedium"), selected_by=None),
    "organization": Need(crm.party(PartyKind.ORGANIZATION), ("tradingName", "contactMedium"), selected_by=None),
    "troubleTicket": Need(
        care.TICKET,
        ("name", "status", "severity", "creationDate", "statusChange", "relatedParty"),
        (("statusChange", "statusChangeHistory"),),
        "status",
        frozenset({"acknowledged", "rejected", "pending", "held", "inProgress", "cancelled", "closed", "resolved"}),
        newest_first="-creationDate",
    ),
    "partyInteraction": Need(
        care.INTERACTION,
        ("interactionDate", "reason", "direction", "channel", "relatedParty"),
        (("channel", "relatedChannel"),),
        newest_first="-interactionDate.startDateTime",
    ),
    "appointment": Need(
        care.APPOINTMENT,
        ("validFor", "status", "relatedParty"),
        state="status",
        states=frozenset({"initialized", "confirmed", "cancelled", "completed", "failed"}),
    ),
    "billingAccount": Need(billing.ACCOUNT, ("name", "state", "accountBalance", "relatedParty")),
    "customerBill": Need(
        billing.BILL,
        ("billNo", "billDate", "amountDue", "state", "billingAccount", "paymentDueDate", "relatedParty"),
        state="state",
        states=frozenset({"new", "onHold", "validated", "sent", "partiallyPaid", "settled"}),
        newest_first="-billDate",
    ),
    "appliedCustomerBillingRate": Need(
        billing.RATE,
        ("name", "taxIncludedAmount", "bill", "type"),
        (("type", "appliedBillingRateType"),),
        selected_by=None,
    ),
    "payment": Need(money.PAYMENT, ("paymentDate", "totalAmount", "status", "account"), selected_by="payer.id"),
    "refund": Need(money.REFUND, ("refundDate", "totalAmount", "status", "account"), selected_by="requestor.id"),
    "usage": Need(money.USAGE, ("usageDate", "usageType", "relatedParty")),
    "queryUsageConsumption": Need(money.BUCKETS, ("usageConsumption",), selected_by=None, is_query=True),
    "productOrder": Need(
        provisioning.PRODUCT_ORDER,
        ("state", "orderDate", "productOrderItem", "relatedParty"),
        (("orderDate", "creationDate"),),
        "state",
        _ORDER_STATES,
        newest_first="-orderDate",
    ),
    "serviceOrder": Need(
        provisioning.SERVICE_ORDER,
        ("state", "orderDate", "serviceOrderItem", "relatedParty"),
        state="state",
        states=_ORDER_STATES,
        newest_first="-orderDate",
    ),
    "product": Need(
        provisioning.PRODUCT,
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
    "service": Need(
        provisioning.SERVICE,
        ("name", "state", "serviceSpecification", "relatedParty"),
        state="state",
        states=frozenset(
            {"feasibilityChecked", "designed", "reserved", "inactive", "active", "terminated", "suspended"}
        ),
    ),
    "serviceTest": Need(provisioning.TEST, ("name", "state", "relatedService", "testMeasure")),
}
