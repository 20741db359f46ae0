"""The published descriptions of the TM Forum APIs: the attributes of a resource in versions 4 and 5."""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Any

# Number of the API and name of its schema, by resource.
_SCHEMAS = {
    "customer": ("629", "Customer"),
    "individual": ("632", "Individual"),
    "organization": ("632", "Organization"),
    "billingAccount": ("666", "BillingAccount"),
    "customerBill": ("678", "CustomerBill"),
    "appliedCustomerBillingRate": ("678", "AppliedCustomerBillingRate"),
    "payment": ("676", "Payment"),
    "refund": ("676", "Refund"),
    "productOrder": ("622", "ProductOrder"),
    "serviceOrder": ("641", "ServiceOrder"),
    "product": ("637", "Product"),
    "service": ("638", "Service"),
    "troubleTicket": ("621", "TroubleTicket"),
    "partyInteraction": ("683", "PartyInteraction"),
    "appointment": ("646", "Appointment"),
    "searchTimeSlot": ("646", "SearchTimeSlot"),
    "serviceTest": ("653", "ServiceTest"),
    "usage": ("635", "Usage"),
    "queryUsageConsumption": ("677", "QueryUsageConsumption"),
    "productOffering": ("620", "ProductOffering"),
    "productOfferingPrice": ("620", "ProductOfferingPrice"),
}


def attributes_of(resource: str) -> set[str] | None:
    """Return the attributes of a resource in both versions, or None without a folder of descriptions."""
    folder = os.environ.get("OPTICOM_TMF_DIR")
    if not folder or not Path(folder).is_dir():
        return None
    number, schema = _SCHEMAS[resource]
    found = set()
    for version in ("v4.json", "v5.yaml"):
        path = Path(folder) / f"TMF{number}-{version}"
        if path.exists():
            found |= _properties(_schemas(path), schema)
    return {name for name in found if not name.startswith("@")}


@functools.cache
def _schemas(path: Path) -> dict[str, Any]:
    if path.suffix == ".json":
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["definitions"]
        return found
    import yaml  # noqa: PLC0415 - only where the descriptions are

    loaded: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    schemas: dict[str, Any] = loaded["components"]["schemas"]
    return schemas


def _properties(schemas: dict[str, Any], name: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """Return the names of a schema's attributes, including those of the schemas it consists of."""
    if name in seen or name not in schemas:
        return set()
    found: set[str] = set()
    for part in (schemas[name], *schemas[name].get("allOf", ())):
        found |= set(part.get("properties", ()))
        if "$ref" in part:
            found |= _properties(schemas, part["$ref"].rpartition("/")[2], seen | {name})
    return found
