"""The window, painted before anything behind it is loaded."""

import argparse
import sys

from PySide6.QtWidgets import QApplication

from console.views.main_window import MainWindow
from console.views.theme import THEME


def run(options: argparse.Namespace) -> int:
    """Show the window until it is closed; return the exit status."""
    app = QApplication([sys.argv[0]])
    app.setApplicationName("opticom-console")
    app.setApplicationDisplayName("OptiCom Agent Console")
    THEME.start(app)
    window = MainWindow()
    window.show()
    app.processEvents()  # the first paint; no coroutine runs yet
    from console.work import work  # noqa: PLC0415 - the event loop and all behind it come after the first paint

    return work(app, window, options)
