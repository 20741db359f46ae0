"""Valid records with defaults, and clocks that a test controls."""

import asyncio
from datetime import UTC, datetime, timedelta

from console.models.provenance import Origin, Records, Sourced
from console.system.clock import SystemClock

NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)


class VirtualClock:
    """Clock for tests of one rule: a sleep returns at once and moves the time to the end of the sleep."""

    def __init__(self) -> None:
        self.passed_s = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed_s)

    def monotonic_s(self) -> float:
        return self.passed_s

    def boot_s(self) -> float:
        return self.passed_s

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.passed_s += seconds


class MovableClock(SystemClock):
    """The machine's clock, which a test can move forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead

    def boot_s(self) -> float:
        return super().boot_s() + self.ahead.total_seconds()


def origin(**changes: object) -> Origin:
    values: dict = {"system": "billing", "resource": "customerBill", "id": "1", "version": None, "read_at": NOON}
    return Origin(**{**values, **changes})


def records(*values: object, read_at: datetime = NOON) -> Records:
    items = tuple(Sourced(value, origin(id=str(i), read_at=read_at)) for i, value in enumerate(values))
    return Records(items, read_at)
