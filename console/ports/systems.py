"""The connected systems of a deployment. Services find them by capability, never by vendor."""

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
        """Return the result of one small request to each API that the console uses; never raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedSystem:
    """One connected system with the ports it serves.

    `name` is its name in the settings, `label` its name on screen. `ports` maps each capability to its object; read it
    with `port`. `actions` is None if nothing can be written to the system. `finder` is None if it cannot search
    customers. `caller_proof` is None if it cannot verify callers.
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
        """Return the object that serves a capability; raise KeyError if this system does not serve it."""
        return cast("P", self.ports[port.capability])


@dataclass(frozen=True, slots=True)
class Systems:
    """All systems of a deployment, in the order of its settings."""

    every: tuple[ConnectedSystem, ...]

    def serving(self, port: Port[Any]) -> tuple[ConnectedSystem, ...]:
        """Return the systems that serve a capability, in order; empty if there are none."""
        return tuple(system for system in self.every if system.serves(port))

    def named(self, name: str) -> ConnectedSystem | None:
        """Return a system by its configured name, None if there is none."""
        return next((system for system in self.every if system.name == name), None)

    @property
    def customers(self) -> ConnectedSystem:
        """The system that serves customers. The settings check ensures that there is exactly one."""
        return self.serving(CUSTOMERS)[0]

    def first(self, port: Port[P]) -> P | None:
        """Return the object that serves a capability in the first system that has it, None if there is none."""
        found = self.serving(port)
        return found[0].port(port) if found else None
