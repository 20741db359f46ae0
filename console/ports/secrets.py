"""Secrets a deployment keeps outside its configuration file."""

from typing import Protocol


class Secrets(Protocol):
    """Looks secrets up where the operating system or the launcher keeps them."""

    def read(self, reference: str) -> str:
        """Return the secret that `store:NAME`, `env:NAME`, `file:PATH` or `keyring:SERVICE/NAME` refers to.

        Raises:
            ConfigurationError: It is not there, or the reference is of no known form.
        """
