"""The machine's clock."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path


def boot_s() -> float:
    """Return seconds since the computer was started, its sleep counted where the system tells that."""
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"):  # Linux; macOS, where this one counts sleep too
        if hasattr(time, name):
            return time.clock_gettime(getattr(time, name))
    return time.monotonic()  # Windows, where it does


def boot_id() -> str:
    """Return what this start of the computer is known by, empty where the system gives it no name."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


class SystemClock:
    """The time of day and the steady count of this machine. Implements the clock port."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        return time.monotonic()

    def boot_s(self) -> float:
        return boot_s()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
