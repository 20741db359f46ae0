"""Tasks that belong to widgets, the route of errors, and the watchdog of the window's thread."""

import asyncio
import sys
import threading
import time

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QEventLoop, QObject
from PySide6.QtWidgets import QApplication

from console.bridge import Bridge, EventLoop, StallWatchdog, watch_network
from console.errors import ConsoleError
from tests.support.waiting import until


async def test_a_task_ends_with_its_owner_and_calls_nobody_back() -> None:
    bridge, owner, called = Bridge(), QObject(), []
    started = asyncio.Event()

    async def forever() -> None:
        started.set()
        await asyncio.Event().wait()

    task = bridge.run_query(owner, forever(), called.append, called.append)
    await started.wait()
    owner.deleteLater()
    del owner
    await asyncio.wait([task], timeout=2)
    assert task.cancelled()
    assert not called
    assert bridge.running == 0


async def test_results_and_errors_reach_whoever_asked() -> None:
    bridge, owner, results, errors = Bridge(), QObject(), [], []

    async def give(value: int) -> int:
        return value

    async def fail() -> int:
        raise ConsoleError("No such thing.")

    bridge.run_query(owner, give(3), results.append)
    bridge.run_query(owner, fail(), results.append, errors.append)
    await until(lambda: bridge.running == 0)
    assert results == [3]
    assert [str(error) for error in errors] == ["No such thing."]


@pytest.mark.expects_log("unhandled in")
async def test_an_error_nobody_handles_is_one_sentence_without_a_traceback() -> None:
    bridge, owner, said = Bridge(), QObject(), []
    bridge.on_unhandled = said.append

    async def fail() -> None:
        raise KeyError("secret detail")

    bridge.run_query(owner, fail())
    await until(lambda: bridge.running == 0)
    assert said == ["The console failed. The log has the details."]


class TestWatchdog:
    """Tests that freeze on purpose, without the general check for freezes."""

    @pytest.fixture(autouse=True)
    def no_freeze(self) -> None:
        """Replace the fixture that would fail these tests."""

    async def test_a_freeze_is_found_and_its_place_named(self) -> None:
        stalls: list[tuple[float, str]] = []
        watchdog = StallWatchdog(lambda ms, stack: stalls.append((ms, stack)), beat_ms=5)
        watchdog.start()
        await until(lambda: watchdog.turns_ms)
        busy_until = time.thread_time() + 0.25
        while time.thread_time() < busy_until:
            pass
        await until(lambda: watchdog.worst_cpu_ms > 100)
        watchdog.stop()
        # A thread that outlives it may destroy its timer while the window's thread has a lock that this needs.
        assert not any(thread.name == "stall watchdog" for thread in threading.enumerate())
        assert watchdog.worst_cpu_ms > 200
        assert stalls
        assert "test_a_freeze_is_found" in stalls[0][1]


async def test_this_qt_keeps_its_references_to_none(themed: None) -> None:
    """PySide6 6.12.0 on Python 3.11 loses references to None and aborts the process after some thousand calls."""
    import sys

    from PySide6.QtWidgets import QLabel

    label = QLabel()
    before = sys.getrefcount(None)
    for i in range(2000):
        label.setText(str(i))
    assert abs(sys.getrefcount(None) - before) < 500 or sys.version_info >= (3, 12)


def test_without_qt_network_there_is_a_network(themed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtNetwork", None)
    message: list[bool] = []
    end = watch_network(lambda *, online: message.append(online))
    end()
    assert message == []


def test_the_network_is_told_as_the_system_has_it(themed: None) -> None:
    message: list[bool] = []
    end = watch_network(lambda *, online: message.append(online))
    end()
    assert set(message) <= {True, False}
    assert len(message) <= 1


def test_a_task_that_steps_once_more_at_the_end_finds_a_running_loop() -> None:
    loop = EventLoop(QApplication.instance() or QApplication([]))
    seen: list[bool] = []

    async def main() -> None:
        # Due in the very last pass over Qt's events, after `main` has returned.
        loop.call_soon(lambda: loop.call_soon(lambda: seen.append(asyncio.get_running_loop() is loop)))

    with loop:
        loop.run_until_complete(main())
    assert seen == [True]
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


class Typed(QObject):
    """An object that records when an event posted to it, such as a key, got its turn."""

    def __init__(self, done: list[str]) -> None:
        super().__init__()
        self.done = done

    def event(self, event: QEvent) -> bool:
        self.done.append("key")
        return super().event(event)


def _busy(done: list[str], ms: float) -> None:
    until = time.thread_time() + ms / 1000
    while time.thread_time() < until:
        pass
    done.append("step")


async def test_a_key_waits_for_a_few_of_many_small_steps_only(themed: None) -> None:
    done: list[str] = []
    typed = Typed(done)
    loop = asyncio.get_running_loop()
    loop.call_soon(lambda: QApplication.postEvent(typed, QEvent(QEvent.Type.User)))
    for _ in range(50):
        loop.call_soon(_busy, done, 2)
    while len(done) < 51:
        await asyncio.sleep(0)
    assert done.index("key") < 10


async def test_steps_run_in_the_order_in_which_they_came_and_not_once_cancelled(themed: None) -> None:
    done: list[int] = []
    loop = asyncio.get_running_loop()
    handles = [loop.call_soon(done.append, number) for number in range(200)]
    handles[7].cancel()
    await asyncio.sleep(0)
    assert done == [number for number in range(200) if number != 7]


async def test_a_loop_opened_within_a_step_lets_the_other_steps_run(themed: None) -> None:
    """A menu or a system dialog does this: it runs its own loop."""
    inner = QEventLoop()
    loop = asyncio.get_running_loop()
    loop.call_soon(lambda: (loop.call_soon(inner.quit), inner.exec()))
    async with asyncio.timeout(5):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert not inner.isRunning()


async def test_nobody_is_told_who_went_between_the_end_of_a_task_and_its_turn(themed: None) -> None:
    bridge, owner, called = Bridge(), QObject(), []
    loop = asyncio.get_running_loop()

    async def answer() -> int:
        loop.call_soon(lambda: shiboken6.delete(owner))  # runs before the task's end is reported
        return 1

    task = bridge.run_query(owner, answer(), called.append, called.append)
    async with asyncio.timeout(2):
        while bridge.running:
            await asyncio.sleep(0)
    assert (await task, called) == (1, [])


@pytest.mark.expects_log("its widget has gone")
async def test_an_error_of_a_form_that_was_closed_does_not_appear_elsewhere() -> None:
    bridge, owner, said = Bridge(), QObject(), []
    bridge.on_unhandled = said.append
    go_on = asyncio.Event()

    async def fail() -> None:
        await go_on.wait()
        raise ConsoleError("The disk is full.")

    task = bridge.run_command(owner, fail(), on_error=lambda error: said.append(str(error)))
    await asyncio.sleep(0)
    gone = asyncio.Event()
    owner.destroyed.connect(gone.set)
    owner.deleteLater()
    del owner
    await gone.wait()
    go_on.set()
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert said == []
