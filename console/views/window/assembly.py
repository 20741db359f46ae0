"""What the painted window gets once there is time for it: workspace, person, guards and menus."""

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
    """The window with everything in it. `workspace.close_all` ends it."""

    window: MainWindow
    workspace: Workspace
    person: SignInSession

    def hide_from_capture(self) -> None:
        """Leave the window out of screenshots; where the system cannot, the status bar says so."""
        if not CaptureGuard(self.window).can:
            self.window.status.say(tr("This system cannot leave the window out of screenshots."))


def assemble(window: MainWindow, palette: SearchPalette, bridge: Bridge, preferences: Preferences) -> WindowParts:
    """Fill the painted window. Call on the window's thread."""
    workspace = Workspace(window, palette, bridge, preferences)
    person = SignInSession(window, bridge, workspace.ask_all)
    CardGuard(window)
    LengthGuard(window)
    ConsoleMenus(window, workspace, person, preferences)
    return WindowParts(window, workspace, person)
