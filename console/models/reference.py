"""A record that names another one: a ticket its service, an interaction its bill."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """Another record as one names it; it may lead nowhere. `kind` is the standard's resource name where it is said."""

    id: str
    kind: str | None = None
    name: str | None = None
    role: str | None = None

    @property
    def label(self) -> str:
        """What people call it, else its identifier."""
        return self.name or self.id
