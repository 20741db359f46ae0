"""Product orders (TMF622) and service orders (TMF641): made, cancelled, undone."""

from collections.abc import Mapping
from typing import Any, ClassVar

from console.connectors.tmforum.acts.writer import Created, amount, customer_party, instant, mark_of, turned_down
from console.connectors.tmforum.client import TmForumClient
from console.errors import RefusedError
from console.models.outbox import Act, Step
from console.ports.acting import RemoteState, StepOutcome

_TURNED_DOWN = {"rejected", "failed"}
_CANCELLED = {"cancelled", "pendingCancellation", "assessingCancellation"}


class _Order(Created):
    """What both kinds of orders share."""

    def outcome(self, client: TmForumClient, step: Step, record: Mapping[str, Any]) -> StepOutcome:
        if record.get("state") in _TURNED_DOWN:
            raise turned_down(client, record, "order")
        return StepOutcome.HAPPENED


class OrderProduct(_Order):
    """Orders something new, or that something the customer has is changed or ended.

    It is decided on the product's status as it was seen.
    """

    resource: ClassVar[str] = "productOrder"

    async def read_current(self, client: TmForumClient, act: Act, step: Step) -> RemoteState:
        if "status" not in step.base:
            return RemoteState()
        record, _ = await client.fetch_raw("product", step.record)
        return RemoteState({"status": client.reader("product", record).state("status") or ""})

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


class OrderService(_Order):
    """Orders that a service is switched, ended or restarted. The standard has no version 5 of it."""

    resource: ClassVar[str] = "serviceOrder"

    def body(self, client: TmForumClient, act: Act, step: Step) -> dict[str, Any]:
        wanted = step.wanted
        service: dict[str, Any] = {"id": wanted["service"], "name": wanted["service_name"]}
        if wanted.get("enabled"):
            service["isServiceEnabled"] = wanted["enabled"] == "true"
        if wanted.get("restart"):
            service["serviceCharacteristic"] = [{"name": "restart", "valueType": "boolean", "value": True}]
        return {
            "description": act.title,
            "orderDate": instant(act.happened_at),
            "serviceOrderItem": [{"id": "1", "quantity": 1, "action": wanted["action"], "service": service}],
            "relatedParty": customer_party(client, self.resource, act),
        }


class CancelProductOrder:
    """Asks that an order is cancelled; done once the order says so."""

    async def read_current(self, client: TmForumClient, act: Act, step: Step) -> RemoteState:
        record, _ = await client.fetch_raw("productOrder", step.record)
        return RemoteState({"state": str(record.get("state") or "")} if "state" in step.base else {})

    async def perform(
        self,
        client: TmForumClient,
        act: Act,
        step: Step,
        *,
        version: str | None,
    ) -> str:
        return await cancel(client, act, step, step.wanted.get("reason", ""))

    async def look_up(self, client: TmForumClient, act: Act, step: Step) -> StepOutcome:
        record, _ = await client.fetch_raw("productOrder", step.record)
        state = record.get("state")
        if state in _CANCELLED:
            return StepOutcome.HAPPENED
        if state in {"completed", *_TURNED_DOWN}:
            raise _too_late(client, step.record, str(state))
        return StepOutcome.DID_NOT


class UndoOrder(OrderProduct):
    """Cancels an order that is not done; one that is done is undone by the opposite order, where there is one."""

    async def read_current(self, client: TmForumClient, act: Act, step: Step) -> RemoteState:
        return RemoteState()

    async def perform(self, client: TmForumClient, act: Act, step: Step, *, version: str | None) -> str:
        record, _ = await client.fetch_raw(self.resource, step.record)
        state = str(record.get("state"))
        if state in _CANCELLED:
            return step.record
        if state != "completed":
            return await cancel(client, act, step, "Taken back")
        if not step.wanted:
            raise _too_late(client, step.record, state)
        return await super().perform(client, act, step, version=version)

    async def look_up(self, client: TmForumClient, act: Act, step: Step) -> StepOutcome:
        record, _ = await client.fetch_raw(self.resource, step.record)
        if record.get("state") in _CANCELLED:
            return StepOutcome.HAPPENED
        if not step.wanted and record.get("state") == "completed":
            raise _too_late(client, step.record, "completed")
        return await super().look_up(client, act, step)


async def cancel(client: TmForumClient, act: Act, step: Step, reason: str) -> str:
    """Ask that a product order is cancelled; return the id of the request."""
    body = {
        "cancellationReason": reason,
        "requestedCancellationDate": instant(act.happened_at),
        "productOrder": {"id": step.record, "@referredType": "ProductOrder"},
    }
    if client.settings("productOrder").version == "v5":
        body["productOrder"]["@type"] = "ProductOrderRef"  # type: ignore[index] # it is an object
        body["@type"] = "CancelProductOrder"
    return await client.create("cancelProductOrder", body, key=mark_of(step))


def _too_late(client: TmForumClient, order: str, state: str) -> RefusedError:
    sentence = f"Order {order} is {state}; it cannot be cancelled any more."
    return RefusedError(sentence, system=client.name, code=f"{client.name.upper()}-{state.upper()}")
