"""A second way to the store's key: a recovery code that opens a small encrypted file beside the store.

The keyring may change, be reset or be missing; whoever has the code still reaches unsent work. Nothing on the disk
holds key or code in clear. A new code stands beside the one before until somebody says that they have written it down:
till then both open the store.
"""

import base64
import hashlib
import os
import secrets
import sys
from pathlib import Path

import apsw

from console.errors import StoreFullError, StoreKeyError

_CODE_BYTES = 15
_CONFIRMED, _NEXT = "recovery.key", "recovery.next"


def new_code() -> str:
    """Return a new recovery code: 24 letters and digits in groups, without any that look alike."""
    text = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
    return "-".join(text[i : i + 6] for i in range(0, len(text), 6))


def wrap_key(folder: Path, key: bytes, code: str) -> None:
    """Keep the key a second time, so that this code opens it too. Takes a moment on purpose.

    Raises:
        StoreFullError: It cannot be written.
    """
    half = folder / "recovery.half"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        half.unlink(missing_ok=True)
        connection = _open_wrap(half, code)
        try:
            connection.execute("CREATE TABLE wrapped (key BLOB)")
            connection.execute("INSERT INTO wrapped VALUES (?)", (key,))
        finally:
            connection.close()
        half.replace(folder / _NEXT)
        sync_folder(folder)
    except (OSError, apsw.Error) as error:
        raise StoreFullError(f"The recovery file {folder / _NEXT} cannot be written.") from error


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
        raise StoreFullError(f"The recovery file {folder / _CONFIRMED} cannot be written.") from error


def digest_of_confirmed(folder: Path) -> str:
    """Return what the confirmed recovery file is known by, empty where there is none that can be read."""
    try:
        return hashlib.blake2b((folder / _CONFIRMED).read_bytes(), digest_size=16).hexdigest()
    except OSError:
        return ""


def unwrap_key(folder: Path, code: str) -> bytes:
    """Return the key that the recovery code opens.

    Raises:
        StoreKeyError: There is no recovery file, or the code is another one.
    """
    paths = [path for name in (_CONFIRMED, _NEXT) if (path := folder / name).exists()]
    if not paths:
        raise StoreKeyError("There is no recovery file for this store, so no code can open it.")
    failure: Exception | None = None
    for path in paths:
        try:
            connection = _open_wrap(path, code)
            try:
                return bytes(next(connection.execute("SELECT key FROM wrapped"))[0])
            finally:
                connection.close()
        except (apsw.Error, StopIteration, TypeError) as error:
            failure = error
    raise StoreKeyError(
        "This is neither the passphrase nor the recovery code of this store. Look at it again."
    ) from failure


def has_recovery(folder: Path) -> bool:
    """Return whether a recovery code was made for a store."""
    return any((folder / name).exists() for name in (_CONFIRMED, _NEXT))


def sync_folder(folder: Path) -> None:
    """Bring new names in a folder to the disk; Windows does that by itself."""
    if sys.platform == "win32":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _open_wrap(path: Path, code: str) -> apsw.Connection:
    """Open the small file with a key worked out from the code (PBKDF2, 256,000 rounds, as SQLCipher 4 does)."""
    connection = apsw.Connection(str(path))
    connection.pragma("cipher", "sqlcipher")
    connection.pragma("legacy", 4)
    connection.pragma("key", "".join(sign for sign in code.upper() if sign.isalnum()))
    return connection
