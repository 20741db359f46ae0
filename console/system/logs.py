"""The log file, for details that users should not have to read."""

import contextlib
import logging
import logging.handlers
import os
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from console.errors import ConfigurationError
from console.models.card_number import masked
from console.private_files import private_file, private_folder
from console.user_folders import log_folder

# Bytes per file, old files besides the current one, and attempts to lock.
_BYTES = 2_000_000
_KEPT = 3
_TRIES = 20

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def log_file() -> Path:
    """Return the path of the log on this system."""
    return log_folder() / "console.log"


def log_files() -> list[Path]:
    """Return the log's files that exist, newest first."""
    first = log_file()
    files = [first, *(first.with_name(f"{first.name}.{number}") for number in range(1, _KEPT + 1))]
    return [path for path in files if path.exists()]


class PrivateFormatter(logging.Formatter):
    """Logs the type and the location of an error, never its text, which may contain a customer's name or number.

    Card numbers are masked in every line.
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


class _SharedFileHandler(logging.handlers.RotatingFileHandler):
    """Writes a log that other processes of the same user also write. Reopens the file when one of them moved it.

    If a full file cannot be moved (on Windows, while another process has it open), it grows until it can.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8")
        self._lock_file = private_file(path.with_suffix(".lock")).open("ab")

    def emit(self, record: logging.LogRecord) -> None:
        with _alone(self._lock_file.fileno()):
            if self.stream is not None and self._was_moved(self.stream.fileno()):
                self.stream.close()
                self.stream = self._open()
            super().emit(record)

    def close(self) -> None:
        super().close()
        self._lock_file.close()

    def doRollover(self) -> None:  # noqa: N802 - the name is logging's
        with contextlib.suppress(OSError):
            super().doRollover()
        if self.stream is None:
            self.stream = self._open()

    def _open(self) -> Any:
        private_file(Path(self.baseFilename))
        return super()._open()

    def _was_moved(self, file: int) -> bool:
        ours = os.fstat(file)
        try:
            now = Path(self.baseFilename).stat()
        except OSError:
            return True
        return (now.st_dev, now.st_ino) != (ours.st_dev, ours.st_ino)


@contextlib.contextmanager
def _alone(file: int) -> Iterator[None]:
    """Lock the file while a line is written: a line takes microseconds, a new file a millisecond.

    Waits at most about 20 ms, for example for a process that was stopped while it wrote, or where the file system has
    no locks. Without the lock a full log may lose a line.
    """
    is_locked = False
    for _ in range(_TRIES):
        try:
            _lock(file)
        except OSError:
            time.sleep(0.001)
        else:
            is_locked = True
            break
    try:
        yield
    finally:
        if is_locked:
            with contextlib.suppress(OSError):
                _unlock(file)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

    def _unlock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


def start_logging() -> None:
    """Send all logging to the log file, at most 8 MB in all; to nothing if it cannot be written. Once per process.

    The HTTP layer logs requests without their parameters. It also silences the libraries below it, which would log
    complete addresses.
    """
    root = logging.getLogger()
    if any(isinstance(handler, _SharedFileHandler) for handler in root.handlers):
        return
    root.setLevel(logging.INFO)
    handler: logging.Handler = logging.NullHandler()
    with contextlib.suppress(OSError, ConfigurationError):
        path = log_file()
        private_folder(path.parent)
        for existing in log_files():
            private_file(existing)
        handler = _SharedFileHandler(path)
        handler.setFormatter(PrivateFormatter(FORMAT))
    root.addHandler(handler)
    logging.captureWarnings(capture=True)
