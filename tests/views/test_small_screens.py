"""The order of cuts on a small screen: never the name, the caller, or the button that opens an account."""

import pytest
from PySide6.QtWidgets import QLabel

from console.models.customer import CustomerId
from console.services.access.access_service import AccessReason
from console.views.access.access_dialog import AccessDialog
from console.views.customer.head import CustomerHead
from console.views.widgets.live_page import PlainScroll
from tests.views.conftest import Rig, texts_of, value_of


def lines(head: CustomerHead) -> list[str]:
    """Return the lines of the head without the age of its data, which changes during the test."""
    return [line for line in texts_of(head).splitlines() if not line.startswith("CRM · ")]


@pytest.mark.gated
async def test_in_a_narrow_window_the_head_keeps_the_name_and_who_calls_whole(rig: Rig) -> None:
    customer = CustomerId(rig.sandbox.first_customer)
    await rig.console.access.verify(customer, "callback", "")
    page = await rig.open()
    head = page.head
    shown = lines(head)
    assert {"Residential", "Business"} & set(shown)
    assert any(line.startswith("Since ") for line in shown)
    assert not head.toolTip()
    rig.window.resize(800, 480)
    await rig.laid_out()
    for label in (head.name, value_of(head, "Customer number"), head.grant):
        assert label.isVisible()
        assert label.width() >= label.sizeHint().width(), label.text()
    left = lines(head)
    assert len(left) < len(shown)
    assert {text for text in shown if text in head.toolTip()} == set(shown) - set(left)
    rig.window.resize(1440, 900)
    await rig.laid_out()
    assert lines(head) == shown


@pytest.mark.gated("trainee")
async def test_a_note_does_not_cover_who_calls_and_a_sentence_is_shown_whole(rig: Rig) -> None:
    customer = CustomerId(rig.sandbox.first_customer)
    await rig.console.access.open_for(customer, AccessReason.TYPED, "looking at a line")
    page = await rig.open()
    rig.window.resize(800, 480)
    await rig.laid_out()
    page.customer_actions.open_note()
    await rig.laid_out()
    assert page.customer_actions.dock is not None
    head = page.head.mapTo(page, page.head.rect().bottomRight())
    assert page.customer_actions.dock.geometry().top() >= head.y()
    for width in (1280, 800, 640):
        rig.window.resize(width, 480)
        await rig.laid_out()
        rig.window.status.say("Give credit: your role can't do that.")
        await rig.laid_out()
        label = rig.window.status.origin
        assert label.contentsRect().width() >= label.fontMetrics().horizontalAdvance(label.text()), width
    rig.window.resize(1440, 900)
    rig.window.status.show_fact(None)
    await rig.laid_out()
    assert all(label.isVisible() for label in rig.window.status.findChildren(QLabel))


@pytest.mark.gated
async def test_the_question_who_calls_fits_the_smallest_screen(rig: Rig) -> None:
    rig.workspace.open_customer(CustomerId(rig.sandbox.first_customer))
    [dialog] = rig.window.findChildren(AccessDialog)
    await rig.until(lambda: "·" in dialog.who.text())
    dialog.resize(430, 340)
    await rig.laid_out(dialog)
    assert dialog.height() <= 360
    for button, _name, _reason in dialog.ways:
        button.setChecked(True)
        await rig.laid_out(dialog)
        place = button.mapTo(dialog, button.rect().center())
        assert dialog.findChild(PlainScroll).geometry().contains(place), button.text()
    assert dialog.rect().contains(dialog.open_button.geometry())
    dialog.reject()
