"""The log file: where everything goes that a user should not have to read."""

import contextlib
import logging
import logging.handlers
import traceback
from pathlib import Path
from typing import Any

from console.errors import ConfigurationError
from console.models.card_number import masked
from console.user_folders import log_folder

_BYTES = 2_000_000
_KEPT = 3

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def log_file() -> Path:
    """Return where the log lies on this system."""
    return log_folder() / "console.log"


def log_files() -> list[Path]:
    """Return the log's files that exist, newest first."""
    first = log_file()
    files = [first, *(first.with_name(f"{first.name}.{number}") for number in range(1, _KEPT + 1))]
    return [path for path in files if path.exists()]


class PrivateFormatter(logging.Formatter):
    """Says of an error its kind and where it happened, never its words: those may hold a customer's name or number.

    A card number in a line is masked, whoever wrote it.
    """

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        lines: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None:
            code = getattr(error, "code", "")
            lines += [*traceback.format_tb(error.__traceback__), f"{type(error).__name__} {code}".rstrip() + "\n"]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "".join(lines).rstrip("\n")


def start_logging() -> None:
    """Send all logging to the log file, at most 8 MB of it; where none can be written, nowhere.

    Questions to the systems are logged by the HTTP layer without what was asked for; the libraries below it, which
    would log whole addresses, are kept quiet there.
    """
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    handler: logging.Handler = logging.NullHandler()
    with contextlib.suppress(OSError, ConfigurationError):
        path = log_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8")
        handler.setFormatter(PrivateFormatter(FORMAT))
    root.addHandler(handler)
    logging.captureWarnings(capture=True)
