"""Every declared action over real HTTP: done as its preview says, sent for approval where needed, undone."""

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from benchmarks.preview import PLACES, SystemReader, misses
from console.compose import Overrides, compose_console
from console.models.customer import CustomerId
from console.models.outbox import Action, ActionState, StepState
from console.services.access.permissions import REP, SUPERVISOR
from console.services.actions.catalogue import ACTIONS
from console.services.console import Console
from console.services.customer.contact import NotPossibleError
from console.services.customer.customer_view import CustomerView
from tests.sandbox.published import RESOURCES
from tests.sandbox.test_schemas import FOLDER, check, description
from tests.support import waiting
from tests.support.acting import asked, first_for_whom, numbers_of
from tests.support.control import Control

pytestmark = pytest.mark.own_world


@pytest.fixture
def people() -> list[str]:
    return numbers_of(1, 120)


async def until(console: Console, action: Action, *states: ActionState, within_s: float = 15) -> Action:
    def arrived() -> list[Action]:
        return [one for one in console.outbox.actions if one.id == action.id and one.state in states]

    [found] = await waiting.until(arrived, within_s)
    return found


@pytest.mark.parametrize(
    "kind", [kind for kind in ACTIONS if kind not in {"decide-approval", "resume", "start-billing"}]
)
async def test_an_action_does_what_its_preview_says(
    sandbox: Control, console: Console, people: list[str], kind: str
) -> None:
    view, context, values = await first_for_whom(console, people, kind)
    reader = SystemReader(sandbox.process)
    before = await reader.read(view.customer_id)
    plan = console.actions.plan(kind, context, values)
    action = await console.actions.do(kind, context, values, view.customer_id)
    await until(console, action, ActionState.DONE)
    await sandbox.advance(200)
    after = await reader.read(view.customer_id)
    await reader.aclose()
    assert list(misses(plan.effects, before, after)) == []
    await check_published(sandbox, [key for key in after if key not in before])


async def check_published(sandbox: Control, made: list[tuple[str, str]]) -> None:
    """Check the records an action has made against TM Forum's descriptions, where these are available."""
    for kind, number in made if FOLDER else ():
        place = next(place for place in PLACES if place.kind == kind)
        name = place.path.rpartition("/")[2]
        published = next(one for one in RESOURCES if (one.system, one.name) == (place.system, name))
        async with sandbox.raw(place.system) as client:
            record = (await client.get(f"{place.path}/{number}")).json()
        check(description(published.file), published.definition, record)


async def test_what_is_suspended_can_be_resumed_and_the_preview_is_right(
    sandbox: Control, console: Console, people: list[str]
) -> None:
    view, context, values = await first_for_whom(console, people, "suspend")
    action = await console.actions.do("suspend", context, values, view.customer_id)
    await until(console, action, ActionState.DONE)
    await sandbox.advance(200)
    view = await asked(console, view.customer_id, "resume")
    context = console.actions.context(view)
    reader = SystemReader(sandbox.process)
    before = await reader.read(view.customer_id)
    plan = console.actions.plan("resume", context, values)
    await until(console, await console.actions.do("resume", context, values, view.customer_id), ActionState.DONE)
    await sandbox.advance(200)
    after = await reader.read(view.customer_id)
    await reader.aclose()
    assert list(misses(plan.effects, before, after)) == []


async def credit_over_the_limit(console: Console, people: list[str]) -> tuple[CustomerView, Action]:
    view, context, values = await first_for_whom(console, people, "give-credit")
    account = context.account(values)
    limit = REP.credit_limits[account.balance.currency]
    values |= {"amount": str(limit + 5), "why": "Billed a month too long."}
    assert console.actions.plan("give-credit", context, values).approval
    return view, await console.actions.do("give-credit", context, values, view.customer_id)


async def decide(sandbox: Control, customer: str, decision: str, reason: str) -> None:
    """Approve or decline at a second console, signed in as supervisor."""
    deployment, secrets = sandbox.deployment(), sandbox.process.secrets
    console = compose_console(deployment, secrets, Overrides(user=SUPERVISOR, rng=random.Random(2)))
    await console.open_store()
    view = await asked(console, customer, "decide-approval")
    context = console.actions.context(view)
    [ticket] = ACTIONS["decide-approval"].fields(context, {})[0].choices
    values = {"ticket": ticket.value, "decision": decision, "reason": reason}
    action = await console.actions.do("decide-approval", context, values, CustomerId(customer))
    await until(console, action, ActionState.DONE)
    view.close()
    await console.aclose()


async def test_every_form_asks_what_it_needs_of_a_customer_with_several_accounts(
    sandbox: Control, console: Console
) -> None:
    async with sandbox.raw("billing") as billing:
        place = "/tmf-api/accountManagement/v4/billingAccount"
        found = (await billing.get(place, params={"limit": 300})).raise_for_status().json()
    owners = Counter(
        party["id"] for one in found for party in one["relatedParty"] if party.get("@referredType") == "Customer"
    )
    [(customer, count)] = owners.most_common(1)
    assert count > 1
    view = console.view_customer(CustomerId(customer))
    view.load_all()
    await view.wait_idle()
    for name in ("charges", "time_slots", "offerings"):
        getattr(view, name).refresh()
    await view.wait_idle()
    context = console.actions.context(view)
    rejected: list[str] = []
    for kind in ACTIONS.values():
        try:
            fields = kind.fields(context, {})
        except NotPossibleError as error:
            rejected.append(str(error))
            continue
        assert fields, kind.name
        if fields[0].name == "account":
            assert len(fields[0].choices) == count
    # A customer may have no record for the action; an empty choice is not a reason.
    assert not [sentence for sentence in rejected if "Choose" in sentence]
    view.close()


async def test_above_the_limit_nothing_is_given_before_a_second_console_agrees(
    sandbox: Control, console: Console, people: list[str]
) -> None:
    view, action = await credit_over_the_limit(console, people)
    await until(console, action, ActionState.AWAITING)
    async with sandbox.raw("billing") as billing:
        asked_for = {"requestor.id": view.customer_id}
        before = (await billing.get("/payment/v4/refund", params=asked_for)).json()
        await decide(sandbox, view.customer_id, "approved", "")
        await until(console, action, ActionState.DONE, within_s=30)
        after = (await billing.get("/payment/v4/refund", params=asked_for)).json()
    assert len(after) == len(before) + 1
    assert Decimal(str(after[0]["totalAmount"]["value"])) == Decimal(action.values["amount"])


async def test_what_is_refused_is_not_given_and_says_why(sandbox: Control, console: Console, people: list[str]) -> None:
    view, action = await credit_over_the_limit(console, people)
    await until(console, action, ActionState.AWAITING)
    await decide(sandbox, view.customer_id, "refused", "The line was right.")
    ended = await until(console, action, ActionState.REJECTED, within_s=30)
    assert "The line was right." in ended.steps[0].message
    assert ended.steps[1].state is StepState.WAITING


async def test_a_rep_may_not_agree(sandbox: Control, console: Console, people: list[str]) -> None:
    view = await asked(console, people[0], "decide-approval")
    with pytest.raises(NotPossibleError, match="can't approve"):
        console.actions.plan("decide-approval", console.actions.context(view), {})


@pytest.mark.expects_log("is back")
@pytest.mark.expects_log("is down")
async def test_half_done_is_seen_at_once_and_can_be_finished(
    sandbox: Control, console: Console, people: list[str]
) -> None:
    view, context, values = await first_for_whom(console, people, "suspend")
    await sandbox.faults("billing", outage=True)
    action = await console.actions.do("suspend", context, values, view.customer_id)
    half = await until(console, action, ActionState.HALF_DONE, within_s=1.0)
    assert [step.state for step in half.steps] == [StepState.DONE, StepState.WAITING]
    await sandbox.clear()
    await console.decisions.retry(action)
    await until(console, action, ActionState.DONE)


@pytest.mark.expects_log("is down")
async def test_half_done_can_be_taken_back(sandbox: Control, console: Console, people: list[str]) -> None:
    view, context, values = await first_for_whom(console, people, "suspend")
    reader = SystemReader(sandbox.process)
    before = await reader.read(view.customer_id)
    await sandbox.faults("billing", outage=True)
    action = await console.actions.do("suspend", context, values, view.customer_id)
    half = await until(console, action, ActionState.HALF_DONE)
    back = await console.decisions.undo(half)
    await until(console, back, ActionState.DONE)
    assert next(one for one in console.outbox.actions if one.id == action.id).state is ActionState.WITHDRAWN
    await sandbox.clear()
    await sandbox.advance(200)
    after = await reader.read(view.customer_id)
    await reader.aclose()
    unchanged = {key: value for key, value in after.items() if key in before and key[0] != "product order"}
    assert unchanged == {key: value for key, value in before.items() if key[0] != "product order"}
    [order] = [value for key, value in after.items() if key not in before]
    assert order["state"] == "cancelled"


async def test_what_is_done_and_completed_is_taken_back_by_the_opposite(
    sandbox: Control, console: Console, people: list[str]
) -> None:
    view, context, values = await first_for_whom(console, people, "suspend")
    action = await console.actions.do("suspend", context, values, view.customer_id)
    done = await until(console, action, ActionState.DONE)
    await sandbox.advance(200)
    await until(console, await console.decisions.undo(done), ActionState.DONE)
    await sandbox.advance(200)
    view = await asked(console, view.customer_id, "suspend")
    product = console.actions.context(view).one("products", values["product"], "product")
    charge = console.actions.context(view).charge_of(product)
    assert (product.status, charge.status) == ("active", "active")


async def test_a_system_that_refuses_one_step_leaves_the_other_done_and_says_which(
    sandbox: Control, console: Console, people: list[str]
) -> None:
    view, context, values = await first_for_whom(console, people, "suspend")
    charge = context.charge_of(context.one("products", values["product"], "product"))
    async with sandbox.raw("billing") as billing:  # an ended product cannot become suspended
        path = f"/tmf-api/productInventory/v4/product/{charge.id}"
        (await billing.patch(path, json={"status": "terminated"})).raise_for_status()
    action = await console.actions.do("suspend", context, values, view.customer_id)
    ended = await until(console, action, ActionState.CONFLICT)
    assert [step.state for step in ended.steps] == [StepState.DONE, StepState.CONFLICT]
    assert ended.can_be_undone


@pytest.mark.expects_log("is down")
async def test_two_actions_on_one_product_at_once_are_not_possible(
    sandbox: Control, console: Console, people: list[str]
) -> None:
    view, context, values = await first_for_whom(console, people, "suspend")
    await sandbox.faults("provisioning", outage=True)
    await console.actions.do("suspend", context, values, view.customer_id)
    with pytest.raises(NotPossibleError, match="is not finished on"):
        console.actions.plan("end-service", console.actions.context(view), values)
    await sandbox.clear()


async def test_what_another_console_has_changed_meanwhile_is_asked_about_not_done(
    sandbox: Control, console: Console, people: list[str]
) -> None:
    view, context, values = await first_for_whom(console, people, "suspend")
    async with sandbox.raw("provisioning") as provisioning:
        path = f"/tmf-api/productInventory/v4/product/{values['product']}"
        (await provisioning.patch(path, json={"status": "pendingTerminate"})).raise_for_status()
    action = await console.actions.do("suspend", context, values, view.customer_id)
    ended = await until(console, action, ActionState.CONFLICT)
    assert ended.steps[0].theirs == {"status": "pendingTerminate"}


async def test_an_account_closed_meanwhile_takes_no_credit(
    sandbox: Control, console: Console, people: list[str]
) -> None:
    view, context, values = await first_for_whom(console, people, "give-credit")
    async with sandbox.raw("billing") as billing:
        path = f"/tmf-api/accountManagement/v4/billingAccount/{values['account']}"
        (await billing.patch(path, json={"state": "closed"})).raise_for_status()
    action = await console.actions.do("give-credit", context, values | {"amount": "1"}, view.customer_id)
    await until(console, action, ActionState.CONFLICT)


async def test_for_a_merged_customer_nothing_is_planned(sandbox: Control, console: Console, people: list[str]) -> None:
    _view, context, values = await first_for_whom(console, people, "open-ticket")
    merged = replace(context, customer=replace(context.customer, status="merged"))
    with pytest.raises(NotPossibleError, match="merged in CRM"):
        console.actions.plan("open-ticket", merged, values)


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("1.0051", "decimals"),
        ("1 XXX", "not XXX"),
        ("-4", "not a valid amount"),
        ("", "Enter an amount"),
        ("0", "above zero"),
    ],
)
async def test_an_amount_that_cannot_be_is_said(console: Console, people: list[str], amount: str, told: str) -> None:
    _view, context, values = await first_for_whom(console, people, "give-credit")
    if context.account(values).balance.currency == "JPY" and amount == "1.0051":
        told = "decimals"
    with pytest.raises(NotPossibleError, match=told):
        console.actions.plan("give-credit", context, values | {"amount": amount})


async def test_with_service_orders_a_suspension_has_one_too(sandbox: Control, people: list[str]) -> None:
    deployment = sandbox.deployment()
    import msgspec

    console = compose_console(msgspec.structs.replace(deployment, service_orders=True), sandbox.process.secrets)
    await console.open_store()
    view, context, values = await first_for_whom(console, people, "suspend")
    plan = console.actions.plan("suspend", context, values)
    assert [step.kind for step in plan.steps].count("order-service") == len(
        context.services_of(context.one("products", values["product"], "product"))
    )
    action = await console.actions.do("suspend", context, values, view.customer_id)
    await until(console, action, ActionState.DONE)
    await console.aclose()


async def test_a_conflict_of_a_declared_action_can_be_decided(
    sandbox: Control, console: Console, people: list[str]
) -> None:
    view, context, values = await first_for_whom(console, people, "take-payment")
    first = await console.actions.do(
        "give-credit", context_with(console, view), {**values, "amount": "1"}, view.customer_id
    )
    await until(console, first, ActionState.DONE)
    await sandbox.advance(200)  # the payment is booked: the balance that the next payment was planned on has changed
    action = await console.actions.do("take-payment", context, values | {"amount": "1"}, view.customer_id)
    asked_about = await until(console, action, ActionState.CONFLICT)
    await console.decisions.resolve(asked_about, 0, {})
    assert (await until(console, action, ActionState.DONE)).title == action.title


def context_with(console: Console, view: CustomerView) -> Any:
    """Return the action context of a view with its refunds loaded too, as an empty list."""
    context = console.actions.context(view)
    return replace(context, lists={**context.lists, "refunds": ()})


async def test_two_credits_one_after_the_other_are_no_conflict(
    sandbox: Control, console: Console, people: list[str]
) -> None:
    view, context, values = await first_for_whom(console, people, "give-credit")
    actions = [
        await console.actions.do("give-credit", context, values | {"amount": amount}, view.customer_id)
        for amount in ("1", "2")
    ]
    await sandbox.advance(200)
    for action in actions:
        await until(console, action, ActionState.DONE)
