"""Closing the window lists unsent work and its consequences; nothing is lost without a message."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from console.errors import StoreError
from console.models.outbox import ActionState, StepState
from console.models.payload import Payload
from console.views.store.unsent_dialog import UnsentDialog
from console.views.store.unsent_file_dialog import UnsentFileDialog
from tests.views.conftest import Rig


async def asked(rig: Rig) -> UnsentDialog:
    rig.window.close()
    await rig.until(lambda: rig.window.findChildren(UnsentDialog))
    (dialog,) = rig.window.findChildren(UnsentDialog)
    return dialog


async def unsent_note(rig: Rig) -> None:
    page = await rig.open()
    await rig.sandbox.faults("crm", outage=True)
    await rig.console.actions.add_note(page.customer_id, "Not sent before the close", reason="Other")
    await rig.until(lambda: rig.console.outbox.actions[0].tries > 0)


async def test_with_nothing_unsent_the_window_closes_at_once(rig: Rig) -> None:
    rig.window.close()
    await rig.until(lambda: rig.window.is_closing)
    assert not rig.window.findChildren(UnsentDialog)


@pytest.mark.expects_log("crm is down")
async def test_what_would_be_lost_is_named_and_esc_goes_back_to_work(rig: Rig) -> None:
    await unsent_note(rig)
    dialog = await asked(rig)
    assert "Closing now loses this" in dialog.meaning.text()
    assert "Not sent before the close" in dialog.names.text()
    await rig.until(dialog.isActiveWindow)
    rig.press(Qt.Key.Key_Escape)
    await rig.until(lambda: not rig.window.findChildren(UnsentDialog))
    assert not rig.window.is_closing
    assert rig.window.isVisible()


@pytest.mark.expects_log("crm is down")
@pytest.mark.expects_log("crm is back")
async def test_waiting_closes_by_itself_once_everything_is_sent(rig: Rig) -> None:
    await unsent_note(rig)
    dialog = await asked(rig)
    dialog.wait.click()
    await rig.until(lambda: rig.bridge.running == 0)  # the check for unsent work has finished
    assert not rig.window.is_closing
    await rig.sandbox.clear()
    rig.console.outbox.system_is_back("crm")
    await rig.until(lambda: rig.window.is_closing)
    assert rig.console.outbox.actions[0].state is ActionState.DONE


@pytest.mark.expects_log("crm is down")
async def test_discarding_is_a_choice_of_its_own(rig: Rig) -> None:
    await unsent_note(rig)
    dialog = await asked(rig)
    assert dialog.go.text() == "Discard and close"
    dialog.go.click()
    assert rig.window.is_closing


async def test_text_that_is_typed_and_nowhere_kept_is_named_too(rig: Rig) -> None:
    page = await rig.open()
    page.customer_actions.open_note()
    assert page.customer_actions.dock is not None
    rig.keys("half a sentence", page.customer_actions.dock.text)
    dialog = await asked(rig)
    assert f"note, {page.customer_id}" in dialog.names.text()
    dialog.reject()


@pytest.mark.expects_log("crm is down")
@pytest.mark.expects_log("crm is back")
async def test_unsent_work_goes_to_a_file_and_on_from_there(rig: Rig, tmp_path: Path) -> None:
    await unsent_note(rig)
    action = rig.console.outbox.actions[0]
    file = tmp_path / "unsent.opticom"
    dialog = await asked(rig)
    dialog.export.click()
    chooser = dialog.findChild(QFileDialog)
    chooser.setDirectory(str(tmp_path))
    chooser.selectFile(file.name)
    chooser.accept()
    chosen = dialog.findChild(UnsentFileDialog)
    await rig.until(chosen.isVisible)
    for first, second in (("short", "short"), ("long enough 1", "long enough 2")):
        chosen.passphrase.setText(first)
        chosen.again.setText(second)
        chosen.go.click()
        assert chosen.message.text()
        assert not file.exists()
    chosen.passphrase.setText("long enough 1")
    chosen.again.setText("long enough 1")
    chosen.go.click()
    await rig.until(file.exists)
    await rig.until(lambda: "1 actions, 0 typed" in dialog.message.text())
    assert b"Not sent before the close" not in file.read_bytes()
    dialog.reject()

    other = await asyncio.to_thread(rig.sandbox.console)
    await other.open_store()
    with pytest.raises(StoreError, match="passphrase is wrong"):
        await other.unsent_work.load(file, "not the one")
    assert await other.unsent_work.load(file, "long enough 1") == (1, 0)
    assert await other.unsent_work.load(file, "long enough 1") == (0, 0), "what is known is not taken in twice"
    (taken,) = other.outbox.actions
    assert taken.id == action.id
    assert taken.steps[0].was_sent, "it is looked for before it is sent"
    await rig.sandbox.clear()
    for console in (rig.console, other):
        console.outbox.system_is_back("crm")
    await rig.until(
        lambda: all(console.outbox.actions[0].state is ActionState.DONE for console in (rig.console, other)), 20
    )
    async with rig.sandbox.raw("crm") as client:
        path = "/tmf-api/partyInteraction/v4/partyInteraction"
        found = (await client.get(path, params={"relatedParty.id": action.customer_id, "limit": 100})).json()
    assert sum(any(note.get("id") == action.id for note in one.get("note", ())) for one in found) == 1
    await other.aclose()


@pytest.mark.gated("trainee")
async def test_another_consoles_work_is_checked_against_this_role(rig: Rig, tmp_path: Path) -> None:
    from console.models.outbox import Action, RiskClass, Step
    from console.services.customer.contact import NotPossibleError
    from console.store.unsent_file import UnsentFiles
    from tests.unit.test_step_sender import AT

    step = Step(
        "refund", "billing", "k-1", Payload.read({"amount": "5", "currency": "USD"}), "BA-1", state=StepState.WAITING
    )
    action = Action("a-1", rig.sandbox.first_customer, "Credit", RiskClass.MONEY, AT, (step,), kind="give-credit")
    file = tmp_path / "unsent.opticom"
    await asyncio.to_thread(UnsentFiles().save, file, "long enough 1", [action], {})
    with pytest.raises(NotPossibleError):
        await rig.console.unsent_work.load(file, "long enough 1")
    assert not rig.console.outbox.actions
