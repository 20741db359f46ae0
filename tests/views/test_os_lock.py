"""The console locks when Windows reports a locked session or sleep, and on no other message."""

import asyncio
import ctypes
from ctypes import wintypes

import pytest
from PySide6.QtCore import QTimer

from console.views.access.os_lock import _SessionFilter

SESSION, POWER, KEY = 0x02B1, 0x0218, 0x0100


@pytest.mark.parametrize(
    ("message", "parameter", "locks"),
    [(SESSION, 7, True), (POWER, 4, True), (SESSION, 8, False), (POWER, 7, False), (KEY, 7, False)],
    ids=["locked", "goes to sleep", "unlocked", "wakes up", "a key"],
)
async def test_the_messages_of_a_lock_and_of_sleep_lock(
    themed: None, message: int, parameter: int, *, locks: bool
) -> None:
    told: list[bool] = []
    listener = _SessionFilter(lambda: told.append(True))
    native = wintypes.MSG(message=message, wParam=parameter)
    handled, _result = listener.nativeEventFilter(b"windows_generic_MSG", ctypes.addressof(native))
    assert not handled  # Qt must receive the message too
    after = asyncio.Event()
    QTimer.singleShot(0, after.set)
    await after.wait()
    assert bool(told) is locks
