"""Makes the pictures in docs/pictures: the window on the sandbox, light, dark, degraded, small and at 150 %.

    .venv/bin/python -m scripts.screenshots [FOLDER]

The degraded picture uses real faults: provisioning's port is closed and billing answers after 6 s. With --odd, one
picture is made of a customer whose three systems each use their own variant of the standard.
"""

import argparse
import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import httpx
import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from benchmarks.window import workspace_on
from console.bridge import Bridge, run_application
from console.demo_tour import press, save, type_text, until
from console.models.customer import CustomerId
from console.models.search import SearchResult
from console.settings import Deployment
from console.system.sandbox_launcher import SandboxProcess
from console.views.theme import THEME
from console.views.window.main_window import MainWindow
from console.views.window.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent


# The variant that each system uses, and the console's settings for it.
_ODD_QUIRKS = {
    "crm": ["only-v5", "priority-numeric", "fields-unknown"],
    "billing": ["auth-oauth", "own-filters", "money-minor", "rate-limited", "errors-nested", "counts-absent"],
    "provisioning": ["attributes-renamed", "dates-without-zone", "records-damaged", "page-parameter", "link-header"],
}
_V5 = ("customer", "individual", "organization", "troubleTicket", "partyInteraction")
_BY_CUSTOMER_ID = ("billingAccount", "customerBill", "usage")
_PAGE_LIMIT = ("productOrder", "serviceOrder", "product", "service", "serviceTest")
_ODD_SETTINGS: dict[str, Any] = {
    "crm": {"resources": {name: {"version": "v5"} for name in _V5}},
    "billing": {
        "currency": "USD",
        "money": "minor",
        "resources": {
            **{name: {"customer_filter": "customerId"} for name in _BY_CUSTOMER_ID},
            "appliedCustomerBillingRate": {"bill_filter": "billId"},
        },
    },
    "provisioning": {"resources": {name: {"limit_parameter": "pageLimit"} for name in _PAGE_LIMIT}},
}
_ODD_SETTINGS["provisioning"]["resources"]["serviceOrder"]["attributes"] = {"serviceOrderItem": "orderItem"}


async def odd_deployment(sandbox: SandboxProcess) -> Deployment:
    """Switch the quirks on and return the settings for them."""
    settings = msgspec.to_builtins(sandbox.deployment)
    for name, changes in _ODD_SETTINGS.items():
        await _control(sandbox, f"quirks/{name}", _ODD_QUIRKS[name])
        settings["systems"][name] |= changes
    settings["systems"]["billing"]["auth"] |= {"kind": "oauth2", "client": "desk"}
    settings["systems"]["billing"]["auth"]["token_url"] = f"{sandbox.addresses['billing']}/oauth/token"
    return msgspec.convert(settings, Deployment)


async def pictures(window: MainWindow, bridge: Bridge, folder: Path, suffix: str, *, odd: bool) -> int:
    sandbox = await SandboxProcess.start()
    try:
        deployment = await odd_deployment(sandbox) if odd else sandbox.deployment
        async with workspace_on(window, bridge, deployment, sandbox.secrets) as (workspace, *_):
            await _pictures(window, workspace, sandbox, folder, suffix)
    finally:
        await sandbox.stop()
    return 0


async def _pictures(
    window: MainWindow, workspace: Workspace, sandbox: SandboxProcess, folder: Path, suffix: str
) -> None:
    await _open(workspace, sandbox.first_customer)
    save(window, folder / f"customer{suffix}.png")
    if suffix:
        return
    THEME.choose("dark")
    await asyncio.sleep(0.1)
    save(window, folder / "customer-dark.png")
    THEME.choose("light")
    THEME.choose("highContrast")
    await asyncio.sleep(0.1)
    save(window, folder / "customer-high-contrast.png")
    THEME.choose("light")
    page = workspace.page
    assert page is not None
    for panel in ("payments", "usage"):
        page.go_to(panel)
        await asyncio.sleep(0.1)
        await page.view.wait_idle()
        await asyncio.sleep(0.1)
        save(window, folder / f"customer-{panel}.png")
    page.show_document(page.bills.table.rows_model.row(0).data)
    assert page.over.document is not None
    document = page.over.document
    await until(lambda: document.pages.is_shown, "the bill's document")
    save(window, folder / "bill-as-pdf.png")
    page.close_document()
    window.resize(1280, 720)
    await asyncio.sleep(0.3)
    save(window, folder / "customer-1280x720.png")
    window.resize(1440, 900)
    await asyncio.sleep(0.2)
    window.search_wanted.emit()
    type_text(workspace.palette.text, "lindqvist")
    await until(lambda: workspace.palette.result is not None and workspace.palette.result.is_complete, "the search")
    save(window, folder / "search.png")
    press(workspace.palette.text, Qt.Key.Key_Escape)
    await _faults(sandbox, "provisioning", {"outage": True})
    await _faults(sandbox, "billing", {"latency_ms": 6500})
    assert workspace.page is not None
    workspace.page.view.refresh()
    workspace.palette.text.clear()
    other = await _second(workspace)
    workspace.open_customer(other)
    THEME.choose("dark")
    await asyncio.sleep(5.2)
    save(window, folder / "customer-degraded.png")
    workspace.show_page("systems")
    THEME.choose("light")
    await asyncio.sleep(0.1)
    save(window, folder / "systems.png")


async def _open(workspace: Workspace, customer: str) -> None:
    workspace.open_customer(CustomerId(customer))
    assert workspace.page is not None
    await workspace.page.view.wait_idle()
    await asyncio.sleep(0.4)
    await workspace.page.view.wait_idle()


async def _second(workspace: Workspace) -> CustomerId:
    assert workspace.console is not None
    results: list[SearchResult] = []
    await workspace.console.search.find(workspace.console.search.read("kowalski"), results.append)
    return results[-1].found[-1].customer_id


async def _faults(sandbox: SandboxProcess, system: str, faults: dict[str, object]) -> None:
    await _control(sandbox, f"faults/{system}", faults)


async def _control(sandbox: SandboxProcess, path: str, value: object) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        headers = {"Authorization": f"Bearer {sandbox.control_token}"}
        (await client.put(f"{sandbox.control}/{path}", json=value, headers=headers)).raise_for_status()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs" / "pictures")
    parser.add_argument("--scale", default="", help="only one picture, at this scale, such as 1.5")
    parser.add_argument("--odd", action="store_true", help="only one picture, of three odd systems")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    THEME.start(app)
    bridge = Bridge()
    window = MainWindow()
    scale = float(options.scale or 1)
    window.resize(int(1440 / scale), int(900 / scale))
    window.show()
    suffix = f"-{round(float(options.scale) * 100)}-percent" if options.scale else "-odd-systems" if options.odd else ""
    status = run_application(app, bridge, lambda: pictures(window, bridge, options.folder, suffix, odd=options.odd))
    if not options.scale and not options.odd:
        environment = {**os.environ, "QT_SCALE_FACTOR": "1.5"}
        command = [sys.executable, "-m", "scripts.screenshots", str(options.folder), "--scale", "1.5"]
        return subprocess.run(command, check=False, env=environment).returncode or status
    return status


if __name__ == "__main__":
    sys.exit(main())
