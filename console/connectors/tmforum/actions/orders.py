"""Writers for product orders (TMF622) and service orders (TMF641): create, cancel, undo."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from console.connectors.tmforum.actions.writer import Created, amount, customer_party, instant, turned_down
from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.record_reader import RecordReader
from console.errors import RejectedError
from console.models.outbox import Action, Step
from console.models.payload import Payload
from console.ports.acting import LookupResult, RemoteState, StepOutcome

_TURNED_DOWN = {"rejected", "failed"}
_CANCELLED = {"cancelled", "pendingCancellation", "assessingCancellation"}


class _Order(Created):
    """Shared code of product and service orders."""

    def finding(self, client: TmForumClient, action: Action, step: Step, record: Mapping[str, Any]) -> LookupResult:
        if record.get("state") in _TURNED_DOWN:
            return turned_down(client, record, "order")
        return LookupResult(StepOutcome.HAPPENED)

    def made_at(self, record: RecordReader) -> datetime | None:
        return record.when("orderDate") or record.when("creationDate")


def _as_it_is(_name: str, value: dict[str, Any]) -> dict[str, Any]:
    """Return an object in the shape of version 4, unchanged."""
    return value


def _with_types(name: str, value: dict[str, Any]) -> dict[str, Any]:
    """Return an object in the shape of version 5, with its `@type`."""
    return {**value, "@type": name}


def _order_item(step: Step, typed: Callable[[str, dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """Return the order's only item: action, product with its new status, and the new offering with its price."""
    wanted = step.wanted
    item: dict[str, Any] = {"id": "1", "quantity": 1, "action": wanted["action"]}
    product: dict[str, Any] = {}
    if wanted.get("product"):
        product = {"id": wanted["product"], "name": wanted["product_name"]}
    if wanted.get("status"):
        product["status"] = wanted["status"]
    if product:
        item["product"] = typed("Product", product)
    if wanted.get("offering"):
        offering = {"id": wanted["offering"], "name": wanted["offering_name"]}
        price = {"priceType": "recurring", "recurringChargePeriod": "month", "price": {"dutyFreeAmount": amount(step)}}
        item["productOffering"] = typed("ProductOfferingRef", offering)
        item["itemPrice"] = [typed("OrderPrice", price)]
    return item


class OrderProduct(_Order):
    """Orders a new product, or a change or end of an existing one.

    The order depends on the product's status as the user saw it.
    """

    resource: ClassVar[str] = "productOrder"

    async def read_current(self, client: TmForumClient, action: Action, step: Step) -> RemoteState:
        if "status" not in step.base:
            return RemoteState()
        record, _ = await client.fetch_raw("product", step.record, owner=action.customer_id)
        return RemoteState(Payload({"status": client.reader("product", record).state("status") or ""}))

    def body(self, client: TmForumClient, action: Action, step: Step) -> dict[str, Any]:
        typed = _with_types if client.settings(self.resource).version == "v5" else _as_it_is
        body: dict[str, Any] = {
            "description": action.title,
            "requestedStartDate": instant(action.happened_at),
            "productOrderItem": [typed("ProductOrderItem", _order_item(step, typed))],
            "relatedParty": customer_party(client, self.resource, action),
        }
        ordered_at = "orderDate" if typed is _as_it_is else "creationDate"
        body[ordered_at] = instant(action.happened_at)
        if step.wanted.get("account"):
            account = {"id": step.wanted["account"], "@referredType": "BillingAccount"}
            body["billingAccount"] = typed("BillingAccountRef", account)
        return typed("ProductOrder", body)

    def compared_values(self, record: RecordReader) -> tuple[Any, ...]:
        item = record.part("productOrderItem")
        offering = item.part("productOffering") if item is not None else None
        return *_item(record, "productOrderItem", "product"), offering.text("id") if offering is not None else None


class OrderService(_Order):
    """Orders to switch, end or restart a service. TMF641 has no version 5."""

    resource: ClassVar[str] = "serviceOrder"

    def body(self, client: TmForumClient, action: Action, step: Step) -> dict[str, Any]:
        wanted = step.wanted
        service: dict[str, Any] = {"id": wanted["service"], "name": wanted["service_name"]}
        if isinstance(wanted.get("enabled"), bool):
            service["isServiceEnabled"] = wanted["enabled"]
        if wanted.get("restart"):
            service["serviceCharacteristic"] = [{"name": "restart", "valueType": "boolean", "value": True}]
        return {
            "description": action.title,
            "orderDate": instant(action.happened_at),
            "serviceOrderItem": [{"id": "1", "quantity": 1, "action": wanted["action"], "service": service}],
            "relatedParty": customer_party(client, self.resource, action),
        }

    def compared_values(self, record: RecordReader) -> tuple[Any, ...]:
        return _item(record, "serviceOrderItem", "service")


def _item(record: RecordReader, key: str, inside: str) -> tuple[Any, ...]:
    """Return the action of the first item of an order, and the id of its product or service."""
    item = record.part(key)
    if item is None:
        return (None,)
    of = item.part(inside)
    return item.text("action"), of.text("id") if of else None


class CancelProductOrder:
    """Requests the cancellation of an order; done once the order's state shows it."""

    async def read_current(self, client: TmForumClient, action: Action, step: Step) -> RemoteState:
        record, _ = await client.fetch_raw("productOrder", step.record, owner=action.customer_id)
        return RemoteState(Payload({"state": str(record.get("state") or "")} if "state" in step.base else {}))

    async def perform(
        self,
        client: TmForumClient,
        action: Action,
        step: Step,
        *,
        version: str | None,
    ) -> str:
        await cancel(client, action, step, step.wanted.get("reason", ""))
        return step.record

    async def look_up(self, client: TmForumClient, action: Action, step: Step) -> LookupResult:
        record, _ = await client.fetch_raw("productOrder", step.record, owner=action.customer_id)
        state = record.get("state")
        if state in _CANCELLED:
            return LookupResult(StepOutcome.HAPPENED, record=step.record)
        if state in {"completed", *_TURNED_DOWN}:
            return LookupResult(StepOutcome.TURNED_DOWN, reason=_too_late(step.record, str(state)))
        return LookupResult(StepOutcome.DID_NOT, record=step.record)


class UndoOrder(OrderProduct):
    """Cancels an unfinished order; undoes a completed one with the opposite order, if there is one."""

    async def read_current(self, client: TmForumClient, action: Action, step: Step) -> RemoteState:
        return RemoteState()

    def key(self, step: Step) -> str:
        """Return the idempotency key of the opposite order; the cancellation uses another key."""
        return f"{step.key}-opposite"

    async def perform(self, client: TmForumClient, action: Action, step: Step, *, version: str | None) -> str:
        record, _ = await client.fetch_raw(self.resource, step.record, owner=action.customer_id)
        state = str(record.get("state"))
        if state in _CANCELLED:
            return step.record
        if state != "completed":
            await cancel(client, action, step, "Taken back")
            return step.record
        if not step.wanted:
            code = f"{client.name.upper()}-{state.upper()}"
            raise RejectedError(_too_late(step.record, state), system=client.name, code=code)
        return await super().perform(client, action, step, version=version)

    async def look_up(self, client: TmForumClient, action: Action, step: Step) -> LookupResult:
        record, _ = await client.fetch_raw(self.resource, step.record, owner=action.customer_id)
        if record.get("state") in _CANCELLED:
            return LookupResult(StepOutcome.HAPPENED, record=step.record)
        if record.get("state") != "completed":
            return LookupResult(StepOutcome.DID_NOT, record=step.record)
        if not step.wanted:
            return LookupResult(StepOutcome.TURNED_DOWN, reason=_too_late(step.record, "completed"))
        return await super().look_up(client, action, step)


async def cancel(client: TmForumClient, action: Action, step: Step, reason: str) -> None:
    """Request the cancellation of a product order."""
    body = {
        "cancellationReason": reason,
        "requestedCancellationDate": instant(action.happened_at),
        "productOrder": {"id": step.record, "@referredType": "ProductOrder"},
    }
    if client.settings("productOrder").version == "v5":
        body["productOrder"]["@type"] = "ProductOrderRef"  # type: ignore[index] # it is an object
        body["@type"] = "CancelProductOrder"
    await client.create("cancelProductOrder", body, key=f"{step.key}-cancel")


def _too_late(order: str, state: str) -> str:
    return f"Order {order} is {state}, so it can't be cancelled."
