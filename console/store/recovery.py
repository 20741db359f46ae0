"""A recovery code for the store: it opens a small encrypted file beside the store that has the store's key.

The keyring may change, be reset or be missing. With the code a user can still reach unsent work. Neither key nor code
is on the disk unencrypted. A new code and the old one both open the store until the user confirms the new one.
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
# The first bytes of every unencrypted SQLite file.
_PLAIN = b"SQLite format 3\0"
_CONFIRMED, _NEXT = "recovery.key", "recovery.next"


def new_code() -> str:
    """Return a new recovery code: 24 letters and digits in groups, without characters that look alike."""
    text = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
    return "-".join(text[i : i + 6] for i in range(0, len(text), 6))


def wrap_key(folder: Path, key: bytes, code: str) -> None:
    """Save the key encrypted with this code, as an additional file. Slow on purpose.

    Raises:
        StoreFullError: The file cannot be written.
        StoreKeyError: The code is empty, or the file was not encrypted.
    """
    try:
        private_folder(folder)
        _write(folder, key, code).replace(folder / _NEXT)
        sync_folder(folder)
    except (OSError, apsw.Error) as error:
        raise StoreFullError(say.RECOVERY_FILE_NOT_WRITABLE(path=folder / _NEXT)) from error


def _write(folder: Path, key: bytes, code: str) -> Path:
    """Return a file under a temporary name that has the key and opens only with this code."""
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
    """Make the newest code the only one, because the user confirmed that they wrote it down.

    Raises:
        StoreFullError: The file cannot be written; both codes still open the store.
    """
    try:
        if (folder / _NEXT).exists():
            (folder / _NEXT).replace(folder / _CONFIRMED)
            sync_folder(folder)
    except OSError as error:
        raise StoreFullError(say.RECOVERY_FILE_NOT_WRITABLE(path=folder / _CONFIRMED)) from error


def digest_of_confirmed(folder: Path) -> str:
    """Return a digest of the confirmed recovery file, or an empty text if there is none or it cannot be read."""
    try:
        return hashlib.blake2b((folder / _CONFIRMED).read_bytes(), digest_size=16).hexdigest()
    except OSError:
        return ""


def unwrap_key(folder: Path, code: str) -> bytes:
    """Return the key, decrypted with the recovery code.

    An older version used only the letters and digits of a passphrase. Such a file is opened in that way and then
    rewritten.

    Raises:
        StoreKeyError: No recovery file was found, or the code is wrong.
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
    """Return the key of a recovery file that is not encrypted, or None if no such file exists.

    An older version used only letters and digits of a passphrase. Without any, the file was saved unencrypted.
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
    """Overwrite and delete each unencrypted recovery file. An older copy of it may remain on the disk."""
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
    """Return whether a file is an unencrypted database."""
    try:
        with path.open("rb") as file:
            return file.read(len(_PLAIN)) == _PLAIN
    except OSError:
        return False


def has_recovery(folder: Path) -> bool:
    """Return whether a store has a recovery code."""
    return bool(_paths(folder))


def sync_folder(folder: Path) -> None:
    """Sync new names in a folder to the disk. Windows does that without a call."""
    if sys.platform == "win32":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _read(path: Path, secret: str) -> bytes | None:
    """Return the key in a file, or None if this secret does not open it."""
    try:
        connection = _open_wrap(path, secret)
        try:
            return bytes(next(connection.execute("SELECT key FROM wrapped"))[0])
        finally:
            connection.close()
    except (apsw.Error, StopIteration, TypeError):
        return None


def _open_wrap(path: Path, secret: str) -> apsw.Connection:
    """Open the file with a key derived from a text (PBKDF2, 256,000 rounds, as in SQLCipher 4)."""
    connection = apsw.Connection(str(path))
    connection.pragma("cipher", "sqlcipher")
    connection.pragma("legacy", 4)
    connection.pragma("key", secret)
    return connection
