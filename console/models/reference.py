"""A reference from one record to another, such as from a ticket to its service."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """Another record as named by a record; it may not exist. `kind` is its TM Forum resource, None if not sent."""

    id: str
    kind: str | None = None
    name: str | None = None
    role: str | None = None

    @property
    def label(self) -> str:
        """The record's name, else its id."""
        return self.name or self.id
