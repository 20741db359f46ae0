"""Product orders (TMF622) and service orders (TMF641): made, cancelled, undone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from console.connectors.tmforum.acts.writer import Created, amount, customer_party, instant, turned_down
from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.wire import Reader
from console.errors import RefusedError
from console.models.outbox import Act, Step
from console.models.payload import Payload
from console.ports.acting import Finding, RemoteState, StepOutcome

_TURNED_DOWN = {"rejected", "failed"}
_CANCELLED = {"cancelled", "pendingCancellation", "assessingCancellation"}


class _Order(Created):
    """What both kinds of orders share."""

    def finding(self, client: TmForumClient, act: Act, step: Step, record: Mapping[str, Any]) -> Finding:
        if record.get("state") in _TURNED_DOWN:
            return turned_down(client, record, "order")
        return Finding(StepOutcome.HAPPENED)

    def made_at(self, record: Reader) -> datetime | None:
        return record.when("orderDate") or record.when("creationDate")


class OrderProduct(_Order):
    """Orders something new, or that something the customer has is changed or ended.

    It is decided on the product's status as it was seen.
    """

    resource: ClassVar[str] = "productOrder"

    async def read_current(self, client: TmForumClient, act: Act, step: Step) -> RemoteState:
        if "status" not in step.base:
            return RemoteState()
        record, _ = await client.fetch_raw("product", step.record, owner=act.customer_id)
        return RemoteState(Payload({"status": client.reader("product", record).state("status") or ""}))

    def body(self, client: TmForumClient, act: Act, step: Step) -> dict[str, Any]:
        v5 = client.settings(self.resource).version == "v5"
        wanted = step.wanted
        product: dict[str, Any] = {}
        if wanted.get("product"):
            product = {"id": wanted["product"], "name": wanted["product_name"]}
        if wanted.get("status"):
            product["status"] = wanted["status"]
        item: dict[str, Any] = {"id": "1", "quantity": 1, "action": wanted["action"]}
        if product:
            item["product"] = {**product, "@type": "Product"} if v5 else product
        if wanted.get("offering"):
            offering = {"id": wanted["offering"], "name": wanted["offering_name"]}
            item["productOffering"] = {**offering, "@type": "ProductOfferingRef"} if v5 else offering
            price = {
                "priceType": "recurring",
                "recurringChargePeriod": "month",
                "price": {"dutyFreeAmount": amount(step)},
            }
            item["itemPrice"] = [{**price, "@type": "OrderPrice"} if v5 else price]
        body: dict[str, Any] = {
            "description": act.title,
            "orderDate": instant(act.happened_at),
            "requestedStartDate": instant(act.happened_at),
            "productOrderItem": [{**item, "@type": "ProductOrderItem"} if v5 else item],
            "relatedParty": customer_party(client, self.resource, act),
        }
        if v5:
            body["creationDate"] = body.pop("orderDate")
            body["@type"] = "ProductOrder"
        if wanted.get("account"):
            account = {"id": wanted["account"], "@referredType": "BillingAccount"}
            body["billingAccount"] = {**account, "@type": "BillingAccountRef"} if v5 else account
        return body

    def essence(self, record: Reader) -> tuple[Any, ...]:
        item = record.part("productOrderItem")
        offering = item.part("productOffering") if item is not None else None
        return *_item(record, "productOrderItem", "product"), offering.text("id") if offering is not None else None


class OrderService(_Order):
    """Orders that a service is switched, ended or restarted. The standard has no version 5 of it."""

    resource: ClassVar[str] = "serviceOrder"

    def body(self, client: TmForumClient, act: Act, step: Step) -> dict[str, Any]:
        wanted = step.wanted
        service: dict[str, Any] = {"id": wanted["service"], "name": wanted["service_name"]}
        if isinstance(wanted.get("enabled"), bool):
            service["isServiceEnabled"] = wanted["enabled"]
        if wanted.get("restart"):
            service["serviceCharacteristic"] = [{"name": "restart", "valueType": "boolean", "value": True}]
        return {
            "description": act.title,
            "orderDate": instant(act.happened_at),
            "serviceOrderItem": [{"id": "1", "quantity": 1, "action": wanted["action"], "service": service}],
            "relatedParty": customer_party(client, self.resource, act),
        }

    def essence(self, record: Reader) -> tuple[Any, ...]:
        return _item(record, "serviceOrderItem", "service")


def _item(record: Reader, key: str, inside: str) -> tuple[Any, ...]:
    """Return what the first item of an order does to what."""
    item = record.part(key)
    if item is None:
        return (None,)
    of = item.part(inside)
    return item.text("action"), of.text("id") if of else None


class CancelProductOrder:
    """Asks that an order is cancelled; done once the order says so."""

    async def read_current(self, client: TmForumClient, act: Act, step: Step) -> RemoteState:
        record, _ = await client.fetch_raw("productOrder", step.record, owner=act.customer_id)
        return RemoteState(Payload({"state": str(record.get("state") or "")} if "state" in step.base else {}))

    async def perform(
        self,
        client: TmForumClient,
        act: Act,
        step: Step,
        *,
        version: str | None,
    ) -> str:
        await cancel(client, act, step, step.wanted.get("reason", ""))
        return step.record

    async def look_up(self, client: TmForumClient, act: Act, step: Step) -> Finding:
        record, _ = await client.fetch_raw("productOrder", step.record, owner=act.customer_id)
        state = record.get("state")
        if state in _CANCELLED:
            return Finding(StepOutcome.HAPPENED, record=step.record)
        if state in {"completed", *_TURNED_DOWN}:
            return Finding(StepOutcome.TURNED_DOWN, reason=_too_late(step.record, str(state)))
        return Finding(StepOutcome.DID_NOT, record=step.record)


class UndoOrder(OrderProduct):
    """Cancels an order that is not done; one that is done is undone by the opposite order, where there is one."""

    async def read_current(self, client: TmForumClient, act: Act, step: Step) -> RemoteState:
        return RemoteState()

    def key(self, step: Step) -> str:
        """Return the key of the opposite order, which is another request than the cancellation."""
        return f"{step.key}-opposite"

    async def perform(self, client: TmForumClient, act: Act, step: Step, *, version: str | None) -> str:
        record, _ = await client.fetch_raw(self.resource, step.record, owner=act.customer_id)
        state = str(record.get("state"))
        if state in _CANCELLED:
            return step.record
        if state != "completed":
            await cancel(client, act, step, "Taken back")
            return step.record
        if not step.wanted:
            code = f"{client.name.upper()}-{state.upper()}"
            raise RefusedError(_too_late(step.record, state), system=client.name, code=code)
        return await super().perform(client, act, step, version=version)

    async def look_up(self, client: TmForumClient, act: Act, step: Step) -> Finding:
        record, _ = await client.fetch_raw(self.resource, step.record, owner=act.customer_id)
        if record.get("state") in _CANCELLED:
            return Finding(StepOutcome.HAPPENED, record=step.record)
        if record.get("state") != "completed":
            return Finding(StepOutcome.DID_NOT, record=step.record)
        if not step.wanted:
            return Finding(StepOutcome.TURNED_DOWN, reason=_too_late(step.record, "completed"))
        return await super().look_up(client, act, step)


async def cancel(client: TmForumClient, act: Act, step: Step, reason: str) -> None:
    """Ask that a product order is cancelled."""
    body = {
        "cancellationReason": reason,
        "requestedCancellationDate": instant(act.happened_at),
        "productOrder": {"id": step.record, "@referredType": "ProductOrder"},
    }
    if client.settings("productOrder").version == "v5":
        body["productOrder"]["@type"] = "ProductOrderRef"  # type: ignore[index] # it is an object
        body["@type"] = "CancelProductOrder"
    await client.create("cancelProductOrder", body, key=f"{step.key}-cancel")


def _too_late(order: str, state: str) -> str:
    return f"Order {order} is {state}; it cannot be cancelled any more."
