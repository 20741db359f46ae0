"""many: 40 customers open at once: the cost of a key in the note and of a customer switch for the window's thread.

In milliseconds of processor time. Floor: the same with one customer open, and with two to switch between.
"""

import asyncio
import statistics
import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks.result import Result
from benchmarks.window import Stage, on_stage

_OPEN, _KEYS = 40, 60


def measure() -> list[Result]:
    """Return all cases."""
    return on_stage(_play)


async def _play(stage: Stage) -> list[Result]:
    customers = await stage.customers(_OPEN)
    await stage.open_and_settle(customers[0], close=False)
    one_key_ms, _ = await _type(stage)
    await stage.open_and_settle(customers[1], close=False)
    floor_ms, _ = await _switch(stage)
    for customer in customers[2:]:
        await stage.open_and_settle(customer, close=False)
    key_ms, _ = await _type(stage)
    await _switch(stage)  # each page is laid out when it is first shown at this size
    switch_ms, longest_ms = await _switch(stage)
    return [
        Result("many", f"a key, {_OPEN} open", key_ms, "ms", one_key_ms),
        Result("many", f"a switch, {_OPEN} open", switch_ms, "ms", floor_ms),
        Result("many", f"longest switch, {_OPEN} open", longest_ms, "ms", floor_ms),
    ]


async def _type(stage: Stage) -> tuple[float, float]:
    """Return median and longest cost of a key in the note of the customer in front, in ms."""
    page = stage.workspace.customers.page
    assert page is not None
    page.customer_actions.open_note()
    await asyncio.sleep(0.3)
    text = QApplication.focusWidget()
    assert text is not None
    taken = []
    for number in range(_KEYS):
        await asyncio.sleep(0.02)
        key = Qt.Key(Qt.Key.Key_A.value + number % 26)
        taken.append(await _cost_ms(partial(QTest.keyClick, text, key)))
    return statistics.median(taken), max(taken)


async def _switch(stage: Stage) -> tuple[float, float]:
    """Return median and longest cost of a switch to the next customer, once through all tabs, in ms."""
    taken = []
    for _ in range(stage.window.tabs.count()):
        await asyncio.sleep(0.15)
        taken.append(await _cost_ms(lambda: stage.workspace.customers.step(1)))
    return statistics.median(taken), max(taken)


async def _cost_ms(do: Callable[[], object]) -> float:
    """Return the processor time of the thread from a call until its result is painted, in ms."""
    began = time.thread_time()
    do()
    for _ in range(3):
        await asyncio.sleep(0.002)
    return (time.thread_time() - began) * 1000
