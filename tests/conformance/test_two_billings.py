"""Two billing systems: lists are merged with each record's origin, and a dead or slow system delays only its own."""

import asyncio

import pytest

from console.errors import SystemUnavailableError
from console.models.customer import CustomerId
from console.models.outbox import ActionState
from console.models.search import SearchResult
from console.services.actions.declared import ActionPlan
from console.services.console import Console
from console.services.customer.contact import NotPossibleError
from console.services.customer.customer_view import CustomerView
from console.services.discrepancies.watch import DiscrepancyWatch
from tests.support.two_billings import FIXED, MOBILE, TwoBillings
from tests.support.waiting import until


async def opened(console: Console, customer: str) -> CustomerView:
    view = console.view_customer(CustomerId(customer))
    view.load_all()
    await view.wait_idle()
    return view


async def test_lists_of_both_are_one_list_newest_first_each_with_its_origin(two_billings: TwoBillings) -> None:
    console = two_billings.console()
    view = await opened(console, two_billings.first_customer)
    bills = view.bills.state.facts
    assert bills is not None
    assert {item.origin.system for item in bills} == {"billing", "mobile"}
    days = [item.value.billed_on for item in bills]
    assert days == sorted(days, reverse=True)
    assert len({item.value.id for item in bills}) == len(bills)
    accounts = view.accounts.state.facts
    assert accounts is not None
    assert [item.origin.system for item in accounts] == sorted(item.origin.system for item in accounts)
    for item in (bills.items[0], bills.items[-1]):
        lines = await view.bill_lines(item.value.id).wait_idle()
        assert lines.system == item.origin.system
        assert lines.facts
    view.close()
    await console.aclose()


@pytest.mark.expects_log("is down")
async def test_a_dead_one_leaves_the_others_records_and_its_absence_is_no_fact(two_billings: TwoBillings) -> None:
    await two_billings.second.faults("billing", outage=True)
    console = two_billings.console()
    watch_view = console.view_customer(CustomerId(two_billings.first_customer))
    watch = DiscrepancyWatch(watch_view, console.served_by, console.system_labels)
    watch_view.load_all()
    await watch_view.wait_idle()
    bills = watch_view.bills.state
    assert bills.facts
    assert {item.origin.system for item in bills.facts} == {"billing"}
    assert not bills.facts.complete
    assert bills.failure is not None
    assert isinstance(bills.failure.error, SystemUnavailableError)
    assert not bills.is_fresh(watch_view.now())
    assert console.health.health("billing").state.name == "ANSWERING"
    assert console.health.health("mobile").state.name == "DOWN"
    watch.compare_now()
    reasons = [str(one.why) for one in watch.comparison.not_compared]
    assert f"{MOBILE} has not sent the bills." in reasons
    assert not any(reason.startswith(FIXED) for reason in reasons)
    watch.close()
    watch_view.close()
    await console.aclose()


async def test_a_slow_one_delays_only_its_own_records(two_billings: TwoBillings) -> None:
    await two_billings.second.faults("billing", latency_ms=1500)
    console = two_billings.console()
    view = console.view_customer(CustomerId(two_billings.first_customer))
    came: list[set[str]] = []
    both = asyncio.Event()

    def on_bills(part: object) -> None:
        facts = view.bills.state.facts
        systems = {item.origin.system for item in facts or ()}
        if systems and (not came or came[-1] != systems):
            came.append(systems)
        if len(systems) == 2:
            both.set()

    view.bills.subscribe(on_bills)
    view.open()
    await asyncio.wait_for(both.wait(), 10)
    assert came == [{"billing"}, {"billing", "mobile"}]
    view.close()
    await console.aclose()


async def test_a_number_of_either_is_found_and_each_says_how_far_it_is(two_billings: TwoBillings) -> None:
    console = two_billings.console()
    view = await opened(console, two_billings.first_customer)
    found: list[SearchResult] = []
    for system in ("billing", "mobile"):
        account = next(item.value.id for item in view.accounts.unmasked or () if item.origin.system == system)
        found.clear()
        await console.search.find(console.search.read(account), found.append)
        assert [one.customer_id for one in found[-1].found] == [two_billings.first_customer]
        assert {progress.system for progress in found[-1].systems} == {"crm", "billing", "mobile", "provisioning"}
    view.close()
    await console.aclose()


async def test_an_action_goes_to_the_system_that_has_the_account(two_billings: TwoBillings) -> None:
    console = two_billings.console()
    await console.open_store()
    view = await opened(console, two_billings.first_customer)
    account = next(item.value for item in view.accounts.unmasked or () if item.origin.system == "mobile")
    context = console.actions.context(view)
    values = {"account": account.id, "amount": "1", "reason": "goodwill", "text": "Waited twice for the technician"}
    plan: ActionPlan = console.actions.plan("give-credit", context, values)
    touched = {one.label: len(one.effects) for one in console.actions.touched(plan, context)}
    assert touched[MOBILE] > 0
    assert touched[FIXED] == 0
    action = await console.actions.do("give-credit", context, values, view.customer_id)
    assert {step.system for step in action.steps} == {"mobile"}
    await until(
        lambda: next(one for one in console.outbox.actions if one.id == action.id).state is ActionState.DONE, 15
    )
    view.refunds.refresh()
    refunds = (await view.refunds.wait_idle()).facts
    assert action.steps[0].record == account.id
    assert {
        item.origin.system for item in refunds or () if item.value.id == console.outbox.actions[0].steps[0].result
    } == {"mobile"}
    view.close()
    await console.aclose()


async def test_a_record_that_both_have_is_not_acted_on_in_one_of_them(two_billings: TwoBillings) -> None:
    own = two_billings.process
    settings = {"base_url": own.addresses["billing"], "auth": two_billings.deployment().systems["billing"].auth}
    console = two_billings.console(mobile=settings)
    view = await opened(console, two_billings.first_customer)
    account = next(item.value for item in view.accounts.unmasked or ())
    context = console.actions.context(view)
    values = {"account": account.id, "amount": "1", "reason": "goodwill", "text": "Waited twice for the technician"}
    plan = console.actions.plan("give-credit", context, values)
    with pytest.raises(NotPossibleError, match=f"{FIXED} and {MOBILE} both have a record"):
        console.actions.touched(plan, context)
    view.close()
    await console.aclose()
