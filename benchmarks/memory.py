"""memory: memory of the console with nine customers open, at first and after 1,000 others were opened and closed.

Floor: the same Python and Qt with a bare QMainWindow. Measured as proportional set size, so shared libraries count
once. Linux only: other systems do not report it.
"""

import asyncio
import gc
import subprocess
import sys
from pathlib import Path

from benchmarks.result import Result
from benchmarks.window import Stage, on_stage
from console.models.customer import CustomerId

_OPEN = 9
_OTHERS = 1000

_BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.resize(1440, 900)
window.show()
app.processEvents()
print(next(line.split()[1] for line in open("/proc/self/smaps_rollup") if line.startswith("Pss:")))
"""


def measure() -> list[Result]:
    """Return all cases; none where the operating system does not report the memory of a process."""
    if not Path("/proc/self/smaps_rollup").exists():
        print("memory: this system does not tell the proportional set size of a process; not measured")
        return []
    return on_stage(_play, customers=_OPEN + _OTHERS)


async def _play(stage: Stage) -> list[Result]:
    floor = await asyncio.to_thread(_bare_mb)
    customers = await stage.customers(_OPEN + _OTHERS)
    mine, others = customers[:_OPEN], customers[_OPEN:]
    await _open(stage, mine)
    first = _pss_mb()
    _close(stage)
    for customer in others[: _OTHERS // 2]:
        await stage.open_and_settle(customer)
        stage.exchanges.clear()  # the benchmark's own records are not the console's memory
    half = _pss_mb()
    for customer in others[_OTHERS // 2 :]:
        await stage.open_and_settle(customer)
        stage.exchanges.clear()
    whole = _pss_mb()
    await _open(stage, mine)
    last = _pss_mb()
    return [
        Result("memory", "nine customers open", first, "MB", floor),
        Result("memory", "nine open after 1,000 others", last, "MB", floor),
        Result("memory", "growth over the last 500", whole - half, "MB", half),
    ]


async def _open(stage: Stage, customers: list[CustomerId]) -> None:
    for customer in customers:
        await stage.open_and_settle(customer, close=False)


def _close(stage: Stage) -> None:
    while stage.window.tabs.count():
        stage.workspace.customers.close_tab(0)


def _bare_mb() -> float:
    done = subprocess.run([sys.executable, "-c", _BARE], capture_output=True, text=True, check=True, timeout=60)
    return int(done.stdout) / 1024


def _pss_mb() -> float:
    gc.collect()
    with Path("/proc/self/smaps_rollup").open(encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1024
