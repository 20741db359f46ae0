"""Drives the window like a rep, with key strokes, and saves screenshots; for the demo without a display."""

import asyncio
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from console.cli.show import text_of
from console.models.customer import CustomerId
from console.models.person import Person
from console.services.access.access_service import AccessReason
from console.services.access.sign_in import SignIn
from console.views.theme import THEME
from console.views.window.main_window import MainWindow
from console.views.window.workspace import Workspace

# Seconds to wait for each step of the tour.
_PATIENCE_S = 20.0


class TourError(RuntimeError):
    """The window did not show the expected state in time."""


async def sign_in_by_itself(sign_in: SignIn, _sentence: str) -> Person:
    """Sign in like a rep in the browser: open the sandbox's page and click on the first identity."""
    attempt = await sign_in.begin()
    try:
        await asyncio.to_thread(_click_first, attempt.address)
        return await sign_in.finish(await attempt.wait())
    finally:
        await attempt.aclose()


def _click_first(address: str) -> None:
    page = _FirstButton()
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - the sandbox's own
        page.feed(answer.read().decode())
    form = urllib.parse.urlencode(page.values).encode()
    with urllib.request.urlopen(address.partition("?")[0], form, timeout=10) as answer:  # noqa: S310 - as above
        answer.read()


class _FirstButton(HTMLParser):
    """The fields of a page's form, with its first button pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag in {"input", "button"} and found.get("name") not in {None, *self.values}:
            self.values[str(found["name"])] = found.get("value") or ""


async def run_tour(window: MainWindow, workspace: Workspace, customer: str | None, folder: Path) -> int:
    """Find and open a customer, print it as text, save screenshots. Return the exit status."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    window.resize(1440, 900)  # a fixed size, as no screen decides it
    window.search_wanted.emit()
    type_text(workspace.palette.text, customer or "")
    await until(lambda: bool(workspace.palette.list.rows_model.rows), "the search to find the customer")
    await until(lambda: _answered(workspace), "all systems to answer the search")
    save(window, folder / "search.png")
    if workspace.console is not None:  # the tour has no caller to verify
        await workspace.console.access.open_for(CustomerId(customer or ""), AccessReason.TYPED, "the tour of the demo")
    press(workspace.palette.text, Qt.Key.Key_Return)
    await until(lambda: workspace.page is not None, "the customer's page")
    page, console = workspace.page, workspace.console
    if page is None or console is None:
        raise TourError("the window has no customer page")
    await page.view.wait_idle()
    await asyncio.sleep(0.3)  # the lines of the newest bill are requested when it is shown
    await page.view.wait_idle()
    page.view.load_all()
    await page.view.wait_idle()
    print("\n".join(text_of(page.view, console)))
    for theme in ("dark", "light"):
        THEME.choose(theme)
        await asyncio.sleep(0.05)
        save(window, folder / f"customer-{theme}.png")
    for panel in ("payments", "usage"):
        page.go_to(panel)
        await page.view.wait_idle()
        await asyncio.sleep(0.1)
        save(window, folder / f"customer-{panel}.png")
    bill = next(iter(page.view.bills.state.facts or ()), None)
    if bill is not None and bill.value.documents:
        page.show_document(bill.value)
        await until(lambda: page.over.document is not None and page.over.document.pages.is_shown, "the bill's document")
        save(window, folder / "bill-as-pdf.png")
        page.close_document()
    window.resize(1280, 720)
    await asyncio.sleep(0.05)
    save(window, folder / "customer-1280x720.png")
    window.resize(1440, 900)
    workspace.show_page("systems")
    await asyncio.sleep(0.05)
    save(window, folder / "systems.png")
    print(f"\nScreenshots of the window are in {folder}")
    return 0


def _answered(workspace: Workspace) -> bool:
    result = workspace.palette.result
    return result is not None and result.is_complete


def type_text(widget: QWidget, text: str) -> None:
    """Send a text to a widget as key strokes."""
    for sign in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(widget, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, sign))


def press(widget: QWidget, key: Qt.Key) -> None:
    """Send one key to a widget."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


async def until(holds: Callable[[], bool], what: str) -> None:
    """Return once a condition is true.

    Raises:
        TourError: It was not true within 20 s.
    """
    deadline_s = time.monotonic() + _PATIENCE_S
    while not holds():
        if time.monotonic() > deadline_s:
            raise TourError(f"waited in vain for {what}")
        await asyncio.sleep(0.02)


def save(window: MainWindow, path: Path) -> None:
    """Save a screenshot of the window.

    Raises:
        TourError: The file cannot be written.
    """
    if not window.grab().save(str(path)):
        raise TourError(f"{path} cannot be written")
