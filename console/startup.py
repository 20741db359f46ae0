"""Loads everything behind the visible window: event loop, workspace and services. Ends them in order."""

import argparse
import asyncio
import contextlib
import gc
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from console.bridge import Bridge, StallWatchdog, WindowGarbageCollector, run_application, watch_network
from console.errors import ConfigurationError, ConsoleError, StoreInUseError
from console.system.cache_log import log_caches
from console.system.logs import start_logging
from console.views.icons import ICON
from console.views.search.palette import SearchPalette
from console.views.texts import tr
from console.views.window.loading import load_window
from console.views.window.main_window import MainWindow
from console.views.window.preferences import Preferences

if TYPE_CHECKING:  # loaded step by step, after the first paint
    from console.session import AskPerson, Session
    from console.views.window.assembly import WindowParts


def run_console(
    app: QApplication, window: MainWindow, palette: SearchPalette, options: argparse.Namespace, preferences: Preferences
) -> int:
    """Run the program until its window is closed. Return the exit status."""
    bridge = Bridge()
    return run_application(app, bridge, lambda: _run(window, palette, bridge, options, preferences))


async def _run(
    window: MainWindow, palette: SearchPalette, bridge: Bridge, options: argparse.Namespace, preferences: Preferences
) -> int:
    closed = asyncio.Event()
    window.closing.connect(closed.set)
    if window.is_closing:  # it was closed while this module was being loaded
        return 0
    start_logging()
    watchdog, collector = StallWatchdog(), WindowGarbageCollector()
    watchdog.start()
    collector.start()
    try:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(bridge.aclose)
            startup = Startup(window, palette, bridge, options, preferences, closed, stack)
            return await startup.run()
    finally:
        watchdog.stop()
        collector.stop()


class _Ended(Exception):  # noqa: N818 - not an error: the program is to end
    """The start ends here, with this exit status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Startup:
    """The start of one run, in steps. `stack` closes at the end everything that the steps open."""

    parts: "WindowParts"
    session: "Session"

    def __init__(
        self,
        window: MainWindow,
        palette: SearchPalette,
        bridge: Bridge,
        options: argparse.Namespace,
        preferences: Preferences,
        closed: asyncio.Event,
        stack: AsyncExitStack,
    ) -> None:
        self.window, self.palette, self.bridge = window, palette, bridge
        self.options, self.preferences = options, preferences
        self.closed, self.stack = closed, stack

    @property
    def steps(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        """The steps from the first paint to a usable console, in order."""
        return (
            self._load_window,
            self._fill_window,
            self._load_services,
            self._open_session,
            self._attach,
            self._watch,
            self._tour,
        )

    async def run(self) -> int:
        """Run all steps, wait until the window is closed, and return the exit status."""
        try:
            for step in self.steps:
                await step()
        except _Ended as end:
            return end.status
        await self.closed.wait()
        return 0

    async def _load_window(self) -> None:
        for _module in load_window():
            await asyncio.sleep(0)

    async def _fill_window(self) -> None:
        from console.views.window.assembly import assemble  # noqa: PLC0415 - loaded by the step before

        self.parts = assemble(self.window, self.palette, self.bridge, self.preferences)
        self.stack.callback(self.parts.workspace.close_all)
        await asyncio.sleep(0)
        ICON.load()

    async def _load_services(self) -> None:
        await asyncio.to_thread(_import_services)

    async def _open_session(self) -> None:
        """Open the session, unless the window is closed first.

        Raises:
            _Ended: The window was closed, or the console cannot work and has shown why.
        """
        self.window.say(tr("Connecting to the systems…"))
        grant = asyncio.create_task(self._enter_session(), name="open session")
        closing = asyncio.create_task(self.closed.wait(), name="wait for close")
        await asyncio.wait([grant, closing], return_when=asyncio.FIRST_COMPLETED)
        closing.cancel()
        if not grant.done():
            grant.cancel()
            await asyncio.gather(grant, return_exceptions=True)
            raise _Ended(0)
        try:
            self.session = grant.result()
        except ConsoleError as error:
            if self.options.tour is not None:
                raise
            raise _Ended(await self._say_why_not(error)) from error

    async def _enter_session(self) -> "Session":
        from console.session import open_session  # noqa: PLC0415 - loaded by the step before
        from console.store_location import StoreQuestions  # noqa: PLC0415 - as above
        from console.views.store import store_dialogs as dialogs  # noqa: PLC0415 - as above

        return await self.stack.enter_async_context(
            open_session(
                config=self.options.config,
                demo=self.options.demo,
                with_store=self.options.tour is None,
                ask_person=self._ask_person(),
                questions=StoreQuestions(
                    dialogs.code_asker(self.window), dialogs.anew_asker(self.window), shows_codes=True
                ),
                ask_secret=dialogs.secret_asker(self.window),
            )
        )

    def _ask_person(self) -> "AskPerson":
        if self.options.tour is None:
            return self.parts.person.bar.prompt
        from console.demo_tour import sign_in_by_itself  # noqa: PLC0415 - for the demo alone

        return sign_in_by_itself

    async def _say_why_not(self, error: ConsoleError) -> int:
        """Show why the console cannot work, in the window and in the terminal. Return the exit status."""
        from console.views.store.store_dialogs import end_with  # noqa: PLC0415 - loaded by an earlier step

        with contextlib.suppress(OSError, AttributeError, ValueError):  # the terminal may be missing or closed
            sys.stderr.write(f"{error}\n")
        self.window.say(str(error))
        self.window.set_failed()
        if isinstance(error, StoreInUseError):
            end_with(str(error), self.window)
        await self.closed.wait()
        return 2 if isinstance(error, ConfigurationError) else 1

    async def _attach(self) -> None:
        """Connect the services to the window, and show notices about them."""
        parts, session = self.parts, self.session
        parts.workspace.attach(session.console)
        if session.sign_in is not None:
            parts.person.attach(session.sign_in, session.lock_after_s, session.remove_at_end)
        if session.hides_from_capture:
            parts.hide_from_capture()
        if session.notice:
            self.window.say(session.notice)
        parts.workspace.recovery.attach(session.make_code, session.confirm_code)
        if session.new_code:
            parts.workspace.recovery.show(session.new_code)

    async def _watch(self) -> None:
        caches = asyncio.create_task(log_caches(self.session.console.cache_sizes), name="caches")
        self.stack.push_async_callback(_end, caches)
        self.stack.callback(watch_network(self.session.console.network.set_online))
        # Everything loaded by now stays until the end. Later collections skip it, which saves tens of ms each.
        gc.freeze()

    async def _tour(self) -> None:
        """Run the tour if the command line has one. The program ends after it.

        Raises:
            _Ended: The tour is over.
        """
        if self.options.tour is None:
            return
        from console.demo_tour import run_tour  # noqa: PLC0415 - for the demo alone

        first = self.session.first_customer
        raise _Ended(await run_tour(self.window, self.parts.workspace, first, self.options.tour))


def _import_services() -> None:
    """Import the services. They do not use Qt, so they can load on a worker thread."""
    import console.session  # noqa: F401, PLC0415 - after the first paint


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
