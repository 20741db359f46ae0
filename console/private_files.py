"""Folders and files that only their user may read: modes 0700 and 0600, or on Windows an access list of the user."""

import errno
import os
import stat
import sys
from pathlib import Path

_FOLDER, _FILE = 0o700, 0o600


def private_folder(path: Path) -> Path:
    """Create a folder if needed and return it. Remove other users' rights from an existing one.

    On Windows a new folder gets an access list of its user, the administrators and the system only. An existing one is
    not changed: inside a user's profile it has the same list.

    Raises:
        OSError: The folder cannot be created, or there is a link or another user's folder in its place.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=_FOLDER)
    except FileExistsError:
        _see_that_ours(path)
        if not path.is_dir():
            raise
    _close_to_others(path, _FOLDER)
    return path


def private_file(path: Path) -> Path:
    """Create an empty file if needed and return its path. Remove other users' rights from an existing one.

    Raises:
        OSError: The file cannot be created, or there is a link or another user's file in its place.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        os.close(os.open(path, flags, _FILE))
    except FileExistsError:
        _see_that_ours(path)
        if path.is_file():
            _close_to_others(path, _FILE)
    return path


def write_private(path: Path, text: str) -> None:
    """Save a text in a private file, in place of its old content.

    Raises:
        OSError: As `private_file`, or the file cannot be written.
    """
    private_file(path).write_text(text, encoding="utf-8")


def close_folder(path: Path) -> None:
    """Remove other users' rights from a folder and all in it, except links. Skip files that cannot be changed."""
    for folder, _folders, files in os.walk(path):
        for name, mode in ((folder, _FOLDER), *((os.path.join(folder, one), _FILE) for one in files)):  # noqa: PTH118
            try:
                if not stat.S_ISLNK(os.lstat(name).st_mode):
                    _close_to_others(Path(name), mode)
            except OSError:  # the file of another user, or deleted meanwhile
                continue


def _see_that_ours(path: Path) -> None:
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise OSError(errno.ELOOP, "a link is in its place; remove it", str(path))
    if sys.platform != "win32" and found.st_uid != os.geteuid():
        raise OSError(errno.EPERM, "it belongs to another user", str(path))


def _close_to_others(path: Path, mode: int) -> None:
    if sys.platform != "win32" and stat.S_IMODE(path.stat().st_mode) & ~mode:
        path.chmod(mode)
