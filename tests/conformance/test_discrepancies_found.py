"""Discrepancies on the sandbox over real HTTP: found after the systems have replied, reported as unknown before."""

import asyncio

import pytest

from console.models.customer import CustomerId
from console.models.discrepancy import DiscrepancyKind as Kind
from console.services.console import Console
from console.services.discrepancies.watch import DiscrepancyWatch
from console.settings import KINDS
from tests.support.acting import numbers_of
from tests.support.control import Control

pytestmark = pytest.mark.own_world

NAMES = {"crm": "CRM", "billing": "Billing", "provisioning": "Provisioning"}
LABELS = {capability: NAMES[kind] for kind, served in KINDS.items() for capability in served}
SEEDED = {
    "activeNotBilled": Kind.ACTIVE_NOT_BILLED,
    "completedOrderInactiveService": Kind.ORDER_DONE_SERVICE_INACTIVE,
    "addressDiffers": Kind.ADDRESS_DIFFERS,
    "nameDiffers": Kind.NAME_DIFFERS,
    "paymentNotApplied": Kind.PAYMENT_NOT_APPLIED,
    "duplicateCustomer": Kind.DUPLICATE_CUSTOMER,
}


async def found(console: Console, customer: str) -> DiscrepancyWatch:
    view = console.view_customer(CustomerId(customer))
    watch = DiscrepancyWatch(view, LABELS, NAMES)
    view.open()
    await view.wait_idle()
    while watch.is_waiting:
        await view.wait_idle()
        await asyncio.sleep(0)
    watch.close()
    view.close()
    return watch


@pytest.mark.parametrize("seeded", SEEDED)
async def test_what_the_world_has_is_found(sandbox: Control, console: Console, seeded: str) -> None:
    for customer in numbers_of(0, 299):
        truth = (await sandbox.truth(customer))["contradictions"]
        if [item["kind"] for item in truth] == [seeded]:
            watch = await found(console, customer)
            assert not watch.comparison.not_compared
            assert SEEDED[seeded] in {one.kind for one in watch.comparison.found}
            break
    else:
        pytest.fail(f"nobody with {seeded}")


async def test_crm_answering_last_is_compared_too(sandbox: Control, console: Console) -> None:
    await sandbox.faults("crm", latency_ms=150)
    for customer in numbers_of(0, 299):
        if "duplicateCustomer" in {item["kind"] for item in (await sandbox.truth(customer))["contradictions"]}:
            watch = await found(console, customer)
            assert Kind.DUPLICATE_CUSTOMER in {one.kind for one in watch.comparison.found}
            break
    else:
        pytest.fail("nobody is there twice")


@pytest.mark.expects_log("is down")
async def test_that_all_has_answered_is_told_though_nothing_new_is_known(sandbox: Control, console: Console) -> None:
    await sandbox.faults("crm", latency_ms=150, outage=True)
    view = console.view_customer(CustomerId(sandbox.first_customer))
    watch = DiscrepancyWatch(view, LABELS, NAMES)
    waiting: list[bool] = []
    watch.subscribe(lambda: waiting.append(watch.is_waiting))
    view.open()
    while watch.is_waiting:
        await view.wait_idle()
        await asyncio.sleep(0)
    watch.close()
    view.close()
    assert waiting[-1:] == [False]


@pytest.mark.expects_log("is down")
async def test_what_a_dead_system_would_say_is_not_compared(sandbox: Control, console: Console) -> None:
    await sandbox.faults("billing", outage=True)
    watch = await found(console, sandbox.first_customer)
    kinds = {gap.kind for gap in watch.comparison.not_compared}
    assert {Kind.BILLED_BUT_TERMINATED, Kind.NAME_DIFFERS, Kind.PAYMENT_NOT_APPLIED} <= kinds
    assert Kind.ORDERS_DIFFER not in kinds


@pytest.mark.expects_log("is damaged")
async def test_a_damaged_list_is_no_whole_list(sandbox: Control, console: Console) -> None:
    await sandbox.quirks("billing", "records-damaged")
    watch = await found(console, sandbox.first_customer)
    assert any("could not be read" in str(gap.why) for gap in watch.comparison.not_compared)
