"""The search palette."""

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.models.customer import CustomerId
from console.views.search.palette import SearchPalette
from console.views.window.main_window import MainWindow
from console.views.window.workspace import Workspace
from tests.views.conftest import Rig, texts_of


async def test_several_customers_of_one_phone_number_are_told_apart(rig: Rig) -> None:
    shared = await _shared_number(rig)
    palette = rig.workspace.palette
    palette.open()
    rig.keys(shared.replace("+1", "1-"))
    await rig.until(lambda: palette.list.rows_model.rowCount() >= 2)
    rows = palette.list.rows_model.rows
    assert len({(row.cells[0].fact.text, row.cells[1].fact.text, row.cells[2].fact.text) for row in rows}) == len(rows)
    assert "Ask the caller for details" in texts_of(palette)
    assert "read as" in texts_of(palette)


async def _shared_number(rig: Rig) -> str:
    async with rig.sandbox.raw("crm") as client:
        seen: dict[str, str] = {}
        for offset in (0, 100, 200):
            for customer in (
                await client.get("/tmf-api/customerManagement/v4/customer", params={"limit": 100, "offset": offset})
            ).json():
                number = customer["contactMedium"][0]["characteristic"]["phoneNumber"]
                if number in seen and number.startswith("+1"):
                    return number
                seen[number] = customer["id"]
    raise AssertionError("the world has no shared number")


async def test_what_the_next_keystroke_makes_useless_is_forgotten(rig: Rig) -> None:
    await rig.sandbox.faults("crm", latency_ms=200)
    palette = rig.workspace.palette
    palette.open()
    rig.keys("kowa")
    for sign in "lski":
        await rig.until(lambda: palette.result is not None and palette.result.query.text == palette.text.text())
        assert rig.bridge.running == 1, "a search that is useless by now goes on"
        rig.keys(sign)
    await rig.until(lambda: palette.result.query.text == "kowalski" and palette.result.is_complete)
    await rig.until(lambda: rig.bridge.running == 0)
    palette.close_palette()


@pytest.mark.expects_log("is down")
async def test_a_system_that_does_not_answer_is_named_and_the_others_show(rig: Rig) -> None:
    await rig.sandbox.faults("billing", outage=True)
    palette = rig.workspace.palette
    palette.open()
    rig.keys(rig.sandbox.first_customer)
    await rig.until(lambda: palette.result is not None and palette.result.is_complete)
    assert palette.list.rows_model.rowCount() == 1
    assert re.search("[✓…✕] CRM", texts_of(palette))
    assert not re.search("[✓…✕] Billing", texts_of(palette)), "a customer number is nothing billing could be asked for"
    rig.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    rig.keys("B-2611-99999999")
    await rig.until(lambda: "Some systems have not replied" in texts_of(palette))
    assert "✕ Billing no reply" in texts_of(palette)


async def test_esc_closes_and_keeps_the_text(rig: Rig) -> None:
    page = await rig.open()
    page.go_to("services")
    palette = rig.workspace.palette
    rig.press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    rig.keys("lindq")
    rig.press(Qt.Key.Key_Escape)
    assert palette.isHidden()
    assert palette.text.text() == "lindq"
    assert page.panel_of(rig.focused) is page.services
    palette.text.clear()


_TOO_SHORT, _UNKNOWN = "Enter at least two letters, or a number.", "No customer found for"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("\x00\x01", _TOO_SHORT),
        ("<script>alert(1)</script>", _UNKNOWN),
        ("'; DROP TABLE person; --", _UNKNOWN),
        ("م" * 400, _UNKNOWN),
        ("%%%", _TOO_SHORT),
        ("😀😀", _TOO_SHORT),
    ],
)
async def test_rubbish_finds_nothing_and_says_so(rig: Rig, typed: str, message: str) -> None:
    palette = rig.workspace.palette
    palette.open()
    palette.text.setText(typed)
    await rig.until(lambda: message in texts_of(palette))
    await rig.until(lambda: rig.bridge.running == 0)
    assert palette.list.rows_model.rowCount() == 0
    palette.text.clear()


async def test_the_palette_takes_keys_before_there_is_anything_to_ask(rig: Rig) -> None:
    window = MainWindow()
    palette = SearchPalette.over(window)
    window.show()
    window.activateWindow()
    window.search_action.trigger()
    assert not palette.isHidden()
    QTest.keyClicks(palette.text, "lindqvist")
    workspace = Workspace(window, palette, rig.bridge)
    assert workspace.palette.text.text() == "lindqvist"
    window.hide()
    window.deleteLater()


async def test_what_was_typed_before_the_services_were_there_is_searched_then(rig: Rig) -> None:
    palette = SearchPalette(rig.window.centre)
    palette.open()
    rig.keys(rig.sandbox.first_customer, palette.text)
    assert "Your text stays." in texts_of(palette)
    palette.attach(rig.console, rig.bridge)
    await rig.until(lambda: palette.list.rows_model.rowCount() == 1)
    chosen: list[str] = []
    palette.chosen.connect(chosen.append)
    rig.press(Qt.Key.Key_Return)
    assert chosen == [CustomerId(rig.sandbox.first_customer)]
    palette.deleteLater()
