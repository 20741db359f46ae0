"""Logs how full the console's caches are every ten minutes, and reads the sizes back from the log for a command."""

import asyncio
import logging
import re
from collections.abc import Callable, Sequence

from console.models.cache_size import CacheSize
from console.system.logs import log_files

_log = logging.getLogger(__name__)
# Seconds. Often enough to see a day's growth, rare enough to add only a few kB to the log.
_EVERY_S = 600.0
_BEGIN = "caches: "
_ONE = re.compile(r"(?P<name>[^=;]+)=(?P<held>\d+)/(?P<most>\d+) (?P<unit>[^;]+)")


async def log_caches(sizes: Callable[[], Sequence[CacheSize]]) -> None:
    """Log how full the caches are every ten minutes until cancelled, and then once more."""
    try:
        while True:
            await asyncio.sleep(_EVERY_S)
            _write(sizes())
    finally:
        _write(sizes())


def last_logged() -> tuple[str, list[CacheSize]] | None:
    """Return when cache sizes were last logged (local time, as in the log) and the sizes, or None if never.

    Raises:
        OSError: The log cannot be read.
    """
    for path in log_files():
        with path.open(encoding="utf-8", errors="replace") as file:
            lines = [line for line in file if f"{__name__}: {_BEGIN}" in line]
        if lines:
            at, _, rest = lines[-1].partition(" INFO ")
            return at.partition(",")[0], _read(rest.partition(_BEGIN)[2])
    return None


def _write(sizes: Sequence[CacheSize]) -> None:
    _log.info("%s%s", _BEGIN, "; ".join(f"{one.name}={one.held}/{one.most} {one.unit}" for one in sizes))


def _read(text: str) -> list[CacheSize]:
    found = (_ONE.match(part.strip()) for part in text.split(";"))
    return [CacheSize(one["name"], int(one["held"]), int(one["most"]), one["unit"]) for one in found if one]
