"""The names of the systems behind a panel."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from console.models.provenance import Origin


@dataclass(frozen=True, slots=True)
class SystemNames:
    """The system names of a panel.

    `together` names all systems, as in the panel's head. `each` maps system keys to names. `count` is their number.
    """

    together: str
    each: Mapping[str, str] = field(default_factory=dict)
    count: int = 1

    def of(self, origin: Origin) -> str:
        """Return the name of the system that sent a record."""
        return self.each.get(origin.system, self.together)
