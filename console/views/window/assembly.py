"""The second step of the start: adds workspace, sign-in, guards and menus to the painted window."""

from dataclasses import dataclass

from console.bridge import Bridge
from console.views.access.os_lock import CaptureGuard
from console.views.access.sign_in_bar import SignInSession
from console.views.keys.card_guard import CardGuard
from console.views.keys.length_guard import LengthGuard
from console.views.search.palette import SearchPalette
from console.views.texts import tr
from console.views.window.main_window import MainWindow
from console.views.window.menus import ConsoleMenus
from console.views.window.preferences import Preferences
from console.views.window.workspace import Workspace


@dataclass(frozen=True, slots=True)
class WindowParts:
    """The complete window. Call `workspace.close_all` to end it."""

    window: MainWindow
    workspace: Workspace
    person: SignInSession

    def hide_from_capture(self) -> None:
        """Hide the window from screenshots. If the operating system can't, show that in the status bar."""
        if not CaptureGuard(self.window).can:
            self.window.status.say(tr("This computer can't hide the window from screenshots."))


def assemble(window: MainWindow, palette: SearchPalette, bridge: Bridge, preferences: Preferences) -> WindowParts:
    """Fill the painted window. Call on the window's thread."""
    workspace = Workspace(window, palette, bridge, preferences)
    person = SignInSession(window, bridge, workspace.ask_all)
    CardGuard(window)
    LengthGuard(window)
    ConsoleMenus(window, workspace, person, preferences)
    return WindowParts(window, workspace, person)
