"""Everything behind the painted window: event loop, workspace, services, and the end of all of them in order."""

import argparse
import asyncio
import contextlib
import gc
import importlib
import sys
from contextlib import AsyncExitStack
from typing import Any

from PySide6.QtWidgets import QApplication

from console.bridge import Bridge, StallWatchdog, WindowGarbageCollector, run_application, watch_network
from console.errors import ConfigurationError, ConsoleError, StoreInUseError
from console.system.cache_log import log_caches
from console.system.logs import start_logging
from console.views.icons import ICON
from console.views.search.palette import SearchPalette
from console.views.texts import tr
from console.views.window.main_window import MainWindow
from console.views.window.preferences import Preferences

# Imported one a turn of the event loop, on the window's thread: making Qt classes on another thread can crash PySide
# while it dispatches an event, and all at once would be a freeze.
_WINDOW_MODULES = (
    "console.models.customer_bill",
    "console.models.inventory",
    "console.services.customer.customer_view",
    "console.services.search.customer_search",
    "console.services.desk",
    "console.views.widgets.rows",
    "console.views.widgets.panel",
    "console.views.customer.panels.account_panel",
    "console.views.customer.panels.bills_panel",
    "console.views.customer.panels.timeline_panel",
    "console.views.customer.panels.tickets_panel",
    "console.views.customer.panels.usage_panel",
    "console.views.customer.bill.document_view",
    "console.views.customer.page",
    "console.views.outbox.page",
    "console.views.keys.card_guard",
    "console.views.keys.length_guard",
    "console.views.access.opening_dialog",
    "console.views.access.os_lock",
    "console.views.access.sign_in_bar",
    "console.views.store.store_dialogs",
    "console.views.systems.page",
    "console.views.window.workspace",
    "console.views.window.menus",
)


def work(
    app: QApplication, window: MainWindow, palette: SearchPalette, options: argparse.Namespace, preferences: Preferences
) -> int:
    """Run the program until its window is closed; return the exit status."""
    bridge = Bridge()
    return run_application(app, bridge, lambda: _work(window, palette, bridge, options, preferences))


async def _work(
    window: MainWindow, palette: SearchPalette, bridge: Bridge, options: argparse.Namespace, preferences: Preferences
) -> int:
    closed = asyncio.Event()
    window.closing.connect(closed.set)
    if window.is_closing:  # it was closed while this was being loaded
        return 0
    start_logging()
    watchdog, collector = StallWatchdog(), WindowGarbageCollector()
    watchdog.start()
    collector.start()
    try:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(bridge.aclose)
            status = await _open(window, palette, bridge, options, preferences, closed, stack)
            if status is None:
                await closed.wait()
                status = 0
            return status
    finally:
        watchdog.stop()
        collector.stop()


async def _bring_workspace(
    window: MainWindow, palette: SearchPalette, bridge: Bridge, preferences: Preferences, stack: AsyncExitStack
) -> tuple[Any, Any]:
    """Load what the window needs, piece by piece; return its workspace, and who has people sign in."""
    for name in _WINDOW_MODULES:
        module = importlib.import_module(name)
        await asyncio.sleep(0)
    workspace = sys.modules["console.views.window.workspace"].Workspace(window, palette, bridge, preferences)
    person = sys.modules["console.views.access.sign_in_bar"].PersonAtDesk(window, bridge, workspace.ask_all)
    sys.modules["console.views.keys.card_guard"].CardGuard(window)
    sys.modules["console.views.keys.length_guard"].LengthGuard(window)
    module.DeskMenus(window, workspace, person, preferences)
    stack.callback(workspace.close_all)
    await asyncio.sleep(0)
    ICON.load()
    return workspace, person


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _say_why_not(window: MainWindow, error: ConsoleError, closed: asyncio.Event) -> int:
    """Say why the desk cannot work, here and to whoever started it from a terminal; return the status once closed."""
    with contextlib.suppress(OSError, AttributeError, ValueError):  # there may be no terminal, or none that can be told
        sys.stderr.write(f"{error}\n")
    window.say(str(error))
    window.set_failed()
    if isinstance(error, StoreInUseError):
        sys.modules["console.views.store.store_dialogs"].end_with(str(error), window)
    await closed.wait()
    return 2 if isinstance(error, ConfigurationError) else 1


def _take_up(window: MainWindow, workspace: Any, person: Any, session: Any) -> None:
    """Put the services into the window, and say what must be known of them."""
    workspace.attach(session.desk)
    if session.sign_in is not None:
        person.attach(session.sign_in, session.lock_after_s, session.remove_at_end)
    if session.hides_from_capture and not sys.modules["console.views.access.os_lock"].CaptureGuard(window).can:
        window.status.say(tr("This system cannot leave the window out of screenshots."))
    if session.notice:
        window.say(session.notice)
    workspace.recovery.attach(session.make_code, session.confirm_code)
    if session.new_code:
        workspace.recovery.show(session.new_code)


async def _open(
    window: MainWindow,
    palette: SearchPalette,
    bridge: Bridge,
    options: argparse.Namespace,
    preferences: Preferences,
    closed: asyncio.Event,
    stack: AsyncExitStack,
) -> int | None:
    """Bring the workspace and the services; return an exit status where the program is to end now, else None."""
    workspace, person = await _bring_workspace(window, palette, bridge, preferences, stack)
    # No Qt in what is imported here, so it may take its time on another thread.
    session_module = await asyncio.to_thread(importlib.import_module, "console.session")
    dialogs = sys.modules["console.views.store.store_dialogs"]
    window.say(tr("Connecting the systems…"))
    tour = importlib.import_module("console.tour") if options.tour is not None else None
    opening = asyncio.create_task(
        stack.enter_async_context(
            session_module.open_session(
                config=options.config,
                demo=options.demo,
                with_store=options.tour is None,
                ask_person=tour.sign_in_by_itself if tour is not None else person.bar.ask,
                questions=session_module.StoreQuestions(
                    dialogs.code_asker(window), dialogs.anew_asker(window), shows_codes=True
                ),
                ask_secret=dialogs.secret_asker(window),
            )
        ),
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
        if options.tour is not None:
            raise
        return await _say_why_not(window, error, closed)
    _take_up(window, workspace, person, session)
    caches = asyncio.create_task(log_caches(session.desk.cache_sizes), name="caches")
    stack.push_async_callback(_end, caches)
    stack.callback(watch_network(session.desk.network.set_online))
    # What is loaded now stays for good; no later collection need look at it again, which would take tens of ms.
    gc.freeze()
    if tour is not None:
        status: int = await tour.run_tour(window, workspace, session.first_customer, options.tour)
        return status
    return None
