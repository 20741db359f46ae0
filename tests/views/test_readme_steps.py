"""The ten steps of the README, in order, by keyboard, on a real sandbox with its real sign-in."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from console.services.access.sign_in import SignIn
from console.views.access.access_dialog import AccessDialog
from console.views.access.sign_in_bar import SignInSession
from console.views.customer.forms.action_form import ActionForm
from console.views.outbox.page import OutboxPage
from console.views.search.palette import SearchPalette
from console.views.widgets.origin import OriginDialog
from tests.views.conftest import Rig, texts_of
from tests.views.test_sign_in_bar import Browser, browser, person, sign_in

__all__ = ["browser", "person", "sign_in"]

CTRL = Qt.KeyboardModifier.ControlModifier
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
# How each step begins, so that a moved or reworded step fails here.
STEPS = (
    "Sign in", "Find a customer", "Verify the caller", "Look around the page", "See where a value comes from",
    "Explain the bill", "Write a note", "Give a credit", "Check the Outbox", "See discrepancies",
)  # fmt: skip


def test_the_readme_has_these_steps_in_this_order() -> None:
    found = [README.index(f"{number}. **{title}.**") for number, title in enumerate(STEPS, 1)]
    assert found == sorted(found)


async def in_front(rig: Rig) -> None:
    """Bring the window to the front after a dialog has closed; the off-screen platform has no window manager for it."""
    rig.window.activateWindow()
    await rig.until(rig.window.isActiveWindow)


@pytest.mark.gated("rep")
async def test_the_ten_steps_work_in_their_order(
    rig: Rig, sign_in: SignIn, person: SignInSession, browser: Browser
) -> None:
    # 1. Sign in
    signing_in = asyncio.ensure_future(person.bar.prompt(sign_in))
    await rig.until(person.bar.button.hasFocus)
    rig.press(Qt.Key.Key_Return)
    await rig.until(lambda: browser.opened)
    await browser.click("rep")
    await signing_in
    person.attach(sign_in)

    # 2. Find a customer
    rig.press(Qt.Key.Key_K, CTRL)
    [palette] = rig.window.findChildren(SearchPalette)
    async with rig.sandbox.raw("crm") as crm:  # the tests' world is smaller than the demo's
        record = (await crm.get(f"/tmf-api/customerManagement/v4/customer/{rig.sandbox.first_customer}")).json()
    rig.keys(record["name"], palette.text)
    await rig.until(lambda: palette.list.rows_model.rowCount() > 0)
    rig.press(Qt.Key.Key_Return)

    # 3. Verify the caller
    await rig.until(lambda: rig.window.findChildren(AccessDialog))
    [dialog] = rig.window.findChildren(AccessDialog)
    await rig.until(dialog.answer.hasFocus)
    photo = next(button for button, name, _reason in dialog.ways if name == "photo")
    photo.setFocus()
    photo.click()
    rig.press(Qt.Key.Key_Return, CTRL)
    page = await rig.until(lambda: rig.workspace.page)
    await page.view.wait_idle()
    assert page.view.name == record["name"]
    await in_front(rig)

    # 4. Look around the page
    rig.press(Qt.Key.Key_J, CTRL)
    rig.keys("b")
    await rig.until(page.bills.table.hasFocus)

    # 5. See where a value comes from
    rig.press(Qt.Key.Key_I, CTRL)
    await rig.until(lambda: rig.window.findChildren(OriginDialog))
    [origin] = rig.window.findChildren(OriginDialog)
    assert "Billing" in texts_of(origin)
    await rig.until(origin.isActiveWindow)
    rig.press(Qt.Key.Key_Escape)
    await in_front(rig)

    # 6. Explain the bill
    rig.press(Qt.Key.Key_J, CTRL)
    rig.keys("e")
    await rig.until(lambda: page.over.explanation is not None and page.over.explanation.explanation is not None)
    assert page.over.explanation.sentence.text().startswith("Your ")
    rig.press(Qt.Key.Key_Escape)

    # 7. Write a note
    rig.press(Qt.Key.Key_N, CTRL)
    rig.keys("Explained the bill", page.customer_actions.dock.text)
    rig.press(Qt.Key.Key_Return, CTRL)
    await rig.until(lambda: any(action.title for action in rig.console.outbox.actions))

    # 8. Give a credit
    rig.press(Qt.Key.Key_D, CTRL)
    rig.keys("c")
    await rig.until(lambda: rig.window.findChildren(ActionForm))
    [form] = rig.window.findChildren(ActionForm)
    await rig.until(lambda: "Give credit" in form.windowTitle() or "Give credit" in texts_of(form))
    await rig.until(form.isActiveWindow)
    rig.press(Qt.Key.Key_Escape)
    await in_front(rig)

    # 9. Check the Outbox
    rig.press(Qt.Key.Key_J, CTRL)
    rig.keys("u")
    outbox = rig.workspace.pages["outbox"]
    assert isinstance(outbox, OutboxPage)
    await rig.until(outbox.isVisible)
    assert outbox.table.rows_model.rowCount() == 1

    # 10. See discrepancies
    rig.press(Qt.Key.Key_J, CTRL)
    rig.keys("x")
    await rig.until(lambda: "Discrepancies" in texts_of(page.over))
