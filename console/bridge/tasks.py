"""Coroutines for widgets: tasks with an owner, and error reporting."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from PySide6.QtCore import QObject

from console.errors import ConsoleError

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Bridge:
    """Runs coroutines for widgets.

    Every task belongs to a widget (or any QObject). A read is cancelled when its owner is destroyed; a write runs to
    its end. Results and errors arrive on the window's thread. An unhandled error goes to the log and, as one sentence,
    to `on_unhandled`.
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
        """Start a read and return its task. Reads run in parallel.

        A cancelled task calls no callback. Neither does a task whose owner is destroyed before the callback runs.
        """
        task = asyncio.get_event_loop().create_task(question)
        self._tasks.add(task)
        gone: list[bool] = []
        # Bind only the task and the list: a closure over the owner would keep a destroyed widget's Python object alive.
        cancelled = owner.destroyed.connect(task.cancel)
        connection = owner.destroyed.connect(lambda: gone.append(True))

        def done(ended: "asyncio.Task[T]") -> None:
            self._tasks.discard(ended)
            if gone:
                _ = ended.cancelled() or ended.exception()  # mark the error as seen: the result is not needed any more
            else:
                QObject.disconnect(cancelled)
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
        """Start a write and return its task. Writes run one after the other, each to its end.

        If the owner is destroyed meanwhile, no callback is called and an error goes only to the log: on screen it
        would belong to nothing.
        """

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
            if gone:
                _note_unseen(ended)
            else:
                self._deliver(ended, on_result, on_error)

        task.add_done_callback(done)
        return task

    def report(self, error: BaseException, where: str) -> None:
        """Log an unhandled error and show the user one sentence about it."""
        _log.error("unhandled in %s", where, exc_info=(type(error), error, error.__traceback__))
        known = isinstance(error, ConsoleError)
        self.on_unhandled(str(error) if known else "The console failed. The log has the details.")

    async def aclose(self) -> None:
        """Cancel all tasks and wait until they have ended."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def running(self) -> int:
        """The number of running tasks; zero after everything was closed."""
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


def _note_unseen(task: "asyncio.Task[Any]") -> None:
    """Log the error of a write whose widget was destroyed."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        _log.warning("%s failed, and its widget has gone", task.get_name(), exc_info=error)
