"""Qt's event loop as asyncio's, and the program that runs on it."""

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
    """The callbacks that wait for the loop's next turn, run in the order in which they came.

    qasync gives each a timer of its own, and Qt fires all that are due before it looks at the next key: when ten
    customers are answered at once, that is a wait of many small steps. Here they take a turn of a few milliseconds,
    and go on in the next.
    """

    def __init__(self) -> None:
        super().__init__()
        self._handles: deque[asyncio.Handle] = deque()
        self._timer = 0

    def add(self, handle: asyncio.Handle) -> None:
        """Let a callback run in the next turn; of the window's thread."""
        self._handles.append(handle)
        self._wake()

    def clear(self) -> None:
        """Forget what waits; the loop is closed."""
        self._handles.clear()
        self._sleep()

    def timerEvent(self, _event: QTimerEvent) -> None:  # noqa: N802 - Qt's name
        # Stopped before and started after: Qt never fires a timer within itself, and a step may open a loop of its own.
        self._sleep()
        until_s = time.monotonic() + _TURN_S
        for _ in range(len(self._handles)):  # what these steps add is for the next turn
            if not self._handles:  # a loop of its own within a step has taken them
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
    """Qt's loop as asyncio's, with the things that qasync leaves out.

    Callbacks that are ready run in short turns (see ReadySteps). At the end of `run_until_complete` qasync processes
    Qt's events one last time: tasks that take a step there must find a running loop, or they could not start others.
    And asynchronous generators that are dropped half-way must be closed by the loop: without its hooks a dropped
    response stream leaves its connection in use for good.
    """

    def __init__(self, app: QApplication) -> None:
        self._ready_steps = ReadySteps()
        super().__init__(app)
        # Plain threads, begun as they are needed: qasync starts ten of Qt's at once, and one has crashed at its end.
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
    """Qt has ended its loop under the program, since there is nothing any more to show a window on."""


def run_application(app: QApplication, bridge: Bridge, main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run a coroutine on the window's thread until it returns; return its result.

    Exceptions in Qt slots and in tasks nobody awaits reach the bridge's error route instead of the terminal.

    Raises:
        DisplayGoneError: The display has gone, such as an X server that was killed; Qt ends its loop then.
    """
    app.setQuitOnLastWindowClosed(False)  # closing a last dialog would stop the loop under running tasks
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
                message = "The display has gone, and the desk with it. Start it again; what it had kept is there."
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
