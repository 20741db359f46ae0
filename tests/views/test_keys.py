"""The console by keyboard only: real key events into the window."""

import sys

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QLineEdit, QWidget

from console.views.customer.forms.action_form import ActionForm
from console.views.keys.positions import letter_of
from console.views.widgets.fact import FactLabel
from console.views.widgets.origin import OriginDialog
from tests.views.conftest import Rig, texts_of, value_of

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


async def test_from_search_to_the_origin_of_a_bill_without_the_mouse(rig: Rig) -> None:
    rig.press(Qt.Key.Key_K, CTRL)
    assert rig.focused is rig.workspace.palette.text
    rig.keys(rig.sandbox.first_customer.replace("-", "").lower())
    await rig.until(lambda: rig.workspace.palette.list.rows_model.rowCount() == 1)
    rig.press(Qt.Key.Key_Return)
    assert rig.workspace.palette.isHidden()
    page = rig.workspace.page
    assert page is not None
    await page.view.wait_idle()
    assert rig.focused is page.head.name
    rig.press(Qt.Key.Key_J, CTRL)
    rig.press(Qt.Key.Key_B)
    assert rig.focused is page.bills.table
    rig.press(Qt.Key.Key_Down)
    assert "Lines of B-" in texts_of(page.bills.lines)
    assert page.bills.table.currentIndex().row() == 1
    rig.press(Qt.Key.Key_I, CTRL)
    dialogs = rig.window.findChildren(OriginDialog)
    assert len(dialogs) == 1
    assert "customerBill" in texts_of(dialogs[0])
    rig.press(Qt.Key.Key_Escape)
    await rig.until(lambda: rig.focused is page.bills.table)


@pytest.mark.parametrize(("letter", "panel"), [("A", "account"), ("S", "services"), ("B", "bills"), ("O", "orders")])
async def test_go_to_a_panel(rig: Rig, letter: str, panel: str) -> None:
    page = await rig.open()
    rig.press(Qt.Key.Key_J, CTRL)
    rig.keys(letter.lower())
    assert page.panel_of(rig.focused) is getattr(page, panel)


async def test_tabs_open_switch_close_and_reopen(rig: Rig) -> None:
    await rig.open()
    results: list = []
    await rig.console.search.find(rig.console.search.read("ma"), results.append)
    other = next(found.customer_id for found in results[-1].found if found.customer_id != rig.sandbox.first_customer)
    await rig.open(other)
    rig.press(Qt.Key.Key_1, CTRL)
    assert rig.workspace.page is not None
    assert rig.workspace.page.customer_id == rig.sandbox.first_customer
    rig.press(Qt.Key.Key_PageDown, CTRL)
    assert rig.workspace.page.customer_id == other
    rig.press(Qt.Key.Key_W, CTRL)
    assert rig.window.tabs.count() == 1
    rig.press(Qt.Key.Key_T, CTRL | SHIFT)
    assert rig.window.tabs.count() == 2
    assert rig.workspace.page.customer_id == other
    await rig.workspace.page.view.wait_idle()


async def test_f6_goes_round_all_regions(rig: Rig) -> None:
    page = await rig.open()
    visited: list[QWidget | None] = []
    for _ in range(9):
        rig.press(Qt.Key.Key_F6)
        visited.append(
            page.panel_of(rig.focused) or (page.head if page.head.isAncestorOf(rig.focused) else rig.focused)
        )
    assert len(set(map(id, visited))) == 9
    panels = {page.panel(name) for name in ("account", "services", "tickets", "bills", "orders", "timeline")}
    assert panels | {page.head} <= set(visited)


async def test_f5_asks_the_focused_panel_and_ctrl_shift_r_all(rig: Rig) -> None:
    page = await rig.open()
    page.go_to("services")
    rig.press(Qt.Key.Key_F5)
    assert page.view.services.state.loading_since is not None
    assert page.view.bills.state.loading_since is None
    await page.view.wait_idle()
    rig.press(Qt.Key.Key_R, CTRL | SHIFT)
    assert page.view.bills.state.loading_since is not None
    assert page.view.customer.state.loading_since is not None
    await page.view.wait_idle()


async def test_every_control_has_a_name_and_can_be_reached(rig: Rig) -> None:
    page = await rig.open()
    rig.workspace.palette.open()
    nameless = [
        widget
        for widget in rig.window.findChildren(QWidget)
        if isinstance(widget, QAbstractButton | QLineEdit | QAbstractItemView | FactLabel)
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.objectName().startswith("qt_")
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert not nameless
    rig.workspace.palette.close_palette()
    page.head.name.setFocus()
    reached = set()
    for _ in range(60):
        reached.add(rig.focused)
        rig.press(Qt.Key.Key_Tab)
    assert {value_of(page.account, "Balance"), page.bills.table, page.services.list, page.orders.list} <= reached


async def test_the_systems_page_tests_connections_by_keyboard(rig: Rig) -> None:
    rig.press(Qt.Key.Key_J, CTRL)
    rig.press(Qt.Key.Key_Y)
    card = rig.workspace.pages["systems"].cards["crm"]
    assert rig.focused is card.test_button
    rig.press(Qt.Key.Key_Space)
    await rig.until(lambda: "ok, " in texts_of(card))
    assert QApplication.focusWidget() is card.test_button


def pressed(key: int, text: str, *, scan_code: int = 0) -> QKeyEvent:
    none = Qt.KeyboardModifier.NoModifier
    return QKeyEvent(QEvent.Type.KeyPress, key, none, scan_code, 0, 0, text)


@pytest.mark.skipif(sys.platform != "linux", reason="places of keys are numbered by each system in its own way")
@pytest.mark.parametrize(
    ("event", "letter"),
    [
        (pressed(Qt.Key.Key_B, "b"), "B"),
        (pressed(0x0643, "\u0643", scan_code=39 + 8), "\u0643"),  # Arabic kaf on the semicolon key: no letter there
        (pressed(0x0634, "\u0634", scan_code=30 + 8), "A"),  # Arabic sheen
        (pressed(0x0421, "\u0441", scan_code=46 + 8), "C"),  # Cyrillic с
        (pressed(0x03A3, "\u03c3", scan_code=31 + 8), "S"),  # Greek σ
        (pressed(Qt.Key.Key_VolumeDown, ""), ""),
        (pressed(Qt.Key.Key_MediaPlay, ""), ""),
        (pressed(Qt.Key.Key_F5, ""), ""),
        (pressed(Qt.Key.Key_1, "1"), ""),
    ],
)
def test_a_letter_is_read_by_what_it_types_or_where_it_stands(event: QKeyEvent, letter: str) -> None:
    assert letter_of(event) == letter


async def test_a_key_that_types_no_letter_does_nothing_while_letters_are_shown(rig: Rig) -> None:
    page = await rig.open()
    for event in (pressed(0x0643, "\u0643"), pressed(Qt.Key.Key_VolumeDown, ""), pressed(Qt.Key.Key_MediaPlay, "")):
        rig.press(Qt.Key.Key_D, CTRL)
        QApplication.sendEvent(QApplication.focusWidget(), event)
        assert QApplication.activeModalWidget() is None
        assert not rig.window.findChildren(ActionForm)
    assert page.isVisible()
