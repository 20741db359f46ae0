"""The computer's clock."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path


def boot_s() -> float:
    """Return seconds since the computer was started, including sleep where the operating system reports it."""
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"):  # Linux; macOS, where CLOCK_MONOTONIC includes sleep
        if hasattr(time, name):
            return time.clock_gettime(getattr(time, name))
    return time.monotonic()  # Windows, where it includes sleep


def boot_id() -> str:
    """Return the identifier of this start of the computer, or an empty text if the system has none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


class SystemClock:
    """The time of day (aware UTC) and the monotonic clock of this computer. Implements the port `Clock`."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        return time.monotonic()

    def boot_s(self) -> float:
        return boot_s()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
