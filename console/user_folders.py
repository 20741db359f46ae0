"""Where this user's files lie, by the customs of the system (XDG on Linux, Library on macOS, AppData on Windows)."""

from collections.abc import Callable
from pathlib import Path

import platformdirs

from console.errors import ConfigurationError

_NAME = "opticom-console"


def configuration_folder() -> Path:
    """Return where the settings are looked for. All of these raise ConfigurationError for a user without a home."""
    return _found(lambda: platformdirs.user_config_dir(_NAME, appauthor=False))


def data_folder() -> Path:
    """Return where the stores lie."""
    return _found(lambda: platformdirs.user_data_dir(_NAME, appauthor=False))


def cache_folder() -> Path:
    """Return where worlds of the sandbox lie, which can be made again."""
    return _found(lambda: platformdirs.user_cache_dir(_NAME, appauthor=False))


def log_folder() -> Path:
    """Return where the log lies."""
    return _found(lambda: platformdirs.user_log_dir(_NAME, appauthor=False))


def _found(look: Callable[[], str]) -> Path:
    try:
        return Path(look())
    except (RuntimeError, KeyError) as error:
        raise ConfigurationError("This user has no home folder. Set HOME to one.") from error
