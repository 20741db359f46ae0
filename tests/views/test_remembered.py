"""The console's saved view settings: theme, size, window and columns; and the list of keys."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QLabel, QMenu, QSplitter

from console.views.customer.page import CustomerPage
from console.views.customer.panels.panel_type import Layout
from console.views.keys.help import KeysDialog
from console.views.keys.letters import LetterOverlay
from console.views.search.palette import SearchPalette
from console.views.theme import THEME
from console.views.window.main_window import MainWindow
from console.views.window.preferences import Preferences
from console.views.window.workspace import Workspace
from tests.views.conftest import Rig

CTRL = Qt.KeyboardModifier.ControlModifier


def test_preferences_outlive_the_program(tmp_path: Path) -> None:
    file = tmp_path / "look.ini"
    kept = Preferences(file)
    kept.theme, kept.size = "highContrast", 150
    kept.keep_layout("full", QByteArray(b"\x01\x02"))
    del kept
    again = Preferences(file)
    assert (again.theme, again.size, again.layout("full")) == ("highContrast", 150, QByteArray(b"\x01\x02"))
    again.forget_layout()
    assert again.layout("full") is None
    assert again.size == 150


@pytest.mark.parametrize(
    "text", ["", "size=huge", "[General]\nsize=117\ntheme=\n", "\x00\x01\x02", "[layout]\nfull=@Invalid()"]
)
def test_a_broken_file_of_preferences_costs_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "look.ini"
    file.write_text(text, encoding="latin-1")
    read = Preferences(file)
    assert (read.theme, read.size, read.layout("full")) == (None, 100, None)


def columns_of(page: CustomerPage) -> QSplitter:
    return next(one for one in page.findChildren(QSplitter, Layout.FULL.value) if one.isVisible())


async def test_columns_are_as_wide_as_they_were_left(rig: Rig) -> None:
    page = await rig.open()
    columns = columns_of(page)
    columns.setSizes([400, 600, 300])
    columns.splitterMoved.emit(400, 1)
    widths = columns.sizes()
    rig.workspace.customers.close_tab(0)
    again = await rig.open()
    columns = columns_of(again)
    assert columns.sizes() == widths
    actions = {
        action.text().replace("&", ""): action for action in rig.window.findChildren(type(rig.window.search_action))
    }
    actions["Reset layout"].trigger()
    await rig.laid_out()
    columns = columns_of(again)
    assert columns.sizes() != widths


async def test_a_theme_chosen_in_the_menu_is_remembered(rig: Rig) -> None:
    actions = {
        action.text().replace("&", ""): action for action in rig.window.findChildren(type(rig.window.search_action))
    }
    actions["High contrast"].trigger()
    assert THEME.name == "highContrast"
    assert rig.preferences.theme == "highContrast"
    actions["As the system"].trigger()
    assert rig.preferences.theme is None
    THEME.choose("light")


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (960, 600), (720, 450)])
async def test_every_panel_is_reached_by_its_letter_at_every_size(rig: Rig, size: tuple[int, int]) -> None:
    rig.window.resize(*size)
    page = await rig.open()
    letters = {"A": "account", "R": "related", "S": "services", "I": "tests", "T": "tickets", "W": "visits"}
    letters |= {"B": "bills", "M": "payments", "G": "usage", "O": "orders", "L": "timeline"}
    for letter, name in letters.items():
        rig.press(Qt.Key.Key_J, CTRL)
        assert isinstance(rig.focused, LetterOverlay)
        rig.keys(letter.lower())
        await page.view.wait_idle()
        panel = page.panel(name)
        assert panel.isVisible(), name
        if not panel.is_empty():
            page.go_to(name)
            assert page.panel_of(rig.focused) is panel, name


async def test_the_letters_go_with_esc_and_the_focus_comes_back(rig: Rig) -> None:
    page = await rig.open()
    page.go_to("bills")
    rig.press(Qt.Key.Key_J, CTRL)
    rig.press(Qt.Key.Key_Escape)
    assert rig.focused is page.bills.table
    rig.press(Qt.Key.Key_J, CTRL)
    rig.keys("7")
    assert rig.focused is page.bills.table


async def test_f1_lists_every_key_of_the_menus(rig: Rig) -> None:
    rig.press(Qt.Key.Key_F1)
    dialog = rig.window.findChildren(KeysDialog)[0]
    texts = "\n".join(label.text() for label in dialog.findChildren(QLabel))
    for menu in rig.window.menuBar().findChildren(QMenu):
        for action in menu.actions():
            for key in action.shortcuts():
                assert key.toString() in texts, action.text()
    assert "Ctrl+J L" in texts
    dialog.close()


async def test_the_window_never_outgrows_the_screen(themed: None) -> None:
    preferences = Preferences()
    before = MainWindow(preferences)
    before.resize(2880, 1800)
    preferences.keep_layout("window", before.saveGeometry())
    window = MainWindow(preferences)
    room = window.screen().availableGeometry()
    assert window.width() <= room.width()
    assert window.height() <= room.height()
    assert window.minimumWidth() <= 640
    for one in (before, window):
        one.deleteLater()


async def test_the_row_menu_opens_by_key(rig: Rig) -> None:
    page = await rig.open()
    page.go_to("bills")
    rig.press(Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    menus = page.bills.table.findChildren(QMenu)
    assert [menu for menu in menus if menu.isVisible()]
    for menu in menus:
        menu.close()


async def test_what_is_looked_at_is_asked_again_when_it_has_become_old(rig: Rig) -> None:
    page = await rig.open()
    part = page.view.accounts
    part.state = replace(part.state, read_at=datetime.now(UTC) - timedelta(minutes=10))
    page.tick()
    await page.view.wait_idle()
    assert part.state.read_at is not None
    assert datetime.now(UTC) - part.state.read_at < timedelta(minutes=1)


async def test_the_console_is_as_it_was_after_the_program_has_ended(rig: Rig) -> None:
    page = await rig.open()
    other = await rig.open(await second_customer(rig))
    page.go_to("payments")
    page.go_to("bills")
    page.bills.table.setCurrentIndex(page.bills.table.rows_model.index(2, 0))
    bill = page.bills.table.rows_model.row(2).key
    page.go_to("usage")
    other.customer_actions.open_note()
    assert other.customer_actions.dock is not None
    other.customer_actions.dock.text.insertPlainText("Half a note")
    other.customer_actions.dock.reason.setCurrentIndex(2)
    rig.workspace.customers.go_to_tab(0)
    await asyncio.sleep(0)
    rig.workspace.close_all()  # as at the end of the program
    await asyncio.sleep(0)
    window = MainWindow(Preferences())
    window.resize(1440, 900)
    await asyncio.sleep(0)  # one turn for each part, as the program starts
    workspace = Workspace(window, SearchPalette.over(window), rig.bridge)
    window.show()
    await asyncio.sleep(0)
    workspace.attach(rig.console)
    try:
        await rig.until(lambda: workspace.page is not None and workspace.page.is_filled)
        again = workspace.page
        assert again is not None
        assert again.customer_id == page.customer_id
        await again.view.wait_idle()
        assert again.panel("usage").isVisible()
        again.go_to("bills")
        await rig.until(lambda: again.bills.table.rows_model.rowCount() > 2)
        assert again.bills.table.rows_model.row(again.bills.table.currentIndex().row()).key == bill
        workspace.customers.go_to_tab(1)
        dock = workspace.page.customer_actions.dock
        assert dock is not None
        assert dock.isVisible()
        assert (dock.text.toPlainText(), dock.reason.currentText()) == ("Half a note", "Fault")
        assert dock.text.textCursor().position() == len("Half a note")
        workspace.customers.close_tab(0)
        assert not any(place.startswith(f"row/{page.customer_id}") for place in rig.console.drafts.draft_keys)
    finally:
        while window.tabs.count():
            workspace.customers.close_tab(0)
            await asyncio.sleep(0.005)
        workspace.close_all()
        window.hide()
        window.deleteLater()


async def second_customer(rig: Rig) -> str:
    async with rig.sandbox.raw("crm") as client:
        path = "/tmf-api/customerManagement/v4/customer"
        records = (await client.get(path, params={"limit": 5, "fields": "id"})).json()
    return next(record["id"] for record in records if record["id"] != rig.sandbox.first_customer)
