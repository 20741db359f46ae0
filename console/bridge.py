"""Where Qt and asyncio meet: the event loop, tasks that belong to widgets, the route of errors, the stall watchdog."""

import asyncio
import importlib
import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

os.environ.setdefault("QT_API", "pyside6")  # qasync takes the first Qt it finds otherwise

import qasync
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from console.errors import ConsoleError

T = TypeVar("T")
_log = logging.getLogger(__name__)

STALL_MS = 100.0


class Bridge:
    """Runs coroutines for widgets.

    Every task belongs to a widget (or any QObject) and is cancelled when that is destroyed. Results and errors arrive
    on the window's thread. An error nobody handles goes to the log and, as one sentence, to `on_unhandled`.
    """

    def __init__(self) -> None:
        self.on_unhandled: Callable[[str], None] = lambda _sentence: None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._commands = asyncio.Lock()

    def run_query(
        self,
        owner: QObject,
        question: Coroutine[Any, Any, T],
        on_result: Callable[[T], None] | None = None,
        on_error: Callable[[ConsoleError], None] | None = None,
    ) -> "asyncio.Task[T]":
        """Start a read and return its task; several run side by side. Cancelling the task calls nobody back."""
        task = asyncio.get_event_loop().create_task(question)
        self._tasks.add(task)
        # Bound to the task alone: a closure over the owner would keep a destroyed widget's Python side alive.
        connection = owner.destroyed.connect(task.cancel)

        def done(ended: "asyncio.Task[T]") -> None:
            self._tasks.discard(ended)
            QObject.disconnect(connection)
            self._deliver(ended, on_result, on_error)

        task.add_done_callback(done)
        return task

    def run_command(
        self,
        owner: QObject,
        command: Coroutine[Any, Any, T],
        on_result: Callable[[T], None] | None = None,
        on_error: Callable[[ConsoleError], None] | None = None,
    ) -> "asyncio.Task[T]":
        """Start a write and return its task. Writes go one after the other, and to their end even if the owner goes."""

        async def in_turn() -> T:
            async with self._commands:
                return await command

        task = asyncio.get_event_loop().create_task(in_turn())
        self._tasks.add(task)
        gone: list[bool] = []
        connection = owner.destroyed.connect(lambda: gone.append(True))

        def done(ended: "asyncio.Task[T]") -> None:
            self._tasks.discard(ended)
            if not gone:
                QObject.disconnect(connection)
            self._deliver(ended, None if gone else on_result, None if gone else on_error)

        task.add_done_callback(done)
        return task

    def report(self, error: BaseException, where: str) -> None:
        """Log an error nobody handles, and tell the user in one sentence."""
        _log.error("unhandled in %s", where, exc_info=(type(error), error, error.__traceback__))
        known = isinstance(error, ConsoleError)
        self.on_unhandled(str(error) if known else "Something in the desk itself failed. The log has the details.")

    async def aclose(self) -> None:
        """Cancel every task and wait for their end."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def running(self) -> int:
        """How many tasks are under way; zero after everything was closed."""
        return len(self._tasks)

    def _deliver(
        self,
        task: "asyncio.Task[T]",
        on_result: Callable[[T], None] | None,
        on_error: Callable[[ConsoleError], None] | None,
    ) -> None:
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            if on_result is not None:
                on_result(task.result())
        elif isinstance(error, ConsoleError) and on_error is not None:
            on_error(error)
        else:
            self.report(error, task.get_name())


class EventLoop(qasync.QEventLoop):  # type: ignore[misc] # qasync says nothing of its types
    """Qt's loop as asyncio's. At the end of `run_until_complete` qasync lets Qt's events pass one last time.

    Tasks that take a step there must find a running loop, or they could not start others.
    """

    def run_forever(self) -> int:
        try:
            return int(super().run_forever())
        finally:
            asyncio.events._set_running_loop(self)  # noqa: SLF001 - what loops of their own are to call

    def run_until_complete(self, future: Any) -> Any:
        try:
            return super().run_until_complete(future)
        finally:
            asyncio.events._set_running_loop(None)  # noqa: SLF001 - see above


def run_application(app: QApplication, bridge: Bridge, main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run a coroutine on the window's thread until it returns; return its result.

    Exceptions in Qt slots and in tasks nobody awaits reach the bridge's error route instead of the terminal.
    """
    app.setQuitOnLastWindowClosed(False)  # closing a last dialog would stop the loop under running tasks
    loop = EventLoop(app)
    asyncio.set_event_loop(loop)
    before = sys.excepthook
    sys.excepthook = lambda _kind, error, _trace: bridge.report(error, "a slot")
    loop.set_exception_handler(lambda _loop, context: _on_loop_error(bridge, context))
    try:
        with loop:
            return int(loop.run_until_complete(main()))
    finally:
        sys.excepthook = before
        asyncio.set_event_loop(None)


def _on_loop_error(bridge: Bridge, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if error is None:
        _log.error("event loop: %s", context.get("message"))
    else:
        bridge.report(error, str(context.get("message", "the event loop")))


def watch_network(on_change: Callable[..., None]) -> Callable[[], None]:
    """Call back with `online=` now and whenever the operating system says so; return what ends that.

    Where it cannot tell, there is a network. Only "disconnected" counts as none: a network without the internet may
    well reach the systems.
    """
    try:
        module = importlib.import_module("PySide6.QtNetwork")  # loaded once the window works
    except ImportError as error:  # a system library of Qt's may be missing where the desk was not set up by dev.py
        _log.info("whether there is a network cannot be told: %s", error)
        return lambda: None
    information = module.QNetworkInformation
    wanted = information.Feature.Reachability
    if not information.loadBackendByFeatures(wanted):
        return lambda: None
    instance = information.instance()

    def told(reachability: Any) -> None:
        on_change(online=reachability != information.Reachability.Disconnected)

    told(instance.reachability())
    instance.reachabilityChanged.connect(told)

    def end() -> None:
        instance.reachabilityChanged.disconnect(told)

    return end


class StallWatchdog:
    """Notices when the window's thread does not get round to its events for more than 100 ms, and says where.

    `worst_wall_ms` is the longest turn by the clock, `worst_cpu_ms` by the thread's own processor time, which a busy
    machine does not distort. A stall is logged with the stack it happened in.
    """

    BEAT_MS = 5

    def __init__(self, on_stall: Callable[[float, str], None] | None = None) -> None:
        self._on_stall = on_stall or (
            lambda ms, stack: _log.warning("the window stood still for %.0f ms in\n%s", ms, stack)
        )
        self._timer = QTimer()
        self._timer.setInterval(self.BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._thread_id = threading.get_ident()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._stack: traceback.StackSummary | None = None
        self._beat_at = (time.perf_counter(), time.thread_time())
        self.turns_ms: list[float] = []
        self.worst_wall_ms = 0.0
        self.worst_cpu_ms = 0.0

    def start(self) -> None:
        """Begin; call on the window's thread."""
        self._beat_at = (time.perf_counter(), time.thread_time())
        self._timer.start()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="stall watchdog")
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the thread: the last to let go of this would take down a timer of the window's thread."""
        self._timer.stop()
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _beat(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        wall_ms, cpu_ms = ((after - before) * 1000 for after, before in zip(now, self._beat_at, strict=True))
        self._beat_at = now
        self.turns_ms.append(wall_ms)
        del self.turns_ms[:-200_000]
        self.worst_wall_ms = max(self.worst_wall_ms, wall_ms)
        self.worst_cpu_ms = max(self.worst_cpu_ms, cpu_ms)
        stack, self._stack = self._stack, None
        if wall_ms > STALL_MS and stack is not None:
            self._on_stall(wall_ms, "".join(stack.format()))

    def _watch(self) -> None:
        """Take the stack of the window's thread while it stands still."""
        while not self._stop.wait(STALL_MS / 2000):
            standing_ms = (time.perf_counter() - self._beat_at[0]) * 1000
            if standing_ms > STALL_MS and self._stack is None:
                frame = sys._current_frames().get(self._thread_id)  # noqa: SLF001 - the documented way to another thread's stack
                # Without the source lines, which take longer to read than a freeze may last.
                frames = reversed(list(traceback.walk_stack(frame)))
                self._stack = traceback.StackSummary.extract(frames, lookup_lines=False)
