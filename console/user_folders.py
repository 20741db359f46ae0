"""This user's folders, by the rules of the operating system (XDG on Linux, Library on macOS, AppData on Windows)."""

from collections.abc import Callable
from pathlib import Path

import platformdirs

from console.errors import ConfigurationError

_NAME = "opticom-console"


def configuration_folder() -> Path:
    """Return the folder of the settings.

    All these functions raise `ConfigurationError` for a user without a home folder.
    """
    return _found(lambda: platformdirs.user_config_dir(_NAME, appauthor=False))


def data_folder() -> Path:
    """Return the folder of the stores."""
    return _found(lambda: platformdirs.user_data_dir(_NAME, appauthor=False))


def cache_folder() -> Path:
    """Return the folder of sandbox worlds, which can be made again."""
    return _found(lambda: platformdirs.user_cache_dir(_NAME, appauthor=False))


def log_folder() -> Path:
    """Return the folder of the log."""
    return _found(lambda: platformdirs.user_log_dir(_NAME, appauthor=False))


def _found(look: Callable[[], str]) -> Path:
    try:
        return Path(look())
    except (RuntimeError, KeyError) as error:
        raise ConfigurationError("This user has no home folder. Set HOME to one.") from error
