"""One schedule of the real outbox over real sockets: actions through a fault proxy, a user, and the judgement.

The outbox's own time runs sixty times as fast as the sockets', so that a minute's wait takes a second. What really
happened is read from the sandbox, past the proxy.
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

from console.connectors.tmforum.acts import TmForumActs
from console.connectors.tmforum.client import TmForumClient
from console.errors import ConsoleError, StoreFullError
from console.http import HttpLayer
from console.models.outbox import Act, ActState, Remark, RiskClass, Step, StepState
from console.models.payload import Payload
from console.services.acts.ids import uuid7
from console.services.outbox import Outbox
from console.settings import Deployment
from console.store.acts import ActRepository
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
    """The machine's clock, so much faster; the time of day jumps with it."""

    def __init__(self) -> None:
        self._began, self._began_s = datetime.now(UTC), time.monotonic()

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self.monotonic_s())

    def monotonic_s(self) -> float:
        return (time.monotonic() - self._began_s) * SPEED

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / SPEED)


class FragileActs(ActRepository):
    """A real encrypted table of acts on a disk that can be full."""

    is_full = False

    async def add(self, act: Act, **more: Any) -> Act:
        self._check()
        return await super().add(act, **more)

    async def change(self, act: Act) -> None:
        self._check()
        await super().change(act)

    def _check(self) -> None:
        if self.is_full:
            raise StoreFullError("The disk is full.")


@dataclass(frozen=True, slots=True)
class World:
    """A running sandbox and what of it schedules use."""

    sandbox: SandboxProcess
    deployment: Deployment
    raw: Mapping[str, httpx.AsyncClient]
    people: tuple[str, ...]


@dataclass(slots=True)
class Action:
    """An act and how often its effects are really there."""

    kind: str
    act: Act
    count: Callable[[], Awaitable[int]]


@dataclass(slots=True)
class Verdict:
    """What was wrong with one schedule."""

    problems: list[tuple[str, str]] = field(default_factory=list)  # which promise, and what happened
    states: list[str] = field(default_factory=list)


# ------------------------------------------------------------------ actions


async def _records(world: World, system: str, path: str, customer: str, by: str = "relatedParty.id") -> list[Any]:
    answer = await world.raw[system].get(path, params={by: customer, "limit": 100})
    return list(answer.raise_for_status().json())


async def _account(world: World, customer: str) -> dict[str, Any]:
    return dict((await _records(world, _BILLING, _ACCOUNTS, customer))[0])


def _act(customer: str, risk: RiskClass, *steps: Step, act_id: str) -> Act:
    now = datetime.now(UTC)
    return Act(act_id, customer, f"Wire {act_id}", risk, now, steps, author="rep", customer_name="")


def _has(name: str, wanted: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda record: record.get(name) == wanted


async def _make(world: World, kind: str, customer: str, rng: random.Random) -> Action:
    """Return one action on a customer, with words that no other has."""
    act_id = uuid7(datetime.now(UTC), rng)
    words = f"wire {act_id}"

    def counted(system: str, path: str, by: str = "relatedParty.id", name: str = "description") -> Any:
        async def count() -> int:
            return sum(map(_has(name, words), await _records(world, system, path, customer, by)))

        return count

    if kind == "note":
        step = Step("add-note", _CRM, f"{act_id}-1", {"text": words, "reason": "Bill"}, customer)
        return Action(kind, _act(customer, RiskClass.NOTE, step, act_id=act_id), counted(_CRM, _NOTES))
    if kind == "ticket":
        wanted = {"name": "Wire", "text": words, "severity": "minor", "type": "complaint"}
        back = Step("close-ticket", _CRM, f"{act_id}-1-back", {"status": "cancelled", "reason": "Taken back"})
        step = Step("create-ticket", _CRM, f"{act_id}-1", wanted, back=back)
        return Action(kind, _act(customer, RiskClass.NOTE, step, act_id=act_id), counted(_CRM, _TICKETS))
    if kind == "visit":
        slots = (await world.raw[_CRM].get("/tmf-api/appointment/v4/appointment", params={"limit": 1})).json()
        period = slots[0]["validFor"] if slots else {"startDateTime": _day(5, 8), "endDateTime": _day(5, 10)}
        wanted = {
            "starts": period["startDateTime"].replace("Z", "+00:00"), "ends": period["endDateTime"].replace("Z", "+00:00"),
            "category": "repair", "text": words, "place": "Here",
        }  # fmt: skip
        step = Step("book-visit", _CRM, f"{act_id}-1", Payload.read(wanted))
        return Action(kind, _act(customer, RiskClass.NOTE, step, act_id=act_id), counted(_CRM, _VISITS))
    if kind in {"refund", "promise", "contact"}:
        return await _billing_action(world, kind, customer, act_id, words, rng)
    if kind == "close":
        return await _closing(world, customer, act_id, words)
    offering = (await world.raw[_PROVISIONING].get("/tmf-api/productCatalogManagement/v4/productOffering")).json()[0]
    account = await _account(world, customer)
    wanted = {
        "action": "add", "offering": offering["id"], "offering_name": offering["name"], "account": account["id"],
        "account_name": account["name"], "amount": "5.00", "currency": "USD",
    }  # fmt: skip
    back = Step("undo-order", _PROVISIONING, f"{act_id}-1-back", {})
    step = Step("order-product", _PROVISIONING, f"{act_id}-1", Payload.read(wanted), account["id"], back=back)
    act = _act(customer, RiskClass.ORDER, step, act_id=act_id)

    async def count_orders() -> int:
        return sum(map(_has("description", act.title), await _records(world, _PROVISIONING, _ORDERS, customer)))

    return Action(kind, act, count_orders)


def _day(ahead: int, hour: int) -> str:
    day = datetime.now(UTC) + timedelta(days=ahead)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0).isoformat()


async def _billing_action(
    world: World, kind: str, customer: str, act_id: str, words: str, rng: random.Random
) -> Action:
    account = await _account(world, customer)
    if kind == "refund":
        wanted = {
            "amount": f"{rng.randint(1, 400) / 100:.2f}", "currency": "USD", "account": account["id"],
            "account_name": account["name"], "reason": words,
        }  # fmt: skip
        step = Step("refund", _BILLING, f"{act_id}-1", Payload.read(wanted), account["id"], {"state": account["state"]})

        async def count_refunds() -> int:
            found = await _records(world, _BILLING, _REFUNDS, customer, "requestor.id")
            return sum(map(_has("description", words), found))

        return Action(kind, _act(customer, RiskClass.MONEY, step, act_id=act_id), count_refunds)
    if kind == "promise":
        amount = account["accountBalance"][0]["amount"]
        promised = f"{rng.randint(1, 99_999) / 100:.2f}"
        base = {"balance": f"{amount['value']:,.2f} {amount['unit']}"}
        wanted = {"amount": promised, "currency": "USD", "due_on": _day(3, 0)[:10]}
        step = Step("promise-to-pay", _BILLING, f"{act_id}-1", Payload.read(wanted), account["id"], base)

        async def count_promises() -> int:
            held = (await world.raw[_BILLING].get(f"{_ACCOUNTS}/{account['id']}")).json()
            plans = (plan for plan in held.get("paymentPlan", ()) if plan["planType"] == "promiseToPay")
            return sum(f"{plan['totalAmount']['value']:.2f}" == promised for plan in plans)

        return Action(kind, _act(customer, RiskClass.MONEY, step, act_id=act_id), count_promises)
    email = f"w{act_id}@example.net"
    record = (await world.raw[_CRM].get(f"{_CUSTOMERS}/{customer}")).json()
    bases = (_email(record["contactMedium"]), _email(account["contact"][0]["contactMedium"]))
    steps = (
        Step("change-contact", _CRM, f"{act_id}-1", {"email": email}, customer, {"email": bases[0]}),
        Step("change-billing-contact", _BILLING, f"{act_id}-2", {"email": email}, account["id"], {"email": bases[1]}),
    )

    async def count_both() -> int:
        in_crm = (await world.raw[_CRM].get(f"{_CUSTOMERS}/{customer}")).json()["contactMedium"]
        in_billing = (await _account(world, customer))["contact"][0]["contactMedium"]
        return int(_email(in_crm) == email and _email(in_billing) == email)

    return Action(kind, _act(customer, RiskClass.FIELD, *steps, act_id=act_id), count_both)


def _email(media: list[dict[str, Any]]) -> str:
    ordered = sorted(media, key=lambda one: not one.get("preferred"))
    return next(
        (one["characteristic"]["emailAddress"] for one in ordered if "emailAddress" in one["characteristic"]), ""
    )


async def _closing(world: World, customer: str, act_id: str, words: str) -> Action:
    body = {
        "name": "Wire", "description": words, "severity": "minor", "ticketType": "complaint",
        "relatedParty": [{"id": customer, "role": "customer", "@referredType": "Customer"}],
    }  # fmt: skip
    made = (await world.raw[_CRM].post(_TICKETS, json=body)).raise_for_status().json()
    step = Step(
        "close-ticket", _CRM, f"{act_id}-1", {"status": "resolved", "reason": words}, made["id"],
        {"status": made["status"]},
    )  # fmt: skip

    async def count() -> int:
        ticket = (await world.raw[_CRM].get(f"{_TICKETS}/{made['id']}")).json()
        return sum(change.get("status") == "resolved" for change in ticket.get("statusChange", ()))

    return Action("close", _act(customer, RiskClass.FIELD, step, act_id=act_id), count)


KINDS = ("note", "ticket", "visit", "refund", "promise", "contact", "close", "order")
_TAKEN_BACK = {"order", "ticket"}


# ------------------------------------------------------------------ a schedule


@dataclass(frozen=True, slots=True)
class Plan:
    """What one schedule does: kinds of action, faults of the first writes, and the manner of every system."""

    kinds: tuple[str, ...]
    faults: tuple[str, ...] = ()
    manner: str = "plain"
    full_disk: bool = False
    takes_back: bool = False


async def run_plan(
    world: World, plan: Plan, customer: str, rng: random.Random, make: Callable[..., Outbox] = Outbox
) -> Verdict:
    """Live one schedule through and judge it."""
    verdict = Verdict()
    database = in_memory()
    acts = FragileActs(database)
    async with (
        FaultProxy(world.sandbox.addresses[_CRM], MANNERS[plan.manner]) as crm,
        FaultProxy(world.sandbox.addresses[_BILLING], MANNERS[plan.manner]) as billing,
        FaultProxy(world.sandbox.addresses[_PROVISIONING], MANNERS[plan.manner]) as provisioning,
    ):
        proxies = {_CRM: crm, _BILLING: billing, _PROVISIONING: provisioning}
        http = HttpLayer(clock=SystemClock(), on_exchange=lambda _exchange: None, rng=rng)
        outbox = make(acts, _systems(world, http, proxies), clock=FastClock(), rng=rng)
        await outbox.open()
        outbox.start()
        try:
            run = _Run(world, plan, outbox, acts, proxies, rng, verdict)
            actions = [await _make(world, kind, customer, rng) for kind in plan.kinds]
            await run.live(actions)
        finally:
            await outbox.aclose()
            await http.aclose()
            await database.aclose()
    return verdict


def _systems(world: World, http: HttpLayer, proxies: Mapping[str, FaultProxy]) -> dict[str, TmForumActs]:
    found = {}
    for name, proxy in proxies.items():
        system = msgspec.structs.replace(
            world.deployment.systems[name], base_url=proxy.address, time_limit_s=_TIME_LIMIT_S
        )
        endpoint = http.endpoint(name, system, label=name, secrets=world.sandbox.secrets)
        found[name] = TmForumActs(TmForumClient(endpoint, system, SystemClock(), lambda _name, _damages: None))
    return found


@dataclass
class _Run:
    """The user of one schedule, and its judge."""

    world: World
    plan: Plan
    outbox: Outbox
    acts: FragileActs
    proxies: Mapping[str, FaultProxy]
    rng: random.Random
    verdict: Verdict
    retried: dict[str, int] = field(default_factory=dict)

    async def live(self, actions: list[Action]) -> None:
        for system in dict.fromkeys(step.system for action in actions for step in action.act.steps):
            self.proxies[system].faults = [WRITE_FAULTS[name] for name in self.plan.faults]
            if self.plan.full_disk:
                self.proxies[system].on_write = self._fill_disk
        for action in actions:
            await self.outbox.submit(action.act)
        await self._until_settled(actions)
        if self.plan.takes_back:
            await self._take_back(actions)
        for action in actions:
            await self._judge(action)

    def _fill_disk(self) -> None:
        """The disk is full while a write is on the wire, and for a moment after."""
        if not self.acts.is_full:
            self.acts.is_full = True
            asyncio.get_running_loop().call_later(0.4, lambda: setattr(self.acts, "is_full", False))
            for proxy in self.proxies.values():
                proxy.on_write = lambda: None

    def _now(self, action: Action) -> Act:
        return next(act for act in self.outbox.acts if act.id == action.act.id)

    async def _until_settled(self, actions: list[Action]) -> None:
        until_s = time.monotonic() + _SCHEDULE_S
        while time.monotonic() < until_s:
            await asyncio.sleep(0.1)
            for action in actions:
                await self._attend(action)
            if all(self._is_settled(self._now(action)) for action in actions) and not any(
                proxy.has_late for proxy in self.proxies.values()
            ):
                return
        unsettled = next((one for one in actions if not self._is_settled(self._now(one))), actions[0])
        self._wrong("stuck", unsettled, "it is neither looked at again nor told to the user")

    def _is_settled(self, act: Act) -> bool:
        if act.state is ActState.DONE:
            # What a user has vouched for is not looked at again: nobody knows which record it is.
            return all(step.confirmed or not step.was_sent or step.remark is Remark.BY_WORD for step in act.steps)
        return act.state is ActState.WITHDRAWN or (act.needs_user and self.retried.get(act.id, 0) >= 2)

    async def _attend(self, action: Action) -> None:
        """Do what a user does about an action that needs one."""
        act = self._now(action)
        for index, step in enumerate(act.steps):
            if step.state is StepState.UNKNOWN and step.remark is Remark.CANNOT_TELL:
                # The user looks at the system's own screens. They know of this action only what those show.
                await self._try(self.outbox.settle(act.id, index, happened=await action.count() > 0))
                return
            if step.state is StepState.CONFLICT and self.retried.get(act.id, 0) < 2:
                self.retried[act.id] = self.retried.get(act.id, 0) + 1
                await self._try(self.outbox.resolve(act.id, index, {}))
                return
            if step.state is StepState.REJECTED and self.retried.get(act.id, 0) < 2:
                self.retried[act.id] = self.retried.get(act.id, 0) + 1
                doing = self.outbox.retry(act.id) if self.rng.random() < 0.7 else self.outbox.withdraw(act.id)
                await self._try(doing)
                return

    async def _try(self, doing: Awaitable[Any]) -> None:
        try:
            await doing
        except ConsoleError:
            pass  # the user is told so, and looks again

    async def _take_back(self, actions: list[Action]) -> None:
        """Take back what can be, and see that it was this customer's that went."""
        for action in actions:
            act = self._now(action)
            if action.kind not in _TAKEN_BACK or not act.can_be_taken_back:
                continue
            (step,) = act.steps
            assert step.back is not None
            act_id = uuid7(datetime.now(UTC), self.rng)
            undo = Step(
                step.back.kind, step.system, f"{act_id}-1", {**step.back.wanted, "reason": "Taken back"}, step.result,
                {"status": "acknowledged"} if action.kind == "ticket" else {},
            )  # fmt: skip
            undoing = _act(act.customer_id, act.risk, undo, act_id=act_id)
            await self.outbox.submit(undoing)
            await self._until_settled([Action("undo", undoing, action.count)])
            await self._judge_undo(action, undoing, step.result)

    async def _judge_undo(self, action: Action, undoing: Act, record: str) -> None:
        act = next(one for one in self.outbox.acts if one.id == undoing.id)
        system, path = (_PROVISIONING, _ORDERS) if action.kind == "order" else (_CRM, _TICKETS)
        held = (await self.world.raw[system].get(f"{path}/{record}")).json()
        if action.act.customer_id not in str(held.get("relatedParty")):
            self._wrong("wrong customer", action, f"{record} is not the customer's")
        state = str(held.get("state") or held.get("status")).lower()
        if act.state is ActState.DONE and "cancel" not in state:
            self._wrong("wrong state", action, f"taken back, and {record} is {state}")

    def _wrong(self, promise: str, action: Action, what: str) -> None:
        self.verdict.problems.append((promise, f"{action.kind}: {what}"))

    async def _judge(self, action: Action) -> None:
        act, effects = self._now(action), await action.count()
        self.verdict.states.append(act.state.value)
        said_twice = any(step.remark is Remark.TWICE for step in act.steps) and bool(DOUBLING & {*self.plan.faults})
        if act.state is ActState.DONE and effects == 0:
            self._wrong("lost", action, "said to be done")
        if effects > 1 and not said_twice:
            self._wrong("doubled", action, f"{effects} times, {act.state.value}")
        # Of what was sent and then withdrawn the Outbox says that it was sent, was not found, and is to be looked for.
        said_open = act.state is ActState.WITHDRAWN and all(step.was_sent for step in act.steps)
        is_over = act.state in {ActState.REJECTED, ActState.WITHDRAWN} and not said_open
        if is_over and effects and action.kind not in {"contact", "close"}:
            self._wrong("wrong state", action, f"{act.state.value}, and it is there")
        if act.is_open and not act.needs_user:
            step = next(step for step in act.steps if step.state is not StepState.DONE)
            self._wrong("stuck", action, f"{act.state.value} {step.remark.value} {step.told}")


def single_plans(rng: random.Random, each: int) -> list[Plan]:
    """Return schedules of one fault each: every fault and every manner, so many times, over all kinds of action."""
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
    """Return a schedule of several actions under several faults and any manner."""
    kinds = tuple(rng.sample(KINDS, rng.randint(1, 3)))
    faults = tuple(rng.choice(tuple(WRITE_FAULTS)) for _ in range(rng.randint(1, 3)))
    manner = rng.choice(tuple(MANNERS)) if rng.random() < 0.6 else "plain"
    return Plan(kinds, faults, manner, full_disk=rng.random() < 0.15, takes_back=rng.random() < 0.3)
