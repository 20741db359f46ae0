"""Waiting for a condition instead of for a fixed time."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any


async def until(holds: Callable[[], Any], within_s: float = 10.0) -> Any:
    """Return the result of `holds` as soon as it is true; `holds` may be asynchronous.

    Raises:
        TimeoutError: It was not true within `within_s` seconds.
    """
    async with asyncio.timeout(within_s):
        while True:
            found = holds()
            if inspect.isawaitable(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.01)
