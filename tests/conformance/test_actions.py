"""Actions on the real sandbox over real HTTP: done once, found again, merged or set as a conflict, for any reply."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from console.connectors.tmforum.actions import TmForumActions
from console.connectors.tmforum.client import TmForumClient
from console.http import HttpLayer
from console.models.outbox import Action, ActionState, Remark, RiskClass, Step, StepState
from console.models.payload import Payload
from console.services.actions.ids import uuid7
from console.services.outbox import Outbox
from console.store.actions import ActionRepository
from console.store.database import in_memory
from console.system.clock import SystemClock
from tests.conformance.test_versions_and_profiles import v5
from tests.support.control import Control
from tests.support.waiting import until

CUSTOMER = "/tmf-api/customerManagement/v4/customer"
ACCOUNT = "/tmf-api/accountManagement/v4/billingAccount"
CONTACTS = "/tmf-api/partyInteraction/v4/partyInteraction"


class Rig:
    """An outbox on the sandbox, with a store in memory."""

    def __init__(self, sandbox: Control, **systems: dict[str, Any]) -> None:
        self.sandbox = sandbox
        clock = SystemClock()
        self.http = HttpLayer(clock=clock, on_exchange=lambda _exchange: None, rng=random.Random(1))
        deployment = sandbox.deployment(
            crm={"time_limit_s": 2.0, **systems.get("crm", {})},
            billing={"time_limit_s": 2.0, **systems.get("billing", {})},
        )
        carriers = {}
        for name in ("crm", "billing"):
            system = deployment.systems[name]
            endpoint = self.http.endpoint(name, system, label=name, secrets=sandbox.process.secrets)
            carriers[name] = TmForumActions(TmForumClient(endpoint, system, clock, lambda _name, _damages: None))
        self.database = in_memory()
        self.outbox = Outbox(ActionRepository(self.database), carriers, clock=clock, rng=random.Random(2))

    async def __aenter__(self) -> "Rig":
        await self.outbox.open()
        self.outbox.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.outbox.aclose()
        await self.http.aclose()
        await self.database.aclose()

    async def until(self, action: Action, holds: Callable[[Action], bool], within_s: float = 20.0) -> Action:
        [found] = await until(
            lambda: [one for one in self.outbox.actions if one.id == action.id and holds(one)], within_s
        )
        return found

    async def done(self, action: Action) -> Action:
        return await self.until(await self.outbox.submit(action), lambda found: found.state is ActionState.DONE)


@pytest.fixture
async def rig(sandbox: Control) -> AsyncIterator[Rig]:
    async with Rig(sandbox) as made:
        yield made


_numbers = iter(range(10**6))


def note(customer: str, text: str = "Asked about the bill") -> Action:
    number = uuid7(datetime.now(UTC), random.Random())
    step = Step("add-note", "crm", f"{number}-1", {"text": text, "reason": "Bill"}, customer)
    return Action(number, customer, "Note", RiskClass.NOTE, datetime.now(UTC), (step,), author="rep")


async def contact(sandbox: Control, customer: str, wanted: dict[str, str]) -> Action:
    """Return a change of contact data that starts from the values both systems have now."""
    number = uuid7(datetime.now(UTC), random.Random())
    account = await account_of(sandbox, customer)
    crm, billing = await held(sandbox, customer, account)
    steps = (
        Step("change-contact", "crm", f"{number}-1", wanted, customer, {key: crm.get(key, "") for key in wanted}),
        Step("change-billing-contact", "billing", f"{number}-2", wanted, account,
             {key: billing.get(key, "") for key in wanted}),
    )  # fmt: skip
    return Action(number, customer, "Contact", RiskClass.FIELD, datetime.now(UTC), steps)


async def account_of(sandbox: Control, customer: str) -> str:
    async with sandbox.raw("billing") as client:
        return (await client.get(ACCOUNT, params={"relatedParty.id": customer})).json()[0]["id"]


async def held(sandbox: Control, customer: str, account: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the contact data of a customer in both systems, read without the console's code."""
    found = []
    async with sandbox.raw("crm") as crm, sandbox.raw("billing") as billing:
        media = (await crm.get(f"{CUSTOMER}/{customer}")).json()["contactMedium"]
        copies = (await billing.get(f"{ACCOUNT}/{account}")).json()["contact"][0]["contactMedium"]
    for all_media in (media, copies):
        values: dict[str, str] = {}
        for medium in sorted(all_media, key=lambda one: not one.get("preferred")):
            facts = medium["characteristic"]
            for key, name in (("phone", "phoneNumber"), ("email", "emailAddress"), ("city", "city")):
                if name in facts:
                    values.setdefault(key, facts[name])
        found.append(values)
    return found[0], found[1]


async def notes_of(sandbox: Control, customer: str, action: Action) -> list[dict[str, Any]]:
    async with sandbox.raw("crm") as client:
        parameters = {"relatedParty.id": customer, "limit": 100, "sort": "-interactionDate.startDateTime"}
        records = (await client.get(CONTACTS, params=parameters)).json()
    return [one for one in records if any(part.get("id") == action.id for part in one.get("note", ()))]


async def test_a_note_stands_in_crm_once_with_its_words_and_time(rig: Rig, sandbox: Control) -> None:
    action = note(sandbox.first_customer, "Ärger über die Rechnung: <b>12,50 €</b>\nruft zurück 😀")
    await rig.done(action)
    (record,) = await notes_of(sandbox, sandbox.first_customer, action)
    assert record["note"][0]["text"] == action.steps[0].wanted["text"]
    assert record["note"][0]["author"] == "rep"
    assert record["interactionDate"]["startDateTime"].startswith(action.happened_at.isoformat()[:19])


async def test_contact_data_is_changed_in_both_systems_and_nothing_else(rig: Rig, sandbox: Control) -> None:
    customer = sandbox.first_customer
    async with sandbox.raw("crm") as client:
        before = (await client.get(f"{CUSTOMER}/{customer}")).json()
    await rig.done(await contact(sandbox, customer, {"email": "new@example.net", "phone": "+15550100"}))
    crm, billing = await held(sandbox, customer, await account_of(sandbox, customer))
    assert (crm["email"], crm["phone"]) == ("new@example.net", "+15550100")
    assert (billing["email"], billing["phone"]) == ("new@example.net", "+15550100")
    async with sandbox.raw("crm") as client:
        after = (await client.get(f"{CUSTOMER}/{customer}")).json()
    assert len(after["contactMedium"]) == len(before["contactMedium"])
    for key in before.keys() - {"contactMedium"}:
        assert after[key] == before[key], key
    # The new media are found by their values.
    for path in ("phoneNumber", "emailAddress"):
        new = next(one["characteristic"][path] for one in after["contactMedium"] if path in one["characteristic"])
        async with sandbox.raw("crm") as client:
            found = (await client.get(CUSTOMER, params={f"contactMedium.characteristic.{path}": new})).json()
        assert customer in [one["id"] for one in found]


async def test_a_promise_is_kept_with_the_account_once(rig: Rig, sandbox: Control) -> None:
    action = await promise(sandbox)
    await rig.done(action)
    async with sandbox.raw("billing") as client:
        account = (await client.get(f"{ACCOUNT}/{action.steps[0].record}")).json()
    plans = [plan for plan in account["paymentPlan"] if plan["planType"] == "promiseToPay"]
    assert plans[-1]["totalAmount"] == {"unit": "USD", "value": 12.5}


async def promise(sandbox: Control, customer: str | None = None) -> Action:
    customer = customer or sandbox.first_customer
    account = await account_of(sandbox, customer)
    async with sandbox.raw("billing") as client:
        record = (await client.get(f"{ACCOUNT}/{account}")).json()
    amount = record["accountBalance"][0]["amount"]
    base = {"balance": f"{amount['value']:,.2f} {amount['unit']}"}
    wanted = {"amount": "12.50", "currency": "USD", "due_on": "2026-12-01"}
    number = uuid7(datetime.now(UTC), random.Random())
    step = Step("promise-to-pay", "billing", f"{number}-1", Payload.read(wanted), account, Payload.read(base))
    return Action(number, customer, "Promise", RiskClass.MONEY, datetime.now(UTC), (step,))


async def test_only_what_both_sides_changed_is_asked(rig: Rig, sandbox: Control) -> None:
    customer = sandbox.first_customer
    action = await contact(sandbox, customer, {"email": f"mine{next(_numbers)}@example.net", "city": "Minetown"})
    async with sandbox.raw("crm") as client:  # another console is quicker
        record = (await client.get(f"{CUSTOMER}/{customer}")).json()
        media = [
            {**one, "characteristic": {**one["characteristic"], "emailAddress": "theirs@example.net"}}
            if "emailAddress" in one["characteristic"]
            else one
            for one in record["contactMedium"]
        ]
        body = {"contactMedium": media, "engagedParty": record["engagedParty"]}
        (await client.patch(f"{CUSTOMER}/{customer}", json=body)).raise_for_status()
    found = await rig.until(await rig.outbox.submit(action), lambda one: one.state is ActionState.CONFLICT)
    assert found.steps[0].theirs == {"email": "theirs@example.net"}
    await rig.outbox.resolve(action.id, 0, {"email": "theirs@example.net"})
    await rig.until(action, lambda one: one.state is ActionState.DONE)
    crm, billing = await held(sandbox, customer, action.steps[1].record)
    assert (crm["email"], crm["city"]) == ("theirs@example.net", "Minetown")
    assert (billing["email"], billing["city"]) == ("theirs@example.net", "Minetown")  # it applies to both systems


async def test_money_decided_on_a_balance_that_moved_is_not_sent(rig: Rig, sandbox: Control) -> None:
    action = await promise(sandbox)
    step = action.steps[0]
    moved = Step(step.kind, step.system, step.key, step.wanted, step.record, {"balance": "999.99 USD"})
    action = action.with_step(0, moved)
    found = await rig.until(await rig.outbox.submit(action), lambda one: one.state is ActionState.CONFLICT)
    assert found.steps[0].remark is Remark.CHANGED_BEFORE


TROUBLE: list[tuple[str, dict[str, Any]]] = [
    ("the answer is lost", {"faults": {"lose_answer": True}}),
    ("writes are accepted and done later", {"quirks": ["writes-202"]}),
    ("neither body nor address of what was made", {"quirks": ["writes-bare"]}),
    ("another record is answered", {"quirks": ["writes-other"]}),
    ("a merge patch is refused", {"quirks": ["merge-patch-refused"]}),
    ("neither keys nor versions are known", {"quirks": ["keys-ignored", "versions-absent"]}),
    ("the answer is rubbish", {"faults": {"body": "truncated"}}),
]


@pytest.mark.parametrize("kind", ["note", "contact", "promise"])
@pytest.mark.parametrize(("name", "trouble"), TROUBLE, ids=[name for name, _ in TROUBLE])
async def test_whatever_the_answer_it_is_done_once(
    rig: Rig, sandbox: Control, kind: str, name: str, trouble: dict[str, Any]
) -> None:
    customer = sandbox.first_customer
    action = {
        "note": note(customer),
        "contact": await contact(sandbox, customer, {"email": f"x{next(_numbers)}@example.net"}),
        "promise": await promise(sandbox),
    }[kind]
    for system in ("crm", "billing"):
        await sandbox.quirks(system, *trouble.get("quirks", ()))
        await sandbox.faults(system, **trouble.get("faults", {}))
    kept = await rig.outbox.submit(action)
    if "body" in trouble.get("faults", {}):
        await asyncio.sleep(0.5)
    else:
        await rig.until(kept, lambda one: one.state is not ActionState.QUEUED or one.tries > 0)
        await asyncio.sleep(0.3)
    await sandbox.clear()
    for system in ("crm", "billing"):
        rig.outbox.system_is_back(system)
    await rig.until(kept, lambda one: one.state is ActionState.DONE)
    if kind == "note":
        assert len(await notes_of(sandbox, customer, action)) == 1
    if kind == "promise":
        async with sandbox.raw("billing") as client:
            account = (await client.get(f"{ACCOUNT}/{action.steps[0].record}")).json()
        start = action.happened_at.isoformat(timespec="milliseconds")[:23]
        mine = [plan for plan in account["paymentPlan"] if plan["validFor"]["startDateTime"].startswith(start)]
        assert len(mine) == 1


async def test_a_refusal_carries_the_systems_reason_and_can_be_sent_again(rig: Rig, sandbox: Control) -> None:
    await rig.done(note(sandbox.first_customer))  # from now on CRM's list of notes is trusted
    await sandbox.faults("crm", refuse_writes="This customer is locked")
    action = await rig.outbox.submit(note(sandbox.first_customer))
    found = await rig.until(action, lambda one: one.state is ActionState.REJECTED)
    assert "This customer is locked" in found.steps[0].message
    await sandbox.clear()
    await rig.outbox.retry(action.id)
    await rig.until(action, lambda one: one.state is ActionState.DONE)


async def test_a_list_that_has_shown_nothing_of_the_kind_leaves_a_second_try_to_the_user(
    rig: Rig, sandbox: Control
) -> None:
    await sandbox.faults("crm", refuse_writes="This customer is locked")
    action = await rig.outbox.submit(note(sandbox.first_customer))
    await rig.until(action, lambda one: one.state is ActionState.REJECTED)
    await sandbox.clear()
    await rig.outbox.retry(action.id)
    found = await rig.until(action, lambda one: one.state is ActionState.UNKNOWN)
    assert found.steps[0].remark is Remark.MAY_STILL_ARRIVE
    assert not await notes_of(sandbox, sandbox.first_customer, action)


async def test_a_yes_that_is_not_kept_is_found_out(rig: Rig, sandbox: Control) -> None:
    await sandbox.faults("crm", deny_late=True)
    action = await rig.outbox.submit(note(sandbox.first_customer))
    found = await rig.until(action, lambda one: one.steps[0].state is StepState.ACCEPTED and one.steps[0].looks > 0)
    assert found.state is ActionState.SENDING
    assert not await notes_of(sandbox, sandbox.first_customer, action)


async def test_a_dead_system_keeps_the_action_and_the_other_half_is_seen(rig: Rig, sandbox: Control) -> None:
    customer = sandbox.first_customer
    action = await contact(sandbox, customer, {"phone": f"+1555{next(_numbers):07}"})
    await sandbox.faults("billing", outage=True)
    await rig.outbox.submit(action)
    await rig.until(action, lambda one: one.state is ActionState.HALF_DONE and one.next_try_at is not None)
    await sandbox.clear()
    rig.outbox.system_is_back("billing")
    await rig.until(action, lambda one: one.state is ActionState.DONE)


async def test_actions_over_v5_are_the_same(sandbox: Control) -> None:
    async with Rig(sandbox, crm=v5("crm"), billing=v5("billing")) as rig:
        customer = sandbox.first_customer
        one = note(customer, "over v5")
        await rig.done(one)
        assert len(await notes_of(sandbox, customer, one)) == 1
        two = await contact(sandbox, customer, {"email": f"five{next(_numbers)}@example.net"})
        await rig.done(two)
        crm, _ = await held(sandbox, customer, two.steps[1].record)
        assert crm["email"] == two.steps[0].wanted["email"]
        await rig.done(await promise(sandbox))
