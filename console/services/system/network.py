"""Whether this computer has a network, as the operating system reports it."""

import logging
from collections.abc import Callable

from console.services.system.subscribers import Subscribers

_log = logging.getLogger(__name__)


class Network:
    """The network's state, set by the window from the operating system; online until something else is known."""

    def __init__(self) -> None:
        self.is_online = True
        self._subscribers: Subscribers[[bool]] = Subscribers()

    def subscribe(self, on_change: Callable[[bool], None]) -> Callable[[], None]:
        """Call back when the network goes down or comes back; return a function that unsubscribes."""
        return self._subscribers.add(on_change)

    def set_online(self, *, online: bool) -> None:
        """Set the state; subscribers are called only if it has changed."""
        if online == self.is_online:
            return
        self.is_online = online
        _log.info("the network %s", "is back" if online else "is gone")
        self._subscribers.notify(online)
