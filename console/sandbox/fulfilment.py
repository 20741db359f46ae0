"""Fulfilment: a completed order changes the customer's products and services, and the charges in billing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.sandbox.records import Record, SystemRecords
from console.sandbox.resources import Links, Resource
from console.sandbox.resources.shapes import instant
from console.sandbox.world.catalogue import PLANS, Plan

_CATEGORIES = {"voice": "voice", "tv": "tv", "mobile": "mobile"}


@dataclass(frozen=True, slots=True)
class RecordEditor:
    """Changes records of one system for other modules of the sandbox, and sends an event for each change."""

    system: str
    resources: Mapping[str, Resource]
    records: SystemRecords
    links: Links
    tell: Callable[[Resource, str, Record], None]

    def make(self, name: str, body: Record, when: datetime) -> Record:
        """Create a record and send its event."""
        resource = self.resources[name]
        href = f"{self.links.addresses[self.system]}{resource.base}/{resource.name}/"
        record = self.records.create(resource, lambda number: href + number, body, when)
        self.tell(resource, "Create", record)
        return record

    def change(self, name: str, record: Record, when: datetime) -> None:
        """Save a changed record and send its event."""
        resource = self.resources[name]
        self.records.change(resource, record, when)
        self.tell(resource, "AttributeValueChange", record)

    def one(self, name: str, number: str) -> Record | None:
        return self.records.one(self.resources[name], number)

    def of_party(self, name: str, record: Record) -> list[Record]:
        """Return the records of the customers that a record refers to."""
        resource = self.resources[name]
        owners = self.records.owners(resource, record)
        return [found for n in owners for found in self.records.of(resource, n)]


class Fulfilment:
    """Carries out orders. `billing` gets new and changed products, but never an end or a suspension."""

    def __init__(self, own: RecordEditor) -> None:
        self._own = own
        self.billing: RecordEditor | None = None

    def carry_out(self, order: Record, when: datetime) -> None:
        """Apply each item of a completed product order; attributes that the item lacks stay unchanged."""
        for item in order.get("productOrderItem", []):
            self._carry_out_item(order, item, when)

    def _carry_out_item(self, order: Record, item: Record, when: datetime) -> None:
        action, plan = item.get("action"), _plan(item)
        product = item.get("product") or {}
        number = product.get("id")
        if action == "add" and not number and plan is not None:
            self._begin(order, item, plan, when)
        known = self._own.one("product", str(number)) if number else None
        if known is None:
            return
        if action == "modify":
            self._modify(known, product, item if plan is not None else {}, plan, when)
        elif action == "delete" and known.get("status") != "terminated":
            self._end(known, when)

    def switch(self, order: Record, when: datetime) -> None:
        """Apply the items of a completed service order to existing services: switch on, switch off or end."""
        for item in order.get("serviceOrderItem", []):
            wanted = item.get("service") or {}
            service = self._own.one("service", str(wanted.get("id"))) if wanted.get("id") else None
            if service is None or service.get("state") == "terminated":
                continue
            if item.get("action") == "delete":
                self._own.change("service", _ended(service, when), when)
            elif item.get("action") == "modify" and isinstance(wanted.get("isServiceEnabled"), bool):
                changed = {**service, "isServiceEnabled": wanted["isServiceEnabled"]}
                self._own.change("service", changed, when)

    def _begin(self, order: Record, item: Record, plan: Plan, when: datetime) -> None:
        party = {"relatedParty": order.get("relatedParty", [])}
        service = self._own.make(
            "service",
            {
                "name": plan.name,
                "serviceType": plan.family,
                "category": _CATEGORIES.get(plan.family, "broadband"),
                "state": "active",
                "isServiceEnabled": True,
                "hasStarted": True,
                "startDate": instant(when),
                "serviceSpecification": {"id": f"spec-{plan.code}", "name": plan.name, "version": "1.0"},
                **party,
            },
            when,
        )
        sold = {
            "name": plan.name,
            "status": "active",
            "startDate": instant(when),
            "productSerialNumber": f"{plan.code}-{service['id'][2:]}",
            "productPrice": _prices(item, plan),
            **({"billingAccount": order["billingAccount"]} if order.get("billingAccount") else {}),
            **party,
            "@type": "Product",
        }
        offering = {"id": f"OF-{plan.code}", "name": plan.name}
        realized = [{"id": service["id"], "href": service["href"], "@referredType": "Service"}]
        self._own.make("product", {**sold, "realizingService": realized, "productOffering": offering}, when)
        if self.billing is not None:
            self.billing.make("product", sold, when)

    def _modify(self, known: Record, wanted: Record, item: Record, plan: Plan | None, when: datetime) -> None:
        changed = {**known, **({"status": wanted["status"]} if wanted.get("status") else {})}
        if plan is not None:
            offering = {"id": f"OF-{plan.code}", "name": plan.name}
            changed |= {"name": plan.name, "productOffering": offering, "productPrice": _prices(item, plan)}
        self._own.change("product", changed, when)
        for service in self._services(known):
            now = dict(service)
            if wanted.get("status") in {"suspended", "active"}:
                now["isServiceEnabled"] = wanted["status"] == "active"
                now["state"] = "active"
            if plan is not None:
                now["name"] = plan.name
            if now != service:
                self._own.change("service", now, when)
        if plan is not None and self.billing is not None:
            for charge in self.billing.of_party("product", known):
                if charge.get("productSerialNumber") == known.get("productSerialNumber"):
                    price = {"name": plan.name, "productPrice": _prices(item, plan)}
                    self.billing.change("product", {**charge, **price}, when)

    def _end(self, known: Record, when: datetime) -> None:
        self._own.change("product", {**known, "status": "terminated", "terminationDate": instant(when)}, when)
        for service in self._services(known):
            if service.get("state") != "terminated":
                self._own.change("service", _ended(service, when), when)

    def _services(self, product: Record) -> list[Record]:
        numbers = [str(part.get("id")) for part in product.get("realizingService", [])]
        return [found for number in numbers if (found := self._own.one("service", number)) is not None]


def _ended(service: Record, when: datetime) -> Record:
    return {**service, "state": "terminated", "isServiceEnabled": False, "endDate": instant(when)}


def _plan(item: Record) -> Plan | None:
    offering = (item.get("productOffering") or {}).get("id")
    return next((plan for plan in PLANS if f"OF-{plan.code}" == offering), None)


def _prices(item: Record, plan: Plan) -> list[Record]:
    given: list[Any] = item.get("itemPrice") or []
    price = (given[0] if given else {}).get("price") or {}
    return [
        {
            "name": f"{plan.name}, monthly",
            "priceType": "recurring",
            "recurringChargePeriod": "month",
            "price": price,
        }
    ]
