"""Permission to change and send an action is checked at every change, and again at every send."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from console.compose import Overrides, compose_console
from console.models.customer import CustomerId
from console.models.outbox import Action, ActionState, Remark, StepState
from console.services.access.access_service import AccessReason
from console.services.access.permissions import REP, ROLES
from console.services.access.sign_in import SignIn
from console.services.console import Console
from console.services.customer.contact import NotPossibleError, known_contact
from console.store.database import open_database
from tests.support import waiting
from tests.support.acting import asked, first_for_whom, numbers_of
from tests.support.browser import sign_in_as
from tests.support.control import Control
from tests.support.factories import MovableClock

pytestmark = [pytest.mark.own_world, pytest.mark.expects_log("is down"), pytest.mark.expects_log("is back")]
KEY = bytes(range(32))


@pytest.fixture
def people() -> list[str]:
    return numbers_of(1, 50)


class Consoles:
    """A factory that opens a console for an identity of the sandbox, which gives person and role."""

    def __init__(self, sandbox: Control, consoles: Callable[..., SignIn]) -> None:
        self._sandbox, self._consoles = sandbox, consoles
        self._open: list[Console] = []

    async def __call__(self, identity: str, *, clock: MovableClock | None = None, store: Path | None = None) -> Console:
        sign_in = self._consoles(self._sandbox.process.identity)
        attempt = await sign_in.begin()
        waiting = asyncio.create_task(attempt.wait())
        await sign_in_as(attempt.address, {"identity": identity})
        await sign_in.finish(await waiting)
        user = ROLES[identity.replace("-", " ")]
        overrides = Overrides(rng=random.Random(identity), user=user, sign_in=sign_in, clock=clock or MovableClock())
        database = await asyncio.to_thread(open_database, store, KEY) if store is not None else None
        deployment = self._sandbox.process.deployment_with_sign_in
        console = compose_console(deployment, self._sandbox.process.secrets, overrides, database)
        await console.open_store()
        self._open.append(console)
        return console

    async def close(self, console: Console) -> None:
        self._open.remove(console)
        await console.aclose()

    async def close_all(self) -> None:
        for console in list(self._open):
            await self.close(console)


@pytest.fixture
async def console_of(sandbox: Control, consoles: Callable[..., SignIn]) -> AsyncIterator[Consoles]:
    opened = Consoles(sandbox, consoles)
    yield opened
    await opened.close_all()


async def until(console: Console, action: Action, *states: ActionState, within_s: float = 15) -> Action:
    def arrived() -> list[Action]:
        return [one for one in console.outbox.actions if one.id == action.id and one.state in states]

    [found] = await waiting.until(arrived, within_s)
    return found


async def opened(console: Console, customer: str) -> CustomerId:
    """Open an account through its caller, at the level that allows everything."""
    customer_id = CustomerId(customer)
    await console.access.verify(customer_id, "photo", "")
    return customer_id


async def queued_contact(sandbox: Control, console: Console, customer: str, phone: str = "+19375550101") -> Action:
    """Return a change of phone that waits because both systems are down."""
    customer_id = await opened(console, customer)
    view = await asked(console, customer, "give-credit")
    account = view.accounts.unmasked.items[0].value
    seen = known_contact(view.customer.unmasked.value, account)
    view.close()
    for system in ("crm", "billing"):
        await sandbox.faults(system, outage=True)
    return await console.actions.change_contact(customer_id, account.id, {"phone": phone}, seen)


async def back(sandbox: Control, console: Console) -> None:
    for system in ("crm", "billing"):
        await sandbox.faults(system)
        console.outbox.system_is_back(system)


async def credit(
    console: Console, people: list[str], amount: str | None = None, why: str = ""
) -> tuple[CustomerId, Any]:
    """Open the first customer who can get a credit; return them with their view and the values to send."""
    for customer in people:
        await opened(console, customer)
    view, context, values = await first_for_whom(console, people, "give-credit")
    values |= {
        "amount": amount or "5",
        "why": why,
        "account": values.get("account") or context.all_of("accounts")[0].id,
    }
    return view.customer_id, (view, values)


async def give(console: Console, customer: str, values: dict[str, str]) -> Action:
    view = await asked(console, customer, "give-credit")
    action = await console.actions.do("give-credit", console.actions.context(view), values, CustomerId(customer))
    view.close()
    return action


# ------------------------------------------------------------------ every change is checked


async def test_a_queued_change_cannot_be_edited_after_the_account_closed(
    sandbox: Control, console_of: Consoles, people: list[str]
) -> None:
    console = await console_of("rep")
    action = await queued_contact(sandbox, console, people[0])
    await until(console, action, ActionState.QUEUED)
    console.access.close(CustomerId(action.customer_id))

    with pytest.raises(NotPossibleError, match="Verify the caller first"):
        await console.decisions.edit(action, {"phone": "+19375550199"})

    assert next(one for one in console.outbox.actions if one.id == action.id).steps == action.steps
    assert await console.decisions.withdraw(action)


async def test_an_edit_names_nothing_but_what_the_form_shows(
    sandbox: Control, console_of: Consoles, people: list[str]
) -> None:
    console = await console_of("rep")
    action = await queued_contact(sandbox, console, people[0])
    with pytest.raises(NotPossibleError, match="cannot be changed here"):
        await console.decisions.edit(action, {"balance": "0"})


async def test_a_promise_cannot_be_raised_above_what_is_owed(
    sandbox: Control, console_of: Consoles, people: list[str]
) -> None:
    console = await console_of("rep")
    for customer in people:
        customer_id = await opened(console, customer)
        view = await asked(console, customer, "give-credit")
        account = view.accounts.unmasked.items[0].value
        if account.balance is not None and account.balance.amount > account.promised.amount:
            break
    await sandbox.faults("billing", outage=True)
    due_on = datetime.now().astimezone().date() + timedelta(days=3)
    action = await console.actions.promise_to_pay(customer_id, account, amount="1", due_on=due_on)

    with pytest.raises(NotPossibleError, match="Only .* is due"):
        await console.decisions.edit(action, {"amount": "99999"})


async def test_what_is_no_conflict_is_not_resolved(sandbox: Control, console_of: Consoles, people: list[str]) -> None:
    console = await console_of("rep")
    action = await queued_contact(sandbox, console, people[0])
    with pytest.raises(NotPossibleError, match="already decided"):
        await console.decisions.resolve(action, 0, {"phone": "+19375550199"})


async def test_a_form_of_one_customer_replaces_no_action_on_another(
    sandbox: Control, console_of: Consoles, people: list[str]
) -> None:
    console = await console_of("rep")
    action = await queued_contact(sandbox, console, people[0])
    await back(sandbox, console)
    customer, (_view, values) = await credit(console, people[1:])
    context = console.actions.context(await asked(console, customer, "give-credit"))
    with pytest.raises(NotPossibleError, match="another customer"):
        await console.actions.do("give-credit", context, values, customer, instead_of=action)


# ------------------------------------------------------------------ sending is checked again


async def test_an_expired_access_does_not_stop_what_was_made_under_it(
    sandbox: Control, console_of: Consoles, people: list[str]
) -> None:
    clock = MovableClock()
    console = await console_of("rep", clock=clock)
    action = await queued_contact(sandbox, console, people[0])
    clock.ahead = timedelta(hours=9)
    assert console.access.grant_of(CustomerId(action.customer_id)) is None

    await back(sandbox, console)

    assert (await until(console, action, ActionState.DONE, ActionState.REJECTED)).state is ActionState.DONE


async def test_an_access_that_was_revoked_stops_what_was_made_under_it(
    sandbox: Control, console_of: Consoles, people: list[str]
) -> None:
    clock = MovableClock()
    console = await console_of("rep", clock=clock)
    customer, (_view, values) = await credit(console, people)
    await sandbox.faults("billing", outage=True)
    action = await give(console, customer, values)
    clock.ahead = timedelta(minutes=1)
    for number in ("1", "2", "3"):
        with pytest.raises(NotPossibleError):
            await console.access.verify(customer, "account", number)

    await back(sandbox, console)

    stopped = await until(console, action, ActionState.DONE, ActionState.REJECTED)
    assert (stopped.state, stopped.steps[0].remark) == (ActionState.REJECTED, Remark.NO_ACCESS)


async def test_a_lost_right_stops_the_queue_and_the_action_can_be_handed_over(
    sandbox: Control, console_of: Consoles, people: list[str], tmp_path: Path
) -> None:
    store = tmp_path / "desk.store"
    before = await console_of("rep", store=store)
    customer, (_view, values) = await credit(before, people)
    await sandbox.faults("billing", outage=True)
    action = await give(before, customer, values)
    await console_of.close(before)

    await sandbox.faults("billing")
    after = await console_of("trainee", store=store)
    stopped = await until(after, action, ActionState.DONE, ActionState.REJECTED)
    assert (stopped.state, stopped.steps[0].remark) == (ActionState.REJECTED, Remark.NO_RIGHT)
    async with sandbox.raw("billing") as billing:
        given = (await billing.get("/payment/v4/refund", params={"requestor.id": customer})).json()
    assert action.id not in str(given)
    with pytest.raises(NotPossibleError, match="can't"):
        await after.decisions.retry(stopped)

    ticket = await until(after, await after.decisions.hand_over(stopped), ActionState.DONE)

    async with sandbox.raw("crm") as crm:
        made = (await crm.get(f"/tmf-api/troubleTicket/v4/troubleTicket/{ticket.steps[0].result}")).json()
    assert (made["ticketType"], made["relatedParty"][0]["id"]) == ("handover", customer)
    assert "sandbox-rep" in made["description"]
    assert next(one for one in after.outbox.actions if one.id == action.id).withdrawn


async def test_credits_of_two_consoles_do_not_add_up_above_the_limit(
    sandbox: Control, console_of: Consoles, people: list[str]
) -> None:
    first, second = await console_of("rep"), await console_of("senior-rep")
    customer, (view, values) = await credit(first, people)
    limit = REP.credit_limits[view.accounts.unmasked.items[0].value.balance.currency]
    await opened(second, customer)
    await sandbox.faults("billing", outage=True)
    waiting = await give(first, customer, values | {"amount": str(limit)})
    await sandbox.faults("billing")
    other = await give(second, customer, values | {"amount": "1"})
    await until(second, other, ActionState.DONE)

    first.outbox.system_is_back("billing")

    stopped = await until(first, waiting, ActionState.DONE, ActionState.REJECTED)
    assert (stopped.state, stopped.steps[0].remark) == (ActionState.REJECTED, Remark.OVER_LIMIT)


async def test_what_is_queued_here_counts_against_the_limit(
    sandbox: Control, console_of: Consoles, people: list[str]
) -> None:
    console = await console_of("rep")
    customer, (view, values) = await credit(console, people)
    limit = REP.credit_limits[view.accounts.unmasked.items[0].value.balance.currency]
    await sandbox.faults("billing", outage=True)
    context = console.actions.context(view)
    await console.actions.do("give-credit", context, values | {"amount": str(limit)}, customer)

    with pytest.raises(NotPossibleError, match="over your limit"):
        console.actions.plan("give-credit", console.actions.context(view), values | {"amount": str(limit)})


# ------------------------------------------------------------------ four eyes


async def _asked_for(console: Console, people: list[str], over: int) -> tuple[CustomerId, Action, Any]:
    customer, (view, values) = await credit(console, people)
    currency = view.accounts.unmasked.items[0].value.balance.currency
    amount = console.user.credit_limits[currency] + over
    action = await give(console, customer, values | {"amount": str(amount), "why": "Billed a month too long."})
    return customer, await until(console, action, ActionState.AWAITING), amount


async def _agree(console: Console, customer: str) -> Action:
    await console.access.open_for(CustomerId(customer), AccessReason.TYPED, "Decides what somebody asked for")
    view = await asked(console, customer, "decide-approval")
    context = console.actions.context(view)
    [ticket] = [one for one in context.all_of("tickets") if one.ticket_type == "approval" and one.is_open]
    values = {"ticket": ticket.id, "decision": "approved", "reason": ""}
    action = await console.actions.do("decide-approval", context, values, CustomerId(customer))
    view.close()
    return action


async def test_another_person_within_their_limit_agrees_and_the_credit_is_given(
    sandbox: Control, console_of: Consoles, people: list[str]
) -> None:
    rep, supervisor = await console_of("rep"), await console_of("supervisor")
    customer, action, _amount = await _asked_for(rep, people, over=5)

    await until(supervisor, await _agree(supervisor, customer), ActionState.DONE)
    rep.outbox.system_is_back("crm")

    done = await until(rep, action, ActionState.DONE, ActionState.REJECTED)
    assert [step.state for step in done.steps] == [StepState.DONE, StepState.DONE], done.steps


async def test_nobody_agrees_to_what_they_asked_for_themselves(
    sandbox: Control, console_of: Consoles, people: list[str]
) -> None:
    supervisor = await console_of("supervisor")
    customer, _action, _amount = await _asked_for(supervisor, people, over=5)
    with pytest.raises(NotPossibleError, match="Another person must approve"):
        await _agree(supervisor, customer)


async def test_nobody_agrees_to_more_than_they_may_give(
    sandbox: Control, console_of: Consoles, people: list[str]
) -> None:
    rep, supervisor = await console_of("rep"), await console_of("supervisor")
    customer, _action, _amount = await _asked_for(rep, people, over=1_000_000)
    with pytest.raises(NotPossibleError, match="over your limit"):
        await _agree(supervisor, customer)


@pytest.mark.parametrize(
    ("author", "digest"), [("sandbox-supervisor", "0" * 32), ("sandbox-rep", None)], ids=["another credit", "oneself"]
)
async def test_an_approval_that_does_not_fit_gives_nothing(
    sandbox: Control, console_of: Consoles, people: list[str], author: str, digest: str | None
) -> None:
    rep = await console_of("rep")
    customer, action, _amount = await _asked_for(rep, people, over=5)
    place = f"/tmf-api/troubleTicket/v4/troubleTicket/{action.steps[0].result}"
    async with sandbox.raw("crm") as crm:
        ticket = (await crm.get(place)).json()
        fitting = ticket["note"][0]["text"].split()[1].rstrip(":")
        note = {"id": "decision x", "author": author, "text": f"approved {digest or fitting}"}
        (await crm.patch(place, json={"note": [*ticket["note"], note]})).raise_for_status()

    rep.outbox.system_is_back("crm")

    stopped = await until(rep, action, ActionState.DONE, ActionState.REJECTED)
    assert stopped.state is ActionState.REJECTED
    async with sandbox.raw("billing") as billing:
        given = (await billing.get("/payment/v4/refund", params={"requestor.id": customer})).json()
    assert action.id not in str(given)


# ------------------------------------------------------------------ the systems check by themselves


async def test_billing_rejects_a_credit_above_the_persons_limit_whatever_the_console_says(
    sandbox: Control, console_of: Consoles, people: list[str]
) -> None:
    console = await console_of("rep")
    generous = replace(REP, credit_limits=dict.fromkeys(REP.credit_limits, Decimal(1_000_000)))
    console.permissions.user = generous  # as in a changed file
    customer, (view, values) = await credit(console, people)
    limit = REP.credit_limits[view.accounts.unmasked.items[0].value.balance.currency]
    action = await give(console, customer, values | {"amount": str(limit + 1)})
    assert len(action.steps) == 1

    rejected = await until(console, action, ActionState.DONE, ActionState.REJECTED)

    assert rejected.state is ActionState.REJECTED
    assert "an approval that fits is needed" in rejected.steps[0].message
