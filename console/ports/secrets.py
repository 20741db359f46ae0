"""Port for secrets that are not in the configuration file."""

from typing import Protocol


class Secrets(Protocol):
    """Reads secrets from the store, the environment, a file or the keyring."""

    def read(self, reference: str) -> str:
        """Return the secret that `store:NAME`, `env:NAME`, `file:PATH` or `keyring:SERVICE/NAME` refers to.

        Raises:
            ConfigurationError: The secret was not found, or the reference has an unknown form.
        """
