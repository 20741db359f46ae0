"""Notices when the window's thread does not get round to its events, and says where it was."""

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
    """Measures the turns of the window's event loop and logs those of more than 100 ms with their stack.

    `worst_wall_ms` is the longest turn by the clock, `worst_cpu_ms` by the thread's own processor time, which a busy
    machine does not distort. A turn is seen as long as it is, less up to one beat. The program beats seldom, because
    each beat wakes an idle computer; tests and benchmarks beat often, to measure exactly.

    The stack is written by `faulthandler`, which holds no reference to a frame: a frame kept by another thread would
    keep the painter of a paint event alive, and destroy it in that thread.
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
        """Begin; call on the window's thread."""
        self._beat_at = (time.perf_counter(), time.thread_time())
        self._timer.start()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="stall watchdog")
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the thread: the last to drop this would destroy a timer of the window's thread."""
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
        """Write down the stack of the window's thread while it stands still."""
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
                # Not before the next beat can be late; at least a beat, while one is.
                pause_s = max(-late_s, self._beat_ms / 1000, 0.01)


def stack_of(thread_id: int, dump: str) -> str:
    """Return the part of a dump of `faulthandler` that is about one thread, empty where it is not in it."""
    for part in re.split(r"\n(?=(?:Current thread|Thread) 0x)", dump):
        head = re.match(r"(?:Current thread|Thread) 0x([0-9a-f]+)", part)
        if head is not None and int(head[1], 16) == thread_id:
            return part.strip()
    return ""
