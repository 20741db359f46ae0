"""A rep's ten most common tasks, each from the search to the note by keys only; no mouse, no call into the window."""

import asyncio
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from console.models.outbox import Action, ActionState
from console.services.actions.catalogue import ACTIONS
from console.views.customer.forms.action_form import ActionForm
from console.views.customer.forms.contact_form import ContactForm
from console.views.customer.page import CustomerPage
from tests.support.acting import first_for_whom, numbers_of
from tests.views.conftest import Rig

pytestmark = pytest.mark.own_world

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Hands:
    """A rep who uses only the keyboard."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig

    async def find(self, customer: str) -> CustomerPage:
        self.rig.press(Qt.Key.Key_K, CTRL)
        self.rig.keys(customer)
        await self.rig.until(lambda: bool(self.rig.workspace.palette.list.rows_model.rows))
        self.rig.press(Qt.Key.Key_Return)
        await self.rig.until(lambda: self.rig.workspace.page is not None)
        page = self.rig.workspace.page
        assert page is not None
        await page.view.wait_idle()
        await self.rig.until(lambda: page.is_filled)
        return page

    def after(self, key: Qt.Key, letter: str) -> None:
        self.rig.press(key, CTRL)
        self.rig.keys(letter)

    async def form(self, kind: type[QWidget]) -> Any:
        await self.rig.until(lambda: isinstance(QApplication.activeModalWidget(), kind))
        form = QApplication.activeModalWidget()
        assert form is not None
        form.activateWindow()  # as a window manager does
        await self.rig.until(lambda: form.isAncestorOf(self.rig.focused))
        return form

    async def go_to(self, form: QWidget, name: str) -> QWidget:
        """Move to a field with Tab and return it."""
        for _ in range(12):
            if self.rig.focused.objectName() == name:
                return self.rig.focused
            self.rig.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not reach {name} in {form.windowTitle()}")

    async def send(self, form: Any) -> None:
        await self.rig.until(lambda: not form.isVisible() or form.send_button.isEnabled())
        self.rig.press(Qt.Key.Key_Return, CTRL)
        await self.rig.until(lambda: QApplication.activeModalWidget() is None)
        self.rig.window.activateWindow()
        await self.rig.until(self.rig.window.isActiveWindow)

    async def note(self, text: str) -> None:
        self.rig.press(Qt.Key.Key_N, CTRL)
        self.rig.keys(text)
        self.rig.press(Qt.Key.Key_Return, CTRL)
        await self.done("Note")

    async def done(self, title: str, state: ActionState = ActionState.DONE) -> Action:
        def found() -> list[Action]:
            return [
                action for action in self.rig.console.outbox.actions if title in action.title and action.state is state
            ]

        await self.rig.until(found)
        return found()[-1]


async def fill_in(hands: Hands, form: ActionForm, values: dict[str, str]) -> None:
    """Enter values by keys: choices with the arrow keys, all others typed over the current text."""
    for name, value in values.items():
        field = await hands.go_to(form, name)
        if isinstance(field, QComboBox):
            wanted = field.findData(value)
            while field.currentIndex() != wanted:
                before = field.currentIndex()
                hands.rig.press(Qt.Key.Key_Down if wanted > before else Qt.Key.Key_Up)
                assert field.currentIndex() != before, f"{name} stays at {field.currentText()}"
        elif isinstance(field, QLineEdit | QPlainTextEdit):
            hands.rig.press(Qt.Key.Key_A, CTRL)
            hands.rig.keys(value)
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    "kind", ["take-payment", "give-credit", "open-ticket", "test-line", "book-visit", "suspend", "change", "send"]
)
async def test_an_action_from_search_to_note(rig: Rig, kind: str) -> None:
    view, _, values = await first_for_whom(rig.console, numbers_of(120, 299), kind)
    customer = view.customer_id
    view.close()
    hands = Hands(rig)
    page = await hands.find(customer)
    hands.after(Qt.Key.Key_D, ACTIONS[kind].letter)
    form = await hands.form(ActionForm)
    await page.view.wait_idle()
    entered = {name: value for name, value in values.items() if name != "why"}
    await fill_in(hands, form, entered)
    await rig.until(lambda: form.plan is not None)
    title = form.plan.title
    await hands.send(form)
    await hands.done(title)
    await hands.note(f"Done on the phone: {kind}")


async def test_a_bill_is_explained_and_noted(rig: Rig) -> None:
    hands = Hands(rig)
    page = await hands.find(numbers_of(1, 2)[0])
    hands.after(Qt.Key.Key_J, "e")
    await rig.until(lambda: page.over.explanation is not None and page.over.explanation.explanation is not None)
    rig.press(Qt.Key.Key_N, CTRL | SHIFT)
    await rig.until(
        lambda: page.customer_actions.dock is not None and bool(page.customer_actions.dock.text.toPlainText())
    )
    said = page.over.explanation.sentence.text()
    rig.press(Qt.Key.Key_Return, CTRL)
    action = await hands.done("Note")
    assert action.steps[0].wanted["text"] == said


async def test_contact_data_is_changed_and_noted(rig: Rig) -> None:
    hands = Hands(rig)
    await hands.find(numbers_of(2, 3)[0])
    hands.after(Qt.Key.Key_D, "k")
    form = await hands.form(ContactForm)
    await rig.until(lambda: "loading" not in form.effect.text().lower())
    await hands.go_to(form, "email")
    rig.press(Qt.Key.Key_A, CTRL)
    rig.keys("from.the.ten.tasks@example.net")
    await hands.send(form)
    await hands.done("from.the.ten.tasks")
    await hands.note("E-mail changed on the phone.")


async def test_a_discrepancy_is_mended_by_keys(rig: Rig) -> None:
    hands = Hands(rig)
    customer = await with_truth(rig, "billedButTerminated", numbers_of(0, 299))
    page = await hands.find(customer)
    await rig.until(lambda: page.discrepancies.comparison.found)
    hands.after(Qt.Key.Key_J, "x")
    rig.press(Qt.Key.Key_Return)
    form = await hands.form(ActionForm)
    await page.view.wait_idle()
    await rig.until(lambda: form.plan is not None)
    await hands.send(form)
    await hands.done("Stop billing")
    await page.view.wait_idle()
    await rig.until(lambda: "stopped" in str(page.discrepancies.comparison.found[0].meaning))


async def with_truth(rig: Rig, kind: str, people: list[str]) -> str:
    for customer in people:
        truth = await rig.sandbox.truth(customer)
        if [item["kind"] for item in truth["contradictions"]] == [kind]:
            return customer
    raise AssertionError(f"nobody with {kind}")
