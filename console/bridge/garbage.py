"""Garbage collection on the window's thread only.

Python's cyclic collector runs in any thread that allocates. It could destroy a widget or a painter in a worker thread,
and Qt crashes then. So the program turns automatic collection off before its first window. This module collects
instead: young objects often, which is cheap, and all objects while the window is idle.
"""

import gc
import time

from PySide6.QtCore import Qt, QTimer


class WindowGarbageCollector:
    """Collects garbage in the window's event loop. Create, start and stop it on the window's thread."""

    BEAT_MS = 1_000
    # Collecting this many new objects takes about 0.5 ms. Python's own limit of 700 is for collecting at any moment.
    YOUNG_LIMIT = 5_000
    # A beat is quiet if the window's thread was busy for less than this share of it.
    QUIET_SHARE = 0.05
    QUIET_BEATS = 3
    # A window that is never quiet does a full collection after this many young ones, so that closed customers leave
    # little garbage. After minutes without one it was 200 MB, and collecting it took more than 1 s.
    MOST_YOUNG = 3
    LONGEST_BEATS = 300

    def __init__(self, beat_ms: int = BEAT_MS) -> None:
        self._beat_ms = beat_ms
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.setInterval(beat_ms)
        self._timer.timeout.connect(self._beat)
        self._cpu_s = 0.0
        self._quiet_beats = 0
        self._beats_since_full = 0
        self._young_since_full = 0
        self._has_survivors = False

    def start(self) -> None:
        """Turn automatic collection off and start the timer."""
        gc.disable()
        self._cpu_s = time.thread_time()
        self._timer.start()

    def stop(self) -> None:
        """Stop the timer. Automatic collection stays off, because windows may still exist."""
        self._timer.stop()

    def _beat(self) -> None:
        cpu_s = time.thread_time()
        quiet = (cpu_s - self._cpu_s) * 1000 < self.QUIET_SHARE * self._beat_ms
        self._quiet_beats = self._quiet_beats + 1 if quiet else 0
        self._beats_since_full += 1

        if self._is_time_for_all():
            gc.collect()
            self._beats_since_full = self._young_since_full = 0
            self._has_survivors = False
        elif gc.get_count()[0] >= self.YOUNG_LIMIT:
            gc.collect(1)
            self._young_since_full += 1
            self._has_survivors = True
        self._cpu_s = time.thread_time()

    def _is_time_for_all(self) -> bool:
        if not self._has_survivors and gc.get_count()[0] < self.YOUNG_LIMIT:
            return False  # with so few new objects, an idle window stays asleep
        return (
            self._quiet_beats >= self.QUIET_BEATS
            or self._young_since_full >= self.MOST_YOUNG
            or self._beats_since_full >= self.LONGEST_BEATS
        )
