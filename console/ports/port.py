"""A capability together with the type of the port that serves it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from console.settings import Capability

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Port(Generic[P]):
    """Names what a system must serve; `ConnectedSystem.port` returns what serves it, by this type."""

    capability: Capability
