"""The administrator's policy of a computer, which overrides users' settings: roles, verification, audit, lock."""

import hashlib
import os
import stat
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from console.errors import ConfigurationError

# Only these settings may be in a policy. Each replaces the user's whole setting of that name.
GOVERNED = frozenset({"roles", "verification", "audit", "lock_after_min", "hide_from_capture"})


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy file's content. `digest` names it in the audit. `warning` says why the file was not used, or is empty.

    Without a file all fields are empty, and a user's configuration is unchanged.
    """

    settings: dict[str, Any] = field(default_factory=dict)
    digest: str = ""
    warning: str = ""

    def over(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return a configuration in which the policy's settings replace its own."""
        return {**document, **self.settings}


def policy_file() -> Path:
    """Return the path of this computer's policy, in a folder that its users cannot write."""
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "OptiCom Console" / "policy.toml"
    if sys.platform == "darwin":
        return Path("/Library/Application Support/OptiCom Console/policy.toml")
    return Path("/etc/opticom-console/policy.toml")


def read_policy(path: Path | None = None) -> Policy:
    """Return the policy of this computer. Blocks.

    A policy that the current user can write is not an administrator's. It is ignored, with a warning.

    Raises:
        ConfigurationError: The policy cannot be read, or has settings that it may not have. The console must not start
            without it.
    """
    path = path or policy_file()
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Policy()
    except OSError as error:
        raise ConfigurationError(f"The policy {path} cannot be read: {error.strerror or error}.") from error
    if _is_writable(path):
        return Policy(warning=f"The policy {path} is not used, because this user can change it.")
    try:
        settings = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationError(f"The policy {path} is not valid TOML in UTF-8: {error}.") from error
    unknown = sorted(settings.keys() - GOVERNED)
    if unknown:
        raise ConfigurationError(f"The policy {path} may not set {', '.join(unknown)}.")
    return Policy(settings, hashlib.blake2b(data, digest_size=16).hexdigest())


def _is_writable(path: Path) -> bool:
    """Return whether the current user could change the file or replace it."""
    if sys.platform == "win32":
        return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    if os.geteuid() == 0:  # an administrator: then no other user may write it
        loose = stat.S_IWGRP | stat.S_IWOTH
        return any(one.stat().st_uid != 0 or one.stat().st_mode & loose for one in (path, path.parent))
    return any(os.access(one, os.W_OK) or one.stat().st_uid == os.geteuid() for one in (path, path.parent))
