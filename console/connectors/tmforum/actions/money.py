"""Writers for payments and refunds (TMF676), which depend on the account's balance and state as the user saw them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from console.connectors.tmforum.actions.promise import decided_on, read_balance
from console.connectors.tmforum.actions.writer import Created, amount, instant, turned_down
from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.record_reader import RecordReader
from console.models.outbox import Action, Step
from console.ports.acting import LookupResult, RemoteState, StepOutcome

_FAILED = {"failed", "declined", "refused", "rejected", "cancelled"}


class _Money(Created):
    """Shared code of payments and refunds: the mark, the account, and the balance check."""

    party: ClassVar[str]

    def marked(self, client: TmForumClient, body: dict[str, Any], mark: str) -> dict[str, Any]:
        return {**body, "correlatorId": mark}

    def marks(self, record: Mapping[str, Any]) -> set[str]:
        held = record.get("correlatorId")
        return {held} if isinstance(held, str) and held else set()

    def compared_values(self, record: RecordReader) -> tuple[Any, ...]:
        account = record.part("account")
        return record.money("amount") or record.money("totalAmount"), account.text("id") if account else None

    def made_at(self, record: RecordReader) -> datetime | None:
        return record.when("refundDate") or record.when("paymentDate")

    def finding(self, client: TmForumClient, action: Action, step: Step, record: Mapping[str, Any]) -> LookupResult:
        if str(record.get("status", "")).strip().lower() in _FAILED:
            return turned_down(client, record, self.resource)
        return LookupResult(StepOutcome.HAPPENED)

    async def read_current(self, client: TmForumClient, action: Action, step: Step) -> RemoteState:
        current = await read_balance(client, step.record)
        return RemoteState(decided_on(current, step), None)

    def _common(self, action: Action, step: Step) -> dict[str, Any]:
        account = {
            "id": step.wanted["account"],
            "name": step.wanted["account_name"],
            "@referredType": "BillingAccount",
        }
        customer = {"id": action.customer_id, "role": "customer", "@referredType": "Customer"}
        if action.customer_name:
            customer["name"] = action.customer_name
        return {
            "account": account,
            "totalAmount": amount(step),
            "amount": amount(step),
            "channel": {"id": "agent-console", "name": "Agent console"},
            self.party: customer,
        }


class Refund(_Money):
    """Refunds money to the account; it is a credit on the next bill."""

    resource: ClassVar[str] = "refund"
    selected_by: ClassVar[str | None] = "requestor.id"
    party: ClassVar[str] = "requestor"

    def body(self, client: TmForumClient, action: Action, step: Step) -> dict[str, Any]:
        approval = next((one.result for one in action.steps if one.kind == "ask-approval" and one.result), None)
        return {
            **self._common(action, step),
            **({"authorizationCode": approval} if approval else {}),
            "name": "Credit",
            "description": step.wanted["reason"],
            "refundDate": instant(action.happened_at),
            "paymentMethod": {"id": "account-credit", "name": "Credit on the bill", "@type": "PaymentMethod"},
        }


class Pay(_Money):
    """Makes a payment by the method stored with the account."""

    resource: ClassVar[str] = "payment"
    selected_by: ClassVar[str | None] = "payer.id"
    party: ClassVar[str] = "payer"

    def body(self, client: TmForumClient, action: Action, step: Step) -> dict[str, Any]:
        wanted = step.wanted
        body = {
            **self._common(action, step),
            "name": "Bill payment",
            "description": f"Payment by {wanted['method_name']}",
            "paymentDate": instant(action.happened_at),
            "paymentMethod": {"id": wanted["method"], "name": wanted["method_name"], "@type": "PaymentMethod"},
        }
        if wanted.get("bill"):
            item = {"id": wanted["bill"], "@referredType": "CustomerBill"}
            body["paymentItem"] = [{"id": "1", "amount": amount(step), "item": item}]
        return body
