"""The desk: the window first, then everything behind it, loaded while the window already stands."""

import argparse
import asyncio
import gc
import importlib
import logging
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from PySide6.QtWidgets import QApplication

from console.bridge import Bridge, StallWatchdog, run_application
from console.errors import ConsoleError
from console.views.icons import ICON
from console.views.main_window import MainWindow
from console.views.texts import tr
from console.views.theme import THEME

_log = logging.getLogger(__name__)


def run(options: argparse.Namespace) -> int:
    """Show the window until it is closed; return the exit status."""
    app = QApplication([sys.argv[0]])
    app.setApplicationName("opticom-console")
    app.setApplicationDisplayName("OptiCom Agent Console")
    THEME.start(app)
    bridge = Bridge()
    window = MainWindow()
    window.show()
    return run_application(app, bridge, lambda: _work(window, bridge, options))


async def _work(window: MainWindow, bridge: Bridge, options: argparse.Namespace) -> int:
    """Load what is behind the window, work until it is closed, then close everything in order."""
    closed = asyncio.Event()
    window.closing.connect(closed.set)
    _stop_on_signals(closed)
    watchdog = StallWatchdog()
    watchdog.start()
    try:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(bridge.aclose)
            status = await _open(window, bridge, options, closed, stack)
            if status is None:
                await closed.wait()
                status = 0
            return status
    finally:
        watchdog.stop()


async def _open(
    window: MainWindow, bridge: Bridge, options: argparse.Namespace, closed: asyncio.Event, stack: AsyncExitStack
) -> int | None:
    """Bring the workspace and the services; return an exit status where the program is to end now, else None."""
    searched = asyncio.Event()
    window.search_wanted.connect(searched.set)
    # Everything below is imported off the window's thread: together it takes longer than a window may stand still.
    workspace_module = await asyncio.to_thread(importlib.import_module, "console.views.workspace")
    workspace = workspace_module.Workspace(window, bridge)
    stack.callback(workspace.close_all)
    if searched.is_set():
        workspace.palette.open()
    ICON.load(await asyncio.to_thread(importlib.import_module, "qtawesome.iconic_font"))
    session_module = await asyncio.to_thread(importlib.import_module, "console.session")
    window.say(tr("Connecting the systems…"))
    opening = asyncio.create_task(
        stack.enter_async_context(session_module.open_session(config=options.config, demo=options.demo)),
        name="open session",
    )
    closing = asyncio.create_task(closed.wait(), name="wait for close")
    await asyncio.wait([opening, closing], return_when=asyncio.FIRST_COMPLETED)
    closing.cancel()
    if not opening.done():
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        return 0
    try:
        session = opening.result()
    except ConsoleError as error:
        window.say(str(error))
        if options.tour is not None:
            raise
        return None
    workspace.attach(session.desk)
    # What is loaded now stays for good; no later collection need look at it again, which would take tens of ms.
    gc.freeze()
    if options.tour is not None:
        return await _tour(window, workspace, session.first_customer, options.tour)
    return None


async def _tour(window: MainWindow, workspace: object, customer: str | None, folder: Path) -> int:
    tour = await asyncio.to_thread(importlib.import_module, "console.tour")
    status: int = await tour.run_tour(window, workspace, customer, folder)
    return status


def _stop_on_signals(closed: asyncio.Event) -> None:
    """Let Ctrl+C and a polite kill close the window in order; Windows sends Ctrl+C only to console programs."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda _number, _frame: loop.call_soon_threadsafe(closed.set))
