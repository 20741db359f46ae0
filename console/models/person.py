"""The signed-in user, as the identity provider sends it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """One signed-in person; `subject` is the provider's own name for them, `role` their role in the console."""

    issuer: str
    subject: str
    name: str
    role: str
