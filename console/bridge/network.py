"""The network state of this computer, as the operating system reports it."""

import importlib
import logging
from collections.abc import Callable
from typing import Any

_log = logging.getLogger(__name__)


def watch_network(on_change: Callable[..., None]) -> Callable[[], None]:
    """Call `on_change(online=...)` now and at each change, and return a function that stops the watching.

    Only "disconnected" counts as offline: a network without internet access may still reach the systems. An unknown
    state counts as online. If Qt cannot report the state at all, `on_change` is never called.
    """
    try:
        module = importlib.import_module("PySide6.QtNetwork")  # loaded once the window works
    except ImportError as error:  # a system library for Qt may be missing if dev.py did not set up the console
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
