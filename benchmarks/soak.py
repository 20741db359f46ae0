"""soak: a window in use for ten minutes while its systems fail, slow down and send damaged data; then all recover.

No timing; OPTICOM_SOAK_S sets the length in seconds (600). Checked at the end: every system answers again without a
click, and the window's thread did not freeze itself.
"""

import asyncio
import os
import random
import time

from benchmarks.result import Result
from benchmarks.window import Stage, on_stage
from console.bridge import StallWatchdog
from console.models.health import SystemState

_SYSTEMS = ("crm", "billing", "provisioning")
_FAULTS: tuple[dict[str, object], ...] = (
    {"outage": True}, {"bytes_per_s": 300}, {"latency_ms": 12_000}, {"body": "truncated"}, {"status": 503},
    {"cut_off": True}, {"answer_mb": 30}, {"expired_token": True},
)  # fmt: skip
_BACK_WITHIN_S = 90.0


def measure() -> list[Result]:
    """Return the problems at the end."""
    return on_stage(_play)


async def _play(stage: Stage) -> list[Result]:
    rng = random.Random(int(os.environ.get("OPTICOM_BENCH_SEED") or 16))
    customers = await stage.customers(60)
    watchdog = StallWatchdog(lambda _ms, _stack: None, beat_ms=5)
    watchdog.start()
    until_s = time.monotonic() + float(os.environ.get("OPTICOM_SOAK_S") or 600)
    while time.monotonic() < until_s:
        system = rng.choice(_SYSTEMS)
        await stage.faults(system, **rng.choice(_FAULTS))
        for _ in range(3):
            stage.workspace.open_customer(rng.choice(customers))
            await asyncio.sleep(rng.uniform(0.5, 3))
        if rng.random() < 0.7:
            await stage.faults(system)
        while stage.window.tabs.count() > 12:
            stage.workspace.customers.close_tab(0)
            await asyncio.sleep(0)
    for system in _SYSTEMS:
        await stage.faults(system)
    away = await _away(stage)
    watchdog.stop()
    opened = len(stage.exchanges)
    print(f"soak: {opened} requests; away at the end: {', '.join(away) or 'none'}")
    return [
        Result("soak", "systems away at the end", float(len(away)), "of", float(len(_SYSTEMS))),
        Result("soak", "longest turn, CPU", watchdog.worst_cpu_ms, "ms", 16.0),
    ]


async def _away(stage: Stage) -> list[str]:
    """Return the systems with missing data on the page in front, after the time that they may take."""
    page = stage.workspace.page
    assert page is not None
    until_s = time.monotonic() + _BACK_WITHIN_S
    while True:
        await asyncio.sleep(0.5)
        failed = {part.state.system for part in page.view.loaders if part.state.failure is not None}
        down = {
            info.name
            for info in stage.console.systems
            if stage.console.health.health(info.name).state in {SystemState.DOWN, SystemState.REFUSING}
        }
        if not failed | down or time.monotonic() > until_s:
            return sorted(failed | down)
