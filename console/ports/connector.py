"""Port of a connector: it connects a system from its settings. The composition root uses it."""

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
    """The inputs of a connector for one system: its endpoint, the clock and a callback for damaged records.

    `endpoint` is a `console.http.Endpoint` with address, sign-in, limits and deadlines.
    """

    endpoint: Any
    clock: Clock
    on_damage: Callable[[str, Sequence[Damage]], None]


class Connector(ConnectorType, Protocol):
    """Connects to the systems of one vendor, or of one standard."""

    def connect(self, system: System, connecting: Connecting) -> ConnectedSystem:
        """Return the connected system; no request is sent yet."""

    def checked(self, system: System) -> Sequence[str]:
        """Return the resources that `check` covers, in its order; empty if it cannot check."""

    async def check(
        self,
        system: System,
        connecting: Connecting,
        *,
        by_post: bool = False,
        only: Sequence[str] = (),
        on_resource: Callable[[str], None] = lambda _resource: None,
    ) -> CheckReport:
        """Return how well a server meets the console's needs. `on_resource` is called before each resource's check."""
