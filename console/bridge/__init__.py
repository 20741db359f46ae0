"""The bridge between Qt and asyncio; the only package that knows both."""

from console.bridge.garbage import WindowGarbageCollector
from console.bridge.loop import DisplayGoneError, EventLoop, run_application
from console.bridge.network import watch_network
from console.bridge.stall_watchdog import STALL_MS, StallWatchdog
from console.bridge.tasks import Bridge

__all__ = [
    "STALL_MS",
    "Bridge",
    "DisplayGoneError",
    "EventLoop",
    "StallWatchdog",
    "WindowGarbageCollector",
    "run_application",
    "watch_network",
]
