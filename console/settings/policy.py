"""What the administrator of a computer decides over its users' configuration: roles, verification, audit, lock."""

import hashlib
import os
import stat
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from console.errors import ConfigurationError

# What a user's own configuration may not loosen once a policy has it; each stands for the whole of its kind.
GOVERNED = frozenset({"roles", "verification", "audit", "lock_after_min", "hide_from_capture"})


@dataclass(frozen=True, slots=True)
class Policy:
    """What a policy file says. `digest` is what the audit names it by; `warning` is why it was not used, if it was not.

    Without a file all of it is empty, and a user's configuration stands as it is.
    """

    settings: dict[str, Any] = field(default_factory=dict)
    digest: str = ""
    warning: str = ""

    def over(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return a configuration with what the policy says in place of what it says itself."""
        return {**document, **self.settings}


def policy_file() -> Path:
    """Return where the policy of this computer lies: a place that its users cannot write."""
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "OptiCom Console" / "policy.toml"
    if sys.platform == "darwin":
        return Path("/Library/Application Support/OptiCom Console/policy.toml")
    return Path("/etc/opticom-console/policy.toml")


def read_policy(path: Path | None = None) -> Policy:
    """Return the policy of this computer. Blocks.

    One that whoever started the console can write is no administrator's: it is left out, with a warning.

    Raises:
        ConfigurationError: There is one and it cannot be read, or says what no policy can: the console must not start
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
        return Policy(warning=f"The policy {path} is not used: whoever works here can write it.")
    try:
        settings = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationError(f"The policy {path} is not valid TOML in UTF-8: {error}.") from error
    unknown = sorted(settings.keys() - GOVERNED)
    if unknown:
        raise ConfigurationError(f"The policy {path} may not set {', '.join(unknown)}.")
    return Policy(settings, hashlib.blake2b(data, digest_size=16).hexdigest())


def _is_writable(path: Path) -> bool:
    """Return whether this user could change the file, or put another in its place."""
    if sys.platform == "win32":
        return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    if os.geteuid() == 0:  # an administrator: then nobody else may
        loose = stat.S_IWGRP | stat.S_IWOTH
        return any(one.stat().st_uid != 0 or one.stat().st_mode & loose for one in (path, path.parent))
    return any(os.access(one, os.W_OK) or one.stat().st_uid == os.geteuid() for one in (path, path.parent))
