"""A real window on a real sandbox, for the benchmarks that need one."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
from PySide6.QtWidgets import QApplication

from benchmarks.result import Result
from console.bridge import Bridge, run_application
from console.compose import compose_desk
from console.models.customer import CustomerId
from console.services.desk import Desk
from console.system.sandbox_launcher import SandboxProcess
from console.views.icons import ICON
from console.views.main_window import MainWindow
from console.views.search.palette import SearchPalette
from console.views.theme import THEME
from console.views.workspace import Workspace


@dataclass
class Stage:
    """The window, its services and the sandbox under them."""

    window: MainWindow
    workspace: Workspace
    desk: Desk
    sandbox: SandboxProcess

    async def faults(self, system: str, **faults: object) -> None:
        headers = {"Authorization": f"Bearer {self.sandbox.control_token}"}
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.put(f"{self.sandbox.control}/faults/{system}", json=faults, headers=headers)
            answer.raise_for_status()

    async def customers(self, count: int) -> list[CustomerId]:
        headers = {"Authorization": f"Bearer {self.sandbox.tokens['crm']}"}
        async with httpx.AsyncClient(trust_env=False) as client:
            address = f"{self.sandbox.addresses['crm']}/tmf-api/customerManagement/v4/customer"
            answer = await client.get(address, params={"limit": count}, headers=headers)
            return [CustomerId(customer["id"]) for customer in answer.raise_for_status().json()]


def on_stage(play: Callable[[Stage], Awaitable[list[Result]]]) -> list[Result]:
    """Run a benchmark on a fresh window and sandbox; return its results."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    THEME.start(app)
    bridge, window = Bridge(), MainWindow()
    results: list[Result] = []

    async def main() -> int:
        with tempfile.TemporaryDirectory() as folder:
            sandbox = await SandboxProcess.start(["--data", folder, "--customers", "200"])
            desk = await asyncio.to_thread(compose_desk, sandbox.deployment, sandbox.secrets)
            workspace = Workspace(window, SearchPalette.over(window), bridge)
            ICON.load()
            workspace.attach(desk)
            try:
                results.extend(await play(Stage(window, workspace, desk, sandbox)))
            finally:
                workspace.close_all()
                await bridge.aclose()
                await desk.aclose()
                await sandbox.stop()
        return 0

    window.show()
    run_application(app, bridge, main)
    window.deleteLater()
    return results
