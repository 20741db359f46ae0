"""Makes the pictures of access control: docs/pictures/guard-*.png, light and dark, at 1280x720.

    .venv/bin/python -m scripts.guard_pictures [FOLDER]

The pictures: the verification dialog, a verified caller, an account open without a caller, a trainee's view, flags and
audit on a supervisor's console, and the lock. On the sandbox over HTTP, with its audit collector.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from benchmarks.window import in_window, workspace_on
from console.bridge import Bridge
from console.demo_tour import until
from console.models.customer import CustomerId
from console.services.access.access_service import AccessReason
from console.services.access.permissions import ROLES
from console.system.sandbox_launcher import SandboxProcess
from console.views.access.access_dialog import AccessDialog
from console.views.access.lock import ConsoleLock
from console.views.access.sign_in_bar import SignInBar
from console.views.theme import THEME
from console.views.window.main_window import MainWindow
from console.views.window.workspace import Workspace

_FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
_CTRL = Qt.KeyboardModifier.ControlModifier


class Scenes:
    """The sandbox, and the folder for the pictures."""

    def __init__(self, sandbox: SandboxProcess, folder: Path, theme: str) -> None:
        self._sandbox, self._folder, self._theme = sandbox, folder, theme

    @asynccontextmanager
    async def console(self, role: str) -> AsyncIterator[tuple[MainWindow, Workspace]]:
        """Yield a new window for a user of a role."""
        signed_in = self._sandbox.deployment_with_sign_in
        deployment = msgspec.structs.replace(self._sandbox.deployment, sign_in=signed_in.sign_in, audit=signed_in.audit)
        window = MainWindow()
        window.resize(1280, 720)
        window.show()
        window.activateWindow()
        async with workspace_on(window, Bridge(), deployment, self._sandbox.secrets, user=ROLES[role]) as (
            workspace,
            _console,
            _exchanges,
        ):
            await asyncio.sleep(0.3)
            yield window, workspace
        window.hide()

    async def customers(self, count: int) -> list[CustomerId]:
        headers = {"Authorization": f"Bearer {self._sandbox.tokens['crm']}"}
        async with httpx.AsyncClient(headers=headers, trust_env=False) as crm:
            place = f"{self._sandbox.addresses['crm']}/tmf-api/customerManagement/v4/customer"
            found = (await crm.get(place, params={"limit": count})).raise_for_status().json()
        return [CustomerId(one["id"]) for one in found]

    async def picture(self, window: MainWindow, name: str) -> None:
        """Take a picture of a window with the dialog over it."""
        await asyncio.sleep(0.3)
        shown = window.grab()
        painter = QPainter(shown)
        for dialog in window.findChildren(QDialog):
            if dialog.isVisible():
                painter.drawPixmap(QPoint((1280 - dialog.width()) // 2, (720 - dialog.height()) // 2), dialog.grab())
        painter.end()
        shown.save(str(self._folder / f"guard-{name}{'-dark' if self._theme == 'dark' else ''}.png"))

    async def opened(self, workspace: Workspace, customer: CustomerId) -> None:
        page = workspace.open_customer(customer)
        assert page is not None
        await page.view.wait_idle()
        await asyncio.sleep(0.4)
        await page.view.wait_idle()


def _press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


async def _play(scenes: Scenes) -> None:
    people = await scenes.customers(20)
    async with scenes.console("rep") as (window, workspace):
        _press(window, Qt.Key.Key_K, _CTRL)
        QTest.keyClicks(QApplication.focusWidget() or window, people[0])
        await until(lambda: bool(workspace.palette.list.rows_model.rows), "the search")
        _press(window, Qt.Key.Key_Return)
        await until(lambda: bool(window.findChildren(AccessDialog)), "the question")
        [dialog] = window.findChildren(AccessDialog)
        await until(lambda: "·" in dialog.who.text(), "whom to ask")
        await scenes.picture(window, "who-calls")
        dialog.reject()
        console = workspace.console
        assert console is not None
        await console.access.verify(people[0], "callback", "")
        await scenes.opened(workspace, people[0])
        await scenes.picture(window, "verified")
        for customer in people[1:13]:
            await console.access.open_for(customer, AccessReason.TYPED, "looking something up")
        await scenes.opened(workspace, people[12])
        await scenes.picture(window, "without-a-caller")
    async with scenes.console("supervisor") as (window, workspace):
        await until(lambda: workspace.flags is not None and workspace.flags.isVisible(), "the flag")
        _press(window, Qt.Key.Key_J, _CTRL)
        _press(window, Qt.Key.Key_K)
        page = workspace.pages["audit"]
        await until(lambda: page is not None and page.table.rows_model.rowCount() > 0, "the audit")
        await scenes.picture(window, "audit")
    async with scenes.console("trainee") as (window, workspace):
        console = workspace.console
        assert console is not None
        await console.access.verify(people[0], "photo", "")
        await scenes.opened(workspace, people[0])
        await scenes.picture(window, "masked")
        lock = ConsoleLock(window, lambda: None)
        lock.lock()
        bar = SignInBar(window)
        bar.message.setText("Locked. Sandbox trainee can unlock it by signing in.")
        bar.copy.hide()
        lock.page.put(bar)
        bar.show()
        await scenes.picture(window, "locked")
        lock.unlock()


def main() -> int:
    """Make all pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else _FOLDER

    async def play(window: MainWindow, bridge: Bridge) -> int:
        window.hide()
        with tempfile.TemporaryDirectory() as data:
            sandbox = await SandboxProcess.start(["--data", data, "--customers", "300"])
            try:
                for theme in ("light", "dark"):
                    THEME.choose(theme)
                    await _play(Scenes(sandbox, folder, theme))
            finally:
                await bridge.aclose()
                await sandbox.stop()
        return 0

    return in_window(play)


if __name__ == "__main__":
    sys.exit(main())
