"""A second way to the store's key: a recovery code that opens a small encrypted file beside the store.

The keyring may change, be reset or be missing; whoever has the code still reaches unsent work. Nothing on the disk
holds key or code in clear. A new code stands beside the one before until somebody says that they have written it down:
till then both open the store.
"""

import base64
import hashlib
import logging
import os
import secrets
import sys
from pathlib import Path

import apsw

from console.errors import StoreFullError, StoreKeyError
from console.messages import store as say
from console.models.passphrase import derivation_input
from console.private_files import private_file, private_folder

_log = logging.getLogger(__name__)
_CODE_BYTES = 15
# What every SQLite file begins with that is not encrypted.
_PLAIN = b"SQLite format 3\0"
_CONFIRMED, _NEXT = "recovery.key", "recovery.next"


def new_code() -> str:
    """Return a new recovery code: 24 letters and digits in groups, without any that look alike."""
    text = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
    return "-".join(text[i : i + 6] for i in range(0, len(text), 6))


def wrap_key(folder: Path, key: bytes, code: str) -> None:
    """Keep the key a second time, so that this code opens it too. Takes a moment on purpose.

    Raises:
        StoreFullError: It cannot be written.
        StoreKeyError: The code would protect nothing.
    """
    try:
        private_folder(folder)
        _write(folder, key, code).replace(folder / _NEXT)
        sync_folder(folder)
    except (OSError, apsw.Error) as error:
        raise StoreFullError(say.RECOVERY_FILE_NOT_WRITABLE(path=folder / _NEXT)) from error


def _write(folder: Path, key: bytes, code: str) -> Path:
    """Return a file, not yet under a name that counts, that holds the key and opens with this code alone."""
    secret = derivation_input(code)
    if not secret:
        raise StoreKeyError(say.EMPTY_CODE())
    half = folder / "recovery.half"
    half.unlink(missing_ok=True)
    connection = _open_wrap(private_file(half), secret)
    try:
        connection.execute("CREATE TABLE wrapped (key BLOB)")
        connection.execute("INSERT INTO wrapped VALUES (?)", (key,))
    finally:
        connection.close()
    if _is_plain(half) or _read(half, secret) != key or _read(half, f"{secret}.") is not None:
        half.unlink()
        raise StoreKeyError(say.RECOVERY_FILE_NOT_ENCRYPTED())
    return half


def confirm_code(folder: Path) -> None:
    """Let the code that was made last be the only one: somebody has written it down.

    Raises:
        StoreFullError: It cannot be written; both codes go on opening the store.
    """
    try:
        if (folder / _NEXT).exists():
            (folder / _NEXT).replace(folder / _CONFIRMED)
            sync_folder(folder)
    except OSError as error:
        raise StoreFullError(say.RECOVERY_FILE_NOT_WRITABLE(path=folder / _CONFIRMED)) from error


def digest_of_confirmed(folder: Path) -> str:
    """Return what the confirmed recovery file is known by, empty where there is none that can be read."""
    try:
        return hashlib.blake2b((folder / _CONFIRMED).read_bytes(), digest_size=16).hexdigest()
    except OSError:
        return ""


def unwrap_key(folder: Path, code: str) -> bytes:
    """Return the key that the recovery code opens.

    A file made when only letters and digits of a passphrase counted opens once more by them, and is then rewritten.

    Raises:
        StoreKeyError: There is no recovery file, or the code is another one.
    """
    paths = [path for path in _paths(folder) if not _is_plain(path)]
    if not paths:
        raise StoreKeyError(say.NO_RECOVERY_FILE())
    secret, earlier = derivation_input(code), "".join(sign for sign in code.upper() if sign.isalnum())
    for path in paths:
        key = _read(path, secret)
        if key is None and earlier and earlier != secret:
            key = _read(path, earlier)
            if key is not None:
                _rewrite(path, key, code)
        if key is not None:
            return key
    raise StoreKeyError(say.WRONG_CODE())


def _rewrite(path: Path, key: bytes, code: str) -> None:
    try:
        _write(path.parent, key, code).replace(path)
        sync_folder(path.parent)
    except (OSError, apsw.Error) as error:
        _log.warning("the recovery file of an earlier rule stays: %s", error)


def key_in_the_clear(folder: Path) -> bytes | None:
    """Return the key of a recovery file that is not encrypted, None where there is no such file.

    An earlier version derived the key from letters and digits alone: a passphrase without any left the file plain.
    """
    for path in _paths(folder):
        if _is_plain(path):
            connection = apsw.Connection(str(path))
            try:
                return bytes(connection.execute("SELECT key FROM wrapped").get)
            except (apsw.Error, TypeError):
                _log.warning("a recovery file without encryption holds no key")
            finally:
                connection.close()
    return None


def remove_plain(folder: Path) -> None:
    """Overwrite and remove each recovery file that is not encrypted. A disk may still have an older copy of it."""
    for path in _paths(folder):
        if _is_plain(path):
            with path.open("r+b") as file:
                file.write(bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()


def _paths(folder: Path) -> list[Path]:
    return [path for name in (_CONFIRMED, _NEXT) if (path := folder / name).exists()]


def _is_plain(path: Path) -> bool:
    """Return whether a file is a database that anybody can read."""
    try:
        with path.open("rb") as file:
            return file.read(len(_PLAIN)) == _PLAIN
    except OSError:
        return False


def has_recovery(folder: Path) -> bool:
    """Return whether a recovery code was made for a store."""
    return bool(_paths(folder))


def sync_folder(folder: Path) -> None:
    """Bring new names in a folder to the disk; Windows does that by itself."""
    if sys.platform == "win32":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _read(path: Path, secret: str) -> bytes | None:
    """Return the key that a file holds, None where this secret does not open it."""
    try:
        connection = _open_wrap(path, secret)
        try:
            return bytes(next(connection.execute("SELECT key FROM wrapped"))[0])
        finally:
            connection.close()
    except (apsw.Error, StopIteration, TypeError):
        return None


def _open_wrap(path: Path, secret: str) -> apsw.Connection:
    """Open the small file with a key worked out from a text (PBKDF2, 256,000 rounds, as SQLCipher 4 does)."""
    connection = apsw.Connection(str(path))
    connection.pragma("cipher", "sqlcipher")
    connection.pragma("legacy", 4)
    connection.pragma("key", secret)
    return connection
