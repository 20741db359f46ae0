"""Lists of tens of thousands: searched, filtered and loaded page by page on scrolling, without a freeze."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from console.views.customer.panels.timeline_panel import ALL, PORTAL, TimelinePanel
from console.views.widgets.origin import OriginDialog
from tests.views.conftest import Rig, foot_of, texts_of

CTRL = Qt.KeyboardModifier.ControlModifier


async def test_a_timeline_of_50_000_pages_in_as_it_is_scrolled(rig: Rig) -> None:
    await rig.sandbox.faults("crm", repeat_to=50_000)
    page = await rig.open()
    panel = page.panel("timeline")
    assert isinstance(panel, TimelinePanel)
    await rig.until(lambda: panel.list.rows_model.rowCount() > 100)
    first = panel.list.rows_model.rowCount()
    assert "50000" in texts_of(panel)
    for _ in range(3):
        before = panel.list.rows_model.rowCount()
        bar = panel.list.verticalScrollBar()
        bar.setValue(bar.maximum())
        await rig.until(lambda known=before: panel.list.rows_model.rowCount() > known)
        # The visible rows stay in place; new rows are added below.
        await rig.until(lambda bar=bar: bar.value() < bar.maximum())
    assert panel.list.rows_model.rowCount() >= first + 300
    await page.view.wait_idle()


async def test_rows_are_made_when_they_come_into_sight(rig: Rig) -> None:
    await rig.sandbox.faults("crm", repeat_to=5000)
    page = await rig.open()
    panel = page.panel("timeline")
    assert isinstance(panel, TimelinePanel)
    await rig.until(lambda: panel.list.rows_model.rowCount() > 100)
    assert len(panel.list.rows_model._made) < 80


def chip(panel: TimelinePanel, words: str) -> QAbstractButton:
    return next(one for one in panel.chips.findChildren(QAbstractButton) if one.text() == words)


async def test_chips_show_one_kind_alone_by_keyboard(rig: Rig) -> None:
    page = await rig.open()
    panel = page.panel("timeline")
    assert isinstance(panel, TimelinePanel)
    await rig.until(lambda: panel.list.rows_model.rowCount() > 20)
    whole = panel.list.rows_model.rowCount()
    chip(panel, ALL).setFocus()
    rig.press(Qt.Key.Key_Right)
    portal = panel.list.rows_model.rowCount()
    assert chip(panel, PORTAL).isChecked()
    assert portal < whole
    assert all("Portal" in row.cells[0].fact.text for row in panel.list.rows_model.rows)
    rig.press(Qt.Key.Key_Left)
    assert panel.list.rows_model.rowCount() == whole


async def test_ctrl_f_finds_in_the_panel_and_esc_goes_back(rig: Rig) -> None:
    page = await rig.open()
    page.go_to("bills")
    wanted = page.bills.table.rows_model.row(7).data.label
    rig.press(Qt.Key.Key_F, CTRL)
    rig.keys(wanted.lower())
    await rig.until(lambda: page.bills.table.currentIndex().row() == 7)
    rig.press(Qt.Key.Key_Escape)
    assert rig.focused is page.bills.table
    rig.press(Qt.Key.Key_F, CTRL)
    rig.keys("no such bill")
    await rig.until(lambda: "not found" in texts_of(page.bills))
    rig.press(Qt.Key.Key_Escape)


async def test_ten_customers_are_open_and_the_tenth_is_reached(rig: Rig) -> None:
    async with rig.sandbox.raw("crm") as client:
        found = (await client.get("/tmf-api/customerManagement/v4/customer", params={"limit": 10})).json()
    for customer in found:
        await rig.open(customer["id"])
    assert rig.window.tabs.count() == 10
    rig.press(Qt.Key.Key_9, CTRL)
    rig.press(Qt.Key.Key_PageDown, CTRL)
    assert rig.workspace.page is not None
    assert rig.workspace.page.customer_id == found[9]["id"]
    rig.press(Qt.Key.Key_1, CTRL)
    assert rig.workspace.page.customer_id == found[0]["id"]


async def test_what_is_older_than_the_contacts_read_so_far_comes_with_them(rig: Rig) -> None:
    """Otherwise bills and payments would appear there without the interactions between them."""
    await rig.sandbox.faults("crm", repeat_to=5000)
    page = await rig.open()
    panel = page.panel("timeline")
    assert isinstance(panel, TimelinePanel)
    await rig.until(lambda: panel.list.rows_model.rowCount() > 100)
    contacts = page.view.interactions.state.facts
    assert contacts is not None
    assert not contacts.complete
    oldest = min(item.value.at for item in contacts if item.value.at)
    times = [row.data.value for row in panel.list.rows_model.rows if row.key.startswith("b ")]
    assert all(bill.billed_on >= oldest.date() for bill in times)
    panel.show_group("Money")
    bills = page.view.bills.state.facts
    assert bills is not None
    assert sum(row.key.startswith("b ") for row in panel.list.rows_model.rows) == len(bills)


async def test_ctrl_home_and_end_mark_the_row_they_go_to(rig: Rig) -> None:
    page = await rig.open()
    page.go_to("bills")
    table = page.bills.table
    rig.press(Qt.Key.Key_Down)
    rig.press(Qt.Key.Key_Down)
    for key, place in ((Qt.Key.Key_Home, 0), (Qt.Key.Key_End, table.rows_model.rowCount() - 1)):
        rig.press(key, CTRL)
        assert {index.row() for index in table.selectedIndexes()} == {place}
        assert f"Lines of {table.rows_model.row(place).data.label}" in texts_of(page.bills.lines)


async def test_enter_shows_everything_a_row_says(rig: Rig) -> None:
    page = await rig.open()
    page.go_to("timeline")
    panel = page.panel("timeline")
    await rig.until(lambda: panel.list.rows_model.rowCount() > 0)
    rig.press(Qt.Key.Key_Return)
    dialog = rig.window.findChildren(OriginDialog)[0]
    said = texts_of(dialog)
    row = panel.list.rows_model.row(0)
    assert all(cell.fact.text in said for cell in row.cells)
    assert row.cells[0].fact.origin.id in said
    rig.press(Qt.Key.Key_Escape)


async def test_a_list_entered_by_its_letter_has_a_row_to_copy(rig: Rig) -> None:
    page = await rig.open()
    page.go_to("tests")
    await page.view.wait_idle()
    page.go_to("tests")
    panel = page.panel("tests")
    await rig.until(lambda: panel.list.rows_model.rowCount() > 0)
    page.go_to("services")
    page.go_to("tests")
    assert panel.list.currentIndex().isValid()
    assert [index.row() for index in panel.list.selectedIndexes()] == [0]


async def test_scrolling_to_the_end_of_what_can_be_read_never_freezes(rig: Rig) -> None:
    await rig.sandbox.faults("crm", repeat_to=50_000)
    page = await rig.open()
    page.go_to("timeline")
    panel = page.panel("timeline")
    contacts = page.view.interactions

    def all_read() -> bool:
        bar = panel.list.verticalScrollBar()
        bar.setValue(bar.maximum())
        return not contacts.has_more

    await rig.until(all_read, within_s=60)
    assert contacts.state.facts is not None
    assert len(contacts.state.facts) == 3000
    await rig.until(lambda: "Loaded the first 3000 of 50000." in foot_of(panel))


async def test_the_newest_event_stands_on_top_whatever_came_first(rig: Rig) -> None:
    await rig.sandbox.faults("billing", latency_ms=300)
    page = await rig.open()
    panel = page.panel("timeline")
    await rig.until(lambda: any(row.key.startswith("p ") for row in panel.list.rows_model.rows))
    assert panel.list.verticalScrollBar().value() == 0
    assert "so far" not in texts_of(page.alerts)
