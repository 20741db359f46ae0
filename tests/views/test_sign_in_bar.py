"""The bar that has somebody sign in: by keys and by mouse, again when it must, without taking what is typed."""

import asyncio
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.http.oidc import open_provider
from console.services.sign_in import SignIn, SignInState
from console.settings.sign_in import SignInSettings
from console.system.clock import SystemClock
from console.views.sign_in_bar import PersonAtDesk
from tests.support.browser import sign_in_as
from tests.views.conftest import Rig, texts_of

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Browser:
    """Stands for the system's browser: remembers what it was to open, and signs in there when told to."""

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
def person(rig: Rig, browser: Browser) -> PersonAtDesk:
    made = PersonAtDesk(rig.window, rig.bridge, rig.workspace.ask_all)
    made.bar._open_address = browser.open
    return made


async def test_signing_in_by_keys_shows_who_works_here(
    rig: Rig, sign_in: SignIn, person: PersonAtDesk, browser: Browser
) -> None:
    asking = asyncio.ensure_future(person.bar.ask(sign_in))
    await rig.until(person.bar.button.hasFocus)
    assert "Sign in to work at this desk." in texts_of(person.bar)
    rig.press(Qt.Key.Key_Return)
    await rig.until(lambda: browser.opened)
    assert "Go on in the browser" in texts_of(person.bar)
    await browser.click()
    assert (await asking).name == "Sandbox rep"
    assert not person.bar.isVisible()
    person.attach(sign_in)
    assert rig.window.windowTitle() == "Sandbox rep · OptiCom Agent Console"


async def test_a_sign_in_that_has_ended_is_asked_for_once_and_takes_no_key_from_a_note(
    rig: Rig, sign_in: SignIn, person: PersonAtDesk, browser: Browser
) -> None:
    asking = asyncio.ensure_future(person.bar.ask(sign_in))
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
    sign_in.refused(await sign_in.access_token())
    with pytest.raises(Exception, match="Sign in again"):
        await sign_in.access_token()
    await rig.until(person.bar.isVisible)
    rig.keys(" and after")
    assert rig.workspace.page.acts.dock.text.toPlainText() == "Typed before and after"
    person.bar.press()
    await rig.until(lambda: len(browser.opened) == 2)
    await browser.click()
    await rig.until(lambda: sign_in.state is SignInState.SIGNED_IN and not person.bar.isVisible())
    assert rig.workspace.page.acts.dock.text.toPlainText() == "Typed before and after"


async def test_without_a_browser_the_address_can_be_copied_and_pressing_again_opens_it_again(
    rig: Rig, sign_in: SignIn, person: PersonAtDesk, browser: Browser
) -> None:
    browser.is_there = False
    asking = asyncio.ensure_future(person.bar.ask(sign_in))
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
    rig: Rig, sign_in: SignIn, person: PersonAtDesk, browser: Browser
) -> None:
    await rig.sandbox.identity(outage=True)
    asking = asyncio.ensure_future(person.bar.ask(sign_in))
    await asyncio.sleep(0)
    person.bar.press()
    await rig.until(lambda: "cannot be reached" in texts_of(person.bar))
    await rig.sandbox.identity(outage=False)
    person.bar.press()
    await rig.until(lambda: browser.opened)
    await browser.click()
    await asking
