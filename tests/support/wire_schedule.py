"""One schedule of the real outbox over real sockets: actions through a fault proxy, a simulated user, and checks.

The outbox's clock runs 60 times as fast as the sockets', so a wait of one minute takes one second. The true result is
read from the sandbox, without the proxy.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec

from console.connectors.tmforum.actions import TmForumActions
from console.connectors.tmforum.client import TmForumClient
from console.errors import ConsoleError, StoreFullError
from console.http import HttpLayer
from console.models.outbox import Action, ActionState, Remark, RiskClass, Step, StepState
from console.models.payload import Payload
from console.services.actions.ids import uuid7
from console.services.outbox import Outbox
from console.settings import Deployment
from console.store.actions import ActionRepository
from console.store.database import in_memory
from console.system.clock import SystemClock
from console.system.sandbox_launcher import SandboxProcess
from tests.support.fault_proxy import DOUBLING, MANNERS, WRITE_FAULTS, FaultProxy

SPEED = 60.0
_TIME_LIMIT_S = 1.0
_SCHEDULE_S = 40.0

_CRM, _BILLING, _PROVISIONING = "crm", "billing", "provisioning"
_NOTES = "/tmf-api/partyInteraction/v4/partyInteraction"
_TICKETS = "/tmf-api/troubleTicket/v4/troubleTicket"
_VISITS = "/tmf-api/appointment/v4/appointment"
_CUSTOMERS = "/tmf-api/customerManagement/v4/customer"
_ACCOUNTS = "/tmf-api/accountManagement/v4/billingAccount"
_REFUNDS = "/payment/v4/refund"
_ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"


class FastClock:
    """The machine's clock, `SPEED` times as fast; its time of day runs fast as well."""

    def __init__(self) -> None:
        self._began, self._began_s = datetime.now(UTC), time.monotonic()

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self.monotonic_s())

    def monotonic_s(self) -> float:
        return (time.monotonic() - self._began_s) * SPEED

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / SPEED)


class FragileActions(ActionRepository):
    """A real encrypted table of actions on a disk that can be full."""

    is_full = False

    async def add(self, action: Action, **more: Any) -> Action:
        self._check()
        return await super().add(action, **more)

    async def change(self, action: Action) -> None:
        self._check()
        await super().change(action)

    def _check(self) -> None:
        if self.is_full:
            raise StoreFullError("The disk is full.")


@dataclass(frozen=True, slots=True)
class World:
    """A running sandbox and the parts of it that schedules use."""

    sandbox: SandboxProcess
    deployment: Deployment
    raw: Mapping[str, httpx.AsyncClient]
    people: tuple[str, ...]


@dataclass(slots=True)
class PlannedAction:
    """An action, and a function that counts its effects in the system."""

    kind: str
    action: Action
    count: Callable[[], Awaitable[int]]


@dataclass(slots=True)
class Verdict:
    """The problems of one schedule, and the final states of its actions."""

    problems: list[tuple[str, str]] = field(default_factory=list)  # which promise was broken, and how
    states: list[str] = field(default_factory=list)


# ------------------------------------------------------------------ actions


async def _records(world: World, system: str, path: str, customer: str, by: str = "relatedParty.id") -> list[Any]:
    answer = await world.raw[system].get(path, params={by: customer, "limit": 100})
    return list(answer.raise_for_status().json())


async def _account(world: World, customer: str) -> dict[str, Any]:
    return dict((await _records(world, _BILLING, _ACCOUNTS, customer))[0])


def _action(customer: str, risk: RiskClass, *steps: Step, action_id: str) -> Action:
    now = datetime.now(UTC)
    return Action(action_id, customer, f"Wire {action_id}", risk, now, steps, author="rep", customer_name="")


def _has(name: str, wanted: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda record: record.get(name) == wanted


async def _make(world: World, kind: str, customer: str, rng: random.Random) -> PlannedAction:
    """Return one action on a customer, with texts that no other action has."""
    action_id = uuid7(datetime.now(UTC), rng)
    words = f"wire {action_id}"

    def counted(system: str, path: str, by: str = "relatedParty.id", name: str = "description") -> Any:
        async def count() -> int:
            return sum(map(_has(name, words), await _records(world, system, path, customer, by)))

        return count

    if kind == "note":
        step = Step("add-note", _CRM, f"{action_id}-1", {"text": words, "reason": "Bill"}, customer)
        return PlannedAction(kind, _action(customer, RiskClass.NOTE, step, action_id=action_id), counted(_CRM, _NOTES))
    if kind == "ticket":
        wanted = {"name": "Wire", "text": words, "severity": "minor", "type": "complaint"}
        back = Step("close-ticket", _CRM, f"{action_id}-1-back", {"status": "cancelled", "reason": "Undone"})
        step = Step("create-ticket", _CRM, f"{action_id}-1", wanted, back=back)
        return PlannedAction(
            kind, _action(customer, RiskClass.NOTE, step, action_id=action_id), counted(_CRM, _TICKETS)
        )
    if kind == "visit":
        slots = (await world.raw[_CRM].get("/tmf-api/appointment/v4/appointment", params={"limit": 1})).json()
        period = slots[0]["validFor"] if slots else {"startDateTime": _day(5, 8), "endDateTime": _day(5, 10)}
        wanted = {
            "starts": period["startDateTime"].replace("Z", "+00:00"), "ends": period["endDateTime"].replace("Z", "+00:00"),
            "category": "repair", "text": words, "place": "Here",
        }  # fmt: skip
        step = Step("book-visit", _CRM, f"{action_id}-1", Payload.read(wanted))
        return PlannedAction(kind, _action(customer, RiskClass.NOTE, step, action_id=action_id), counted(_CRM, _VISITS))
    if kind in {"refund", "promise", "contact"}:
        return await _billing_action(world, kind, customer, action_id, words, rng)
    if kind == "close":
        return await _closing(world, customer, action_id, words)
    offering = (await world.raw[_PROVISIONING].get("/tmf-api/productCatalogManagement/v4/productOffering")).json()[0]
    account = await _account(world, customer)
    wanted = {
        "action": "add", "offering": offering["id"], "offering_name": offering["name"], "account": account["id"],
        "account_name": account["name"], "amount": "5.00", "currency": "USD",
    }  # fmt: skip
    back = Step("undo-order", _PROVISIONING, f"{action_id}-1-back", {})
    step = Step("order-product", _PROVISIONING, f"{action_id}-1", Payload.read(wanted), account["id"], back=back)
    action = _action(customer, RiskClass.ORDER, step, action_id=action_id)

    async def count_orders() -> int:
        return sum(map(_has("description", action.title), await _records(world, _PROVISIONING, _ORDERS, customer)))

    return PlannedAction(kind, action, count_orders)


def _day(ahead: int, hour: int) -> str:
    day = datetime.now(UTC) + timedelta(days=ahead)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0).isoformat()


async def _billing_action(
    world: World, kind: str, customer: str, action_id: str, words: str, rng: random.Random
) -> PlannedAction:
    account = await _account(world, customer)
    if kind == "refund":
        wanted = {
            "amount": f"{rng.randint(1, 400) / 100:.2f}", "currency": "USD", "account": account["id"],
            "account_name": account["name"], "reason": words,
        }  # fmt: skip
        step = Step(
            "refund", _BILLING, f"{action_id}-1", Payload.read(wanted), account["id"], {"state": account["state"]}
        )

        async def count_refunds() -> int:
            found = await _records(world, _BILLING, _REFUNDS, customer, "requestor.id")
            return sum(map(_has("description", words), found))

        return PlannedAction(kind, _action(customer, RiskClass.MONEY, step, action_id=action_id), count_refunds)
    if kind == "promise":
        amount = account["accountBalance"][0]["amount"]
        promised = f"{rng.randint(1, 99_999) / 100:.2f}"
        base = {"balance": f"{amount['value']:,.2f} {amount['unit']}"}
        wanted = {"amount": promised, "currency": "USD", "due_on": _day(3, 0)[:10]}
        step = Step("promise-to-pay", _BILLING, f"{action_id}-1", Payload.read(wanted), account["id"], base)

        async def count_promises() -> int:
            held = (await world.raw[_BILLING].get(f"{_ACCOUNTS}/{account['id']}")).json()
            plans = (plan for plan in held.get("paymentPlan", ()) if plan["planType"] == "promiseToPay")
            return sum(f"{plan['totalAmount']['value']:.2f}" == promised for plan in plans)

        return PlannedAction(kind, _action(customer, RiskClass.MONEY, step, action_id=action_id), count_promises)
    email = f"w{action_id}@example.net"
    record = (await world.raw[_CRM].get(f"{_CUSTOMERS}/{customer}")).json()
    bases = (_email(record["contactMedium"]), _email(account["contact"][0]["contactMedium"]))
    steps = (
        Step("change-contact", _CRM, f"{action_id}-1", {"email": email}, customer, {"email": bases[0]}),
        Step(
            "change-billing-contact", _BILLING, f"{action_id}-2", {"email": email}, account["id"], {"email": bases[1]}
        ),
    )

    async def count_both() -> int:
        in_crm = (await world.raw[_CRM].get(f"{_CUSTOMERS}/{customer}")).json()["contactMedium"]
        in_billing = (await _account(world, customer))["contact"][0]["contactMedium"]
        return int(_email(in_crm) == email and _email(in_billing) == email)

    return PlannedAction(kind, _action(customer, RiskClass.FIELD, *steps, action_id=action_id), count_both)


def _email(media: list[dict[str, Any]]) -> str:
    ordered = sorted(media, key=lambda one: not one.get("preferred"))
    return next(
        (one["characteristic"]["emailAddress"] for one in ordered if "emailAddress" in one["characteristic"]), ""
    )


async def _closing(world: World, customer: str, action_id: str, words: str) -> PlannedAction:
    body = {
        "name": "Wire", "description": words, "severity": "minor", "ticketType": "complaint",
        "relatedParty": [{"id": customer, "role": "customer", "@referredType": "Customer"}],
    }  # fmt: skip
    made = (await world.raw[_CRM].post(_TICKETS, json=body)).raise_for_status().json()
    step = Step(
        "close-ticket", _CRM, f"{action_id}-1", {"status": "resolved", "reason": words}, made["id"],
        {"status": made["status"]},
    )  # fmt: skip

    async def count() -> int:
        ticket = (await world.raw[_CRM].get(f"{_TICKETS}/{made['id']}")).json()
        return sum(change.get("status") == "resolved" for change in ticket.get("statusChange", ()))

    return PlannedAction("close", _action(customer, RiskClass.FIELD, step, action_id=action_id), count)


KINDS = ("note", "ticket", "visit", "refund", "promise", "contact", "close", "order")
_TAKEN_BACK = {"order", "ticket"}


# ------------------------------------------------------------------ a schedule


@dataclass(frozen=True, slots=True)
class Plan:
    """The contents of one schedule: kinds of action, faults of the first writes, and the manner of all systems."""

    kinds: tuple[str, ...]
    faults: tuple[str, ...] = ()
    manner: str = "plain"
    full_disk: bool = False
    takes_back: bool = False


async def run_plan(
    world: World, plan: Plan, customer: str, rng: random.Random, make: Callable[..., Outbox] = Outbox
) -> Verdict:
    """Run one schedule and return its problems."""
    verdict = Verdict()
    database = in_memory()
    actions = FragileActions(database)
    async with (
        FaultProxy(world.sandbox.addresses[_CRM], MANNERS[plan.manner]) as crm,
        FaultProxy(world.sandbox.addresses[_BILLING], MANNERS[plan.manner]) as billing,
        FaultProxy(world.sandbox.addresses[_PROVISIONING], MANNERS[plan.manner]) as provisioning,
    ):
        proxies = {_CRM: crm, _BILLING: billing, _PROVISIONING: provisioning}
        http = HttpLayer(clock=SystemClock(), on_exchange=lambda _exchange: None, rng=rng)
        outbox = make(actions, _systems(world, http, proxies), clock=FastClock(), rng=rng)
        await outbox.open()
        outbox.start()
        try:
            run = _Run(world, plan, outbox, actions, proxies, rng, verdict)
            planned_actions = [await _make(world, kind, customer, rng) for kind in plan.kinds]
            await run.live(planned_actions)
        finally:
            await outbox.aclose()
            await http.aclose()
            await database.aclose()
    return verdict


def _systems(world: World, http: HttpLayer, proxies: Mapping[str, FaultProxy]) -> dict[str, TmForumActions]:
    found = {}
    for name, proxy in proxies.items():
        system = msgspec.structs.replace(
            world.deployment.systems[name], base_url=proxy.address, time_limit_s=_TIME_LIMIT_S
        )
        endpoint = http.endpoint(name, system, label=name, secrets=world.sandbox.secrets)
        found[name] = TmForumActions(TmForumClient(endpoint, system, SystemClock(), lambda _name, _damages: None))
    return found


@dataclass
class _Run:
    """The user of one schedule, and the checks of its result."""

    world: World
    plan: Plan
    outbox: Outbox
    actions: FragileActions
    proxies: Mapping[str, FaultProxy]
    rng: random.Random
    verdict: Verdict
    retried: dict[str, int] = field(default_factory=dict)

    async def live(self, planned_actions: list[PlannedAction]) -> None:
        for system in dict.fromkeys(step.system for planned in planned_actions for step in planned.action.steps):
            self.proxies[system].faults = [WRITE_FAULTS[name] for name in self.plan.faults]
            if self.plan.full_disk:
                self.proxies[system].on_write = self._fill_disk
        for planned in planned_actions:
            await self.outbox.submit(planned.action)
        await self._until_settled(planned_actions)
        if self.plan.takes_back:
            await self._take_back(planned_actions)
        for planned in planned_actions:
            await self._judge(planned)

    def _fill_disk(self) -> None:
        """Fill the disk while a write is on its way, and for 0.4 s after that."""
        if not self.actions.is_full:
            self.actions.is_full = True
            asyncio.get_running_loop().call_later(0.4, lambda: setattr(self.actions, "is_full", False))
            for proxy in self.proxies.values():
                proxy.on_write = lambda: None

    def _now(self, planned: PlannedAction) -> Action:
        return next(action for action in self.outbox.actions if action.id == planned.action.id)

    async def _until_settled(self, planned_actions: list[PlannedAction]) -> None:
        until_s = time.monotonic() + _SCHEDULE_S
        while time.monotonic() < until_s:
            await asyncio.sleep(0.1)
            for planned in planned_actions:
                await self._attend(planned)
            if all(self._is_settled(self._now(planned)) for planned in planned_actions) and not any(
                proxy.has_late for proxy in self.proxies.values()
            ):
                return
        unsettled = next((one for one in planned_actions if not self._is_settled(self._now(one))), planned_actions[0])
        self._wrong("stuck", unsettled, "it is neither looked at again nor told to the user")

    def _is_settled(self, action: Action) -> bool:
        if action.state is ActionState.DONE:
            # A step that the user confirmed is not checked again: its record is unknown.
            return all(step.confirmed or not step.was_sent or step.remark is Remark.BY_WORD for step in action.steps)
        return action.state is ActionState.WITHDRAWN or (action.needs_user and self.retried.get(action.id, 0) >= 2)

    async def _attend(self, planned: PlannedAction) -> None:
        """Do what a user does about an action that needs a decision."""
        action = self._now(planned)
        for index, step in enumerate(action.steps):
            if step.state is StepState.UNKNOWN and step.remark is Remark.CANNOT_TELL:
                # The user checks the system's own screens, and knows about this action only from there.
                await self._try(self.outbox.report_outcome(action.id, index, happened=await planned.count() > 0))
                return
            if step.state is StepState.CONFLICT and self.retried.get(action.id, 0) < 2:
                self.retried[action.id] = self.retried.get(action.id, 0) + 1
                await self._try(self.outbox.resolve(action.id, index, {}))
                return
            if step.state is StepState.REJECTED and self.retried.get(action.id, 0) < 2:
                self.retried[action.id] = self.retried.get(action.id, 0) + 1
                doing = self.outbox.retry(action.id) if self.rng.random() < 0.7 else self.outbox.withdraw(action.id)
                await self._try(doing)
                return

    async def _try(self, doing: Awaitable[Any]) -> None:
        try:
            await doing
        except ConsoleError:
            pass  # the user sees the error and checks again

    async def _take_back(self, planned_actions: list[PlannedAction]) -> None:
        """Undo the actions that can be undone, and check that only this customer's records changed."""
        for planned in planned_actions:
            action = self._now(planned)
            if planned.kind not in _TAKEN_BACK or not action.can_be_undone:
                continue
            (step,) = action.steps
            assert step.back is not None
            action_id = uuid7(datetime.now(UTC), self.rng)
            undo = Step(
                step.back.kind, step.system, f"{action_id}-1", {**step.back.wanted, "reason": "Undone"}, step.result,
                {"status": "acknowledged"} if planned.kind == "ticket" else {},
            )  # fmt: skip
            undoing = _action(action.customer_id, action.risk, undo, action_id=action_id)
            await self.outbox.submit(undoing)
            await self._until_settled([PlannedAction("undo", undoing, planned.count)])
            await self._judge_undo(planned, undoing, step.result)

    async def _judge_undo(self, planned: PlannedAction, undoing: Action, record: str) -> None:
        action = next(one for one in self.outbox.actions if one.id == undoing.id)
        system, path = (_PROVISIONING, _ORDERS) if planned.kind == "order" else (_CRM, _TICKETS)
        held = (await self.world.raw[system].get(f"{path}/{record}")).json()
        if planned.action.customer_id not in str(held.get("relatedParty")):
            self._wrong("wrong customer", planned, f"{record} is not the customer's")
        state = str(held.get("state") or held.get("status")).lower()
        if action.state is ActionState.DONE and "cancel" not in state:
            self._wrong("wrong state", planned, f"taken back, and {record} is {state}")

    def _wrong(self, promise: str, planned: PlannedAction, what: str) -> None:
        self.verdict.problems.append((promise, f"{planned.kind}: {what}"))

    async def _judge(self, planned: PlannedAction) -> None:
        action, effects = self._now(planned), await planned.count()
        self.verdict.states.append(action.state.value)
        said_twice = any(step.remark is Remark.TWICE for step in action.steps) and bool(DOUBLING & {*self.plan.faults})
        if action.state is ActionState.DONE and effects == 0:
            self._wrong("lost", planned, "said to be done")
        if effects > 1 and not said_twice:
            self._wrong("doubled", planned, f"{effects} times, {action.state.value}")
        # For an action that was sent and then withdrawn, the outbox reports: sent, not found, please check.
        said_open = action.state is ActionState.WITHDRAWN and all(step.was_sent for step in action.steps)
        is_over = action.state in {ActionState.REJECTED, ActionState.WITHDRAWN} and not said_open
        if is_over and effects and planned.kind not in {"contact", "close"}:
            self._wrong("wrong state", planned, f"{action.state.value}, and it is there")
        if action.is_open and not action.needs_user:
            step = next(step for step in action.steps if step.state is not StepState.DONE)
            self._wrong("stuck", planned, f"{action.state.value} {step.remark.value} {step.message}")


def single_plans(rng: random.Random, each: int) -> list[Plan]:
    """Return schedules with one fault each: every fault and manner `each` times, over all kinds of action."""
    plans = []
    for name in WRITE_FAULTS:
        for number in range(each):
            kind = KINDS[(number + rng.randrange(2)) % len(KINDS)]
            plans.append(Plan(("note", kind) if kind == "note" else (kind,), (name,), takes_back=rng.random() < 0.5))
    for manner in MANNERS:
        for number in range(each):
            fault = rng.choice(
                ("answer lost", "503 after it was done", "request lost", "bare 201", "401 after it was done")
            )
            plans.append(Plan((KINDS[number % len(KINDS)],), (fault,), manner))
    plans += [Plan((KINDS[number % len(KINDS)],), full_disk=True) for number in range(each)]
    rng.shuffle(plans)
    return plans


def mixed_plan(rng: random.Random) -> Plan:
    """Return a schedule of one to three actions under one to three faults and any manner."""
    kinds = tuple(rng.sample(KINDS, rng.randint(1, 3)))
    faults = tuple(rng.choice(tuple(WRITE_FAULTS)) for _ in range(rng.randint(1, 3)))
    manner = rng.choice(tuple(MANNERS)) if rng.random() < 0.6 else "plain"
    return Plan(kinds, faults, manner, full_disk=rng.random() < 0.15, takes_back=rng.random() < 0.3)
