"""Waiting for what is to happen, not for a time in which it should have."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any


async def until(holds: Callable[[], Any], within_s: float = 10.0) -> Any:
    """Return what something gives as soon as that is true; it may be asynchronous.

    Raises:
        TimeoutError: It was not within the time.
    """
    async with asyncio.timeout(within_s):
        while True:
            found = holds()
            if inspect.isawaitable(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.01)
