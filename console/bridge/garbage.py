"""Garbage collection on the window's thread alone.

Python's cyclic collector runs in whichever thread allocates. A cycle that holds a widget or a painter would then be
destroyed in a worker's thread, which Qt answers with a crash. So the program turns automatic collection off before its
first window, and this collects in its place: young objects often, which takes little, and all while nothing happens.
"""

import gc
import time

from PySide6.QtCore import Qt, QTimer


class WindowGarbageCollector:
    """Collects in turns of the window's event loop. Made, started and stopped on the window's thread."""

    BEAT_MS = 1_000
    # As many new objects take about half a millisecond; Python's own limit of 700 is for collecting at any moment.
    YOUNG_LIMIT = 5_000
    # A beat in which the window's thread was busy for less than this share of it was quiet.
    QUIET_SHARE = 0.05
    QUIET_BEATS = 3
    # A window that is never quiet collects everything all the same after so many collections of the young: what closed
    # customers leave is little then. Left for minutes it was 200 MB, and took more than a second at once.
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
        """Turn automatic collection off, and begin."""
        gc.disable()
        self._cpu_s = time.thread_time()
        self._timer.start()

    def stop(self) -> None:
        """End; automatic collection stays off, because windows may still be alive."""
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
            return False  # so little is new that an idle window stays asleep
        return (
            self._quiet_beats >= self.QUIET_BEATS
            or self._young_since_full >= self.MOST_YOUNG
            or self._beats_since_full >= self.LONGEST_BEATS
        )
