"""Who is told of a change."""

import logging
from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")
_log = logging.getLogger(__name__)


class Subscribers(Generic[P]):
    """Calls everybody back, in the order they came; one that raises is logged and stops none of the others."""

    def __init__(self) -> None:
        self._told: list[Callable[P, object]] = []

    def add(self, told: Callable[P, object]) -> Callable[[], None]:
        """Call back from now on; return what ends that."""
        self._told.append(told)
        return lambda: self._told.remove(told) if told in self._told else None

    def tell(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Tell everybody."""
        for told in list(self._told):
            try:
                told(*args, **kwargs)
            except Exception:  # noqa: BLE001 - whatever one of them does, the others must know
                _log.exception("somebody could not take what they were told")

    def clear(self) -> None:
        """Forget everybody."""
        self._told.clear()
