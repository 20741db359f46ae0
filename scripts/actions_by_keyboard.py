"""Performs a rep's actions in the window by keyboard alone and saves docs/pictures/actions-*.png, one for each scene.

    .venv/bin/python -m scripts.actions_by_keyboard [FOLDER]

The scenes: a note, a day without systems, the Outbox, the catch-up, a conflict with another console, a promise to pay,
and an older view of the customer. They run on the sandbox over HTTP, with an encrypted store on the disk.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import httpx
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from benchmarks.window import in_window, workspace_on
from console.bridge import Bridge
from console.demo_tour import TourError, until
from console.models.outbox import ActionState
from console.system.sandbox_launcher import SandboxProcess
from console.views.customer.forms.contact_form import ContactForm
from console.views.customer.forms.promise_form import PromiseForm
from console.views.customer.page import CustomerPage
from console.views.history_dialog import HistoryDialog
from console.views.window.main_window import MainWindow
from console.views.window.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent
CTRL = Qt.KeyboardModifier.ControlModifier
Player = TypeVar("Player", bound="Recorder")
SYSTEMS = ("crm", "billing", "provisioning")
ACCOUNT = "/tmf-api/accountManagement/v4/billingAccount"
CUSTOMER = "/tmf-api/customerManagement/v4/customer"


class Recorder:
    """Sends key presses to the window, and takes pictures."""

    prefix = "actions-"

    def __init__(self, window: MainWindow, workspace: Workspace, sandbox: SandboxProcess, folder: Path) -> None:
        self.window, self.workspace, self.sandbox, self.folder = window, workspace, sandbox, folder

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        target = QApplication.focusWidget() or self.window
        QTest.keyClick(target, key, modifiers)
        if modifiers:
            QTest.keyRelease(self.window, Qt.Key.Key_Control)

    def keys(self, text: str) -> None:
        QTest.keyClicks(QApplication.focusWidget() or self.window, text)

    async def picture(self, name: str) -> None:
        """Save a picture of the window, with the dialog in front of it if there is one."""
        await asyncio.sleep(0.3)
        image = self.window.grab()
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            place = self.window.rect().center() - QPoint(dialog.width() // 2, dialog.height() // 2)
            painter = QPainter(image)
            painter.drawPixmap(place, dialog.grab())
            painter.setPen(self.window.palette().windowText().color())
            painter.drawRect(place.x(), place.y(), dialog.width(), dialog.height())
            painter.end()
        if not image.save(str(self.folder / f"{self.prefix}{name}.png")):
            raise TourError(f"{self.folder} cannot be written")

    async def dialog(self, kind: type[QDialog]) -> QDialog:
        await until(lambda: isinstance(QApplication.activeModalWidget(), kind), kind.__name__)
        found = QApplication.activeModalWidget()
        assert isinstance(found, QDialog)
        found.activateWindow()  # a window manager does this
        await until(lambda: found.isAncestorOf(QApplication.focusWidget() or self.window), "the form's focus")
        return found

    async def faults(self, **faults: object) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            headers = {"Authorization": f"Bearer {self.sandbox.control_token}"}
            for system in SYSTEMS:
                answer = await client.put(f"{self.sandbox.control}/faults/{system}", json=faults, headers=headers)
                answer.raise_for_status()

    async def other_console_changes_the_email(self, customer: str) -> None:
        headers = {"Authorization": f"Bearer {self.sandbox.tokens['crm']}"}
        async with httpx.AsyncClient(base_url=self.sandbox.addresses["crm"], headers=headers, trust_env=False) as crm:
            record = (await crm.get(f"{CUSTOMER}/{customer}")).raise_for_status().json()
            for medium in record["contactMedium"]:
                if "emailAddress" in medium["characteristic"]:
                    medium["characteristic"]["emailAddress"] = "from.the.shop@example.net"
            body = {"contactMedium": record["contactMedium"], "engagedParty": record["engagedParty"]}
            (await crm.patch(f"{CUSTOMER}/{customer}", json=body)).raise_for_status()

    async def one_who_owes(self) -> str:
        """Return the number of a customer with something to pay."""
        headers = {"Authorization": f"Bearer {self.sandbox.tokens['billing']}"}
        address = self.sandbox.addresses["billing"]
        async with httpx.AsyncClient(base_url=address, headers=headers, trust_env=False) as billing:
            accounts = (await billing.get(ACCOUNT, params={"limit": 100})).raise_for_status().json()
        for account in accounts:
            if account["accountBalance"][0]["amount"]["value"] > 20:
                return str(next(one["id"] for one in account["relatedParty"] if one["role"] == "customer"))
        raise TourError("nobody owes anything")

    async def actions_are(self, *states: ActionState) -> None:
        console = self.workspace.console
        assert console is not None
        outbox = console.outbox
        await until(lambda: [action.state for action in outbox.actions][-len(states) :] == list(states), f"{states}")
        self.window.activateWindow()  # a window manager does this after a dialog
        await asyncio.sleep(0.1)

    def go(self, letter: str) -> None:
        self.press(Qt.Key.Key_J, CTRL)
        self.keys(letter)

    def action(self, letter: str) -> None:
        self.press(Qt.Key.Key_D, CTRL)
        self.keys(letter)


async def play(recorder: Recorder) -> None:
    """Perform all scenes."""
    page = await open_customer(recorder)
    await note_and_a_day_without_systems(recorder, page)
    await conflict(recorder, page)
    await promise_and_past(recorder, page)


async def open_customer(recorder: Recorder) -> CustomerPage:
    workspace = recorder.workspace
    recorder.press(Qt.Key.Key_K, CTRL)
    recorder.keys(await recorder.one_who_owes())
    await until(lambda: bool(workspace.palette.list.rows_model.rows), "the search")
    recorder.press(Qt.Key.Key_Return)
    await until(lambda: workspace.page is not None, "the page")
    page = workspace.page
    assert page is not None
    await page.view.wait_idle()
    await asyncio.sleep(0.5)
    await page.view.wait_idle()
    return page


async def note_and_a_day_without_systems(recorder: Recorder, page: CustomerPage) -> None:
    recorder.press(Qt.Key.Key_N, CTRL)
    recorder.keys("Asked why the bill is higher; told about the call charges.")
    await recorder.picture("note")
    recorder.press(Qt.Key.Key_Return, CTRL)
    await recorder.actions_are(ActionState.DONE)

    await recorder.faults(outage=True)
    recorder.press(Qt.Key.Key_R, CTRL | Qt.KeyboardModifier.ShiftModifier)
    await page.view.wait_idle()
    recorder.press(Qt.Key.Key_N, CTRL)
    recorder.keys("No system answers; calls back tomorrow.")
    recorder.press(Qt.Key.Key_Return, CTRL)
    await asyncio.sleep(1.0)
    await recorder.picture("offline")
    recorder.go("u")
    await recorder.picture("outbox-waiting")
    await recorder.faults()
    await recorder.actions_are(ActionState.DONE, ActionState.DONE)
    await recorder.picture("outbox-caught-up")


async def conflict(recorder: Recorder, page: CustomerPage) -> None:
    recorder.go("h")
    recorder.action("k")
    form = await recorder.dialog(ContactForm)
    assert isinstance(form, ContactForm)
    await until(lambda: "loading" not in form.effect.text().lower(), "what the systems hold")
    while QApplication.focusWidget() is not form.fields["email"]:
        recorder.press(Qt.Key.Key_Tab)
    recorder.press(Qt.Key.Key_A, CTRL)
    recorder.keys("from.the.call@example.net")
    await recorder.picture("contact-data")
    await recorder.other_console_changes_the_email(page.customer_id)
    recorder.press(Qt.Key.Key_Return, CTRL)
    await recorder.actions_are(ActionState.CONFLICT)
    recorder.go("u")
    await recorder.picture("outbox-conflict")
    recorder.press(Qt.Key.Key_Return)
    recorder.press(Qt.Key.Key_1)
    await recorder.picture("conflict")
    recorder.press(Qt.Key.Key_Return, CTRL)
    await recorder.actions_are(ActionState.DONE)


async def promise_and_past(recorder: Recorder, page: CustomerPage) -> None:
    recorder.go("h")
    recorder.press(Qt.Key.Key_N, CTRL)
    recorder.press(Qt.Key.Key_Escape)
    recorder.action("i")
    await recorder.dialog(PromiseForm)
    recorder.keys("5")
    recorder.press(Qt.Key.Key_Tab)
    recorder.keys("friday")
    await recorder.picture("promise")
    recorder.press(Qt.Key.Key_Return, CTRL)
    await recorder.actions_are(ActionState.DONE)
    await page.view.wait_idle()
    await recorder.picture("promised")
    recorder.go("p")
    await recorder.dialog(HistoryDialog)
    await recorder.picture("choose-the-past")
    recorder.press(Qt.Key.Key_Down)
    recorder.press(Qt.Key.Key_Return)
    await until(lambda: recorder.workspace.page is not page, "the past")
    await recorder.picture("the-past")


def recorded(what: str | None, recorder: type[Player], play: Callable[[Player], Awaitable[None]]) -> int:
    """Read the folder for the pictures, and perform scenes in a window on a new sandbox and store."""
    parser = argparse.ArgumentParser(description=what, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs" / "pictures")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)

    async def record(window: MainWindow, bridge: Bridge) -> int:
        with tempfile.TemporaryDirectory() as place:
            sandbox = await SandboxProcess.start(["--data", f"{place}/world", "--customers", "300"])
            try:
                store = Path(place) / "desk.store"
                async with workspace_on(window, bridge, sandbox.deployment, sandbox.secrets, store) as (workspace, *_):
                    await play(recorder(window, workspace, sandbox, folder))
            finally:
                await sandbox.stop()
        return 0

    return in_window(record)


if __name__ == "__main__":
    sys.exit(recorded(__doc__, Recorder, play))
