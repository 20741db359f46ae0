"""A customer's page in each of its states, on the real sandbox with its real faults."""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from console.models.provenance import Damage
from console.services.access.permissions import REP, DataScope, User
from console.services.customer.dataset_loader import SystemDataset
from console.views.customer.panels.panel import Panel
from console.views.widgets.row_model import RowModel
from console.views.widgets.rows import FactList
from tests.views.conftest import Rig, foot_of, texts_of


async def test_every_panel_shows_its_system_and_age_and_the_facts(rig: Rig) -> None:
    page = await rig.open()
    assert page.view.customer.state.facts is not None
    assert page.head.name.text() == page.view.customer.state.facts.value.name
    for panel, system in (
        (page.account, "Billing"),
        (page.bills, "Billing"),
        (page.services, "Provisioning"),
        (page.orders, "Provisioning"),
    ):
        assert f"{system} · " in texts_of(panel), panel.title
        assert not panel.is_empty()
    assert page.bills.table.rows_model.rowCount() == len(page.view.bills.state.facts or ())
    assert "add up to" in texts_of(page.bills.lines)
    assert "Safe to quote" in texts_of(page.account)


async def test_the_first_panel_is_there_while_others_still_load(rig: Rig) -> None:
    await rig.sandbox.faults("billing", latency_ms=1500)
    page = await rig.open(settle=False)
    await rig.until(lambda: page.services.list.rows_model.rowCount() > 0)
    assert page.view.bills.state.loading_since is not None
    await rig.until(lambda: "loading" in texts_of(page.bills))
    await page.view.wait_idle()
    assert page.bills.table.rows_model.rowCount() > 0


@pytest.mark.expects_log("is down")
@pytest.mark.expects_log("is back")
async def test_one_system_down_leaves_the_rest_and_recovers_by_itself(rig: Rig) -> None:
    await rig.sandbox.faults("provisioning", outage=True)
    page = await rig.open(settle=False)
    await rig.until(lambda: page.view.services.state.failure is not None and page.view.bills.state.facts is not None)
    page.services.tick(page.view.services.state.failure.at)
    said = texts_of(page.services)
    assert "Provisioning" in said
    assert "Everything else works." in said
    assert page.bills.table.rows_model.rowCount() > 0
    assert "Provisioning has been down since" in texts_of(page.alerts)
    await rig.sandbox.clear()
    await rig.until(lambda: page.services.list.rows_model.rowCount() > 0, within_s=20)
    await page.view.wait_idle()
    page.alerts.tick(page.view.services.state.read_at)
    assert "Provisioning" not in texts_of(page.alerts)


@pytest.mark.expects_log("is down")
async def test_what_was_known_stays_and_says_so(rig: Rig) -> None:
    page = await rig.open()
    selected = page.services.list.rows_model.index(1, 0)
    page.services.list.setCurrentIndex(selected)
    before = page.services.size()
    await rig.sandbox.faults("provisioning", status=503)
    page.services.refresh()
    await page.view.wait_idle()
    await rig.until(lambda: page.view.services.state.failure is not None)
    assert page.services.list.rows_model.rowCount() > 0
    assert "as of" in texts_of(page.services)
    assert "Do not quote" in texts_of(page.services)
    assert {row.cells[2].shown_state for row in page.services.list.rows_model.rows} == {"stale"}
    assert page.services.list.currentIndex().row() == 1, "a change of state moves no selection"
    assert page.services.size() == before


async def test_facts_grow_old_by_themselves(rig: Rig) -> None:
    page = await rig.open()
    assert "stale" not in {row.cells[2].shown_state for row in page.services.list.rows_model.rows}
    services = page.view.services
    read_at = services.state.read_at
    assert read_at is not None
    services.state = replace(services.state, read_at=read_at - timedelta(hours=1))
    page.services.tick(read_at)
    assert {row.cells[2].shown_state for row in page.services.list.rows_model.rows} == {"stale"}
    assert "do not quote" in texts_of(page.services)


@pytest.mark.expects_log("is down")
async def test_a_system_that_keeps_failing_does_not_leave_the_systems_page(rig: Rig) -> None:
    page = await rig.open()
    rig.workspace.show_page("systems")
    await rig.sandbox.faults("crm", status=503)
    page.view.customer.refresh()
    await rig.until(lambda: page.view.customer.state.failure is not None)
    assert rig.window.pages.currentWidget() is rig.workspace.pages["systems"]


async def test_choosing_an_account_shows_its_bills_alone(rig: Rig) -> None:
    async with rig.sandbox.raw("billing") as client:
        accounts = (await client.get("/tmf-api/accountManagement/v4/billingAccount", params={"limit": 100})).json()
    owner = next(account["relatedParty"][0]["id"] for account in accounts if "accountRelationship" in account)
    page = await rig.open(owner)
    accounts = page.account.findChild(FactList)
    rows = accounts.rows_model.rows
    assert len(rows) > 1
    accounts.setCurrentIndex(accounts.rows_model.index(1, 0))
    assert page.bills.table.rows_model.rows
    assert {row.data.account_id for row in page.bills.table.rows_model.rows} == {rows[1].key}
    assert rows[1].key in texts_of(page.bills)
    await page.view.wait_idle()


@pytest.mark.expects_log("is down")
async def test_a_customer_opened_again_while_a_system_is_down_shows_what_was_last_known(rig: Rig) -> None:
    page = await rig.open()
    bills = page.bills.table.rows_model.rowCount()
    rig.workspace.customers.close_tab(0)
    await rig.sandbox.faults("billing", outage=True)
    page = await rig.open()
    await rig.until(lambda: page.view.bills.state.failure is not None)
    assert page.bills.table.rows_model.rowCount() == bills
    assert "as of" in texts_of(page.bills)
    assert "Do not quote" in texts_of(page.account)


def button(widget: QWidget, words: str) -> QPushButton:
    return next(one for one in widget.findChildren(QPushButton) if one.text() == words and one.isVisible())


async def test_a_slow_system_can_be_waited_for_no_longer(rig: Rig) -> None:
    await rig.sandbox.faults("billing", latency_ms=3000)
    page = await rig.open(settle=False)
    assert page.view.bills.state.loading_since is not None
    page.bills.tick(page.view.bills.state.loading_since + timedelta(seconds=5))
    assert "Slow: Billing." in foot_of(page.bills)
    button(page.bills, "Stop waiting").click()
    assert page.view.bills.state.loading_since is None
    assert "You stopped waiting for Billing." in texts_of(page.bills)
    await rig.sandbox.clear()
    page.bills.refresh()
    await page.view.bills.wait_idle()
    assert page.bills.table.rows_model.rowCount() > 0


@pytest.mark.expects_log("is damaged")
async def test_partial_damage_is_counted_in_the_panel_and_explained_on_the_systems_page(rig: Rig) -> None:
    await rig.sandbox.quirks("provisioning", "records-damaged")
    page = await rig.open()
    if not (page.view.services.state.facts and page.view.services.state.facts.lost):
        pytest.fail("the first customer has too few services to damage one")
    assert "could not be read" in texts_of(page.services)
    rig.workspace.show_page("systems")
    assert "could not be read" in texts_of(rig.workspace.pages["systems"])
    assert isinstance(rig.console.health.damages("provisioning")[0], Damage)


async def test_a_customer_without_anything_says_none_and_who_was_asked(rig: Rig) -> None:
    await rig.sandbox.quirks("billing", "own-filters")
    page = await rig.open()
    assert "ignores the filter" in texts_of(page.bills)


async def test_an_unknown_customer_is_one_sentence(rig: Rig) -> None:
    page = await rig.open("CU-0000000")
    assert "CRM has no customer CU-0000000." in texts_of(page.head)
    assert "No bills." in texts_of(page.bills)
    assert "replied" in texts_of(page.bills)


async def test_a_role_that_may_not_see_bills_sees_a_lock_and_billing_is_not_asked(rig: Rig) -> None:
    asked_before = rig.console.health.health("billing").last_answer_at
    rig.console.permissions.user = User("trainee", REP.may_see - {DataScope.BILLS})
    page = await rig.open()
    assert "Your role (trainee) can't see bills." in texts_of(page.bills)
    assert "not for your role" in texts_of(page.bills)
    assert page.bills.table.rows_model.rowCount() == 0
    assert page.view.bills.state.facts is None
    assert rig.console.health.health("billing").last_answer_at != asked_before, "the accounts were asked for"


async def test_10000_bills_neither_freeze_nor_hide_that_there_are_more(rig: Rig) -> None:
    await rig.sandbox.faults("billing", repeat_to=10_000)
    page = await rig.open()
    assert page.bills.table.rows_model.rowCount() == 100
    assert "100 of 10000" in texts_of(page.bills)


async def test_an_answer_of_50_mb_is_refused_and_the_window_goes_on(rig: Rig) -> None:
    await rig.sandbox.faults("billing", answer_mb=50)
    page = await rig.open()
    assert "longer than 16 MB" in texts_of(page.bills)
    assert page.services.list.rows_model.rowCount() > 0


@pytest.mark.own_world
async def test_hostile_text_is_shown_as_text(rig: Rig) -> None:
    name = "<b>Bob</b> & <img src=x> [*] \ufffd محمد"
    async with rig.sandbox.raw("crm") as client:
        path = f"/tmf-api/customerManagement/v4/customer/{rig.sandbox.first_customer}"
        (await client.patch(path, json={"name": name})).raise_for_status()
    page = await rig.open()
    assert page.head.name.text() == name
    assert page.head.name.textFormat() == Qt.TextFormat.PlainText
    tabs = rig.window.tabs
    assert "&&" in tabs.tabText(0), "an ampersand in a tab would underline the next letter"
    assert "<b>" not in tabs.tabToolTip(0)
    assert name.replace("[*]", "[*][*]") in rig.window.windowTitle()
    rich = [
        label for label in page.findChildren(QLabel) if label.textFormat() != Qt.TextFormat.PlainText and label.text()
    ]
    assert not rich


async def test_every_value_says_where_it_comes_from_and_can_be_copied(rig: Rig) -> None:
    page = await rig.open()
    page.bills.focus_first()
    await asyncio.sleep(0)
    table = page.bills.table
    table.setCurrentIndex(table.rows_model.index(2, 2))
    fact = table.focused_fact()
    assert fact is not None
    assert fact.origin is not None
    assert fact.origin.system == "billing"
    assert fact.origin.id == (page.view.bills.state.facts.items[2].value.id if page.view.bills.state.facts else "")
    assert "Billing" in rig.window.status.origin.text()
    rig.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == fact.text
    for rows in (page.services.list.rows_model, page.orders.list.rows_model, page.bills.lines.table.rows_model):
        assert isinstance(rows, RowModel)
        assert all(cell.fact.origin is not None for row in rows.rows for cell in row.cells)


def questions() -> list[asyncio.Task]:
    """Return the tasks that load a view's datasets. A request on the wire is not included: it ends by itself."""
    return [task for task in asyncio.all_tasks() if task.get_coro().__qualname__.startswith(SystemDataset.__name__)]


async def test_closing_a_tab_drops_what_is_under_way(rig: Rig) -> None:
    await rig.sandbox.faults("billing", latency_ms=2000)
    await rig.open(settle=False)
    assert questions()
    rig.workspace.customers.close_tab(0)
    assert rig.window.tabs.count() == 0
    await rig.until(lambda: not questions(), within_s=1)  # long before the reply could arrive


async def test_switching_between_nine_customers_is_instant(rig: Rig) -> None:
    results: list = []
    await rig.console.search.find(rig.console.search.read("m"), results.append)
    await rig.console.search.find(rig.console.search.read("ma"), results.append)
    customers = [found.customer_id for found in results[-1].found][:9]
    for customer in customers:
        await rig.open(customer)
    assert rig.window.tabs.count() == len(customers) > 5
    slowest = 0.0
    for i in range(len(customers)):
        started = time.thread_time()
        rig.window.tabs.setCurrentIndex(i)
        await asyncio.sleep(0)
        slowest = max(slowest, time.thread_time() - started)
    assert slowest < 0.1
    assert rig.workspace.page is not None


async def test_a_panel_that_says_nothing_about_its_facts_is_a_mistake(rig: Rig) -> None:
    page = await rig.open()
    with pytest.raises(TypeError):
        Panel.show_facts(page.bills)


@pytest.mark.parametrize("width", [900, 1200, 1280, 1440])
async def test_nothing_scrolls_sideways_at_any_size(rig: Rig, width: int) -> None:
    rig.window.resize(width, 700)
    page = await rig.open()
    await rig.laid_out()
    assert rig.window.width() == width, "the page must not demand more room than the window has"
    for table in (page.bills.table, page.bills.lines.table):
        shown = sum(table.columnWidth(i) for i in range(table.rows_model.columnCount()) if not table.isColumnHidden(i))
        assert shown <= table.viewport().width() + 1
