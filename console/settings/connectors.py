"""The connectors that are installed, found through the entry point group `opticom_console.connectors`.

The one that comes with the program uses the same door. A connector is loaded only where a deployment names it.
"""

import functools
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Protocol

from console.errors import ConfigurationError
from console.settings.capabilities import Capability
from console.settings.system import System

GROUP = "opticom_console.connectors"


class ConnectorType(Protocol):
    """What the settings need of a connector: which settings its systems have, and what can be wrong with them."""

    @property
    def settings(self) -> type[System]:
        """The type of the settings of one system."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What such a system can serve at most."""

    def complete(self, name: str, system: Mapping[str, Any], folder: Path | None) -> Mapping[str, Any]:
        """Return the settings of one system as they stand in the file, with what the connector puts under them.

        Files of the deployment's own are looked for in `folder`.

        Raises:
            ConfigurationError: What they refer to is not there.
        """

    def problems(self, name: str, system: System) -> list[str]:
        """Return what is wrong with one system, in words that follow the file's name."""


@functools.cache
def _installed() -> Mapping[str, EntryPoint]:
    return {one.name: one for one in entry_points(group=GROUP)}


@functools.cache
def connector(name: str) -> ConnectorType:
    """Return an installed connector by its name.

    Raises:
        ConfigurationError: There is none of that name, or it cannot be loaded.
    """
    found = _installed().get(name)
    if found is None:
        known = ", ".join(sorted(_installed())) or "none"
        raise ConfigurationError(f"there is no connector {name}; installed are: {known}")
    try:
        loaded: ConnectorType = found.load()
    except Exception as error:
        raise ConfigurationError(f"the connector {name} cannot be loaded: {error}") from error
    return loaded
