"""The sign-in bar above the window, for the start, an expired sign-in and unlocking."""

import asyncio
from collections.abc import Awaitable, Callable

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout

from console.bridge import Bridge
from console.errors import ConsoleError
from console.models.person import Person
from console.services.access.sign_in import Attempt, SignIn, SignInState, TokenGrant
from console.views.access.lock import ConsoleLock
from console.views.message_words import in_words
from console.views.texts import tr
from console.views.widgets.labels import Button, Label, Surface
from console.views.window.main_window import MainWindow

SIGN_IN_KEYS, LOCK_KEYS = "Ctrl+Shift+L", "Ctrl+Shift+K"
OpenAddress = Callable[[str], bool]


def open_in_browser(address: str) -> bool:
    """Open an address in the system's browser. Return whether a browser could be opened."""
    return QDesktopServices.openUrl(QUrl(address))


class SignInBar(Surface):
    """The bar that shows why a sign-in is needed, and starts it in the browser. Otherwise it is hidden.

    The rest of the window stays usable meanwhile. The button's keys work everywhere.
    """

    def __init__(self, window: MainWindow, open_address: OpenAddress = open_in_browser) -> None:
        """Create the bar. The caller adds it to a layout."""
        super().__init__("accentSoft", "b")
        self._window, self.open_address = window, open_address
        self._pressed: asyncio.Future[None] | None = None
        self._address = ""
        self.setAccessibleName(tr("Sign-in"))
        self.message = Label("", wrap=True)
        keys = QKeySequence(SIGN_IN_KEYS).toString(QKeySequence.SequenceFormat.NativeText)
        self.button = Button(tr("Sign in in the browser   {}").format(keys), "main")
        self.button.setAccessibleName(tr("Sign in in the browser"))
        self.button.clicked.connect(self.press)
        self.copy = Button(tr("Copy the address"), "link", "small")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._address))
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(12)
        row.addWidget(self.message, 1)
        row.addWidget(self.copy)
        row.addWidget(self.button)
        self.hide()

    def press(self) -> None:
        """Do the same as the button. Do nothing if no sign-in is needed."""
        if self._pressed is not None and not self._pressed.done():
            self._pressed.set_result(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the focused button on Enter. Outside a dialog, Qt presses it only on Space."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.button.hasFocus():
            self.press()
        else:
            super().keyPressEvent(event)

    async def prompt(self, sign_in: SignIn, sentence: str = "") -> Person:
        """Ask for a sign-in until one succeeds, and return the person. `sentence` is the reason to show first."""
        sentence = sentence or tr("Sign in to start work.")
        self.show()
        if sign_in.person is None:
            self._window.set_signed_in(signed_in=False)
            self.button.setFocus()
        try:
            while True:
                self._say(sentence)
                await self._press()
                try:
                    person = await self._in_browser(sign_in)
                except ConsoleError as error:
                    sentence = in_words(error.message)
                    continue
                self._window.say(tr("Signed in as {}.").format(person.name))
                self._window.raise_()
                self._window.activateWindow()
                return person
        finally:
            self.hide()
            self._window.set_signed_in(signed_in=True)
            self._pressed = None

    async def _in_browser(self, sign_in: SignIn) -> Person:
        self._say(tr("Connecting to the sign-in service…"))
        attempt = await sign_in.begin()
        try:
            return await sign_in.finish(await self._wait(attempt))
        finally:
            await attempt.aclose()

    async def _wait(self, attempt: Attempt) -> TokenGrant:
        """Return the token grant from the browser. Pressing the button again opens the page again."""
        waiting = asyncio.ensure_future(attempt.wait())
        try:
            while not waiting.done():
                self._address = attempt.address
                if self.open_address(self._address):
                    self._say(tr("Finish signing in in your browser. Closed it? Press again."), with_address=True)
                else:
                    message = tr(
                        "No browser could be opened. Copy the address and open it in a browser on this computer."
                    )
                    self._say(message, with_address=True)
                pressed = asyncio.ensure_future(self._press())
                await asyncio.wait([waiting, pressed], return_when=asyncio.FIRST_COMPLETED)
                pressed.cancel()
            return await waiting
        finally:
            waiting.cancel()

    async def _press(self) -> None:
        self._pressed = asyncio.get_running_loop().create_future()
        await self._pressed

    def _say(self, sentence: str, *, with_address: bool = False) -> None:
        self.message.set_words(sentence)
        self.copy.setVisible(with_address)
        self._window.say(sentence)


class SignInSession:
    """The user's sign-in session. When it ends, the bar asks for a new sign-in; then `go_on` is called."""

    def __init__(self, window: MainWindow, bridge: Bridge, go_on: Callable[[], None]) -> None:
        self._window, self._bridge, self._go_on = window, bridge, go_on
        self.bar = SignInBar(window)
        window.put_on_top(self.bar)
        self.lock = ConsoleLock(window, self._unlock)
        self._sign_in: SignIn | None = None
        self._unlocking: SignInBar | None = None
        self._remove: Callable[[], Awaitable[str]] | None = None
        window.events.on_key(LOCK_KEYS, self.lock_now)

    def attach(
        self,
        sign_in: SignIn,
        lock_after_s: float = 600.0,
        remove: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        """Show the signed-in user in the window's title. Lock after `lock_after_s` seconds without input.

        `remove` marks this person's store for removal at the end. It returns the reason if it can't, else "".
        """
        self.lock.after_s = lock_after_s
        self._sign_in, self._remove = sign_in, remove
        if sign_in.person is not None:
            self._window.show_person(sign_in.person.name, sign_in.person.role)
        self._on_state(sign_in.state)
        sign_in.subscribe(self._on_state)
        sign_in.unkept.add(self._on_unkept)
        self.lock.start()

    def _on_unkept(self, why: str) -> None:
        message = tr("{} You stay signed in until the console closes.").format(why)
        self._window.status.say(message)

    def _on_state(self, state: SignInState) -> None:
        if state is SignInState.ENDED and self._sign_in is not None:
            message = tr("Your sign-in has expired. Sign in again. Your work is saved.")
            self._bridge.run_query(self.bar, self.bar.prompt(self._sign_in, message), lambda _person: self._go_on())
        elif state is SignInState.OFFLINE:
            self._window.say(tr("The sign-in service is not responding. You can keep working with saved data."))

    def lock_now(self) -> None:
        """Lock the console. Without a sign-in service it can't be locked, and the status bar shows that."""
        if self._sign_in is None:
            self._window.status.say(tr("This console has no sign-in, so it can't be locked."))
        else:
            self.lock.lock()

    def _unlock(self) -> None:
        """Ask the same person to sign in, then show everything as it was."""
        if self._sign_in is None:
            return
        bar = self._unlocking = SignInBar(self._window, self.bar.open_address)
        self.lock.page.put(bar)
        self._bridge.run_command(bar, self._sign_in.note_locked(locked=True))
        name = self._sign_in.person.name if self._sign_in.person is not None else ""
        message = tr("Locked. {} can unlock it by signing in.").format(name)
        self._bridge.run_query(bar, _to_unlock(self._sign_in, bar, message), lambda _person: self._unlocked())
        bar.button.setFocus()

    def _unlocked(self) -> None:
        self._unlocking = None
        self.lock.unlock()

    def press(self) -> None:
        """Press the button of the visible sign-in bar: to unlock, or because the sign-in has ended."""
        (self._unlocking or self.bar).press()

    def sign_out(self) -> None:
        """End the sign-in here and at the provider, then close the console. Unsent work stays in the store."""
        if self._sign_in is None:
            self._window.status.say(tr("This console has no sign-in."))
        else:
            self._once_nothing_is_lost(self._sign_out_and_leave)

    def sign_out_and_remove(self) -> None:
        """Sign out and remove this person's saved data. First ask about work that is not sent yet."""
        if self._remove is None:
            self._window.status.say(tr("This computer has no saved data to remove."))
        else:
            self._once_nothing_is_lost(self._mark_and_sign_out)

    def _once_nothing_is_lost(self, go_on: Callable[[], None]) -> None:
        confirm = self._window.before_leaving
        if confirm is not None:
            confirm(go_on)
        else:
            go_on()

    def _mark_and_sign_out(self) -> None:
        def marked(refusal: str) -> None:
            if refusal:
                self._window.status.say(refusal)
            else:
                self._sign_out_and_leave()

        if self._remove is not None:
            self._bridge.run_command(self._window, _await(self._remove()), marked)

    def _sign_out_and_leave(self) -> None:
        if self._sign_in is not None:
            self._bridge.run_command(self._window, self._sign_in.sign_out(), self._leave)

    def _leave(self, address: str | None) -> None:
        if address is not None:  # else the browser would sign in the next person as this one
            self.bar.open_address(address)
        self._window.leave()


async def _await(doing: Awaitable[str]) -> str:
    return await doing


async def _to_unlock(sign_in: SignIn, bar: SignInBar, message: str) -> Person:
    sign_in.demand_proof()
    person = await bar.prompt(sign_in, message)
    await sign_in.note_locked(locked=False)
    return person
