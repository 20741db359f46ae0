"""The systems of a deployment as services ask them: by what they can do, never by who made them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from console.models.health import CheckResult
from console.ports.acting import ActingSystem
from console.ports.caller_proof import CallerProof
from console.ports.customers import CUSTOMERS, Finder
from console.ports.port import P, Port
from console.settings import Capability


class Checked(Protocol):
    """Tests the connection to one system."""

    async def check(self) -> Sequence[CheckResult]:
        """Return what each API this desk uses says to a small question; never raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedSystem:
    """One configured system that is connected, with the ports it serves.

    `name` is its name in the settings, `label` the name people use. `ports` maps each capability to its object; read
    it through `port`. `actions` is None if nothing can be written to the system, `finder` is None if it cannot search
    customers, `caller_proof` is None if it cannot check callers.
    """

    name: str
    label: str
    address: str
    ports: Mapping[Capability, Any] = field(repr=False)
    checked: Checked
    actions: ActingSystem | None = None
    finder: Finder | None = None
    caller_proof: CallerProof | None = None

    def serves(self, port: Port[Any]) -> bool:
        """Return whether this system serves a capability."""
        return port.capability in self.ports

    def port(self, port: Port[P]) -> P:
        """Return what serves a capability that this system serves."""
        return cast("P", self.ports[port.capability])


@dataclass(frozen=True, slots=True)
class Systems:
    """All systems of a deployment, in the order of its settings."""

    every: tuple[ConnectedSystem, ...]

    def serving(self, port: Port[Any]) -> tuple[ConnectedSystem, ...]:
        """Return the systems that serve a capability; none where the deployment has none for it."""
        return tuple(system for system in self.every if system.serves(port))

    def named(self, name: str) -> ConnectedSystem | None:
        """Return a system by its name, None where there is none."""
        return next((system for system in self.every if system.name == name), None)

    @property
    def customers(self) -> ConnectedSystem:
        """The one system that keeps the customers; the settings see to it that there is one."""
        return self.serving(CUSTOMERS)[0]

    def first(self, port: Port[P]) -> P | None:
        """Return what serves a capability in the first system that does, None where none does."""
        found = self.serving(port)
        return found[0].port(port) if found else None
