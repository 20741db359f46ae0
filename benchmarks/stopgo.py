"""stopgo: a window that is resized all the time must survive a machine that stops and continues, again and again.

The process is stopped and continued from outside (SIGSTOP, SIGCONT) while the window paints, under Xvfb. A twin process
holds a reference to a frame of the paint event in another thread, as the watchdog once did. The twin must die, else the
pauses prove nothing. Needs Xvfb (on Debian the package xvfb) and Linux or macOS.
"""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.result import Result

_PAUSES, _PAUSES_OF_TWIN = 2_000, 400
_PAUSE_S = 0.2
_QT_COMPLAINTS = ("QPainter", "endPaint", "QBackingStore")


def measure() -> list[Result]:
    """Return how many pauses ended in a death or a complaint of Qt, for the program and for its twin."""
    if shutil.which("Xvfb") is None:
        raise SystemExit("stopgo needs Xvfb. On Debian and Ubuntu install the package xvfb.")
    with _display() as display:
        survived, complaints = _pause(display, _PAUSES, planted=False)
        of_twin, _ = _pause(display, _PAUSES_OF_TWIN, planted=True)
    return [
        Result("stopgo", "deaths", float(survived < _PAUSES), "", _PAUSES),
        Result("stopgo", "complaints of Qt", complaints, "", _PAUSES),
        Result("stopgo", "planted fault not found", float(of_twin == _PAUSES_OF_TWIN), "", 1),
    ]


@contextmanager
def _display() -> Iterator[str]:
    """Yield the name of a new X display."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as numbers:
            yield f":{numbers.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def _pause(display: str, pauses: int, *, planted: bool) -> tuple[int, int]:
    """Return how many pauses a window survived, and how often Qt complained meanwhile."""
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    rng = random.Random(16)
    with tempfile.TemporaryDirectory() as folder:
        errors = Path(folder) / "stderr"
        with errors.open("wb") as stderr:
            command = [sys.executable, "-m", "benchmarks.stopgo", *(["planted"] if planted else [])]
            child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, env=environment
            )
            assert child.stdout is not None
            child.stdout.readline()
            survived = 0
            while survived < pauses and child.poll() is None:
                os.kill(child.pid, signal.SIGSTOP)
                time.sleep(_PAUSE_S)
                os.kill(child.pid, signal.SIGCONT)
                time.sleep(rng.uniform(0.01, 0.06))
                survived += child.poll() is None
            child.communicate(timeout=30)  # the child ends when its input ends
        said = errors.read_text(errors="replace")
    return survived, sum(any(word in line for word in _QT_COMPLAINTS) for line in said.splitlines())


# ------------------------------------------------------------------ in the child


def _paint_for_ever(*, planted: bool) -> None:
    """Show a customer and resize the window all the time, until standard input ends."""
    from PySide6.QtCore import QTimer  # noqa: PLC0415 - the parent needs no Qt

    from benchmarks.window import Stage, on_stage  # noqa: PLC0415
    from console.bridge import StallWatchdog  # noqa: PLC0415

    async def play(stage: Stage) -> list[Result]:
        (customer,) = await stage.customers(1)
        await stage.open_and_settle(customer, close=False)
        watchdog = StallWatchdog(lambda _ms, _stack: None)
        watchdog.start()
        if planted:
            _plant(stage)
        sizes = iter(range(1_000_000_000))
        resizing = QTimer()
        resizing.timeout.connect(lambda: stage.window.resize(1200 + 5 * (next(sizes) % 40), 860))
        resizing.start(10)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        resizing.stop()
        watchdog.stop()
        return []

    on_stage(play, customers=20)


def _plant(stage: object) -> None:
    """Restore both halves of the old fault: a painter that ends with its frame, and a thread that holds frames."""
    from PySide6.QtCore import Qt  # noqa: PLC0415
    from PySide6.QtGui import QPainter, QPaintEvent  # noqa: PLC0415
    from PySide6.QtWidgets import QWidget  # noqa: PLC0415

    from benchmarks.window import Stage  # noqa: PLC0415

    assert isinstance(stage, Stage)

    class Leaky(QWidget):
        def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
            painter = QPainter(self)
            for i in range(3_000):
                painter.drawPoint(i % 300, i // 10)

    leaky = Leaky(stage.window)
    leaky.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    leaky.resize(300, 300)
    leaky.show()
    main_thread, last_turn = threading.get_ident(), [time.perf_counter()]

    from PySide6.QtCore import QTimer  # noqa: PLC0415

    beat = QTimer(leaky)
    beat.timeout.connect(lambda: last_turn.__setitem__(0, time.perf_counter()))
    beat.start(5)

    def watch() -> None:
        while True:
            time.sleep(0.05)
            if time.perf_counter() - last_turn[0] > 0.1:
                frame = sys._current_frames().get(main_thread)
                traceback.StackSummary.extract(reversed(list(traceback.walk_stack(frame))), lookup_lines=False)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    _paint_for_ever(planted="planted" in sys.argv)
