"""open-known: a customer loaded before, opened from the encrypted store by a newly started console, then checked.

Floor: the bare driver reads the same rows of that customer from the same file. The check afterwards must cost only
304s. The systems are slow, so values that are shown early can only be from the store.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import apsw
import httpx

from benchmarks.result import Result
from benchmarks.window import KEY, Stage, in_window, workspace_on
from console.bridge import Bridge
from console.cli.prime import prime
from console.compose import compose_console
from console.models.customer import CustomerId
from console.store.database import open_database
from console.system.sandbox_launcher import SandboxProcess
from console.views.window.main_window import MainWindow

_RUNS = 20
_LATENCY_MS = 400


def measure() -> list[Result]:
    """Return all cases."""
    results: list[Result] = []

    async def main(window: MainWindow, bridge: Bridge) -> int:
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / "store" / "desk.store"
            sandbox = await SandboxProcess.start(["--data", f"{folder}/world", "--customers", "100"])
            try:
                customers = await _see(sandbox, store)
                opened = workspace_on(window, bridge, sandbox.deployment, sandbox.secrets, store)
                async with opened as (workspace, console, exchanges):
                    stage = Stage(window, workspace, console, sandbox, exchanges)
                    results.extend(await _play(stage, customers, store))
            finally:
                await sandbox.stop()
        return 0

    in_window(main)
    return results


async def _see(sandbox: SandboxProcess, store: Path) -> list[CustomerId]:
    """Load some customers into the store with a console that then ends; return their numbers."""
    database = await asyncio.to_thread(open_database, store, KEY)
    console = await asyncio.to_thread(compose_console, sandbox.deployment, sandbox.secrets, None, database)
    await console.open_store()
    try:
        headers = {"Authorization": f"Bearer {sandbox.tokens['crm']}"}
        async with httpx.AsyncClient(base_url=sandbox.addresses["crm"], headers=headers, trust_env=False) as crm:
            path = "/tmf-api/customerManagement/v4/customer"
            records = (await crm.get(path, params={"limit": _RUNS + 2, "fields": "id"})).raise_for_status().json()
        customers = [CustomerId(record["id"]) for record in records]
        await prime(console, customers)
    finally:
        await console.aclose()
    return customers


async def _play(stage: Stage, customers: list[CustomerId], store: Path) -> list[Result]:
    for system in ("crm", "billing", "provisioning"):
        await stage.faults(system, latency_ms=_LATENCY_MS)
    shown, floors = [], []
    changed = received = 0
    for number, customer in enumerate(customers):
        stage.exchanges.clear()
        shown_ms = await _open(stage, customer)
        if number >= 2:  # the first two load code, as a rep's first calls do
            shown.append(shown_ms)
            floors.append(_floor(store, customer))
        changed += sum(not exchange.unchanged for exchange in stage.exchanges)
        received += sum(exchange.received for exchange in stage.exchanges)
    floor = statistics.median(floors)
    return [
        Result("open-known", "shown from the store", statistics.median(shown), "ms", floor),
        Result("open-known", "answers that were no 304", float(changed), "req", float(len(customers))),
        Result("open-known", "bytes of bodies when checked", float(received), "B", float(len(customers))),
    ]


async def _open(stage: Stage, customer: CustomerId) -> float:
    """Return the ms until customer, accounts, bills, services, tickets and interactions are painted.

    Then wait until the systems have confirmed them.
    """
    started = time.perf_counter()
    page = stage.workspace.open_customer(customer)
    assert page is not None
    view = page.view
    wanted = (view.customer, view.accounts, view.bills, view.services, view.tickets, view.interactions)
    while any(part.state.facts is None for part in wanted) or not page.is_filled:
        await asyncio.sleep(0)
        if time.perf_counter() - started > 10:
            raise TimeoutError("the customer did not open")
    stage.window.repaint()
    taken_ms = (time.perf_counter() - started) * 1000
    while any(part.state.loading_since for part in view.loaders):
        await view.wait_idle()
        await asyncio.sleep(0.03)
    stage.workspace.customers.close_tab(stage.window.tabs.currentIndex())
    return taken_ms


def _floor(store: Path, customer: CustomerId) -> float:
    connection = apsw.Connection(str(store), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        connection.pragma("cipher", "sqlcipher")
        connection.pragma("legacy", 4)
        connection.pragma("key", f"x'{KEY.hex()}'")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        started = time.perf_counter()
        rows = connection.execute(
            "SELECT part, body, max(read_at) FROM fact WHERE customer = ? GROUP BY part", (customer,)
        )
        found = rows.fetchall()
        taken_ms = (time.perf_counter() - started) * 1000
    finally:
        connection.close()
    if not found:
        raise LookupError("the store does not know the customer")
    return taken_ms
