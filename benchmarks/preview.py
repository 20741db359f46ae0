"""preview: an action's preview, compared with the systems' records afterwards, read by an independent client.

A simulated day over real HTTP: one action for each of 10,000 customers, planned and sent through the services. The
seeds were not used in development. Before and after, a client that shares no code with the connectors reads every
record of the customer in all three systems. A change without a prediction is a miss, and so is a wrong prediction.
Previews with planted faults must lower the score. No timing.
"""

import asyncio
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import httpx

from benchmarks.result import Result
from console.compose import Overrides, compose_console
from console.models.customer import CustomerId
from console.models.outbox import Action, ActionState
from console.sandbox.world import World
from console.services.actions.action_context import ActionContext
from console.services.actions.catalogue import ACTIONS
from console.services.actions.declared import ActionPlan, Effect, FieldKind
from console.services.console import Console
from console.services.customer.contact import NotPossibleError
from console.services.customer.customer_view import CustomerView
from console.system.sandbox_launcher import SandboxProcess

# `--seed N` selects other worlds.
_FIRST_SEED = int(os.environ.get("OPTICOM_BENCH_SEED") or 92_001)
_SEEDS = tuple(range(_FIRST_SEED, _FIRST_SEED + 5))
_CUSTOMERS = int(os.environ.get("OPTICOM_BENCH_CUSTOMERS", "10000"))
_AT_ONCE = 50
_DONE_WITHIN_S = 20.0
# In seconds of the sandbox's clock: all orders, payments and bookings are done by then.
_SETTLES_IN_S = 200
# Rough number of each action in a day; an action that is not listed counts once.
_OFTEN = {
    "give-credit": 4, "take-payment": 6, "open-ticket": 5, "work-on-ticket": 3, "test-line": 5, "send": 4, "change": 3,
    "order": 3, "suspend": 3, "book-visit": 3, "pay-in-parts": 2, "end-service": 2,
}  # fmt: skip
_SKIPPED = {"decide-approval"}  # needs a request from another user; the tests cover it

Snapshot = dict[tuple[str, str], dict[str, str]]


@dataclass(frozen=True, slots=True)
class PanelStack:
    """One list of one system, and the words for the changes in its records.

    `words` maps patterns of attribute paths to the console's words. None marks attributes that only record the time or
    the user of a change.
    """

    system: str
    path: str
    selected_by: str
    kind: str
    words: Sequence[tuple[str, str | None]] = ()


_CHANGED = (r"(lastUpdate|lastModified|statusDate|statusChangeDate)$", None)
_PRODUCT = (
    (r"status$", "status"), (r"name$", "name"), (r"productPrice\.\d+\.price\.", "price"),
    (r"productPrice\.\d+\.name$", "name"), (r"productOffering\.", "name"), (r"(termination|start)Date$", "status"),
)  # fmt: skip
_ORDER = (
    (r"(productOrderItem|serviceOrderItem)\.\d+\.state$", "state"), (r"state$", "state"),
    (r"(cancellation|completion)(Date|Reason)$", "state"), (r"milestone\.", "state"),
)  # fmt: skip
PLACES = (
    PanelStack("crm", "/tmf-api/customerManagement/v4/customer", "id", "customer"),
    PanelStack("crm", "/tmf-api/troubleTicket/v4/troubleTicket", "relatedParty.id", "ticket", (
        (r"status$", "status"), (r"statusChangeReason$", "reason"), (r"severity$", "severity"), (r"note\.", "notes"),
        (r"relatedEntity\.", "about"), (r"statusChange\.", "status"), (r"resolutionDate$", "status"))),
    PanelStack("crm", "/tmf-api/partyInteraction/v4/partyInteraction", "relatedParty.id", "interaction"),
    PanelStack("crm", "/tmf-api/appointment/v4/appointment", "relatedParty.id", "visit", (
        (r"status$", "status"), (r"validFor\.start", "starts"), (r"validFor\.end", "ends"))),
    PanelStack("billing", "/tmf-api/accountManagement/v4/billingAccount", "relatedParty.id", "account", (
        (r"accountBalance\.\d+\.amount\.value$", "balance"), (r"paymentPlan\.", "plan"), (r"name$", "name"),
        (r"(contact\.\d+\.contactName|relatedParty\.\d+\.name)$", "name"),
        (r"contact\.\d+\.contactMedium\.\d+\.characteristic\.phoneNumber$", "phone"),
        (r"contact\.\d+\.contactMedium\.\d+\.characteristic\.emailAddress$", "email"),
        (r"contact\.\d+\.contactMedium\.\d+\.mediumType$", None),
        (r"contact\.\d+\.contactMedium\.\d+\.characteristic\.(\w+)$", "*"))),
    PanelStack("billing", "/tmf-api/customerBillManagement/v4/customerBill", "relatedParty.id", "bill", (
        (r"remainingAmount\.value$", "remaining"), (r"state$", "state"), (r"appliedPayment\.", "remaining"))),
    PanelStack("billing", "/payment/v4/payment", "payer.id", "payment"),
    PanelStack("billing", "/payment/v4/refund", "requestor.id", "refund"),
    PanelStack("billing", "/tmf-api/productInventory/v4/product", "relatedParty.id", "charge", _PRODUCT),
    PanelStack("provisioning", "/tmf-api/productOrderingManagement/v4/productOrder", "relatedParty.id", "product order",
          _ORDER),
    PanelStack("provisioning", "/tmf-api/serviceOrdering/v4/serviceOrder", "relatedParty.id", "service order", _ORDER),
    PanelStack("provisioning", "/tmf-api/productInventory/v4/product", "relatedParty.id", "product", _PRODUCT),
    PanelStack("provisioning", "/tmf-api/serviceInventory/v4/service", "relatedParty.id", "service", (
        (r"state$", "state"), (r"isServiceEnabled$", "enabled"), (r"name$", "name"), (r"(start|end)Date$", "state"),
        (r"hasStarted$", "state"))),
    PanelStack("provisioning", "/tmf-api/serviceTestManagement/v4/serviceTest", "relatedParty.id", "test"),
)  # fmt: skip
# Paths of words in a record; a word that is not here is its own path.
_WHERE = {
    "amount": "totalAmount.value", "price": "productPrice.0.price.dutyFreeAmount.value", "type": "ticketType",
    "enabled": "isServiceEnabled", "starts": "validFor.startDateTime", "ends": "validFor.endDateTime",
    "balance": "accountBalance.0.amount.value", "remaining": "remainingAmount.value", "reason": "statusChangeReason",
}  # fmt: skip


def measure() -> list[Result]:
    """Return all cases."""
    score = Score()
    for seed in _SEEDS:
        asyncio.run(_day(seed, _CUSTOMERS // len(_SEEDS), score))
    for name in sorted(score.done, key=lambda name: score.right[name] / score.done[name]):
        print(f"preview: {name:<18}{score.right[name]:>6} of {score.done[name]:>6} as predicted")
    for line in score.misses[:10]:
        print(f"preview: miss: {line}")
    blind = [name for name, right in score.planted.items() if right >= 0.995 * score.planted_done]
    print(f"preview: {sum(score.done.values())} acts; refused or stuck: {dict(score.failed)}; not noticed: {blind}")
    done = float(sum(score.done.values()))
    return [
        Result("preview", "as predicted", float(sum(score.right.values())), "of", done),
        Result("preview", "acts refused or stuck", float(sum(score.failed.values())), "of", done),
        Result("preview", "planted faults not found", float(len(blind)), "of", float(len(_PLANTED))),
    ]


class Score:
    """The number of actions done, and of those with a right preview."""

    def __init__(self) -> None:
        self.done, self.right, self.failed = Counter[str](), Counter[str](), Counter[str]()
        self.planted, self.planted_done = Counter[str](dict.fromkeys(_PLANTED, 0)), 0
        self.misses: list[str] = []

    def take(self, kind: str, plan: ActionPlan, before: Snapshot, after: Snapshot) -> None:
        """Compare one action with its preview, and with the planted ones."""
        wrong = list(misses(plan.effects, before, after))
        self.done[kind] += 1
        self.right[kind] += not wrong
        if wrong:
            self.misses.append(f"{kind}: {'; '.join(wrong)[:300]}")
        if len(plan.effects) > 1:
            self.planted_done += 1
            for name, change in _PLANTED.items():
                self.planted[name] += not list(misses(change(plan.effects), before, after))


# ---------------------------------------------------------------------- the independent reader


class SystemReader:
    """Reads all of a customer's records over plain HTTP, without the console's code."""

    def __init__(self, sandbox: SandboxProcess) -> None:
        limits = httpx.Limits(max_connections=20)
        self._clients = {
            name: httpx.AsyncClient(
                base_url=address, headers={"Authorization": f"Bearer {sandbox.tokens[name]}"}, timeout=60, limits=limits
            )
            for name, address in sandbox.addresses.items()
        }

    async def read(self, customer: str) -> Snapshot:
        """Return every record by kind and id, as a mapping from dotted attribute paths to values."""
        found: Snapshot = {}
        for place, answer in zip(PLACES, await asyncio.gather(*(self._list(p, customer) for p in PLACES)), strict=True):
            for record in answer:
                found[place.kind, str(record["id"])] = dict(_flat(record))
        return found

    async def _list(self, place: PanelStack, customer: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            parameters = {place.selected_by: customer, "limit": "100", "offset": str(len(found))}
            answer = await self._clients[place.system].get(place.path, params=parameters)
            answer.raise_for_status()
            page = answer.json()
            found += page
            if len(page) < 100:
                return found

    async def aclose(self) -> None:
        for client in self._clients.values():
            await client.aclose()


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flat(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for n, part in enumerate(value):
            yield from _flat(part, f"{path}.{n}")
    else:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)


def misses(effects: Sequence[Effect], before: Snapshot, after: Snapshot) -> Iterator[str]:  # noqa: C901 - it reads top down
    """Yield each change without a prediction, and each wrong prediction."""
    predicted: dict[tuple[str, str], dict[str, str]] = {}
    new: list[Effect] = []
    for effect in effects:
        if effect.record[0] and effect.record[1]:
            predicted.setdefault(effect.record, {}).update(effect.values)
        elif effect.record[0]:
            new.append(effect)
    places = {place.kind: place for place in PLACES}
    for key in before.keys() & after.keys():
        for path in _changed(before[key], after[key]):
            word = _word(places[key[0]], path)
            if word is not None and word not in predicted.get(key, {}):
                yield f"{key} {path} changed, not predicted"
    for key, values in predicted.items():
        for word, value in values.items():
            held = _held(after.get(key, {}), word)
            if not _same(held, value):
                yield f"{key} {word} is {held}, not {value}"
    made = [key for key in after if key not in before]
    for effect in new:
        fitting = next((key for key in made if key[0] == effect.record[0] and _fits(after[key], effect)), None)
        if fitting is None:
            yield f"no new {effect.record[0]} with {dict(effect.values)}"
        else:
            made.remove(fitting)
    yield from (f"{key} was made, not predicted" for key in made)
    yield from (f"{key} is gone" for key in before if key not in after)


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for path in before.keys() | after.keys():
        if before.get(path) != after.get(path):
            yield path


def _word(place: PanelStack, path: str) -> str | None:
    for pattern, word in (_CHANGED, *place.words):
        match = re.match(pattern, path)
        if match:
            return match[1] if word == "*" else word
    return f"?{path}"


def _held(record: Mapping[str, str], word: str) -> str:  # noqa: PLR0911 - one a word
    if word == "notes":
        return str(len({path.split(".")[1] for path in record if path.startswith("note.")}))
    if word == "plan":
        last = max((int(path.split(".")[1]) for path in record if path.startswith("paymentPlan.")), default=0)
        total = record.get(f"paymentPlan.{last}.totalAmount.value", "")
        kind, overrides = record.get(f"paymentPlan.{last}.planType"), record.get(f"paymentPlan.{last}.numberOfPayments")
        return f"{kind} {Decimal(total).normalize():f} {overrides}" if total else ""
    if word == "about":
        return next(
            (value for path, value in reversed(list(record.items())) if re.match(r"relatedEntity\.\d+\.id$", path)), ""
        )
    if word in {"phone", "email"}:
        name = {"phone": "phoneNumber", "email": "emailAddress"}[word]
        return next((value for path, value in record.items() if path.endswith(f"characteristic.{name}")), "")
    if word in {"street1", "street2", "city", "stateOrProvince", "postCode", "country"}:
        return next((value for path, value in record.items() if path.endswith(f"characteristic.{word}")), "")
    if word == "name" and "relatedParty.0.name" in record and "accountType" in record:
        return record["relatedParty.0.name"]
    return record.get(_WHERE.get(word, word), "")


def _fits(record: Mapping[str, str], effect: Effect) -> bool:
    return all(_same(_held(record, word), value) for word, value in effect.values.items())


def _same(held: str, wanted: str) -> bool:
    if held == wanted:
        return True
    try:
        return Decimal(held) == Decimal(wanted)
    except InvalidOperation:
        pass
    try:
        return datetime.fromisoformat(held) == datetime.fromisoformat(wanted)
    except ValueError:
        return False


# ---------------------------------------------------------------------- faults that must be found

_PLANTED: Mapping[str, Callable[[tuple[Effect, ...]], tuple[Effect, ...]]] = {
    "forgets what it does": lambda effects: tuple(effects[:-1]),
    "predicts another value": lambda effects: (
        replace(effects[0], values={key: f"{value}1" for key, value in effects[0].values.items()}), *effects[1:]
    ),
    "names another record": lambda effects: (
        *effects[:-1], replace(effects[-1], record=("product" if effects[-1].record[0] == "bill" else "bill", "1"))
    ),
}  # fmt: skip


# ---------------------------------------------------------------------- the simulated day


async def _day(seed: int, customers: int, score: Score) -> None:
    sandbox = await SandboxProcess.start(["--seed", str(seed), "--customers", str(customers)], ready_within_s=300)
    try:
        rng = random.Random(seed)
        console = await asyncio.to_thread(compose_console, sandbox.deployment, sandbox.secrets, Overrides(rng=rng))
        await console.open_store()
        reader = SystemReader(sandbox)
        numbers = World(seed=seed, customers=customers, as_of=date(2026, 11, 1)).numbers
        everyone = [numbers.customer.encode(n) for n in range(customers)]
        for first in range(0, customers, _AT_ONCE):
            people = everyone[first : first + _AT_ONCE]
            before = await asyncio.gather(*(reader.read(one) for one in people))
            actions = await asyncio.gather(
                *(_action_on(console, CustomerId(one), random.Random(f"{seed} {one}")) for one in people)
            )
            await advance(sandbox, _SETTLES_IN_S)
            after = await asyncio.gather(*(reader.read(one) for one in people))
            for done, old, new in zip(actions, before, after, strict=True):
                if done is None:
                    continue
                kind, plan, action = done
                if action.state is ActionState.DONE:
                    score.take(kind, plan, old, new)
                elif not plan.approval:  # an action that needs another user's approval is not expected to be done
                    score.failed[
                        f"{kind}: {action.state.value}, {' '.join(step.message for step in action.steps)}"
                    ] += 1
        await reader.aclose()
        await console.aclose()
    finally:
        await sandbox.stop()


async def advance(sandbox: SandboxProcess, seconds: float) -> None:
    """Move the sandbox's clock forward by a number of seconds."""
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {sandbox.control_token}"}, timeout=60) as client:
        (await client.put(f"{sandbox.control}/clock", json={"advance_s": seconds})).raise_for_status()


async def _action_on(
    console: Console, customer: CustomerId, rng: random.Random
) -> tuple[str, ActionPlan, Action] | None:
    """Do the first possible action for a customer, in random order; return None where none is possible."""
    view = console.view_customer(customer)
    try:
        weighted = [name for name in ACTIONS if name not in _SKIPPED for _ in range(_OFTEN.get(name, 1))]
        rng.shuffle(weighted)
        for name in dict.fromkeys(weighted):
            await _ask(view, name)
            try:
                context, values = await fill(console, view, name, rng)
                plan = console.actions.plan(name, context, values)
                action = await console.actions.do(name, context, values, customer)
            except NotPossibleError:
                continue
            return name, plan, await _ended(console, action)
        return None
    finally:
        view.close()


async def _ask(view: CustomerView, kind: str) -> None:
    for part in dict.fromkeys(("customer", *ACTIONS[kind].asks)):
        getattr(view, part).refresh()
    await view.wait_idle()


async def fill(
    console: Console, view: CustomerView, kind: str, rng: random.Random
) -> tuple[ActionContext, dict[str, str]]:
    """Return the context and values for an action's form, as a user might enter them."""
    values: dict[str, str] = {}
    context = console.actions.context(view)
    names = [field.name for field in ACTIONS[kind].fields(context, values)]
    for name in names:
        field = next(field for field in ACTIONS[kind].fields(context, values) if field.name == name)
        if field.kind in {FieldKind.CHOICE, FieldKind.PICK}:
            values[name] = rng.choice(field.choices).value if field.choices else ""
            if name == "bill" and kind == "dispute-line":
                view.bill_lines(values[name])  # type: ignore[arg-type] # an id as it came
                await view.wait_idle()
                context = console.actions.context(view)
        elif field.kind is FieldKind.AMOUNT:
            values[name] = field.start or str(rng.randrange(1, 20))
        elif field.kind is FieldKind.DAY:
            values[name] = field.start
        else:
            values[name] = field.start or "The customer asked for it."
    return context, values


async def _ended(console: Console, action: Action) -> Action:
    """Return the action when it is closed or needs a user, or after `_DONE_WITHIN_S` seconds."""
    until = datetime.now(UTC).timestamp() + _DONE_WITHIN_S
    while datetime.now(UTC).timestamp() < until:
        action = next(one for one in console.outbox.actions if one.id == action.id)
        if not action.is_open or action.needs_user:
            break
        await asyncio.sleep(0.05)
    return action
