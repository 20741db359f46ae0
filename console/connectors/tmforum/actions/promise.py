"""Writer for promises to pay: a payment plan of one or several payments in the billing account (TMF666 v4 PaymentPlan).

A plan has no id. The console finds its plan by type and start time. See docs/decisions.
"""

from datetime import datetime, time
from typing import Any

from console.connectors.tmforum.actions.writer import instant
from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.record_reader import MalformedRecordError
from console.connectors.tmforum.records.bills import read_account
from console.connectors.tmforum.values import read_time
from console.models.outbox import Action, Step
from console.models.payload import Payload
from console.ports.acting import LookupResult, RemoteState, StepOutcome

_RESOURCE = "billingAccount"


async def read_balance(client: TmForumClient, account: str) -> RemoteState:
    """Return an account's current balance and state, on which money steps depend."""
    record, version = await client.fetch_raw(_RESOURCE, account)
    try:
        found = read_account(client.reader(_RESOURCE, record))
    except MalformedRecordError as error:
        raise client.bad_answer(f"its {_RESOURCE} cannot be read: {error}", "RECORD") from error
    balance = {"balance": found.balance} if found.balance else {}
    return RemoteState(Payload({**balance, "state": found.state or ""}), version)


def decided_on(current: RemoteState, step: Step) -> Payload:
    """Return the current values of the fields that a step depends on; a missing value is empty."""
    return Payload.read({key: current.values.get(key, "") for key in step.base})


class PromiseToPay:
    """Saves the customer's promise in the account: amount, due date and number of payments."""

    def __init__(self, plan_type: str) -> None:
        self._plan_type = plan_type

    async def read_current(self, client: TmForumClient, action: Action, step: Step) -> RemoteState:
        current = await read_balance(client, step.record)
        return RemoteState(decided_on(current, step), current.version)

    async def perform(self, client: TmForumClient, action: Action, step: Step, *, version: str | None) -> str:
        record, _ = await client.fetch_raw(_RESOURCE, step.record, owner=action.customer_id)
        plans = _plans(record)
        if not any(self._is_ours(known, action) for known in plans):
            plans.append(self._plan(client, action, step))
        body = {"name": record.get("name"), "relatedParty": record.get("relatedParty"), "paymentPlan": plans}
        await client.patch(_RESOURCE, step.record, body, key=step.key, version=version)
        return step.record

    async def look_up(self, client: TmForumClient, action: Action, step: Step) -> LookupResult:
        record, _ = await client.fetch_raw(_RESOURCE, step.record, owner=action.customer_id)
        plans = _plans(record)
        if any(self._is_ours(plan, action) for plan in plans):
            return LookupResult(StepOutcome.HAPPENED, record=step.record)
        wanted = self._essence(client, self._plan(client, action, step))
        if any(_may_have_lost_its_beginning(plan) and self._essence(client, plan) == wanted for plan in plans):
            # A plan has no other identifying field, so this cannot be decided.
            return LookupResult(StepOutcome.CANNOT_TELL, record=step.record)
        return LookupResult(StepOutcome.DID_NOT, record=step.record)

    def _plan(self, client: TmForumClient, action: Action, step: Step) -> dict[str, Any]:
        money = step.wanted.money()
        due = datetime.combine(step.wanted["due_on"], time(), tzinfo=action.happened_at.tzinfo)
        plan: dict[str, Any] = {
            "planType": self._plan_type,
            "status": "effective",
            "numberOfPayments": step.wanted.get("parts", 1),
            "totalAmount": {"unit": money.currency, "value": money.amount},
            "validFor": {"startDateTime": instant(action.happened_at), "endDateTime": instant(due)},
        }
        if client.settings(_RESOURCE).version == "v5":
            plan["@type"] = "PaymentPlan"
        return plan

    def _essence(self, client: TmForumClient, plan: dict[str, Any]) -> tuple[Any, ...]:
        reader = client.reader(_RESOURCE, plan)
        period = reader.part("validFor")
        return reader.text("planType"), reader.money("totalAmount"), period.when("endDateTime") if period else None

    def _is_ours(self, plan: dict[str, Any], action: Action) -> bool:
        """Return whether a plan has our type and start time; some servers save only whole seconds."""
        began = _began(plan)
        if plan.get("planType") != self._plan_type or began is None:
            return False
        return instant(began) == instant(action.happened_at) or began == action.happened_at.replace(microsecond=0)


def _began(plan: dict[str, Any]) -> datetime | None:
    """Return the start time of a plan, aware UTC; None if it is missing or cannot be read."""
    period = plan.get("validFor")
    start = period.get("startDateTime") if isinstance(period, dict) else None
    try:
        return read_time(start) if isinstance(start, str) else None
    except (ValueError, OverflowError):
        return None


def _may_have_lost_its_beginning(plan: dict[str, Any]) -> bool:
    """Return whether a plan may be ours with another start time: some servers save only the day, or no time."""
    began = _began(plan)
    return began is None or began.microsecond == 0


def _plans(record: dict[str, Any]) -> list[dict[str, Any]]:
    plans = record.get("paymentPlan")
    return [plan for plan in plans if isinstance(plan, dict)] if isinstance(plans, list) else []
