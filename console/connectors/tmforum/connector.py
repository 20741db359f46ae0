"""The connector for systems with the TM Forum Open APIs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.connectors.tmforum.profiles import with_profile
from console.connectors.tmforum.published import RESOURCES, resources_of
from console.connectors.tmforum.settings import TmForumSystem, tmforum_problems
from console.models.check_report import CheckReport
from console.ports.connector import Connecting
from console.ports.systems import ConnectedSystem
from console.settings import Capability, System


@dataclass(frozen=True, slots=True)
class TmForumConnector:
    """Implements `Connector`. It imports the server code only on use, so that reading settings stays fast."""

    settings: type[System] = TmForumSystem
    capabilities: frozenset[Capability] = frozenset(RESOURCES)

    def complete(self, name: str, system: Mapping[str, Any], folder: Path | None) -> Mapping[str, Any]:
        return with_profile(name, system, folder)

    def problems(self, name: str, system: System) -> list[str]:
        return tmforum_problems(name, _own(system))

    def connect(self, system: System, connecting: Connecting) -> ConnectedSystem:
        from console.connectors.tmforum.connect import connect  # noqa: PLC0415 - see the class

        return connect(_own(system), connecting)

    def checked(self, system: System) -> Sequence[str]:
        from console.connectors.tmforum.check import CHECKED  # noqa: PLC0415 - see the class

        return [resource for resource in resources_of(system.serves) if resource in CHECKED]

    async def check(
        self,
        system: System,
        connecting: Connecting,
        *,
        by_post: bool = False,
        only: Sequence[str] = (),
        on_resource: Callable[[str], None] = lambda _resource: None,
    ) -> CheckReport:
        from console.connectors.tmforum.check import check_system  # noqa: PLC0415 - see the class

        return await check_system(
            connecting.endpoint, _own(system), connecting.clock, by_post=by_post, only=only, on_resource=on_resource
        )


def _own(system: System) -> TmForumSystem:
    if not isinstance(system, TmForumSystem):
        raise TypeError("these are the settings of another connector")
    return system


CONNECTOR = TmForumConnector()
