"""Shows the window before anything behind it is loaded."""

import argparse
import contextlib
import gc
import os
import signal
import sys

from PySide6.QtCore import QEventLoop, QLocale, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from console.views.theme import THEME
from console.views.window.main_window import MainWindow
from console.views.window.preferences import Preferences


def run(options: argparse.Namespace) -> int:
    """Show the window until it is closed. Return the exit status."""
    gc.disable()  # it could destroy widgets in any thread; later console.bridge.garbage collects instead
    preferences = Preferences.of_user()
    if preferences.size != 100:
        # Qt reads it when the application object is made.
        os.environ.setdefault("QT_SCALE_FACTOR", f"{preferences.size / 100:g}")
    app = _make_application()
    app.setApplicationDisplayName("OptiCom Agent Console")
    THEME.start(app, preferences.theme)
    window = MainWindow(preferences)
    for name in _polite_signals():
        # Ctrl+C, SIGTERM and a closed terminal close the window, which ends the program in order.
        signal.signal(name, lambda _number, _frame: window.leave())
    window.show()
    # No coroutine runs yet, so events may be processed here. First only the paint, so that keys already pressed wait
    # for the palette; then the keys.
    app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    from console.views.search.palette import SearchPalette  # noqa: PLC0415 - after the first paint

    palette = SearchPalette.over(window)
    app.processEvents()
    from console.bridge import DisplayGoneError  # noqa: PLC0415 - as below
    from console.startup import run_console  # noqa: PLC0415 - takes longer to load than the window

    try:
        return run_console(app, window, palette, options, preferences)
    except DisplayGoneError as error:
        # Qt's objects are gone. Anything that the interpreter runs at its end would use them.
        with contextlib.suppress(OSError, AttributeError, ValueError):
            sys.stderr.write(f"{error}\n")
            sys.stderr.flush()
        os._exit(1)


def _polite_signals() -> list[signal.Signals]:
    names = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


def _make_application() -> QApplication:
    """Return Qt's application object.

    Without a display or a library Qt would abort. Instead, print a message and exit with the status for a wrong
    configuration.
    """
    said: list[str] = []

    def on_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        said.append(" ".join(text.split()).rstrip("."))
        if kind is QtMsgType.QtFatalMsg:
            sys.stderr.write(f"No window can be opened: {said[0]}. Without a display use: python3 dev.py demo\n")
            sys.stderr.flush()
            os._exit(2)

    qInstallMessageHandler(on_message)
    # English texts and month names; numbers and times as in the country of the operating system.
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.system().territory()))
    app = QApplication([sys.argv[0]])
    qInstallMessageHandler(None)
    return app
