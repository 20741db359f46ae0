"""The console locks with the operating system's screen, signalled over a real D-Bus."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# A window with its lock, and the signal that a desktop sends, over the bus of a separate session.
DESK = """
import os, subprocess, sys
os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = os.environ["DBUS_SESSION_BUS_ADDRESS"]
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from console.views.access.lock import ConsoleLock
from console.views.window.main_window import MainWindow
from console.views.theme import THEME
app = QApplication([])
THEME.start(app)
window = MainWindow()
window.show()
lock = ConsoleLock(window, app.quit)
lock.start()
QTimer.singleShot(0, lambda: subprocess.Popen(["dbus-send", *sys.argv[1:]]))
QTimer.singleShot(4000, app.quit)
app.exec()
print("locked" if lock.is_locked else "open")
"""


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="there is no dbus-run-session")
@pytest.mark.parametrize(
    ("signal", "state"),
    [
        (["/ScreenSaver", "org.freedesktop.ScreenSaver.ActiveChanged", "boolean:true"], "locked"),
        (["/ScreenSaver", "org.freedesktop.ScreenSaver.ActiveChanged", "boolean:false"], "open"),
        (["/org/gnome/ScreenSaver", "org.gnome.ScreenSaver.ActiveChanged", "boolean:true"], "locked"),
        (["/org/freedesktop/login1/session/_31", "org.freedesktop.login1.Session.Lock"], "locked"),
        (["/org/freedesktop/login1", "org.freedesktop.login1.Manager.PrepareForSleep", "boolean:true"], "locked"),
    ],
    ids=["screen saver", "screen saver ends", "gnome", "logind", "sleep"],
)
def test_the_console_locks_when_the_screen_does(signal: list[str], state: str) -> None:
    sent = ["--session", "--type=signal", *signal]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = ["dbus-run-session", "--", sys.executable, "-c", DESK, *sent]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment, cwd=ROOT)
    assert done.stdout.strip() == state, done.stderr
