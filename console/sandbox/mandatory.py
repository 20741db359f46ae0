"""Mandatory attributes inside the attributes of a new record, by the published version 4 descriptions.

Attributes of one name have the same rules in nearly every description (`_USUAL`). `_OWN` lists the exceptions by
resource.
Source: the `_Create` definitions of TMF620 to TMF683 v4.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_ID = ("id",)
_PARTY = ("@referredType", "id")
_USUAL: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "account", "agreement", "billingAccount", "calendarEvent", "category", "channel", "constraint",
            "customerBill", "defaultPaymentMethod", "financialAccount", "marketSegment", "partyAccount", "payment",
            "productOffering", "productOfferingQualification", "productOrder", "productSpecification", "quote",
            "realizingResource", "realizingService", "relatedService", "relatedServiceSpecification",
            "resourceCandidate", "resourceSpecification", "serviceCandidate", "serviceLevelAgreement", "serviceOrder",
            "serviceSpecification", "supportingResource", "supportingService", "testSpecification",
            "usageSpecification",
        ),
        _ID,
    ),
    **dict.fromkeys(("engagedParty", "payer", "relatedParty", "requestor"), _PARTY),
    **dict.fromkeys(
        ("characteristic", "partyCharacteristic", "productCharacteristic", "serviceCharacteristic",
         "usageCharacteristic"),
        ("name", "value"),
    ),
    **dict.fromkeys(("entitySpecRelationship", "serviceTestSpecRelationship"), ("relationshipType",)),
    **dict.fromkeys(("targetEntitySchema", "targetProductSchema"), ("@schemaLocation", "@type")),
    "accountBalance": ("amount", "balanceType", "validFor"),
    "accountRelationship": ("relationshipType", "validFor"),
    "contact": ("contactType", "validFor"),
    "contactMedium": ("characteristic", "mediumType"),
    "creditProfile": ("creditProfileDate", "validFor"),
    "externalReference": ("name",),
    "feature": ("featureCharacteristic", "id", "name"),
    "note": ("text",),
    "orderRelationship": ("id", "relationshipType"),
    "paymentItem": ("item",),
    "place": ("role",),
    "productPrice": ("price", "priceType"),
    "productRelationship": ("product", "relationshipType"),
    "relatedEntity": ("@referredType", "id", "role"),
    "relatedPlace": ("role",),
    "requestedTimeSlot": ("validFor",),
    "serviceRelationship": ("relationshipType", "service"),
    "taxExemption": ("issuingJurisdiction", "validFor"),
}  # fmt: skip
_ACCOUNT = {"relatedParty": ("@referredType", "id", "name")}
_OWN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "customer": {"account": ("name",), "paymentMethod": _ID},
    "partyInteraction": {
        "channel": ("href", "id"),
        "relatedParty": ("@referredType", "href", "id"),
        "note": (),
    },
    **{key: {"contactMedium": (), "externalReference": ()} for key in ("individual", "organization")},
    "troubleTicket": {"note": ()},
    "appointment": {"contactMedium": (), "note": ()},
    **dict.fromkeys(("billingAccount", "partyAccount", "financialAccount"), _ACCOUNT),
    "customerBillOnDemand": {"relatedParty": _ID},
    "product": {"productOrderItem": ("orderItemId", "productOrderId")},
    "productOrder": {"productOrderItem": ("action", "id")},
    "serviceOrder": {
        "relatedParty": ("@referredType", "@type", "id"),
        "serviceOrderItem": ("action", "id", "service"),
    },
    "service": {
        "note": ("author", "date", "text"),
        "relatedEntity": ("role",),
        "serviceOrderItem": ("itemId", "serviceOrderId"),
    },
    "productOffering": {"place": _ID},
    "productOfferingPrice": {"place": _ID},
}


def mandatory(resource: str, attribute: str) -> tuple[str, ...]:
    """Return the names that each value of an attribute must have, in a new record of a resource."""
    own = _OWN.get(resource, {})
    return own[attribute] if attribute in own else _USUAL.get(attribute, ())


def missing(resource: str, body: Mapping[str, Any]) -> Iterator[str]:
    """Yield the paths of missing mandatory attributes of a new record, such as `note.text`."""
    for attribute, value in body.items():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, Mapping):
                lacking = (name for name in mandatory(resource, attribute) if part.get(name) in (None, ""))
                yield from (f"{attribute}.{name}" for name in lacking)
