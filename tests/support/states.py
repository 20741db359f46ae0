"""Brings a customer's page into each of the eight panel states, with real faults where possible."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from console.models.customer import CustomerId
from console.services.access.permissions import User
from console.services.console import Console
from console.views.customer.page import CustomerPage
from console.views.customer.panels.catalogue import PANELS as PANEL_TYPES
from console.views.customer.panels.panel import Panel
from console.views.widgets.message import Skeleton
from console.views.window.workspace import Workspace
from tests.support.control import Control
from tests.support.waiting import until

STATES = ("loading", "fresh", "stale", "partial", "failed", "empty", "no permission", "offline")
PANELS = tuple(PANEL_TYPES)
# Resources that a panel shows next to others; without them the panel is partial.
LEFT_OUT = {
    "crm": ("partyInteraction",),
    "billing": ("refund", "usage"),
    "provisioning": ("product", "productOrder"),
}
MANY_PARTS = ("services", "orders", "payments", "usage", "timeline")


async def bring(state: str, workspace: Workspace, console: Console, sandbox: Control) -> CustomerPage:
    """Return an open page on which all panels are loaded and in one state.

    For `partial`, make the console with `without_some`.
    """
    page = workspace.open_customer(CustomerId(await _prepare(state, console, sandbox)))
    assert page is not None
    for panel in panels(page).values():
        panel.load_if_stale()
    if state == "loading":
        await until(lambda: all(_shows_bars(panel) for panel in panels(page).values()), 2)
    elif state == "failed":
        await _all_failed(page)
    else:
        await at_rest(page)
    if state == "offline":
        await _all(sandbox, outage=True)
        console.network.set_online(online=False)
        page.view.refresh()
        await _all_failed(page)
    if state == "stale":
        old = datetime.now(UTC) - timedelta(minutes=37)
        for part in page.view.loaders:
            if part.state.read_at is not None:
                part.state = replace(part.state, read_at=old)
        page.head.tick(datetime.now(UTC))
        page.alerts.tick(datetime.now(UTC))
    for panel in panels(page).values():
        panel.tick(datetime.now(UTC))
    return page


async def _prepare(state: str, console: Console, sandbox: Control) -> str:
    """Set up the state before anything is loaded; return the customer to open."""
    if state == "loading":
        await _all(sandbox, latency_ms=3000)
    elif state == "failed":
        await _all(sandbox, outage=True)
    elif state == "no permission":
        console.permissions.user = User("trainee", frozenset())
    elif state == "empty":
        async with sandbox.raw("crm") as client:
            body = {"name": "Nobody yet", "engagedParty": {"id": "P0", "@referredType": "Individual"}}
            made = await client.post("/tmf-api/customerManagement/v4/customer", json=body)
            return str(made.json()["id"])
    return sandbox.first_customer


async def at_rest(page: CustomerPage, within_s: float = 60) -> None:
    """Wait until the panels in front are made, nothing is loading, and the discrepancy check is done.

    Raises:
        TimeoutError: It took longer than `within_s` seconds.
    """
    await page.view.wait_restored()

    def rests() -> bool:
        asking = any(part.state.loading_since for part in page.view.loaders)
        return page.is_filled and not asking and not page.discrepancies.is_waiting

    await until(rests, within_s)


def _shows_bars(panel: Panel) -> bool:
    return any(bars.isVisibleTo(panel) for bars in panel.findChildren(Skeleton))


async def _all_failed(page: CustomerPage) -> None:
    view = page.view
    without_panel = (view.party, view.same_person, view.charges, view.time_slots, view.offerings)
    parts = [part for part in view.loaders if part not in without_panel]
    await until(lambda: all(part.state.failure for part in parts), 20)


def panels(page: CustomerPage) -> dict[str, Panel]:
    return {name: page.panel(name) for name in PANELS}


def without_some() -> dict[str, dict[str, Any]]:
    """Return settings that request some resources at a wrong path, so that they fail to load."""
    return {
        system: {"resources": {resource: {"path": "/nowhere/v4"} for resource in resources}}
        for system, resources in LEFT_OUT.items()
    }


async def _all(sandbox: Control, **faults: object) -> None:
    for system in sandbox.process.addresses:
        await sandbox.faults(system, **faults)
