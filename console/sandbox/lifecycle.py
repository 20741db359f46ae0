"""Lifecycles: orders, payments, tickets and tests change state by the sandbox's clock."""

import hashlib
import heapq
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from console.sandbox.clock import SandboxClock
from console.sandbox.fulfilment import Fulfilment, RecordEditor
from console.sandbox.ledger import PaymentLedger
from console.sandbox.records import Record, SystemRecords
from console.sandbox.resources import Links, Resource
from console.sandbox.resources.shapes import instant
from console.sandbox.resources.tmf653_service_test import measures
from console.sandbox.resources.tmf678_customer_bill import newest_bill
from console.sandbox.world import World
from console.sandbox.world.numbering import Numbers
from console.sandbox.world.purchases import NIGHT, at

Tell = Callable[[Resource, str, Record], None]

# Resource -> state -> next state and the delay in seconds.
_NEXT: Mapping[str, Mapping[str, tuple[str, float]]] = {
    "productOrder": {"acknowledged": ("inProgress", 10), "inProgress": ("completed", 120)},
    "serviceOrder": {
        "acknowledged": ("inProgress", 10),
        "inProgress": ("completed", 120),
        "assessingCancellation": ("pendingCancellation", 20),
        "pendingCancellation": ("cancelled", 20),
    },
    "cancelProductOrder": {"acknowledged": ("inProgress", 1), "inProgress": ("done", 5)},
    "cancelServiceOrder": {"accepted": ("inProgress", 1), "inProgress": ("done", 5)},
    "payment": {"initialized": ("authorized", 2), "authorized": ("done", 20)},
    "refund": {"initialized": ("authorized", 2), "authorized": ("done", 60)},
    "troubleTicket": {
        "acknowledged": ("inProgress", 60),
        "inProgress": ("resolved", 4 * 3600),
        "resolved": ("closed", 24 * 3600),
    },
    "appointment": {"initialized": ("confirmed", 30)},
    "customerBillOnDemand": {"inProgress": ("done", 8)},
    "serviceTest": {"acknowledged": ("inProgress", 1), "inProgress": ("completed", 12)},
}
_OVER = {"completed", "cancelled", "rejected", "failed"}
# Open records of the seed first change this many hours (from, to) after `NIGHT` of the world's last day.
_FIRST_MOVE_HOURS = (30, 120)


class Lifecycle:
    """Changes states when a record is read, so that reads are current, and on each tick, so that events are sent."""

    def __init__(
        self,
        system: str,
        resources: Mapping[str, Resource],
        world: World,
        records: SystemRecords,
        links: Links,
        *,
        clock: SandboxClock,
        tell: Tell,
    ) -> None:
        self._resources = resources
        self._world = world
        self._records = records
        self._links = links
        self._clock = clock
        self._tell = tell
        keeper = RecordEditor(system, resources, records=records, links=links, tell=tell)
        self.keeper = keeper
        self.fulfilment = Fulfilment(keeper)
        self._ledger = PaymentLedger(keeper)
        self._waiting: list[tuple[datetime, str, str]] = []
        self._known: set[tuple[str, str, str]] = set()
        records.settle, records.moves = self.settle, self.moves

    def moves(self, resource: Resource, record: Record) -> bool:
        """Return whether time alone changes a record in its present state."""
        return str(record.get(resource.state)) in _NEXT.get(resource.name, {})

    def settle(self, resource: Resource, record: Record, changed: str | None) -> Record:
        """Return a record as it is now; `changed` is its last change, None for an unchanged record of the seed."""
        move = _NEXT.get(resource.name, {}).get(str(record.get(resource.state)))
        if move is None or record.get("ticketType") == "approval":  # an approval waits for a person, however long
            return record
        state, seconds = move
        due = self._due(record, changed, seconds)
        now = self._clock.now()
        if due > now:
            self._wait_for(resource, record, due)
            return record
        moved = self.move(resource, record, state, due)
        return self.settle(resource, moved, instant(due))

    def tick(self) -> None:
        """Change the state of due records, among those that were read or created."""
        now = self._clock.now()
        while self._waiting and self._waiting[0][0] <= now:
            _, name, number = heapq.heappop(self._waiting)
            self._records.one(self._resources[name], number)

    def move(self, resource: Resource, record: Record, state: str, when: datetime, reason: str = "") -> Record:
        """Set the state of a record with all its effects, save it, send the event, and return it."""
        moved = {**record, resource.state: state, **_dates(resource, record, state, when, reason)}
        extra = _EXTRAS.get(resource.name)
        if extra is not None:
            moved = extra(self, moved, state, when)
        self._records.change(resource, moved, when)
        self._tell(resource, "StatusChange" if resource.name == "troubleTicket" else "StateChange", moved)
        return moved

    def _due(self, record: Record, changed: str | None, seconds: float) -> datetime:
        if changed is not None:
            return datetime.fromisoformat(changed) + timedelta(seconds=seconds)
        # A product order and its service order have the same date, so both change at the same time.
        mark = str(record.get("expectedCompletionDate") or record["id"])
        share = int.from_bytes(hashlib.blake2b(mark.encode(), digest_size=4).digest(), "big") / 2**32
        low, high = _FIRST_MOVE_HOURS
        return at(self._world.as_of, NIGHT) + timedelta(hours=low + share * (high - low))

    def _wait_for(self, resource: Resource, record: Record, due: datetime) -> None:
        key = (resource.name, str(record["id"]), str(record.get(resource.state)))
        if key not in self._known:
            self._known.add(key)
            heapq.heappush(self._waiting, (due, key[0], key[1]))

    # ------------------------------------------------------------------ effects of a state

    def finish_service_order(self, record: Record, state: str, when: datetime) -> Record:
        steps = [dict(step) for step in record.get("milestone", [])]
        if state == "completed":
            for step in steps:
                if step.get("status") != "completed":
                    step.update(status="completed", milestoneDate=instant(when))
            self._switch_on(record, when)
            self.fulfilment.switch(record, when)
        found = {**record, **({"milestone": steps} if steps else {})}
        found["serviceOrderItem"] = [{**item, "state": state} for item in record.get("serviceOrderItem", [])]
        return found

    def finish_product_order(self, record: Record, state: str, when: datetime) -> Record:
        if state == "completed":
            self.fulfilment.carry_out(record, when)
        items = [{**item, "state": state} for item in record.get("productOrderItem", [])]
        return {**record, "productOrderItem": items}

    def _switch_on(self, order: Record, when: datetime) -> None:
        """Activate the services and products that a completed order adds."""
        for item in order.get("serviceOrderItem", []):
            serial = self._world.numbers.service.decode(str(item.get("service", {}).get("id")))
            if item.get("action") != "add" or serial is None:
                continue
            service = self._records.one(self._resources["service"], self._world.numbers.service.encode(serial))
            product = self._records.one(self._resources["product"], self._world.numbers.product.encode(serial))
            if service is not None and service.get("state") != "active":
                on = {**service, "isServiceEnabled": True, "hasStarted": True, "startDate": instant(when)}
                self.move(self._resources["service"], on, "active", when)
            if product is not None and product.get("status") in {"pendingActive", "created"}:
                sold = {**product, "startDate": instant(when)}
                self.move(self._resources["product"], sold, "active", when)

    def finish_cancel(self, record: Record, state: str, when: datetime) -> Record:
        if state != "done":
            return record
        order = self._records.one(self._resources["serviceOrder"], str(record.get("serviceOrder", {}).get("id")))
        if order is None or order.get("state") in {"completed", "cancelled"}:
            over = "There is no such order" if order is None else f"The order is {order.get('state')}"
            error = {"code": "409", "reason": over, "message": over}
            return {**record, "state": "terminatedWithError", "errorMessage": error}
        self.move(self._resources["serviceOrder"], order, "cancelled", when)
        return {**record, "effectiveCancellationDate": instant(when)}

    def finish_product_cancel(self, record: Record, state: str, when: datetime) -> Record:
        """Cancel a product order together with its service orders and its pending products."""
        if state != "done":
            return record
        order = self._records.one(self._resources["productOrder"], str(record.get("productOrder", {}).get("id")))
        if order is None or order.get("state") in _OVER:
            return {**record, "state": "terminatedWithError"}
        reason = {"cancellationDate": instant(when), "cancellationReason": record.get("cancellationReason", "")}
        self.move(self._resources["productOrder"], {**order, **reason}, "cancelled", when)
        for other in self.keeper.of_party("serviceOrder", order):
            named = [reference.get("id") for reference in other.get("externalReference", [])]
            if order["id"] in named and other.get("state") not in _OVER:
                self.move(self._resources["serviceOrder"], other, "cancelled", when)
        for item in order.get("productOrderItem", []):
            coming = self.keeper.one("product", str((item.get("product") or {}).get("id")))
            if item.get("action") == "add" and coming is not None and coming.get("status") == "pendingActive":
                self.move(self._resources["product"], coming, "cancelled", when)
        return {**record, "effectiveCancellationDate": instant(when)}

    def finish_money(self, record: Record, state: str, when: datetime) -> Record:
        if state == "done":
            self._ledger.book(record, when)
        return record

    def finish_bill(self, record: Record, _state: str, when: datetime) -> Record:
        account = str(record.get("billingAccount", {}).get("id"))
        bill = newest_bill(self._world, account, self._links)
        if bill is None:
            return {**record, "state": "terminatedWithError", "lastUpdate": instant(when)}
        return {**record, "customerBill": bill, "lastUpdate": instant(when)}

    def finish_test(self, record: Record, state: str, when: datetime) -> Record:
        if state != "completed":
            return record
        serial = self._world.numbers.service.decode(str(record.get("relatedService", {}).get("id")))
        nominal = 100.0
        for n in self._world.customer_of(serial, Numbers.ITEMS):
            detail = self._world.history(n).subscriptions[(serial or 0) % Numbers.ITEMS].plan.detail.partition("/")[0]
            nominal = float(detail) if detail.isdigit() else nominal
        figures = measures(nominal * 0.95, nominal * 0.94, -18.5, 0.0, when, passed=True)
        return {**record, "endDateTime": instant(when), "description": "Passed", "testMeasure": figures}


_EXTRAS: Mapping[str, Callable[[Lifecycle, Record, str, datetime], Record]] = {
    "serviceOrder": Lifecycle.finish_service_order,
    "productOrder": Lifecycle.finish_product_order,
    "cancelServiceOrder": Lifecycle.finish_cancel,
    "cancelProductOrder": Lifecycle.finish_product_cancel,
    "payment": Lifecycle.finish_money,
    "refund": Lifecycle.finish_money,
    "customerBillOnDemand": Lifecycle.finish_bill,
    "serviceTest": Lifecycle.finish_test,
}


def _dates(resource: Resource, record: Record, state: str, when: datetime, given_reason: str) -> dict[str, Any]:
    """Return the dates and reasons that a change of state sets."""
    stamp = instant(when)
    if resource.name in {"productOrder", "serviceOrder"}:
        return {"completionDate": stamp} if state == "completed" else {}
    if resource.name in {"payment", "refund"}:
        return {"statusDate": stamp}
    if resource.name == "appointment":
        return {"lastUpdate": stamp}
    if resource.name == "troubleTicket":
        reasons = {"inProgress": "Taken up", "resolved": "Solved", "closed": "No further question"}
        reason = given_reason or reasons.get(state, "Changed")
        changes = [*record.get("statusChange", []), {"status": state, "changeDate": stamp, "changeReason": reason}]
        dates = {"statusChangeDate": stamp, "lastUpdate": stamp, "statusChangeReason": reason, "statusChange": changes}
        return {**dates, "resolutionDate": stamp} if state == "resolved" else dates
    return {}
