"""large: a world of a million customers, opened and searched beside one of two thousand in the same run.

Floor: the same operation on the small world. The large world is made on first use, which takes some minutes, and saved
in the user's cache. The sandbox itself prints how long that took and how much memory it used.
"""

import statistics
import time
from pathlib import Path

from benchmarks.result import Result
from benchmarks.window import Stage, on_stage
from console.cli.sandbox import default_folder
from console.models.search import SearchResult

_SMALL, _LARGE = 2000, 1_000_000
_SEED = 5376
_RUNS = 15
_CASES = ("number", "phone", "e-mail", "full name")


def measure() -> list[Result]:
    """Return all cases."""
    figures: dict[int, dict[str, float]] = {}

    async def play(stage: Stage) -> list[Result]:
        figures[len(figures)] = await _measure(stage)
        return []

    on_stage(play, customers=_SMALL, data=default_folder(_SEED, _SMALL))
    folder = default_folder(_SEED, _LARGE)
    on_stage(play, customers=_LARGE, data=folder)
    small, large = figures[0], figures[1]
    size_mb = sum(path.stat().st_size for path in Path(folder).glob("*.sqlite*")) / 1_000_000
    small_mb = sum(path.stat().st_size for path in default_folder(_SEED, _SMALL).glob("*.sqlite*")) / 1_000_000
    return [
        Result("large", "world of 1,000,000 on disk", size_mb, "MB", small_mb),
        Result("large", "open, 1,000,000 customers", large["open"], "ms", small["open"]),
        *(Result("large", f"search by {case}", large[case], "ms", small[case]) for case in _CASES),
    ]


async def _measure(stage: Stage) -> dict[str, float]:
    """Return the median ms to open a customer, and to find one by each kind of search text."""
    customers = await stage.customers(_RUNS)
    taken: dict[str, list[float]] = {"open": [], **{case: [] for case in _CASES}}
    await stage.open_and_settle(customers[0])
    for customer in customers[1:]:
        started = time.perf_counter()
        page = stage.workspace.open_customer(customer)
        assert page is not None
        await page.view.wait_idle()
        taken["open"].append((time.perf_counter() - started) * 1000)
        found = page.view.customer.state.facts
        assert found is not None
        ways = {medium.kind: medium.text for medium in found.value.contact_media}
        stage.workspace.customers.close_tab(stage.window.tabs.currentIndex())
        typed = {"number": customer, "phone": ways["phone"], "e-mail": ways["email"], "full name": found.value.name}
        for case, text in typed.items():
            taken[case].append(await _find(stage, text, customer))
    return {case: statistics.median(values) for case, values in taken.items()}


async def _find(stage: Stage, text: str, wanted: str) -> float:
    """Return the ms until every system has answered.

    Raises:
        LookupError: The wanted customer was not found, and there were fewer than 20 hits.
    """
    results: list[SearchResult] = []
    started = time.perf_counter()
    await stage.console.search.find(stage.console.search.read(text), results.append)
    taken_ms = (time.perf_counter() - started) * 1000
    found = [item.customer_id for item in results[-1].found]
    if wanted not in found and len(found) < 20:
        raise LookupError("the search did not find the customer")
    return taken_ms
