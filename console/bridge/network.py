"""Whether this computer has a network, as the operating system says."""

import importlib
import logging
from collections.abc import Callable
from typing import Any

_log = logging.getLogger(__name__)


def watch_network(on_change: Callable[..., None]) -> Callable[[], None]:
    """Call back with `online=` now and whenever the operating system says so; return what ends that.

    Where it cannot tell, there is a network. Only "disconnected" counts as none: a network without the internet may
    well reach the systems.
    """
    try:
        module = importlib.import_module("PySide6.QtNetwork")  # loaded once the window works
    except ImportError as error:  # a system library of Qt's may be missing where the desk was not set up by dev.py
        _log.info("the state of the network is unknown: %s", error)
        return lambda: None
    information = module.QNetworkInformation
    wanted = information.Feature.Reachability
    if not information.loadBackendByFeatures(wanted):
        return lambda: None
    instance = information.instance()

    def on_reachability(reachability: Any) -> None:
        on_change(online=reachability != information.Reachability.Disconnected)

    on_reachability(instance.reachability())
    instance.reachabilityChanged.connect(on_reachability)

    def end() -> None:
        instance.reachabilityChanged.disconnect(on_reachability)

    return end
