"""A real window on a real sandbox, for the benchmarks that need one."""

import asyncio
import gc
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from PySide6.QtWidgets import QApplication

from benchmarks.result import Result
from console.bridge import Bridge, WindowGarbageCollector, run_application
from console.compose import Overrides, compose_console
from console.models.customer import CustomerId
from console.models.health import Exchange
from console.ports.secrets import Secrets
from console.services.access.permissions import REP, User
from console.services.console import Console
from console.settings import Deployment
from console.store.database import open_database
from console.system.sandbox_launcher import SandboxProcess
from console.views.access.sign_in_bar import SignInSession
from console.views.icons import ICON
from console.views.search.palette import SearchPalette
from console.views.theme import THEME
from console.views.window.main_window import MainWindow
from console.views.window.menus import ConsoleMenus
from console.views.window.preferences import Preferences
from console.views.window.workspace import Workspace

KEY = bytes(range(32))


@dataclass
class Stage:
    """The window, its services and the sandbox under them."""

    window: MainWindow
    workspace: Workspace
    console: Console
    sandbox: SandboxProcess
    exchanges: list[Exchange]

    async def open_and_settle(self, customer: CustomerId, *, close: bool = True) -> None:
        """Open a customer, wait until everything that is requested at once has arrived, and close it again."""
        page = self.workspace.open_customer(customer)
        assert page is not None
        while True:
            await page.view.wait_idle()
            await asyncio.sleep(0.03)
            if not any(part.state.loading_since for part in page.view.loaders):
                break
        if close:
            self.workspace.customers.close_tab(self.window.tabs.currentIndex())

    async def faults(self, system: str, **faults: object) -> None:
        headers = {"Authorization": f"Bearer {self.sandbox.control_token}"}
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.put(f"{self.sandbox.control}/faults/{system}", json=faults, headers=headers)
            answer.raise_for_status()

    async def customers(self, count: int) -> list[CustomerId]:
        headers = {"Authorization": f"Bearer {self.sandbox.tokens['crm']}"}
        async with httpx.AsyncClient(trust_env=False) as client:
            address = f"{self.sandbox.addresses['crm']}/tmf-api/customerManagement/v4/customer"
            found: list[CustomerId] = []
            while len(found) < count:
                paging = {"limit": min(100, count - len(found)), "offset": len(found)}
                page = (await client.get(address, params=paging, headers=headers)).raise_for_status().json()
                found += [CustomerId(customer["id"]) for customer in page]
                if not page:
                    break
            return found


@asynccontextmanager
async def workspace_on(
    window: MainWindow,
    bridge: Bridge,
    deployment: Deployment,
    secrets: Secrets,
    store: Path | None = None,
    *,
    user: User = REP,
) -> AsyncIterator[tuple[Workspace, Console, list[Exchange]]]:
    """Yield the workspace of a window, its services, and their exchanges so far; closed in order at the end.

    With `store`, the console saves its facts in that encrypted file.
    """
    exchanges: list[Exchange] = []
    database = await asyncio.to_thread(open_database, store, KEY) if store is not None else None
    overrides = Overrides(user=user, on_exchange=exchanges.append)
    console = await asyncio.to_thread(compose_console, deployment, secrets, overrides, database)
    workspace = Workspace(window, SearchPalette.over(window), bridge)
    ConsoleMenus(window, workspace, SignInSession(window, bridge, workspace.ask_all), Preferences())
    ICON.load()
    await console.open_store()
    workspace.attach(console)
    collector = WindowGarbageCollector()
    collector.start()
    gc.collect()
    gc.freeze()  # as the program does
    try:
        yield workspace, console, exchanges
    finally:
        collector.stop()
        workspace.close_all()
        await bridge.aclose()
        await console.aclose()


def in_window(main: Callable[[MainWindow, Bridge], Coroutine[Any, Any, int]]) -> int:
    """Run a coroutine with a new, shown window; return its result."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    THEME.start(app)
    bridge, window = Bridge(), MainWindow()
    window.resize(1440, 900)
    window.show()
    window.activateWindow()
    status = run_application(app, bridge, lambda: main(window, bridge))
    window.deleteLater()
    return status


def on_stage(
    play: Callable[[Stage], Awaitable[list[Result]]],
    *,
    customers: int = 200,
    data: Path | None = None,
    store: Path | None = None,
) -> list[Result]:
    """Run a benchmark on a new window and sandbox; return its results. With `data` the world is saved there."""
    results: list[Result] = []

    async def main(window: MainWindow, bridge: Bridge) -> int:
        with tempfile.TemporaryDirectory() as folder:
            arguments = ["--data", str(data or folder), "--customers", str(customers)]
            sandbox = await SandboxProcess.start(arguments, ready_within_s=3600 if data else 60)
            try:
                opened = workspace_on(window, bridge, sandbox.deployment, sandbox.secrets, store)
                async with opened as (workspace, console, exchanges):
                    results.extend(await play(Stage(window, workspace, console, sandbox, exchanges)))
            finally:
                await sandbox.stop()
        return 0

    in_window(main)
    return results
