"""Qt's event loop as the asyncio event loop, and the function that runs the program on it."""

import asyncio
import logging
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import Any

os.environ.setdefault("QT_API", "pyside6")  # qasync takes the first Qt it finds otherwise

import qasync
from PySide6.QtCore import QObject, QTimerEvent
from PySide6.QtWidgets import QApplication

from console.bridge.tasks import Bridge
from console.errors import ConsoleError

_log = logging.getLogger(__name__)


_WORKERS = 10
_TURN_S = 0.004
"""How long steps that are ready may follow each other before keys, clicks and painting get their turn."""


class ReadySteps(QObject):
    """The queue of callbacks that are ready; runs them in the order in which they were added.

    qasync gives each callback its own timer, and Qt fires all due timers before it handles the next key. When the
    data of ten customers arrives at once, a key waits for many small steps. Here each turn takes a few milliseconds,
    and the rest runs in the next turn.
    """

    def __init__(self) -> None:
        super().__init__()
        self._handles: deque[asyncio.Handle] = deque()
        self._timer = 0

    def add(self, handle: asyncio.Handle) -> None:
        """Add a callback for the next turn. Call on the window's thread."""
        self._handles.append(handle)
        self._wake()

    def clear(self) -> None:
        """Drop all callbacks, because the loop is closed."""
        self._handles.clear()
        self._sleep()

    def timerEvent(self, _event: QTimerEvent) -> None:  # noqa: N802 - Qt's name
        # Stop the timer first and restart it after: Qt never nests a timer, and a step may run a nested event loop.
        self._sleep()
        until_s = time.monotonic() + _TURN_S
        for _ in range(len(self._handles)):  # callbacks that these steps add run in the next turn
            if not self._handles:  # a nested event loop within a step has run them
                break
            handle = self._handles.popleft()
            if not handle.cancelled():
                handle._run()  # noqa: SLF001 - what loops of their own are to call
            if time.monotonic() >= until_s:
                break
        if self._handles:
            self._wake()

    def _wake(self) -> None:
        if not self._timer:
            self._timer = self.startTimer(0)

    def _sleep(self) -> None:
        if self._timer:
            self.killTimer(self._timer)
            self._timer = 0


class EventLoop(qasync.QEventLoop):  # type: ignore[misc] # qasync says nothing of its types
    """Qt's event loop as the asyncio event loop, with additions that qasync lacks.

    Ready callbacks run in short turns (see `ReadySteps`). At the end of `run_until_complete` qasync processes Qt's
    events one last time. Tasks that run a step there need a running loop to start other tasks. The loop also closes
    asynchronous generators that are dropped half-way. Without its hooks, a dropped response stream never releases
    its connection.
    """

    def __init__(self, app: QApplication) -> None:
        self._ready_steps = ReadySteps()
        super().__init__(app)
        # Plain threads, started on demand: qasync starts ten Qt threads at once, and one has crashed when it ended.
        self.set_default_executor(ThreadPoolExecutor(_WORKERS, "desk"))

    def call_soon(
        self, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._ready_steps.add(handle)
        return handle

    def close(self) -> None:
        self._ready_steps.clear()
        super().close()

    def run_forever(self) -> int:
        try:
            return int(super().run_forever())
        finally:
            asyncio.events._set_running_loop(self)  # noqa: SLF001 - what loops of their own are to call

    def run_until_complete(self, future: Any) -> Any:
        before = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(firstiter=self._asyncgen_firstiter_hook, finalizer=self._asyncgen_finalizer_hook)
        try:
            return super().run_until_complete(future)
        finally:
            sys.set_asyncgen_hooks(*before)
            asyncio.events._set_running_loop(None)  # noqa: SLF001 - see above


class DisplayGoneError(ConsoleError):
    """Qt has ended its event loop, because the display for windows has gone."""


def run_application(app: QApplication, bridge: Bridge, main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run a coroutine on the window's thread until it returns, and return its result.

    Exceptions in Qt slots and in tasks without an `await` go to `Bridge.report`, not to the terminal.

    Raises:
        DisplayGoneError: The display has gone, for example because the X server was killed. Qt ends its loop then.
    """
    app.setQuitOnLastWindowClosed(False)  # closing the last dialog would stop the loop while tasks run
    loop = EventLoop(app)
    asyncio.set_event_loop(loop)
    before = sys.excepthook
    sys.excepthook = lambda _kind, error, _trace: bridge.report(error, "a slot")
    loop.set_exception_handler(lambda _loop, context: _on_loop_error(bridge, context))
    try:
        with loop:
            task = loop.create_task(main())
            try:
                return int(loop.run_until_complete(task))
            except RuntimeError as error:
                if task.done():
                    raise
                message = "The display is gone, so the console stopped. Start it again; your saved work is there."
                raise DisplayGoneError(message) from error
            finally:
                if task.done():
                    loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        sys.excepthook = before
        asyncio.set_event_loop(None)


def _on_loop_error(bridge: Bridge, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if error is None:
        _log.error("event loop: %s", context.get("message"))
    else:
        bridge.report(error, str(context.get("message", "the event loop")))
