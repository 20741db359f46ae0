"""Plays a rep's acts in the window by keyboard alone and records them: docs/pictures/acts-*.png, one a scene.

    .venv/bin/python scripts/acts_by_keyboard.py [FOLDER]

A note, a day without systems, the Outbox, what they catch up on, a conflict with another desk, a promise to pay, and
the customer as they were; on the sandbox over HTTP and with an encrypted store on the disk.
"""

import argparse
import asyncio
import os
import secrets
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import httpx
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from console.bridge import Bridge, run_application
from console.compose import compose_desk
from console.models.outbox import ActState
from console.store.database import open_database
from console.system.sandbox_launcher import SandboxProcess
from console.tour import TourError, until
from console.views.customer.act_dialogs import ContactDialog, PromiseDialog
from console.views.customer.page import CustomerPage
from console.views.icons import ICON
from console.views.main_window import MainWindow
from console.views.menus import DeskMenus
from console.views.outbox.conflict_dialog import ConflictDialog
from console.views.preferences import Preferences
from console.views.search.palette import SearchPalette
from console.views.theme import THEME
from console.views.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent
CTRL = Qt.KeyboardModifier.ControlModifier
SYSTEMS = ("crm", "billing", "provisioning")
CUSTOMER = "/tmf-api/customerManagement/v4/customer"


class Recorder:
    """A rep's hands on the keys, and a camera."""

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
        """Write the window with the dialog before it, where there is one."""
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
        if not image.save(str(self.folder / f"acts-{name}.png")):
            raise TourError(f"{self.folder} cannot be written")

    async def dialog(self, kind: type[QDialog]) -> QDialog:
        await until(lambda: isinstance(QApplication.activeModalWidget(), kind), kind.__name__)
        found = QApplication.activeModalWidget()
        assert isinstance(found, QDialog)
        return found

    async def faults(self, **faults: object) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            headers = {"Authorization": f"Bearer {self.sandbox.control_token}"}
            for system in SYSTEMS:
                answer = await client.put(f"{self.sandbox.control}/faults/{system}", json=faults, headers=headers)
                answer.raise_for_status()

    async def other_desk_changes_the_email(self, customer: str) -> None:
        headers = {"Authorization": f"Bearer {self.sandbox.tokens['crm']}"}
        async with httpx.AsyncClient(base_url=self.sandbox.addresses["crm"], headers=headers, trust_env=False) as crm:
            record = (await crm.get(f"{CUSTOMER}/{customer}")).raise_for_status().json()
            for medium in record["contactMedium"]:
                if "emailAddress" in medium["characteristic"]:
                    medium["characteristic"]["emailAddress"] = "from.the.shop@example.net"
            body = {"contactMedium": record["contactMedium"], "engagedParty": record["engagedParty"]}
            (await crm.patch(f"{CUSTOMER}/{customer}", json=body)).raise_for_status()

    async def acts_are(self, *states: ActState) -> None:
        desk = self.workspace.desk
        assert desk is not None
        outbox = desk.outbox
        await until(lambda: [act.state for act in outbox.acts][-len(states) :] == list(states), f"{states}")
        self.window.activateWindow()  # which a window manager does after a dialog
        await asyncio.sleep(0.1)

    def go(self, letter: str) -> None:
        self.press(Qt.Key.Key_J, CTRL)
        self.keys(letter)

    def act(self, letter: str) -> None:
        self.press(Qt.Key.Key_D, CTRL)
        self.keys(letter)


async def play(recorder: Recorder) -> None:
    """Play all scenes."""
    page = await open_customer(recorder)
    await note_and_a_day_without_systems(recorder, page)
    await conflict(recorder, page)
    await promise_and_past(recorder, page)


async def open_customer(recorder: Recorder) -> CustomerPage:
    workspace, sandbox = recorder.workspace, recorder.sandbox
    recorder.press(Qt.Key.Key_K, CTRL)
    recorder.keys(sandbox.first_customer)
    await until(lambda: bool(workspace.palette.list.rows_model.rows), "the search")
    recorder.press(Qt.Key.Key_Return)
    await until(lambda: workspace.page is not None, "the page")
    page = workspace.page
    assert page is not None
    await page.view.settled()
    await asyncio.sleep(0.5)
    await page.view.settled()
    return page


async def note_and_a_day_without_systems(recorder: Recorder, page: CustomerPage) -> None:
    recorder.press(Qt.Key.Key_N, CTRL)
    recorder.keys("Asked why the bill is higher; told about the call charges.")
    await recorder.picture("note")
    recorder.press(Qt.Key.Key_Return, CTRL)
    await recorder.acts_are(ActState.DONE)

    await recorder.faults(outage=True)
    recorder.press(Qt.Key.Key_R, CTRL | Qt.KeyboardModifier.ShiftModifier)
    await page.view.settled()
    recorder.press(Qt.Key.Key_N, CTRL)
    recorder.keys("No system answers; calls back tomorrow.")
    recorder.press(Qt.Key.Key_Return, CTRL)
    await asyncio.sleep(1.0)
    await recorder.picture("offline")
    recorder.go("u")
    await recorder.picture("outbox-waiting")
    await recorder.faults()
    await recorder.acts_are(ActState.DONE, ActState.DONE)
    await recorder.picture("outbox-caught-up")


async def conflict(recorder: Recorder, page: CustomerPage) -> None:
    recorder.go("h")
    recorder.act("k")
    form = await recorder.dialog(ContactDialog)
    assert isinstance(form, ContactDialog)
    await until(form.send_button.isEnabled, "what the systems hold")
    while QApplication.focusWidget() is not form.fields["email"]:
        recorder.press(Qt.Key.Key_Tab)
    recorder.press(Qt.Key.Key_A, CTRL)
    recorder.keys("from.the.call@example.net")
    await recorder.picture("contact-data")
    await recorder.other_desk_changes_the_email(page.customer_id)
    recorder.press(Qt.Key.Key_Return, CTRL)
    await recorder.acts_are(ActState.CONFLICT)
    recorder.go("u")
    await recorder.picture("outbox-conflict")
    recorder.press(Qt.Key.Key_Return)
    await recorder.dialog(ConflictDialog)
    recorder.press(Qt.Key.Key_1)
    await recorder.picture("conflict")
    recorder.press(Qt.Key.Key_Return, CTRL)
    await recorder.acts_are(ActState.DONE)


async def promise_and_past(recorder: Recorder, page: CustomerPage) -> None:
    recorder.go("h")
    recorder.act("i")
    promise = await recorder.dialog(PromiseDialog)
    await recorder.picture("promise")
    promise.reject()
    recorder.go("p")
    await asyncio.sleep(0.5)
    await recorder.picture("choose-the-past")
    recorder.press(Qt.Key.Key_Down)
    recorder.press(Qt.Key.Key_Return)
    await until(lambda: recorder.workspace.page is not page, "the past")
    await recorder.picture("the-past")


async def record(window: MainWindow, bridge: Bridge, folder: Path) -> int:
    with tempfile.TemporaryDirectory() as place:
        sandbox = await SandboxProcess.start(["--data", f"{place}/world", "--customers", "300"])
        database = open_database(Path(place) / "desk.store", secrets.token_bytes(32))
        desk = compose_desk(sandbox.deployment, sandbox.secrets, None, database)
        workspace = Workspace(window, SearchPalette.over(window), bridge)
        DeskMenus(window, workspace, Preferences())
        ICON.load()
        await desk.open_store()
        workspace.attach(desk)
        try:
            await play(Recorder(window, workspace, sandbox, folder))
        finally:
            workspace.close_all()
            await bridge.aclose()
            await desk.aclose()
            await sandbox.stop()
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs" / "pictures")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    THEME.start(app)
    bridge = Bridge()
    window = MainWindow()
    window.resize(1440, 900)
    window.show()
    window.activateWindow()
    return run_application(app, bridge, lambda: record(window, bridge, options.folder))


if __name__ == "__main__":
    sys.exit(main())
