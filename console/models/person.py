"""Who works at this desk, as the identity provider says it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """One signed-in person; `subject` is the provider's own name for them, `role` the desk's word for what they are."""

    issuer: str
    subject: str
    name: str
    role: str
