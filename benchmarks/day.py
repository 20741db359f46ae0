"""day: a seeded day on the real window with 250 customers and 100 notes, while systems fail and recover.

Memory, files, threads and objects at the end are compared with their values after 30 customers. The longest turn is
measured in processor time of the window's thread. At the end every system answers. Linux only: other systems do not
report files and memory.
"""

import asyncio
import gc
import os
import random
import tempfile
import threading
from pathlib import Path

from benchmarks.memory import _pss_mb
from benchmarks.result import Result
from benchmarks.soak import _away
from benchmarks.window import Stage, on_stage
from console.bridge import StallWatchdog
from console.models.customer import CustomerId

_CUSTOMERS, _NOTES, _FIRST = 250, 100, 30
_MOST_OPEN = 6
_SYSTEMS = ("crm", "billing", "provisioning")
_FAULTS: tuple[dict[str, object], ...] = ({"outage": True}, {"latency_ms": 2_000}, {"status": 503})


def measure() -> list[Result]:
    """Return all cases; none where the operating system does not report the resources of a process."""
    if not Path("/proc/self/smaps_rollup").exists():
        print("day: this system does not tell what a process holds; not measured")
        return []
    with tempfile.TemporaryDirectory() as folder:
        return on_stage(_play, customers=_CUSTOMERS, store=Path(folder) / "desk.store")


async def _play(stage: Stage) -> list[Result]:
    rng = random.Random(int(os.environ.get("OPTICOM_BENCH_SEED") or 17))
    customers = await stage.customers(_CUSTOMERS)
    noted = set(rng.sample(range(_CUSTOMERS), _NOTES))
    watchdog = StallWatchdog(lambda _ms, _stack: None, beat_ms=5)
    early = {}
    for number, customer in enumerate(customers):
        if number % 25 == 10:
            await stage.faults(rng.choice(_SYSTEMS), **rng.choice(_FAULTS))
        if number % 25 == 13:
            await _calm(stage)
        await _call(stage, customer, rng, with_note=number in noted)
        if number + 1 == _FIRST:
            early = _held()  # it collects all garbage at once, which is not a turn of the console
            watchdog.start()
    await _calm(stage)
    away = await _away(stage)
    watchdog.stop()
    late = _held()
    print(
        f"day: {_CUSTOMERS} customers, {len(stage.console.outbox.actions)} notes; "
        f"held at first {early}, at the end {late}"
    )
    waiting = sum(action.is_open for action in stage.console.outbox.actions)
    return [
        *(Result("day", f"{name} at the end", late[name], "", early[name]) for name in late),
        Result("day", "longest turn, CPU", watchdog.worst_cpu_ms, "ms", 16.0),
        Result("day", "systems away at the end", float(len(away)), "of", float(len(_SYSTEMS))),
        Result("day", "notes not sent at the end", float(waiting), "of", float(_NOTES)),
    ]


async def _call(stage: Stage, customer: CustomerId, rng: random.Random, *, with_note: bool) -> None:
    """Open a customer, read, add a note if `with_note`, and close the oldest tabs."""
    page = stage.workspace.open_customer(customer)
    assert page is not None
    await asyncio.sleep(rng.uniform(0.2, 0.5))
    if with_note:
        await stage.console.actions.add_note(
            customer, f"Asked about {rng.choice(('a bill', 'a fault'))}", reason="Other"
        )
    page.view.refresh()
    await asyncio.sleep(rng.uniform(0.05, 0.2))
    while stage.window.tabs.count() > _MOST_OPEN:
        stage.workspace.customers.close_tab(0)
        await asyncio.sleep(0)
    stage.exchanges.clear()  # the benchmark's own records are not the console's memory


async def _calm(stage: Stage) -> None:
    for system in _SYSTEMS:
        await stage.faults(system)


def _held() -> dict[str, float]:
    gc.collect()
    return {
        "memory, MB": _pss_mb(),
        "files": float(len(list(Path("/proc/self/fd").iterdir()))),
        "threads": float(threading.active_count()),
        "objects": float(len(gc.get_objects())),
    }
