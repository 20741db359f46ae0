"""A capability together with the type of the port that serves it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from console.settings import Capability

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Port(Generic[P]):
    """The key of a port: `ConnectedSystem.port` returns the object for this capability, typed as `P`."""

    capability: Capability
