"""What a connector is to the composition root: it connects a system from its settings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from console.models.check_report import CheckReport
from console.models.provenance import Damage
from console.ports.clock import Clock
from console.ports.systems import ConnectedSystem
from console.settings import System
from console.settings.connectors import ConnectorType


@dataclass(frozen=True, slots=True, kw_only=True)
class Connecting:
    """What a connector is given for one system: how it is reached, the clock, and who hears of damaged records.

    `endpoint` is the HTTP layer's (`console.http.Endpoint`); it holds address, sign-in, limits and deadlines.
    """

    endpoint: Any
    clock: Clock
    on_damage: Callable[[str, Sequence[Damage]], None]


class Connector(ConnectorType, Protocol):
    """Speaks to the systems of one vendor, or by one standard."""

    def connect(self, system: System, connecting: Connecting) -> ConnectedSystem:
        """Return a system, connected; it is not asked yet."""

    def checked(self, system: System) -> Sequence[str]:
        """Return the resources that `check` asks about, in its order; none where it cannot check."""

    async def check(
        self,
        system: System,
        connecting: Connecting,
        *,
        by_post: bool = False,
        only: Sequence[str] = (),
        on_resource: Callable[[str], None] = lambda _resource: None,
    ) -> CheckReport:
        """Return how well a server serves the console. `on_resource` is called with each resource before its check."""
