"""Writers for monthly charges (TMF637 product of billing) and for the customer name of an account (TMF666)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from console.connectors.tmforum.actions.writer import (
    Created,
    Patched,
    amount,
    customer_party,
    instant,
    values_among,
)
from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.record_reader import RecordReader
from console.models.outbox import Action, Step

_RESOURCE = "product"


class ChangeCharge(Patched):
    """Changes the status of a charge, for example to pause or end it."""

    resource: ClassVar[str] = _RESOURCE

    def current_values(self, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, str]:
        return {"status": str(record.get("status") or "")}

    def patch(self, client: TmForumClient, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, Any]:
        return {"status": step.wanted["status"]}


class CreateCharge(Created):
    """Creates a charge for a product; similar charges are found by the product's serial number."""

    resource: ClassVar[str] = _RESOURCE

    def marked(self, client: TmForumClient, body: dict[str, Any], mark: str) -> dict[str, Any]:
        return {**body, "productCharacteristic": [{"name": "orderedBy", "valueType": "string", "value": mark}]}

    def marks(self, record: Mapping[str, Any]) -> set[str]:
        return values_among(record.get("productCharacteristic"))

    def compared_values(self, record: RecordReader) -> tuple[Any, ...]:
        return (record.text("productSerialNumber"),)

    def made_at(self, record: RecordReader) -> datetime | None:
        return record.when("startDate")

    def body(self, client: TmForumClient, action: Action, step: Step) -> dict[str, Any]:
        wanted = step.wanted
        v5 = client.settings(_RESOURCE).version == "v5"
        price = {
            "name": f"{wanted['name']}, monthly",
            "priceType": "recurring",
            "recurringChargePeriod": "month",
            "price": {"dutyFreeAmount": amount(step)},
        }
        account = {"id": wanted["account"], "@referredType": "BillingAccount"}
        return {
            "name": wanted["name"],
            "status": "active",
            "startDate": instant(action.happened_at),
            "productSerialNumber": wanted["serial"],
            "productPrice": [{**price, "@type": "ProductPrice"} if v5 else price],
            "billingAccount": {**account, "@type": "BillingAccountRef"} if v5 else account,
            "relatedParty": customer_party(client, _RESOURCE, action),
            "@type": "Product",
        }


class ChangeHolder(Patched):
    """Changes the customer's name in a billing account."""

    resource: ClassVar[str] = "billingAccount"

    def current_values(self, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, str]:
        return {"name": _holder(record)}

    def patch(self, client: TmForumClient, record: Mapping[str, Any], action: Action, step: Step) -> dict[str, Any]:
        before, name = _holder(record), step.wanted["name"]
        contacts = [
            {**contact, "contactName": name} if contact.get("contactName") == before else contact
            for contact in record.get("contact") or ()
        ]
        return {
            "name": str(record.get("name", "")).replace(before, name) if before else name,
            "relatedParty": [_renamed(party, name) for party in record.get("relatedParty") or ()],
            **({"contact": contacts} if contacts else {}),
        }


def _inner(party: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = party.get("partyOrPartyRole")
    return inner if isinstance(inner, dict) else party


def _holder(record: Mapping[str, Any]) -> str:
    parties = record.get("relatedParty")
    for party in parties if isinstance(parties, list) else ():
        if str(party.get("role", "customer")).lower() == "customer":
            return str(_inner(party).get("name") or "")
    return ""


def _renamed(party: dict[str, Any], name: str) -> dict[str, Any]:
    if str(party.get("role", "customer")).lower() != "customer":
        return party
    if "partyOrPartyRole" in party:
        return {**party, "partyOrPartyRole": {**party["partyOrPartyRole"], "name": name}}
    return {**party, "name": name}
