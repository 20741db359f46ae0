"""The log file: where everything goes that a user should not have to read."""

import contextlib
import logging
import logging.handlers
from pathlib import Path

import platformdirs

_BYTES = 2_000_000
_KEPT = 3
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def log_file() -> Path:
    """Return where the log lies on this system."""
    return Path(platformdirs.user_log_dir("opticom-console", appauthor=False)) / "console.log"


def start_logging() -> None:
    """Send all logging to the log file, at most 8 MB of it; where none can be written, nowhere.

    Questions to the systems are logged by the HTTP layer without what was asked for; the libraries below it, which
    would log whole addresses, are kept quiet there.
    """
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    handler: logging.Handler = logging.NullHandler()
    path = log_file()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True
        )
        handler.setFormatter(logging.Formatter(FORMAT))
    root.addHandler(handler)
    logging.captureWarnings(capture=True)
