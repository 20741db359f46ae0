"""The words for the systems behind a panel."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from console.models.provenance import Origin


@dataclass(frozen=True, slots=True)
class SystemNames:
    """`together` names all systems that serve a panel, as its head says it; `count` says how many they are.

    `each` has the word for each by name.
    """

    together: str
    each: Mapping[str, str] = field(default_factory=dict)
    count: int = 1

    def of(self, origin: Origin) -> str:
        """Return the word for the system that told of a record."""
        return self.each.get(origin.system, self.together)
