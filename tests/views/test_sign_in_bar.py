"""The sign-in bar: by keys and by mouse, again when needed, without taking text that is being typed."""

import asyncio
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.http.oidc import open_provider
from console.services.access.sign_in import SignIn, SignInState
from console.settings.sign_in import SignInSettings
from console.store.database import in_memory
from console.store.secrets import SecretRepository
from console.system.clock import SystemClock
from console.views.access.sign_in_bar import SignInBar, SignInSession
from console.views.customer.forms.action_form import ActionForm
from console.views.widgets.fact import clear_copied, copy_text
from tests.support.browser import sign_in_as
from tests.views.conftest import Rig, texts_of

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Browser:
    """A replacement for the system's browser: records the addresses to open, and signs in there on request."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.is_there = True

    def open(self, address: str) -> bool:
        self.opened.append(address)
        return self.is_there

    async def click(self, identity: str = "rep") -> None:
        await sign_in_as(self.opened[-1], {"identity": identity})


@pytest.fixture
async def sign_in(rig: Rig):
    settings = SignInSettings(issuer=rig.sandbox.process.identity, client="opticom-desk", roles={"rep": "rep"})
    clock = SystemClock()
    provider = await asyncio.to_thread(open_provider, settings, clock)
    made = SignIn(
        provider,
        issuer=settings.issuer,
        claim=settings.claim,
        roles=settings.roles,
        offline_for=timedelta(hours=1),
        clock=clock,
    )
    yield made
    await made.aclose()


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def person(rig: Rig, browser: Browser) -> SignInSession:
    made = SignInSession(rig.window, rig.bridge, rig.workspace.ask_all)
    made.bar.open_address = browser.open
    return made


async def test_signing_in_by_keys_shows_who_works_here(
    rig: Rig, sign_in: SignIn, person: SignInSession, browser: Browser
) -> None:
    asking = asyncio.ensure_future(person.bar.prompt(sign_in))
    await rig.until(person.bar.button.hasFocus)
    assert "Sign in to start work." in texts_of(person.bar)
    rig.press(Qt.Key.Key_Return)
    await rig.until(lambda: browser.opened)
    assert "Finish signing in in your browser" in texts_of(person.bar)
    await browser.click()
    assert (await asking).name == "Sandbox rep"
    assert not person.bar.isVisible()
    person.attach(sign_in)
    assert rig.window.windowTitle() == "Sandbox rep · OptiCom Agent Console"


async def test_a_sign_in_that_has_ended_is_asked_for_once_and_takes_no_key_from_a_note(
    rig: Rig, sign_in: SignIn, person: SignInSession, browser: Browser
) -> None:
    asking = asyncio.ensure_future(person.bar.prompt(sign_in))
    await asyncio.sleep(0)
    QTest.mouseClick(person.bar.button, Qt.MouseButton.LeftButton)
    await rig.until(lambda: browser.opened)
    await browser.click()
    await asking
    person.attach(sign_in)
    await rig.open()
    rig.press(Qt.Key.Key_N, CTRL)
    rig.keys("Typed before")
    await rig.sandbox.identity(end_sign_ins=True)
    sign_in.rejected(await sign_in.access_token())
    with pytest.raises(Exception, match="Sign in again"):
        await sign_in.access_token()
    await rig.until(person.bar.isVisible)
    rig.keys(" and after")
    assert rig.workspace.page.customer_actions.dock.text.toPlainText() == "Typed before and after"
    person.bar.press()
    await rig.until(lambda: len(browser.opened) == 2)
    await browser.click()
    await rig.until(lambda: sign_in.state is SignInState.SIGNED_IN and not person.bar.isVisible())
    assert rig.workspace.page.customer_actions.dock.text.toPlainText() == "Typed before and after"


async def test_without_a_browser_the_address_can_be_copied_and_pressing_again_opens_it_again(
    rig: Rig, sign_in: SignIn, person: SignInSession, browser: Browser
) -> None:
    browser.is_there = False
    asking = asyncio.ensure_future(person.bar.prompt(sign_in))
    await asyncio.sleep(0)
    person.bar.press()
    await rig.until(lambda: browser.opened)
    assert "No browser could be opened" in texts_of(person.bar)
    assert person.bar.copy.isVisible()
    person.bar.press()
    await rig.until(lambda: len(browser.opened) == 2)
    assert browser.opened[0] == browser.opened[1]
    await browser.click()
    await asking


async def test_a_provider_that_is_away_is_said_and_can_be_tried_again(
    rig: Rig, sign_in: SignIn, person: SignInSession, browser: Browser
) -> None:
    await rig.sandbox.identity(outage=True)
    asking = asyncio.ensure_future(person.bar.prompt(sign_in))
    await asyncio.sleep(0)
    person.bar.press()
    await rig.until(lambda: "can't be reached" in texts_of(person.bar))
    await rig.sandbox.identity(outage=False)
    person.bar.press()
    await rig.until(lambda: browser.opened)
    await browser.click()
    await asking


async def signed_in(rig: Rig, sign_in: SignIn, person: SignInSession, browser: Browser) -> None:
    asking = asyncio.ensure_future(person.bar.prompt(sign_in))
    await asyncio.sleep(0)
    person.bar.press()
    await rig.until(lambda: browser.opened)
    await browser.click()
    await asking
    person.attach(sign_in)


async def test_a_console_nobody_touches_is_locked_and_tells_nothing_until_the_same_person_signs_in(
    rig: Rig, sign_in: SignIn, person: SignInSession, browser: Browser
) -> None:
    await signed_in(rig, sign_in, person, browser)
    page = await rig.open()
    name = page.view.name
    rig.press(Qt.Key.Key_N, CTRL)
    rig.keys("Typed before the lock")
    person.lock.look()
    assert not person.lock.is_locked
    before = rig.window.events.touched_s
    rig.press_in_window(rig.window, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier)
    assert rig.window.events.touched_s > before
    person.lock.after_s = 0.0
    person.lock.look()
    assert person.lock.is_locked
    message = [text for widget in (rig.window, *rig.window.findChildren(QWidget)) for text in shown_by(widget)]
    assert not [text for text in message if name in text or "Typed before" in text]
    for key in (Qt.Key.Key_K, Qt.Key.Key_1, Qt.Key.Key_N):
        rig.press(key, CTRL)
    assert not rig.workspace.palette.isVisible()
    page.renamed.emit(page.title)
    assert name not in rig.window.windowTitle()
    bar = rig.window.findChild(SignInBar)
    await rig.until(lambda: "Locked" in texts_of(bar))
    bar.press()
    await rig.until(lambda: len(browser.opened) == 2)
    await browser.click("supervisor")
    await rig.until(lambda: "has no role" in texts_of(bar) or "open for" in texts_of(bar))
    assert person.lock.is_locked
    bar.press()
    await rig.until(lambda: len(browser.opened) == 3)
    await browser.click()
    await rig.until(lambda: not person.lock.is_locked)
    assert rig.workspace.page is page
    assert page.customer_actions.dock.text.toPlainText() == "Typed before the lock"
    assert rig.window.focusWidget() is page.customer_actions.dock.text  # and typing continues there
    assert name in rig.window.windowTitle()


async def test_a_console_locks_from_within_a_form_and_stays_locked_over_a_restart(
    rig: Rig, sign_in: SignIn, person: SignInSession, browser: Browser
) -> None:
    store = SecretRepository(in_memory())
    await signed_in(rig, sign_in, person, browser)
    await sign_in.keep_in(store)
    page = await rig.open()
    page.customer_actions.open_action("open-ticket")
    [form] = rig.window.findChildren(ActionForm)
    await rig.until(form.isActiveWindow)
    rig.press_in_window(form, Qt.Key.Key_K, CTRL | SHIFT)
    assert person.lock.is_locked
    assert not form.isVisible()
    [unlocks] = [action for action in rig.window.findChildren(QAction) if action.text() == "Sign in"]
    assert unlocks.isEnabled()
    await rig.until(lambda: [one for one in rig.window.findChildren(SignInBar) if "Locked" in texts_of(one)])
    [bar] = [one for one in rig.window.findChildren(SignInBar) if "Locked" in texts_of(one)]
    rig.window.activateWindow()
    await rig.until(bar.button.hasFocus)
    await rig.until(lambda: rig.bridge.running <= 2)
    assert await store.load("locked") == "yes"
    assert await sign_in.restore(store) is None  # as at the next start: a new sign-in is needed
    person.press()
    await rig.until(lambda: len(browser.opened) == 2)
    await browser.click()
    await rig.until(lambda: not person.lock.is_locked)
    assert form.isVisible()
    assert await store.load("locked") is None
    form.reject()


def shown_by(widget: QWidget) -> list[str]:
    reads = ("text", "windowTitle", "toolTip", "accessibleName", "toPlainText")
    return [str(getattr(widget, read)()) for read in reads if callable(getattr(widget, read, None))]


async def test_what_was_copied_is_taken_off_the_clipboard_unless_something_else_is_there(rig: Rig) -> None:
    copy_text("+1 937 555 0142")
    clear_copied("+1 937 555 0142")
    assert QApplication.clipboard().text() == ""
    copy_text("+1 937 555 0142")
    QApplication.clipboard().setText("of another program")
    clear_copied("+1 937 555 0142")
    assert QApplication.clipboard().text() == "of another program"
    QApplication.clipboard().clear()
