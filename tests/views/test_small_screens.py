"""What is cut first where there is little room: never the name, who calls, or the button that opens an account."""

import asyncio

import pytest

from console.models.customer import CustomerId
from console.services.access.openings import Reason
from console.views.access.opening_dialog import OpeningDialog
from tests.views.conftest import Rig


@pytest.mark.gated
async def test_in_a_narrow_window_the_head_keeps_the_name_and_who_calls_whole(rig: Rig) -> None:
    customer = CustomerId(rig.sandbox.first_customer)
    await rig.desk.openings.verify(customer, "callback", "")
    page = await rig.open()
    head = page.head
    shown = [chip.text() for chip in head._chips.values() if chip.isVisible()]
    assert len(shown) >= 3
    assert not head.toolTip()
    rig.window.resize(800, 480)
    await asyncio.sleep(0.05)
    for label in (head.name, head._number, head.opening):
        assert label.isVisible()
        assert label.width() >= label.sizeHint().width(), label.text()
    left = [chip.text() for chip in head._chips.values() if chip.isVisible()]
    assert len(left) < len(shown)
    assert {text for text in shown if text in head.toolTip()} == set(shown) - set(left)
    rig.window.resize(1440, 900)
    await asyncio.sleep(0.05)
    assert [chip.text() for chip in head._chips.values() if chip.isVisible()] == shown


@pytest.mark.gated("trainee")
async def test_a_note_does_not_cover_who_calls_and_a_sentence_is_shown_whole(rig: Rig) -> None:
    customer = CustomerId(rig.sandbox.first_customer)
    await rig.desk.openings.open_for(customer, Reason.TYPED, "looking at a line")
    page = await rig.open()
    rig.window.resize(800, 480)
    await asyncio.sleep(0.05)
    page.acts.open_note()
    await asyncio.sleep(0.05)
    assert page.acts.dock is not None
    head = page.head.mapTo(page, page.head.rect().bottomRight())
    assert page.acts.dock.geometry().top() >= head.y()
    for width in (1280, 800, 640):
        rig.window.resize(width, 480)
        await asyncio.sleep(0.05)
        rig.window.status.say("Give credit: your role does not include that.")
        await asyncio.sleep(0.05)
        label = rig.window.status.origin
        assert label.contentsRect().width() >= label.fontMetrics().horizontalAdvance(label.text()), width
    rig.window.resize(1440, 900)
    rig.window.status.show_fact(None)
    await asyncio.sleep(0.05)
    assert all(label.isVisible() for label in rig.window.status._beside)


@pytest.mark.gated
async def test_the_question_who_calls_fits_the_smallest_screen(rig: Rig) -> None:
    rig.workspace.open_customer(CustomerId(rig.sandbox.first_customer))
    [dialog] = rig.window.findChildren(OpeningDialog)
    await rig.until(lambda: "·" in dialog.who.text())
    dialog.resize(430, 340)
    await asyncio.sleep(0.05)
    assert dialog.height() <= 360
    for button, _name, _reason in dialog.ways:
        button.setChecked(True)
        await asyncio.sleep(0.01)
        place = button.mapTo(dialog, button.rect().center())
        assert dialog._room.geometry().contains(place), button.text()
    assert dialog.rect().contains(dialog.open_button.geometry())
    dialog.reject()
