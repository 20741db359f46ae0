"""stall: how long the window's thread does not process events while nine customers are opened.

Provisioning is down, and billing takes 30 s for some of it. Measured in wall-clock time. Floor: a frame of 16 ms.
"""

import asyncio

from benchmarks.result import Result
from benchmarks.window import Stage, on_stage
from console.bridge import StallWatchdog

_FRAME_MS = 16.0


def measure() -> list[Result]:
    """Return both cases."""
    return on_stage(_play)


async def _play(stage: Stage) -> list[Result]:
    customers = await stage.customers(9)
    await asyncio.sleep(0.5)
    watchdog = StallWatchdog(on_stall=lambda _ms, _stack: None, beat_ms=5)
    watchdog.start()
    for i, customer in enumerate(customers):
        if i == 3:
            await stage.faults("provisioning", outage=True)
        if i == 6:
            await stage.faults("billing", latency_ms=30_000)
        stage.workspace.open_customer(customer)
        await asyncio.sleep(0.4)
    for i in range(len(customers)):
        stage.window.tabs.setCurrentIndex(i)
        await asyncio.sleep(0.1)
    await asyncio.sleep(2)
    watchdog.stop()
    turns = sorted(watchdog.turns_ms)
    return [
        Result("stall", "99 of 100 turns", turns[int(len(turns) * 0.99)], "ms", _FRAME_MS),
        Result("stall", "longest turn", turns[-1], "ms", _FRAME_MS),
    ]
