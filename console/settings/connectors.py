"""Finds installed connectors through the entry point group `opticom_console.connectors`.

The built-in connector uses the same way. A connector is loaded only if a deployment names it.
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
    """The part of a connector that the settings need: the type of its systems' settings, and the checks of them."""

    @property
    def settings(self) -> type[System]:
        """The type of the settings of one system."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """The most that such a system can serve."""

    def complete(self, name: str, system: Mapping[str, Any], folder: Path | None) -> Mapping[str, Any]:
        """Return the settings of one system from the file, completed with the connector's defaults.

        Files of the deployment are looked for in `folder`.

        Raises:
            ConfigurationError: Something that the settings refer to was not found.
        """

    def problems(self, name: str, system: System) -> list[str]:
        """Return the problems of one system, as phrases that follow the file's name."""


@functools.cache
def _installed() -> Mapping[str, EntryPoint]:
    return {one.name: one for one in entry_points(group=GROUP)}


@functools.cache
def connector(name: str) -> ConnectorType:
    """Return an installed connector by its name.

    Raises:
        ConfigurationError: No connector of that name is installed, or it cannot be loaded.
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
