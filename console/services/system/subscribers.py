"""Callbacks that are called on every change."""

import logging
from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")
_log = logging.getLogger(__name__)


class Subscribers(Generic[P]):
    """Calls callbacks in the order they were added; one that raises is logged, and the others are still called."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[P, object]] = []

    def add(self, on_change: Callable[P, object]) -> Callable[[], None]:
        """Add a callback; return a function that removes it."""
        self._callbacks.append(on_change)
        return lambda: self._callbacks.remove(on_change) if on_change in self._callbacks else None

    def notify(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call every callback."""
        for callback in list(self._callbacks):
            try:
                callback(*args, **kwargs)
            except Exception:  # noqa: BLE001 - a callback that fails must not stop the others
                _log.exception("a subscriber failed")

    def clear(self) -> None:
        """Remove every callback."""
        self._callbacks.clear()
