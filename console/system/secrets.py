"""Secrets from the operating system's keyring, the environment or a file."""

import os
from collections.abc import Mapping
from pathlib import Path

from console.errors import ConfigurationError
from console.ports.secrets import Secrets


class KeptSecrets:
    """Secrets loaded from the console's encrypted store, before those of the system. Implements the port `Secrets`."""

    def __init__(self, kept: Mapping[str, str], others: Secrets) -> None:
        self._kept, self._others = kept, others

    def read(self, reference: str) -> str:
        return self._kept[reference] if reference in self._kept else self._others.read(reference)


class SystemSecrets:
    """Reads secrets by reference. File references are relative to `folder`. Implements the port `Secrets`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, reference: str) -> str:
        scheme, _, rest = reference.partition(":")
        readers = {"env": self._from_environment, "file": self._from_file, "keyring": self._from_keyring}
        if scheme not in readers or not rest:
            raise ConfigurationError("Write a secret as store:NAME, keyring:SERVICE/NAME, env:NAME or file:PATH.")
        secret = readers[scheme](rest).strip()
        if not secret:
            raise ConfigurationError(f"The secret {reference} is empty.")
        return secret

    def _from_environment(self, name: str) -> str:
        if name not in os.environ:
            raise ConfigurationError(f"The environment variable {name}, which should hold a secret, is not set.")
        return os.environ[name]

    def _from_file(self, name: str) -> str:
        path = (self._folder / name).resolve()
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"The secret file {path} cannot be read.") from error

    def _from_keyring(self, name: str) -> str:
        # Imported only when needed: importing keyring looks for every backend, which takes up to 0.3 s.
        import keyring  # noqa: PLC0415 - see above
        from keyring.errors import KeyringError  # noqa: PLC0415 - see above

        service, _, user = name.rpartition("/")
        if not service:
            raise ConfigurationError(f"The secret keyring:{name} must be written as keyring:SERVICE/NAME.")
        try:
            secret = keyring.get_password(service, user)
        except KeyringError as error:
            raise ConfigurationError(f"This computer's keyring can't be read for {name}: {error}") from error
        if secret is None:
            raise ConfigurationError(f"The keyring has no secret {name}. Store it with: keyring set {service} {user}")
        return secret
