"""Qt objects are destroyed in the window's thread, whichever thread allocates; memory does not grow because of it."""

import asyncio
import gc
import threading
import time

import pytest
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from console.bridge import WindowGarbageCollector
from tests.support.waiting import until


class _Cycle:
    """A cycle with Qt objects that records the thread in which it is destroyed."""

    ended_in: list[int]

    def __init__(self, ended_in: list[int]) -> None:
        self.me = self
        self.ended_in = ended_in
        self.widget = QWidget()
        self.picture = QPixmap(8, 8)
        self.painter = QPainter(self.picture)
        self.painter.end()

    def __del__(self) -> None:
        self.ended_in.append(threading.get_ident())


def _allocate_much() -> None:
    """Allocate enough for a hundred runs of automatic collection."""
    for _ in range(300):
        keep = [[i] for i in range(1_000)]
        keep.append(keep)  # type: ignore[arg-type] # a cycle, so that only a collection frees it


class TestCollector:
    """Tests that collect everything pytest has loaded. That is a freeze, so the general check for freezes is off."""

    @pytest.fixture(autouse=True)
    def no_freeze(self) -> None:
        """Replace the fixture that would fail these tests."""

    async def test_cycles_with_widgets_end_in_the_windows_thread(self) -> None:
        gc.collect()
        gc.freeze()
        collector = WindowGarbageCollector(beat_ms=10)
        collector.start()
        ended_in: list[int] = []
        for _ in range(20):
            _Cycle(ended_in)
            await asyncio.to_thread(_allocate_much)
        await until(lambda: len(ended_in) == 20)
        collector.stop()
        assert set(ended_in) == {threading.get_ident()}

    async def test_what_a_worker_leaves_is_collected_although_it_goes_on(self) -> None:
        gc.collect()
        gc.freeze()
        collector = WindowGarbageCollector(beat_ms=10)
        collector.start()
        working = asyncio.get_running_loop().run_in_executor(None, lambda: [_allocate_much() for _ in range(10)])
        most = 0
        while not working.done():
            await asyncio.sleep(0.01)
            most = max(most, gc.get_count()[0])
        await working
        collector.stop()
        assert gc.isenabled() is False
        assert most < 3_000_000 / 2  # of the three million lists that were made

    async def test_an_idle_window_collects_nothing(self) -> None:
        gc.collect()
        gc.freeze()
        before = gc.get_stats()[2]["collections"]
        collector = WindowGarbageCollector(beat_ms=5)
        collector.start()
        await asyncio.sleep(0.2)
        collector.stop()
        assert gc.get_stats()[2]["collections"] == before

    async def test_a_window_that_is_never_quiet_collects_everything_in_small_pieces(self) -> None:
        gc.collect()
        gc.freeze()
        collector = WindowGarbageCollector(beat_ms=20)
        collector.start()
        before = gc.get_stats()[2]["collections"]
        left = [[[i] for i in range(4_000)] for _ in range(3)]  # these survive a collection of the young generation
        async with asyncio.timeout(10):
            while gc.get_stats()[2]["collections"] == before:
                until_s = time.thread_time() + 0.01
                while time.thread_time() < until_s:
                    left = [*left[-3:], [[i] for i in range(4_000)]]
                await asyncio.sleep(0.005)
        collector.stop()
