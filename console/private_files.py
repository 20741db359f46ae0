"""Folders and files that only their user may read: 0700 and 0600, or on Windows the access list of the user alone."""

import errno
import os
import stat
import sys
from pathlib import Path

_FOLDER, _FILE = 0o700, 0o600


def private_folder(path: Path) -> Path:
    """Make a folder, where there is none, and return it; an existing one is closed to others.

    On Windows a new folder gets an access list of its user, the administrators and the system alone; one that exists
    keeps its own, which inside a user's profile is the same.

    Raises:
        OSError: It cannot be made, or a link or another user's folder has its place.
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
    """Make an empty file, where there is none, and return its path; an existing one is closed to others.

    Raises:
        OSError: It cannot be made, or a link or another user's file has its place.
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
    """Put a text into a private file, in place of what it held.

    Raises:
        OSError: As `private_file`, or it cannot be written.
    """
    private_file(path).write_text(text, encoding="utf-8")


def close_folder(path: Path) -> None:
    """Close a folder and all in it to others; links are left as they are. Does what it can."""
    for folder, _folders, files in os.walk(path):
        for name, mode in ((folder, _FOLDER), *((os.path.join(folder, one), _FILE) for one in files)):  # noqa: PTH118
            try:
                if not stat.S_ISLNK(os.lstat(name).st_mode):
                    _close_to_others(Path(name), mode)
            except OSError:  # of another user, or gone meanwhile
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
