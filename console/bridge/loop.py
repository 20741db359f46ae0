"""Qt's event loop as asyncio's, and the program that runs on it."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any

os.environ.setdefault("QT_API", "pyside6")  # qasync takes the first Qt it finds otherwise

import qasync
from PySide6.QtWidgets import QApplication

from console.bridge.tasks import Bridge
from console.errors import ConsoleError

_log = logging.getLogger(__name__)


class EventLoop(qasync.QEventLoop):  # type: ignore[misc] # qasync says nothing of its types
    """Qt's loop as asyncio's, with the two things that qasync leaves out.

    At the end of `run_until_complete` qasync processes Qt's events one last time: tasks that take a step there must
    find a running loop, or they could not start others. And asynchronous generators that are dropped half-way must be
    closed by the loop: without its hooks a dropped response stream leaves its connection in use for good.
    """

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
                told = "The display has gone, and the desk with it. Start it again; what it had kept is there."
                raise DisplayGoneError(told) from error
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
