"""start: from the start of the process to the first painted window, and until the search palette accepts keys.

Floor: the same Python and Qt painting a bare QMainWindow. Both run in turn, several times; medians are compared.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.result import Result

_RUNS = 9

_BARE = """
import time
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        print("painted", time.time(), flush=True)
        QApplication.quit()
app = QApplication([])
window = Window()
window.resize(1440, 900)
window.show()
app.exec()
"""

# The console as its command starts it; it stops when a key sent to it is in the palette.
_DESK = """
import sys, time
sys.argv = ["opticom-console", "--config", "absent.toml"]
from console import __main__ as start
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit
import console.app as app
class Window(app.MainWindow):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.painted.connect(self.note)
        self.timer = QTimer(self, interval=1)
        self.timer.timeout.connect(self.look)
        self.sent = False
    def note(self):
        print("painted", time.time(), flush=True)
        self.timer.start()
    def look(self):
        fields = [field for field in self.findChildren(QLineEdit) if field.accessibleName() == "Find a customer"]
        if not fields:
            return
        if not self.sent:
            self.sent = True
            self.search_wanted.emit()
            QApplication.postEvent(fields[0], QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, "a"))
        elif fields[0].text() == "a":
            print("keys", time.time(), flush=True)
            self.timer.stop()
            self.close()
app.MainWindow = Window
sys.exit(start.main())
"""


def measure() -> Iterator[Result]:
    """Yield both cases."""
    _times(_BARE)
    _times(_DESK)  # once each to warm the disk
    bare, painted, keys = [], [], []
    for _ in range(_RUNS):
        bare.append(_times(_BARE)["painted"])
        console = _times(_DESK)
        painted.append(console["painted"])
        keys.append(console["keys"])
    floor = statistics.median(bare)
    yield Result("start", "first window", statistics.median(painted), "ms", floor)
    yield Result("start", "palette takes keys", statistics.median(keys), "ms", floor)


def _times(code: str) -> dict[str, float]:
    """Return the time of each printed event, in ms after the start of the process."""
    started = time.time()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    lines = [line.split() for line in done.stdout.splitlines()]
    return {name: (float(at) - started) * 1000 for name, at in lines}
