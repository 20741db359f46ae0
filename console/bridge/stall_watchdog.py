"""A watchdog that logs when the window's thread is too busy to handle events, with its stack."""

import faulthandler
import logging
import re
import tempfile
import threading
import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer

_log = logging.getLogger(__name__)

STALL_MS = 100.0


class StallWatchdog:
    """Measures the turns of the window's event loop and logs the stack of turns of more than 100 ms.

    A measured turn is the time between two beats: the real turn plus up to one beat. So a turn is logged when it is
    longer than `STALL_MS` plus one beat. `worst_wall_ms` is the longest turn in real time. `worst_cpu_ms` is the
    longest in the thread's processor time, which a busy machine does not distort. The program uses a long beat,
    because each beat wakes an idle computer. Tests and benchmarks use a short beat, to measure exactly.

    `faulthandler` writes the stack, because it has no reference to a frame. If another thread had one, the painter of
    a paint event would stay alive and be destroyed in that thread.
    """

    BEAT_MS = 50

    def __init__(self, on_stall: Callable[[float, str], None] | None = None, *, beat_ms: int = BEAT_MS) -> None:
        self._on_stall = on_stall or (
            lambda ms, stack: _log.warning("the window stood still for %.0f ms in\n%s", ms, stack)
        )
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer if beat_ms < self.BEAT_MS else Qt.TimerType.CoarseTimer)
        self._timer.setInterval(beat_ms)
        self._timer.timeout.connect(self._beat)
        self._beat_ms = beat_ms
        self._thread_id = threading.get_ident()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._stack = ""
        self._beat_at = (time.perf_counter(), time.thread_time())
        self.turns_ms: list[float] = []
        self.worst_wall_ms = 0.0
        self.worst_cpu_ms = 0.0

    def start(self) -> None:
        """Start measuring. Call on the window's thread."""
        self._beat_at = (time.perf_counter(), time.thread_time())
        self._timer.start()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="stall watchdog")
        self._thread.start()

    def stop(self) -> None:
        """Stop, and wait for the thread: otherwise that thread could destroy a timer of the window's thread."""
        self._timer.stop()
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _beat(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        wall_ms, cpu_ms = ((after - before) * 1000 for after, before in zip(now, self._beat_at, strict=True))
        self._beat_at = now
        self.turns_ms.append(wall_ms)
        del self.turns_ms[:-200_000]
        self.worst_wall_ms = max(self.worst_wall_ms, wall_ms)
        self.worst_cpu_ms = max(self.worst_cpu_ms, cpu_ms)
        stack, self._stack = self._stack, ""
        if wall_ms > STALL_MS + self._beat_ms and stack:
            self._on_stall(wall_ms, stack)

    def _watch(self) -> None:
        """Save the stack of the window's thread when its beat is late; runs in the watchdog's thread."""
        limit_s = (STALL_MS + self._beat_ms) / 1000
        with tempfile.TemporaryFile() as file:
            pause_s = limit_s
            while not self._stop.wait(pause_s):
                late_s = time.perf_counter() - self._beat_at[0] - limit_s
                if late_s > 0 and not self._stack:
                    file.seek(0)
                    file.truncate()
                    faulthandler.dump_traceback(file, all_threads=True)
                    file.seek(0)
                    self._stack = stack_of(self._thread_id, file.read().decode(errors="replace"))
                # Wait until the next beat can be late. While a beat is late, wait at least one beat.
                pause_s = max(-late_s, self._beat_ms / 1000, 0.01)


def stack_of(thread_id: int, dump: str) -> str:
    """Return the stack of one thread from a `faulthandler` dump, or an empty text if it is not in the dump."""
    for part in re.split(r"\n(?=(?:Current thread|Thread) 0x)", dump):
        head = re.match(r"(?:Current thread|Thread) 0x([0-9a-f]+)", part)
        if head is not None and int(head[1], 16) == thread_id:
            return part.strip()
    return ""
