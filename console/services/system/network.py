"""Whether this computer has a network at all, as the operating system says it."""

import logging
from collections.abc import Callable

from console.services.system.subscribers import Subscribers

_log = logging.getLogger(__name__)


class Network:
    """Told by the window what the operating system knows; without that knowledge there is a network."""

    def __init__(self) -> None:
        self.is_online = True
        self._subscribers: Subscribers[[bool]] = Subscribers()

    def subscribe(self, on_change: Callable[[bool], None]) -> Callable[[], None]:
        """Call back when the network goes or comes; return what ends that."""
        return self._subscribers.add(on_change)

    def set_online(self, *, online: bool) -> None:
        """Take note; what is as it was is told to nobody."""
        if online == self.is_online:
            return
        self.is_online = online
        _log.info("the network %s", "is back" if online else "is gone")
        self._subscribers.notify(online)
