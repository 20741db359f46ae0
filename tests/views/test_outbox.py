"""Actions by mouse and keyboard in the window: notes, contact data, promises, conflicts, and restart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QPushButton

from console.models.outbox import ActionState
from console.models.search import Match, MatchedBy
from console.services.access.permissions import DataScope, Permission, PersonalField
from console.services.customer.contact import known_contact
from console.views import texts
from console.views.customer.forms.contact_form import ContactForm
from console.views.customer.forms.promise_form import PromiseForm
from console.views.outbox.edit_dialog import EditDialog
from console.views.outbox.page import OutboxPage
from tests.conformance.test_actions import account_of, held, notes_of
from tests.views.conftest import Rig, texts_of

CTRL = Qt.KeyboardModifier.ControlModifier


async def the_action(rig: Rig, state: ActionState) -> Any:
    await rig.until(lambda: any(action.state is state for action in rig.console.outbox.actions))
    return next(action for action in reversed(rig.console.outbox.actions) if action.state is state)


def dialog(rig: Rig, kind: type[QDialog]) -> Any:
    return next((one for one in rig.window.findChildren(kind) if one.isVisible()), None)


async def test_a_note_is_typed_kept_and_added_by_keyboard_alone(rig: Rig) -> None:
    page = await rig.open()
    rig.press(Qt.Key.Key_N, CTRL)
    assert page.customer_actions.dock is not None
    assert rig.focused is page.customer_actions.dock.text
    rig.keys("Asked why the bill is higher")
    await rig.until(
        lambda: page.customer_actions.dock.kept.text() == "in memory only"
    )  # this console has no file for its store
    assert page.title.startswith("✎")
    rig.press(Qt.Key.Key_Escape)
    assert not page.customer_actions.dock.isVisible()
    rig.press(Qt.Key.Key_N, CTRL)
    assert page.customer_actions.dock.text.toPlainText() == "Asked why the bill is higher"
    rig.press(Qt.Key.Key_Return, CTRL)
    action = await the_action(rig, ActionState.DONE)
    assert page.customer_actions.dock.text.toPlainText() == ""
    assert len(await notes_of(rig.sandbox, page.customer_id, action)) == 1
    assert not page.title.startswith("✎")
    await rig.until(lambda: "Asked why the bill is higher" in str(next(iter(page.view.interactions.state.facts)).value))


@pytest.mark.expects_log("is down")
@pytest.mark.expects_log("is back")
async def test_a_note_while_crm_is_away_waits_and_goes_by_itself(rig: Rig) -> None:
    page = await rig.open()
    await rig.sandbox.faults("crm", outage=True)
    page.customer_actions.open_note()
    page.customer_actions.dock.text.setPlainText("Written without CRM")
    page.customer_actions.dock.send_button.click()
    action = await the_action(rig, ActionState.QUEUED)
    await rig.until(lambda: any(one.next_try_at for one in rig.console.outbox.actions))
    assert "Outbox 1" in texts_of(rig.window.status)
    rig.press(Qt.Key.Key_J, CTRL)
    rig.keys("u")
    shown = rig.workspace.pages["outbox"]
    assert isinstance(shown, OutboxPage)
    assert shown.table.rows_model.row(0).cells[0].fact.text == "Saved, waiting"
    await rig.sandbox.clear()
    rig.console.outbox.system_is_back("crm")
    await rig.until(lambda: all(not one.is_open for one in rig.console.outbox.actions))
    assert len(await notes_of(rig.sandbox, page.customer_id, action)) == 1


async def test_contact_data_is_changed_in_both_systems(rig: Rig) -> None:
    page = await rig.open()
    rig.press(Qt.Key.Key_D, CTRL)
    rig.keys("k")
    form: ContactForm = dialog(rig, ContactForm)
    assert form.fields["email"].text()  # the page's values, at once
    await rig.until(lambda: "oading" not in form.effect.text())
    form.fields["email"].selectAll()
    rig.keys("not an address", form.fields["email"])
    assert "→ not an address" in form.effect.text()
    form.send_button.click()
    await rig.until(lambda: "not a valid e-mail" in form.message.text())
    form.fields["email"].setText("changed@example.org")
    form.send_button.click()
    action = await the_action(rig, ActionState.DONE)
    crm, billing = await held(rig.sandbox, page.customer_id, action.steps[1].record)
    assert (crm["email"], billing["email"]) == ("changed@example.org", "changed@example.org")
    await rig.until(lambda: "changed@example.org" in texts_of(page.head))


async def test_a_promise_says_what_is_wrong_and_is_kept_when_it_is_right(rig: Rig) -> None:
    page = await rig.open(await owing(rig))
    await page.view.wait_idle()
    page.customer_actions.open_promise_form()
    form: PromiseForm = dialog(rig, PromiseForm)
    form.due.setText("+7")
    for typed, message in (
        ("a lot", "not a valid amount"),
        ("1.2341", "decimals"),
        ("999999", "is due"),
        ("0", "above zero"),
    ):
        form.amount.setText(typed)
        form.send_button.click()
        await rig.until(lambda message=message: message in form.message.text())
    form.amount.setText("1.50")
    for typed, message in (
        ("13/13/2027", "not a valid date"),
        ("soon", "not a valid date"),
        ("31 Feb", "not a valid date"),
        ("+91", "90 days"),
    ):
        form.due.selectAll()
        rig.keys(typed, form.due)
        form.send_button.click()
        await rig.until(lambda message=message: message in form.message.text())
    due = datetime.now(UTC).astimezone().date() + timedelta(days=11)
    form.due.selectAll()
    rig.keys(f"{due.month}/{due.day}/{due.year}", form.due)  # US format, as this deployment is in the US
    assert texts.weekday(due) in form.effect.text()
    form.due.selectAll()
    rig.keys("+7", form.due)
    due = datetime.now(UTC).astimezone().date() + timedelta(days=7)
    assert texts.weekday(due) in form.effect.text()
    assert form.message.text() == ""  # the error is fixed
    form.send_button.click()
    action = await the_action(rig, ActionState.DONE)
    assert action.title == f"Promise to pay {action.steps[0].wanted.money()} by {due.isoformat()}"
    await rig.until(lambda: f"1.50 by {texts.weekday(due)}" in texts_of(page.panel("account")))
    await rig.until(lambda: "Promised: " in texts_of(page.alerts))
    page.customer_actions.open_promise_form()
    form = dialog(rig, PromiseForm)
    assert "Already promised" in form.effect.text()
    account = next(iter(page.view.accounts.state.facts)).value
    form.amount.setText(str(account.balance.amount - 1))
    form.due.setText("+7")
    form.send_button.click()
    await rig.until(lambda: "already promised" in form.message.text())


async def owing(rig: Rig) -> str:
    async with rig.sandbox.raw("billing") as client:
        path = "/tmf-api/accountManagement/v4/billingAccount"
        for offset in range(0, 400, 100):
            for record in (await client.get(path, params={"limit": 100, "offset": offset})).json():
                if record["accountBalance"][0]["amount"]["value"] > 5:
                    return next(one["id"] for one in record["relatedParty"] if one["role"] == "customer")
    raise AssertionError("nobody owes anything")


async def the_conflict(rig: Rig) -> OutboxPage:
    """Go to the Outbox once an action is in conflict; return the page that shows it."""
    await the_action(rig, ActionState.CONFLICT)
    rig.workspace.go_to("outbox")
    shown = rig.workspace.pages["outbox"]
    assert shown is not None
    await rig.until(shown.conflict.isVisible)
    return shown


async def test_a_conflict_is_decided_by_keys(rig: Rig) -> None:
    page = await rig.open()
    customer = page.customer_id
    account = await account_of(rig.sandbox, customer)
    seen = await rig.console.actions.look_at_contact(customer, account)
    await change_elsewhere(rig, customer, "theirs@example.net")
    await rig.console.actions.change_contact(customer, account, {"email": "mine@example.net"}, seen)
    shown = await the_conflict(rig)
    (line,) = shown.conflict.lines
    assert line.theirs.text() == "theirs@example.net"
    assert line.chosen is None  # no choice is preselected
    assert not shown.conflict.send.isEnabled()
    rig.press(Qt.Key.Key_Return, CTRL)
    assert shown.chosen is not None
    assert shown.chosen.state is ActionState.CONFLICT
    for key, wanted in ((Qt.Key.Key_2, "theirs@example.net"), (Qt.Key.Key_1, "mine@example.net")):
        rig.press(key)
        assert line.chosen == wanted
        assert (line.mine.isChecked(), line.theirs.isChecked()) == (key == Qt.Key.Key_1, key == Qt.Key.Key_2)
    rig.press(Qt.Key.Key_Return, CTRL)
    await the_action(rig, ActionState.DONE)
    crm, billing = await held(rig.sandbox, customer, account)
    assert (crm["email"], billing["email"]) == ("mine@example.net", "mine@example.net")


@pytest.mark.parametrize(
    ("key", "chosen"), [(Qt.Key.Key_1, "mine2@example.net"), (Qt.Key.Key_2, "theirs2@example.net")]
)
async def test_a_decision_is_for_every_system_of_the_action(rig: Rig, key: Qt.Key, chosen: str) -> None:
    page = await rig.open()
    customer = page.customer_id
    account = await account_of(rig.sandbox, customer)
    await change_elsewhere(rig, customer, f"before.{chosen}")  # replaces whatever other tests have left
    seen = await rig.console.actions.look_at_contact(customer, account)
    await change_elsewhere(rig, customer, "theirs2@example.net")
    await rig.console.actions.change_contact(customer, account, {"email": "mine2@example.net"}, seen)
    await the_conflict(rig)
    rig.press(key)
    rig.press(Qt.Key.Key_Return, CTRL)
    action = await the_action(rig, ActionState.DONE)
    assert action.title == f"Contact: e-mail {chosen}"  # the title names the value that was sent
    assert {step.wanted["email"] for step in action.steps} == {chosen}
    crm, billing = await held(rig.sandbox, customer, account)
    assert (crm["email"], billing["email"]) == (chosen, chosen)


async def test_a_conflict_is_ended_with_a_third_value(rig: Rig) -> None:
    page = await rig.open()
    customer = page.customer_id
    seen = await rig.console.actions.look_at_contact(customer, None)
    await change_elsewhere(rig, customer, "theirs.now@example.net")
    await rig.console.actions.change_contact(customer, None, {"email": "mine.now@example.net"}, seen)
    shown = await the_conflict(rig)
    rig.press(Qt.Key.Key_3)
    rig.keys("not an address")
    rig.press(Qt.Key.Key_Return, CTRL)
    await rig.until(lambda: "not a valid e-mail" in texts_of(shown.conflict))
    assert any(
        "not an address" in text for text in rig.console.drafts.draft_keys.values()
    )  # saved like all other input
    shown.conflict.lines[0].typed.selectAll()
    rig.keys("third21@example.net")  # 2 and 1 are letters here, not choices
    assert shown.conflict.lines[0].goes.text() == "third21@example.net"
    assert not shown.conflict.lines[0].mine.isChecked()
    rig.press(Qt.Key.Key_Return, CTRL)
    await the_action(rig, ActionState.DONE)
    async with rig.sandbox.raw("crm") as client:
        record = (await client.get(f"/tmf-api/customerManagement/v4/customer/{customer}")).json()
    assert "third21@example.net" in str(record["contactMedium"])


@pytest.mark.expects_log("is down")
@pytest.mark.expects_log("is back")
async def test_contact_data_changed_while_systems_are_away_asks_nothing_when_they_are_back(rig: Rig) -> None:
    page = await rig.open()
    await page.view.wait_idle()
    for system in ("crm", "billing"):
        await rig.sandbox.faults(system, outage=True)
    page.customer_actions.open_contact_form()
    form: ContactForm = dialog(rig, ContactForm)
    started = form.fields["email"].text()
    assert started
    form.fields["email"].selectAll()
    rig.keys("while.away@example.org", form.fields["email"])
    await rig.until(lambda: "Last known" in form.effect.text())
    assert form.fields["email"].text() == "while.away@example.org"
    rig.press(Qt.Key.Key_Return, CTRL) if rig.focused is form.fields["email"] else form.send_button.click()
    action = await the_action(rig, ActionState.QUEUED)
    assert action.steps[0].base["email"] == started
    await rig.sandbox.clear()
    for system in ("crm", "billing"):
        rig.console.outbox.system_is_back(system)
    await rig.until(
        lambda: not any(one.is_open for one in rig.console.outbox.actions) or rig.console.outbox.actions[-1].needs_user
    )
    assert rig.console.outbox.actions[-1].state is ActionState.DONE


async def test_what_stands_in_a_closed_form_is_back_and_can_be_thrown_away(rig: Rig) -> None:
    page = await rig.open()
    page.customer_actions.open_contact_form()
    form: ContactForm = dialog(rig, ContactForm)
    started = form.fields["email"].text()
    form.fields["email"].selectAll()
    rig.keys("half@", form.fields["email"])
    form.reject()
    assert page.title.startswith("✎")
    page.customer_actions.open_contact_form()
    form = dialog(rig, ContactForm)
    assert form.fields["email"].text() == "half@"
    assert "Draft restored. Not sent." in texts_of(form)
    form.findChild(QPushButton, "Start over").click()
    assert form.fields["email"].text() == started
    assert not page.title.startswith("✎")


async def test_a_refused_note_is_corrected_in_the_outbox(rig: Rig) -> None:
    page = await rig.open()
    await rig.console.actions.add_note(page.customer_id, "One before it", reason="Other")
    await the_action(rig, ActionState.DONE)  # from now on CRM's list of notes is trusted
    await rig.sandbox.faults("crm", refuse_writes="This customer is locked")
    await rig.console.actions.add_note(page.customer_id, "Wrong words", reason="Other")
    await the_action(rig, ActionState.REJECTED)
    rig.press(Qt.Key.Key_J, CTRL)
    rig.keys("u")
    shown = rig.workspace.pages["outbox"]
    assert isinstance(shown, OutboxPage)
    await rig.until(lambda: "rejected" in texts_of(page.alerts))
    shown.details.buttons["edit"].click()
    form: EditDialog = dialog(rig, EditDialog)
    text = form.findChild(QPlainTextEdit)
    assert text.toPlainText() == "Wrong words"
    text.setPlainText("Right words")
    await rig.sandbox.clear()
    form.send_button.click()
    await rig.until(lambda: sum(action.state is ActionState.DONE for action in rig.console.outbox.actions) == 2)
    action = await the_action(rig, ActionState.DONE)
    assert action.title == "Note: Right words"
    (record,) = await notes_of(rig.sandbox, page.customer_id, action)
    assert record["note"][0]["text"] == "Right words"


async def change_elsewhere(rig: Rig, customer: str, email: str) -> None:
    async with rig.sandbox.raw("crm") as client:
        path = f"/tmf-api/customerManagement/v4/customer/{customer}"
        record = (await client.get(path)).json()
        for medium in record["contactMedium"]:
            if "emailAddress" in medium["characteristic"]:
                medium["characteristic"]["emailAddress"] = email
        body = {"contactMedium": record["contactMedium"], "engagedParty": record["engagedParty"]}
        (await client.patch(path, json=body)).raise_for_status()


async def test_everything_a_person_can_paste_stays_text(rig: Rig) -> None:
    page = await rig.open()
    page.customer_actions.open_note()
    pasted = "<img src=x onerror=1>\n\u202egnp.exe\x00 =cmd() 𝕬 " + "é" * 4000
    page.customer_actions.dock.text.insertPlainText(pasted)
    page.customer_actions.dock.send_button.click()
    action = await the_action(rig, ActionState.DONE)
    (record,) = await notes_of(rig.sandbox, page.customer_id, action)
    assert "<img src=x onerror=1>" in record["note"][0]["text"]
    assert record["note"][0]["text"].count("é") == 4000


async def test_what_is_typed_while_a_note_is_being_kept_is_the_next_one(rig: Rig) -> None:
    page = await rig.open()
    rig.press(Qt.Key.Key_N, CTRL)
    assert page.customer_actions.dock is not None
    rig.keys("The first")
    rig.press(Qt.Key.Key_Return, CTRL)
    rig.keys("Next")  # no turn of the loop between: the first is not saved yet
    action = await the_action(rig, ActionState.DONE)
    assert action.title == "Note: The first"
    assert page.customer_actions.dock.text.toPlainText() == "Next"
    assert rig.console.drafts.text(f"note/{page.customer_id}") == "Next"


async def test_an_empty_note_is_refused_in_words(rig: Rig) -> None:
    page = await rig.open()
    page.customer_actions.open_note()
    page.customer_actions.dock.send_button.click()
    await rig.until(lambda: "note is empty" in page.customer_actions.dock.message.text())
    assert not rig.console.outbox.actions


async def test_the_past_is_shown_as_the_past_and_asks_nobody(rig: Rig) -> None:
    page = await rig.open()

    async def is_kept() -> bool:
        kept = {part for moment in await rig.console.moments(page.customer_id) for part in moment.changed}
        return {DataScope.CUSTOMER.value, DataScope.BILLING_ACCOUNTS.value, DataScope.BILLS.value} <= kept

    async def is_kept_anew() -> bool:
        return (await rig.console.moments(page.customer_id))[0].at > before

    await rig.until(is_kept)
    before = datetime.now(UTC)
    await change_elsewhere(rig, page.customer_id, "later@example.net")
    page.view.customer.refresh()
    await rig.until(is_kept_anew)
    past = rig.workspace.open_customer(page.customer_id, before)
    assert past is not None
    assert past is not page
    await past.view.wait_restored()
    facts = past.view.customer.state.facts
    assert facts is not None
    assert "later@example.net" not in {medium.text for medium in facts.value.contact_media}
    assert past.view.bills.state.facts
    assert not any(part.state.loading_since for part in past.view.loaders)
    assert "as of" in past.title
    await rig.until(lambda: "Past value" in texts_of(past.panel("account")))
    assert "Safe to quote" not in texts_of(past)
    assert "Refresh" not in texts_of(past)
    assert datetime.now(UTC) - before < timedelta(minutes=1)


@pytest.mark.expects_log("is down")
async def test_who_was_seen_is_found_without_a_system_and_with_typing_errors(rig: Rig) -> None:
    page = await rig.open()
    name = page.view.customer.state.facts.value.name
    for system in ("crm", "billing", "provisioning"):
        await rig.sandbox.faults(system, outage=True)
    wrong = name.split()[-1]
    wrong = wrong[:-2] + wrong[-1] + wrong[-2] + " " + name.split()[0]

    async def found_here(typed: str) -> bool:
        results: list[Any] = []
        await rig.console.search.find(rig.console.search.read(typed), results.append)
        found = next((one for one in results[-1].found if one.customer_id == page.customer_id), None)
        return found is not None and ("desk", Match(MatchedBy.SEEN_HERE)) in found.reasons

    for typed in (name[:4], wrong, page.view.customer.state.facts.value.contact_media[0].text):
        await rig.until(lambda typed=typed: found_here(typed))


async def test_the_letters_work_while_a_note_has_the_keyboard(rig: Rig) -> None:
    page = await rig.open()
    rig.press(Qt.Key.Key_N, CTRL)
    rig.keys("Half a note")
    rig.press(Qt.Key.Key_J, CTRL)
    rig.keys("y")
    assert page.customer_actions.dock is not None
    assert page.customer_actions.dock.text.toPlainText() == "Half a note"
    assert not page.isVisible()


@pytest.mark.expects_log("is down")
@pytest.mark.expects_log("is back")
async def test_what_the_role_lost_is_said_and_handed_to_a_supervisor(rig: Rig) -> None:
    page = await rig.open()
    await rig.sandbox.faults("crm", outage=True)
    page.customer_actions.open_note()
    page.customer_actions.dock.text.setPlainText("Written as a rep")
    page.customer_actions.dock.send_button.click()
    await the_action(rig, ActionState.QUEUED)
    user = rig.console.permissions.user
    rig.console.permissions.user = replace(user, may_do=user.may_do - {Permission.ADD_NOTE})
    await rig.sandbox.clear()
    rig.console.outbox.system_is_back("crm")
    await the_action(rig, ActionState.REJECTED)
    rig.press(Qt.Key.Key_J, CTRL)
    rig.keys("u")
    shown = rig.workspace.pages["outbox"]
    assert isinstance(shown, OutboxPage)
    await rig.until(lambda: "your role no longer allows this" in texts_of(shown))
    button = shown.details.buttons["hand over"]
    assert button.isVisible()
    button.click()
    ticket = await the_action(rig, ActionState.DONE)
    assert ticket.title.startswith("Hand over: ")
    assert [action.state for action in rig.console.outbox.actions if action.id != ticket.id] == [ActionState.WITHDRAWN]


@pytest.mark.expects_log("is down")
@pytest.mark.expects_log("is back")
async def test_what_a_role_has_masked_is_masked_in_titles_and_notifications_too(rig: Rig) -> None:
    page = await rig.open()
    for system in ("crm", "billing"):
        await rig.sandbox.faults(system, outage=True)
    user = rig.console.permissions.user
    account = page.view.accounts.unmasked.items[0].value
    seen = known_contact(page.view.customer.unmasked.value, account)
    customer, phone = page.customer_id, "+19375550173"
    rig.console.permissions.user = replace(user, masked=frozenset(PersonalField))
    await rig.console.actions.change_contact(customer, account.id, {"phone": phone}, seen)
    await the_action(rig, ActionState.QUEUED)
    rig.press(Qt.Key.Key_J, CTRL)
    rig.keys("u")
    shown = rig.workspace.pages["outbox"]
    await rig.until(lambda: "Contact:" in shown.table.rows_model.row(0).cells[1].fact.text)
    assert phone not in shown.table.rows_model.row(0).cells[1].fact.text
    assert phone not in texts_of(rig.window)
    await rig.sandbox.clear()
