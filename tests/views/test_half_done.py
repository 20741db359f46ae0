"""An action that stopped halfway, in the window: shown within 1 s, finished or undone by keys; and invalid input."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from console.models.outbox import ActionState
from console.services.actions.catalogue import ACTIONS
from console.views.customer.forms.action_form import ActionForm
from console.views.customer.forms.half_done import TAKE_BACK, HalfDoneDialog
from console.views.outbox.words import action_state
from tests.support.acting import asked, first_for_whom, numbers_of
from tests.views.conftest import Rig, texts_of
from tests.views.test_ten_tasks import CTRL, Hands, fill_in

pytestmark = pytest.mark.own_world


async def form_of(rig: Rig, hands: Hands, kind: str) -> ActionForm:
    """Find a customer who allows the action; return its form, open and filled in."""
    view, _, values = await first_for_whom(rig.console, numbers_of(120, 299), kind)
    customer = view.customer_id
    view.close()
    page = await hands.find(customer)
    hands.after(Qt.Key.Key_D, ACTIONS[kind].letter)
    form = await hands.form(ActionForm)
    await page.view.wait_idle()
    await fill_in(hands, form, {name: value for name, value in values.items() if name != "why"})
    await rig.until(lambda: form.plan is not None)
    return form


@pytest.mark.expects_log("is down")
@pytest.mark.expects_log("is back")
async def test_half_done_is_on_the_page_within_a_second_and_taken_back_by_keys(rig: Rig) -> None:
    hands = Hands(rig)
    form = await form_of(rig, hands, "suspend")
    title = form.plan.title
    await rig.sandbox.faults("billing", outage=True)
    await hands.send(form)
    page = rig.workspace.page
    await rig.until(lambda: f"Half done: {title}" in texts_of(page.alerts), within_s=1.0)
    hands.after(Qt.Key.Key_D, "z")
    dialog = await hands.form(HalfDoneDialog)
    assert "Provisioning has it, Billing doesn't" in texts_of(dialog)
    rig.press(Qt.Key.Key_Down)
    assert dialog.choices[TAKE_BACK].isChecked()
    rig.press(Qt.Key.Key_Return, CTRL)
    await rig.sandbox.clear()
    await hands.done(f"Undo: {title}")
    await rig.until(lambda: "Half done" not in texts_of(page.alerts))


@pytest.mark.expects_log("is down")
async def test_what_could_not_be_compared_is_said(rig: Rig) -> None:
    await rig.sandbox.faults("billing", outage=True)
    hands = Hands(rig)
    page = await hands.find(numbers_of(0, 1)[0])
    hands.after(Qt.Key.Key_J, "x")
    await rig.until(lambda: page.over.discrepancies is not None)
    shown = page.over.discrepancies
    await rig.until(lambda: "Billing has not sent the bills" in texts_of(shown))
    assert "no discrepancies" not in texts_of(shown)
    rig.press(Qt.Key.Key_Escape)


@pytest.mark.parametrize(
    ("typed", "message"),
    [("1.0051", "decimals"), ("5 XTS", "not XTS"), ("-5", "not a valid amount"), ("lots", "not a valid amount")],
)
async def test_what_cannot_be_is_said_and_nothing_is_sent(rig: Rig, typed: str, message: str) -> None:
    hands = Hands(rig)
    form = await form_of(rig, hands, "give-credit")
    await fill_in(hands, form, {"amount": typed})
    await rig.until(lambda: message in form.effect.text())
    before = len(rig.console.outbox.actions)
    rig.press(Qt.Key.Key_Return, CTRL)
    await rig.until(lambda: message in form.message.text())
    assert form.isVisible()
    assert len(rig.console.outbox.actions) == before
    rig.press(Qt.Key.Key_Escape)
    await rig.until(lambda: not form.isVisible())
    rig.window.activateWindow()  # as a window manager does
    await rig.until(rig.window.isActiveWindow)
    hands.after(Qt.Key.Key_D, "c")
    again = await hands.form(ActionForm)
    assert again.values["amount"] == typed  # the draft is restored
    again.forget_drafts()
    rig.press(Qt.Key.Key_Escape)
    await rig.until(lambda: not again.isVisible())


async def test_pressed_twice_it_is_done_once(rig: Rig) -> None:
    hands = Hands(rig)
    form = await form_of(rig, hands, "open-ticket")
    before = len(rig.console.outbox.actions)
    rig.press(Qt.Key.Key_Return, CTRL)
    rig.press(Qt.Key.Key_Return, CTRL)
    await hands.done(form.plan.title)
    assert [action.state for action in rig.console.outbox.actions[before:]] == [ActionState.DONE]


async def test_a_form_starts_from_the_oldest_open_bill_and_never_from_another_thing_than_was_named(rig: Rig) -> None:
    hands = Hands(rig)
    view, *_ = await first_for_whom(rig.console, numbers_of(120, 299), "take-payment")
    customer = view.customer_id
    view.close()
    page = await hands.find(customer)
    hands.after(Qt.Key.Key_D, "p")
    form = await hands.form(ActionForm)
    await page.view.wait_idle()
    context = rig.console.actions.context(page.view)
    bills = context.open_bills(form.values["account"])
    assert form.values["bill"] == (bills[0].id if bills else "")
    rig.press(Qt.Key.Key_Escape)
    await rig.until(lambda: not form.isVisible())
    page.customer_actions.open_action("suspend", {"product": "PR-OF-ANOTHER"})
    other = await hands.form(ActionForm)
    await rig.until(lambda: "Choose the product" in other.effect.text())
    assert not other.send_button.isEnabled()
    rig.press(Qt.Key.Key_Escape)


async def test_a_form_fits_into_a_small_window(rig: Rig) -> None:
    rig.window.resize(960, 600)  # 1440 x 900 at 150 % scaling
    hands = Hands(rig)
    form = await form_of(rig, hands, "open-ticket")
    assert form.width() <= rig.window.width()
    assert form.height() <= rig.window.height()
    form.forget_drafts()
    rig.press(Qt.Key.Key_Escape)


async def test_a_sent_action_is_said_and_money_on_its_way_is_not_quoted(rig: Rig) -> None:
    hands = Hands(rig)
    form = await form_of(rig, hands, "take-payment")
    title = form.plan.title
    await hands.send(form)
    await rig.until(lambda: f"Done: {title}." in texts_of(rig.window.status))
    page = rig.workspace.page
    await rig.until(lambda: "Payment posting, don't quote yet" in texts_of(page.account))


async def test_a_form_starts_on_what_the_cursor_stands_on(rig: Rig) -> None:
    hands = Hands(rig)
    for customer in numbers_of(0, 299):
        view = await asked(rig.console, customer, "close-ticket")
        tickets = [item.value for item in view.tickets.state.facts or () if item.value.is_open]
        view.close()
        if len(tickets) > 1:
            break
    page = await hands.find(customer)
    page.go_to("tickets")
    wanted = tickets[-1].id
    for _ in range(20):
        if page.selected is not None and page.selected.id == wanted:
            break
        rig.press(Qt.Key.Key_Down)
    hands.after(Qt.Key.Key_D, "w")
    form = await hands.form(ActionForm)
    await page.view.wait_idle()
    assert form.values["ticket"] == wanted
    form.reject()


async def test_a_appointment_is_not_moved_to_where_it_is(rig: Rig) -> None:
    view, _, values = await first_for_whom(rig.console, numbers_of(0, 299), "move-visit")
    _appointment, slot = ACTIONS["move-visit"].fields(rig.console.actions.context(view), values)
    shown = next(item.value for item in view.appointments.state.facts if item.value.id == values["visit"])
    starts = {item.value.id: item.value.starts_at for item in view.time_slots.state.facts}
    assert slot.choices
    assert shown.starts_at not in {starts[choice.value] for choice in slot.choices}
    view.close()


async def test_a_card_number_is_masked_in_a_form_and_at_the_door_too(rig: Rig) -> None:
    page = await rig.open()
    page.customer_actions.open_action("give-credit")
    [form] = rig.window.findChildren(ActionForm)
    await rig.until(lambda: form.fields)
    for field in (form.fields["amount"], form.findChild(QPlainTextEdit)):
        field.setFocus()
        await rig.until(field.hasFocus)
        rig.keys("4111 1111 1111 1111", field)
        text = field.text() if isinstance(field, QLineEdit) else field.toPlainText()
        assert text == "••••1111"
    form.reject()


async def test_a_card_number_is_masked_wherever_it_is_typed_or_pasted(rig: Rig) -> None:
    await rig.open()
    rig.press(Qt.Key.Key_N, CTRL)
    rig.keys("pays with 4111 1111 1111 1111 now")
    note = rig.workspace.page.customer_actions.dock.text
    assert note.toPlainText() == "pays with ••••1111 now"
    note.undo()
    assert "4111 1111" not in note.toPlainText()
    assert "card number" in texts_of(rig.window.status)
    rig.press(Qt.Key.Key_K, CTRL)
    QApplication.clipboard().setText("5555-5555-5555-4444")
    rig.press(Qt.Key.Key_V, CTRL)
    assert rig.workspace.palette.text.text() == "••••4444"
    assert not any("4111" in text or "5555" in text for text in rig.console.drafts.draft_keys.values())
    QApplication.clipboard().clear()


async def test_what_only_starts_says_so_and_its_result_is_announced(rig: Rig) -> None:
    view, _, values = await first_for_whom(rig.console, numbers_of(0, 299), "test-line")
    view.close()
    page = await rig.open(view.customer_id)
    await page.view.wait_idle()
    said: list[str] = []
    rig.bridge.on_unhandled = said.append
    page.view.tests.refresh()
    await page.view.wait_idle()
    action = await rig.console.actions.do("test-line", rig.console.actions.context(page.view), values, page.customer_id)
    await rig.until(lambda: any(one.startswith("Started: Line test") for one in said))
    assert action_state(next(one for one in rig.console.outbox.actions if one.id == action.id))[1] == "Started"
    assert not any("Done" in one for one in said)
    await rig.sandbox.advance(60)
    page.view.tests.refresh()
    await rig.until(lambda: any("to see it" in one for one in said))
    (result,) = [one for one in said if "to see it" in one]
    assert "Line test" in result
    assert "passed" in result or "failed" in result
