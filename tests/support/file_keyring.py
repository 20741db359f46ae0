"""A keyring in a plain file, for tests: it can be slow, or never return."""

import json
import os
import time
from pathlib import Path

from keyring.backend import KeyringBackend

PATH, WAIT = "OPTICOM_TEST_KEYRING", "OPTICOM_TEST_KEYRING_WAIT_S"


class FileKeyring(KeyringBackend):
    """Keyring for tests; PYTHON_KEYRING_BACKEND selects it, OPTICOM_TEST_KEYRING names its file."""

    priority = 1  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        entry: str | None = self._entries().get(f"{service}/{username}")
        return entry

    def set_password(self, service: str, username: str, password: str) -> None:
        entries = {**self._entries(), f"{service}/{username}": password}
        half = self._path().with_suffix(f".{os.getpid()}")
        half.write_text(json.dumps(entries), encoding="utf-8")
        half.replace(self._path())

    def delete_password(self, service: str, username: str) -> None:
        entries = self._entries()
        del entries[f"{service}/{username}"]
        self._path().write_text(json.dumps(entries), encoding="utf-8")

    @staticmethod
    def _path() -> Path:
        time.sleep(float(os.environ.get(WAIT, "0")))
        return Path(os.environ[PATH])

    def _entries(self) -> dict[str, str]:
        path = self._path()
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}
