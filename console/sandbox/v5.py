"""The records in the shapes of the published v5 descriptions, for the APIs that have one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from console.sandbox.resources import shapes

Record = dict[str, Any]

_BASES = {
    shapes.CUSTOMER_BASE: "/tmf-api/customer/v5",
    shapes.PARTY_BASE: "/partyManagement/v5",
    shapes.TICKET_BASE: "/tmf-api/troubleTicket/v5",
    shapes.INTERACTION_BASE: "/tmf-api/partyInteraction/v5",
    shapes.ACCOUNT_BASE: "/tmf-api/accountManagement/v5",
    shapes.BILL_BASE: "/tmf-api/customerBillManagement/v5",
    shapes.PRODUCT_ORDER_BASE: "/tmf-api/productOrderingManagement/v5",
    shapes.PRODUCT_BASE: "/tmf-api/productInventory/v5",
    shapes.SERVICE_BASE: "/tmf-api/serviceInventory/v5",
}
# Attribute of a resource in v4 -> its name in v5.
_NAMES: Mapping[str, Mapping[str, str]] = {
    "individual": {"fullName": "name"},
    "troubleTicket": {"statusChange": "statusChangeHistory", "externalId": "externalIdentifier"},
    "partyInteraction": {"channel": "relatedChannel"},
    "billingAccount": {"lastModified": "lastUpdate"},
    "appliedCustomerBillingRate": {"type": "appliedBillingRateType"},
    "productOrder": {"orderDate": "creationDate"},
}
# Attribute -> the `@type` of its values in v5, unless the value has one.
_TYPES = {
    "account": "AccountRef",
    "accountBalance": "AccountBalance",
    "accountRelationship": "AccountRelationship",
    "appliedTax": "AppliedBillingTaxRate",
    "bill": "CustomerBillRef",
    "billDocument": "Attachment",
    "billStructure": "BillStructure",
    "billingAccount": "BillingAccountRef",
    "channel": "ChannelRef",
    "contact": "Contact",
    "customerBill": "CustomerBillRef",
    "cycleSpecification": "BillingCycleSpecification",
    "defaultPaymentMethod": "PaymentMethodRef",
    "engagedParty": "PartyRef",
    "entity": "EntityRef",
    "interactionItem": "InteractionItem",
    "itemPrice": "OrderPrice",
    "note": "Note",
    "organization": "OrganizationRef",
    "organizationChildRelationship": "OrganizationChildRelationship",
    "organizationParentRelationship": "OrganizationParentRelationship",
    "partyOrPartyRole": "PartyRoleRef",
    "payment": "PaymentRef",
    "price": "Price",
    "product": "ProductRef",
    "productCharacteristic": "StringCharacteristic",
    "productOffering": "ProductOfferingRef",
    "productOrderItem": "ProductOrderItem",
    "productPrice": "ProductPrice",
    "realizingService": "ServiceRef",
    "relatedChannel": "RelatedChannel",
    "relatedEntity": "RelatedEntity",
    "serviceCharacteristic": "StringCharacteristic",
    "serviceSpecification": "ServiceSpecificationRef",
    "statusChangeHistory": "StatusChange",
    "taxItem": "TaxItem",
}
# Reference that v5 wraps together with its role -> its name inside the wrapper.
_WRAPPED = {
    "relatedParty": "partyOrPartyRole",
    "relatedEntity": "entity",
    "item": "entity",
    "relatedChannel": "channel",
}
_RELATED_PARTY = {"customer": "RelatedPartyOrPartyRole", "individual": "RelatedPartyOrPartyRole"}
_RELATED_PARTY |= dict.fromkeys(("organization", "partyInteraction", "product"), "RelatedPartyOrPartyRole")
_MEDIA = {
    "phoneNumber": "PhoneContactMedium",
    "emailAddress": "EmailContactMedium",
    "street1": "GeographicAddressContactMedium",
}
_EXTERNAL = ("externalId", "externalIdentifier")
_STEP_NAMES = {"changeDate": "statusChangeDate", "changeReason": "statusChangeReason"}


@dataclass(frozen=True, slots=True)
class Shape:
    """The outer shape of one resource: its base path, and the conversion of its records.

    `tell` converts an inner (v4) record to the outer shape, `take` converts back. `names` maps inner attribute names
    to outer ones. `is_plain` means that both are the same.
    """

    base: str
    tell: Callable[[Record], Record] = lambda record: record
    take: Callable[[Record], Record] = lambda record: record
    names: Mapping[str, str] = field(default_factory=dict)
    is_plain: bool = True

    def inner_path(self, path: str) -> str:
        """Return the inner path of a filter or sort key, from its outer path."""
        if self.is_plain:
            return path
        sign = path[:1] if path[:1] in {"-", "+"} else ""
        outer = {value: key for key, value in self.names.items()}
        first, *rest = path.removeprefix(sign).split(".")
        rest = [part for part in rest if part not in _WRAPPED.values()]
        if first == "contactMedium" and rest:
            rest = ["characteristic", *rest]
        return sign + ".".join([outer.get(first, first), *rest])


def v5_shape(resource: str, base: str) -> Shape | None:
    """Return the v5 shape of a resource with a v4 base path, or None if the sandbox has no v5 of that API."""
    if base not in _BASES:
        return None
    names = _NAMES.get(resource, {})
    return Shape(
        _BASES[base],
        lambda record: _tell(resource, record, names),
        lambda record: _take(resource, record, names),
        names,
        is_plain=False,
    )


def is_v4_of_v5(path: str) -> bool:
    """Return whether a path belongs to a v4 API that also has a v5."""
    return path.startswith(tuple(f"{base}/" for base in _BASES))


def _tell(resource: str, record: Record, names: Mapping[str, str]) -> Record:
    shown: Record = {names.get(key, key): value for key, value in record.items()}
    shown |= {key: _identifiers(shown[key]) for key in _EXTERNAL if key in shown}
    if resource == "service":
        enabled = record.get("isServiceEnabled") is not False
        if record.get("state") == "active":
            shown |= {"state": "active" if enabled else "suspended", "operatingStatus": _runs(is_running=enabled)}
        shown["@type"] = "Service"
    related = _RELATED_PARTY.get(resource, "RelatedPartyRefOrPartyRoleRef")
    return {key: _outer(key, value, related) for key, value in shown.items()}


def _identifiers(held: Any) -> Any:
    """Return an external id as version 5 has it: a list of identifiers, where version 4 has a text."""
    return [{"@type": "ExternalIdentifier", "id": held}] if isinstance(held, str) else held


def _first_identifier(held: Any) -> Any:
    """Return an external id as version 4 has it: a text, so only the first identifier."""
    first = held[0] if isinstance(held, list) and held else held
    return first.get("id", "") if isinstance(first, dict) else first


def _runs(*, is_running: bool) -> str:
    return "running" if is_running else "stopped"


def _medium(value: Record) -> Record:
    """Return a contact medium in v5: with its characteristics inside, and a `@type` for its kind."""
    facts = {name: text for name, text in value["characteristic"].items() if text != ""}
    kind = next(kind for name, kind in _MEDIA.items() if name in facts)
    return {"@type": kind, "preferred": value.get("preferred", False), **facts}


def _wrapped(key: str, inside: Record, related: str) -> Record:
    """Return a reference wrapped in an object with its role."""
    inner = {name: part for name, part in inside.items() if name not in {"role", "@type"}}
    kind = {"relatedParty": related, "item": "RelatedEntity"}.get(key, _TYPES.get(key, ""))
    return {"@type": kind, "role": inside.get("role", ""), _WRAPPED[key]: _outer(_WRAPPED[key], inner, related)}


def _outer(key: str, value: Any, related: str) -> Any:
    if isinstance(value, list):
        return [_outer(key, element, related) for element in value]
    if not isinstance(value, dict):
        return _v5_href(value) if key == "href" else value
    if key == "contactMedium":
        return _medium(value)
    inside = {name: part for name, part in value.items() if not (name == "isRef" or name.startswith("@schema"))}
    if key == "statusChangeHistory":
        inside = {_STEP_NAMES.get(name, name): part for name, part in inside.items()}
    if key in _WRAPPED:
        return _wrapped(key, inside, related)
    found = {name: _outer(name, part, related) for name, part in inside.items()}
    if "@type" not in found and key in _TYPES:
        found["@type"] = _TYPES[key]
    return found


def _v5_href(text: str) -> str:
    for v4, v5 in _BASES.items():
        if v4 in text:
            return text.replace(v4, v5)
    return text


def _take(resource: str, record: Record, names: Mapping[str, str]) -> Record:
    outer = {value: key for key, value in names.items()}
    taken = {outer.get(key, key): _inner(key, value) for key, value in record.items()}
    taken |= {key: _first_identifier(taken[key]) for key in _EXTERNAL if key in taken}
    if resource == "service" and taken.get("state") == "suspended":
        taken |= {"state": "active", "isServiceEnabled": False}
    taken.pop("operatingStatus", None)
    return taken


def _inner(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_inner(key, element) for element in value]
    if not isinstance(value, dict):
        return value
    if key == "contactMedium" and "characteristic" not in value:
        facts = {name: part for name, part in value.items() if name not in {"@type", "preferred", "id", "validFor"}}
        medium = {"phoneNumber": "phone", "emailAddress": "email"}
        kind = next((word for name, word in medium.items() if name in facts), "postalAddress")
        return {"mediumType": kind, "preferred": value.get("preferred", False), "characteristic": facts}
    wrapped = value.get(_WRAPPED[key]) if key in _WRAPPED else None
    if isinstance(wrapped, dict):
        return {**_inner("", wrapped), **({"role": value["role"]} if "role" in value else {})}
    steps = {outer: inner for inner, outer in _STEP_NAMES.items()} if key == "statusChangeHistory" else {}
    return {steps.get(name, name): _inner(name, part) for name, part in value.items()}
