"""A lock on a store's folder for one program, until it ends or is killed."""

import contextlib
import errno
import os
import secrets
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import apsw

from console.errors import StoreFullError, StoreInUseError
from console.messages import store as say
from console.private_files import private_file

_OPEN_ALREADY = "The console is already open for this user. Continue in that window."

# Bytes. SQLite's limit is 512, and the names of its log and journal are longer than the file's.
_LONGEST_PATH = 490


class StoreLock:
    """A lock on a file of its own beside the store's file. The operating system releases it when the process ends."""

    def __init__(self, path: Path) -> None:
        """Take the lock. A file in its place that is not a lock is renamed, never deleted.

        Raises:
            StoreInUseError: Another program has it.
            StoreFullError: The folder cannot be written, or its files cannot be locked.
        """
        self._path = path
        _see_that_path_fits(path)
        see_that_locks_hold(path.parent)
        self._connection = self._take()
        self._identity = self._found()

    @property
    def folder(self) -> Path:
        """The locked folder."""
        return self._path.parent

    def check(self) -> None:
        """Check that the lock is still there. If its file was removed, take the lock again.

        Raises:
            StoreInUseError: Another program has taken it meanwhile.
            StoreFullError: It cannot be taken again.
        """
        if self._found() == self._identity:
            return
        try:
            again = self._take()
        except StoreInUseError as error:
            raise StoreInUseError(say.LOCK_REMOVED(path=self._path)) from error
        self._connection.close()
        self._connection, self._identity = again, self._found()

    def close(self) -> None:
        """Release the lock."""
        self._connection.close()

    def _found(self) -> tuple[int, int] | None:
        with contextlib.suppress(OSError):
            stat = self._path.stat()
            return stat.st_dev, stat.st_ino
        return None

    def _take(self) -> apsw.Connection:
        try:
            return self._lock()
        except (apsw.CantOpenError, apsw.NotADBError, apsw.CorruptError):
            self._set_aside()
        try:
            return self._lock()
        except apsw.Error as error:
            raise StoreFullError(say.LOCK_FOLDER_NOT_WRITABLE(path_parent=self._path.parent)) from error

    def _lock(self) -> apsw.Connection:
        try:
            connection = apsw.Connection(str(private_file(self._path)))
        except OSError as error:
            raise StoreFullError(say.LOCK_NOT_USABLE(path=self._path, error_strerror=error.strerror)) from error
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except apsw.BusyError as error:
            connection.close()
            raise StoreInUseError(_OPEN_ALREADY) from error
        except (apsw.NotADBError, apsw.CorruptError):
            connection.close()
            raise
        except apsw.Error as error:
            connection.close()
            raise StoreFullError(say.LOCK_FOLDER_NOT_WRITABLE(path_parent=self._path.parent)) from error
        return connection

    def _set_aside(self) -> None:
        """Rename a folder or another file that has the name of the lock."""
        if not self._path.exists():
            return
        try:
            self._path.replace(self._path.with_name(f"{self._path.name}.not-a-lock-{os.getpid()}"))
        except OSError as error:
            raise StoreFullError(say.FOREIGN_LOCK(path=self._path, error_strerror=error.strerror)) from error


def _see_that_path_fits(path: Path) -> None:
    """Reject paths that SQLite cannot open: too long, or not text."""
    try:
        length = len(str(path).encode())
    except UnicodeEncodeError as error:
        message = "The store's path has bytes that are not text. Set XDG_DATA_HOME to another folder."
        raise StoreFullError(message) from error
    if length > _LONGEST_PATH:
        raise StoreFullError(say.PATH_TOO_LONG(length=length, most=_LONGEST_PATH))


def see_that_locks_hold(folder: Path, *, lock: Callable[[int], None] | None = None) -> None:
    """Check that the folder's file system supports locks. Some grant every lock to everybody, or none.

    Only Linux lets one process test that; elsewhere nothing is tested. `lock` locks an open file or raises OSError.

    Raises:
        StoreFullError: Files there cannot be locked, or the folder cannot be written.
    """
    if lock is None:
        if sys.platform != "linux":
            return
        lock = _lock_open_file
    path = folder / f"desk.lock-test-{secrets.token_hex(4)}"
    try:
        with path.open("wb") as first, path.open("wb") as second:
            lock(first.fileno())
            try:
                lock(second.fileno())
            except OSError as error:
                if error.errno in {errno.EAGAIN, errno.EACCES}:
                    return
                raise
    except OSError as error:
        if error.errno in {errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS}:
            raise StoreFullError(
                say.WITH_SYSTEM_REASON(sentence=_no_locks(folder), error_strerror=error.strerror)
            ) from error
        raise StoreFullError(say.FOLDER_NOT_WRITABLE(folder=folder, error_strerror=error.strerror)) from error
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
    raise StoreFullError(_no_locks(folder))


def _lock_open_file(file: int) -> None:
    """Lock a file for this file descriptor only, as two processes would lock it (Linux, since 3.15)."""
    import fcntl  # noqa: PLC0415 - not on Windows

    request = struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    fcntl.fcntl(file, fcntl.F_OFD_SETLK, request)


def _no_locks(folder: Path) -> str:
    return f"Files in {folder} can't be locked, so two consoles could write one store. Put it on a local disk."
