"""open: time to open a customer until the last value is painted; CRM takes 40, billing 120, provisioning 300 ms.

Floor: the slowest system's own chain of requests, sent by a bare client on a warm connection in the same run.
"""

import asyncio
import statistics
import time

import httpx

from benchmarks.result import Result
from benchmarks.window import Stage, on_stage
from console.models.customer import CustomerId
from console.models.health import SystemHealth, SystemState

_RUNS = 12
_LATENCY_MS = {"crm": 40, "billing": 120, "provisioning": 300}


def measure() -> list[Result]:
    """Return both cases."""
    return on_stage(_play)


async def _play(stage: Stage) -> list[Result]:
    customers = await stage.customers(_RUNS + 2)
    for system, latency_ms in _LATENCY_MS.items():
        await stage.faults(system, latency_ms=latency_ms)
    for customer in customers[:2]:
        await _open(stage, customer)  # warm connections and code, as after a rep's first call
    opened, first, floors = [], [], []
    for customer in customers[2:]:
        floors.append(await _floor(stage, customer))
        all_ms, first_ms = await _open(stage, customer)
        opened.append(all_ms)
        first.append(first_ms)
    floor = statistics.median(floors)
    return [
        Result("open", "all panels painted", statistics.median(opened), "ms", floor),
        Result("open", "first panel after first answer", statistics.median(first), "ms", _LATENCY_MS["crm"]),
    ]


async def _open(stage: Stage, customer: CustomerId) -> tuple[float, float]:
    """Return the ms until everything was painted, and from the first response until its value was painted."""
    answered: list[float] = []

    def told(_health: SystemHealth, _before: SystemState) -> None:
        answered.append(time.perf_counter())

    unwatch = stage.console.health.subscribe(told)
    started = time.perf_counter()
    page = stage.workspace.open_customer(customer)
    assert page is not None
    first_painted = 0.0
    while (
        any(part.state.loading_since for part in page.view.loaders) or page.bills.lines.table.rows_model.rowCount() == 0
    ):
        if not first_painted and page.view.customer.state.facts is not None:
            page.head.repaint()
            first_painted = time.perf_counter()
        await asyncio.sleep(0.001)
        if time.perf_counter() - started > 10:
            raise TimeoutError("the customer did not open")
    stage.window.repaint()
    done = time.perf_counter()
    unwatch()
    stage.workspace.customers.close_tab(stage.window.tabs.currentIndex())
    return (done - started) * 1000, (first_painted - answered[0]) * 1000


async def _floor(stage: Stage, customer: CustomerId) -> float:
    """Return the ms of the slowest system's chain: requests of one system run in sequence, systems in parallel."""
    chains = {
        "crm": _crm,
        "billing": _billing,
        "provisioning": _provisioning,
    }
    slowest = 0.0
    for system, chain in chains.items():
        headers = {"Authorization": f"Bearer {stage.sandbox.tokens[system]}"}
        async with httpx.AsyncClient(
            base_url=stage.sandbox.addresses[system], headers=headers, trust_env=False
        ) as client:
            await chain(client, customer)
            started = time.perf_counter()
            await chain(client, customer)
            slowest = max(slowest, (time.perf_counter() - started) * 1000)
    return slowest


async def _crm(client: httpx.AsyncClient, customer: CustomerId) -> None:
    found = (await client.get(f"/tmf-api/customerManagement/v4/customer/{customer}")).json()
    await client.get(found["engagedParty"]["href"])


async def _billing(client: httpx.AsyncClient, customer: CustomerId) -> None:
    base = "/tmf-api/customerBillManagement/v4"
    bills = (await client.get(f"{base}/customerBill", params={"relatedParty.id": customer, "sort": "-billDate"})).json()
    if bills:
        await client.get(f"{base}/appliedCustomerBillingRate", params={"bill.id": bills[0]["id"]})


async def _provisioning(client: httpx.AsyncClient, customer: CustomerId) -> None:
    await client.get("/tmf-api/serviceInventory/v4/service", params={"relatedParty.id": customer})
