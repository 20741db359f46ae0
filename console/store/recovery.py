"""A second way to the store's key: a recovery code that opens a small encrypted file beside the store.

The keyring may change, be reset or be missing; whoever has the code still reaches unsent work. Nothing on the disk
holds key or code in clear.
"""

import base64
import secrets
from pathlib import Path

import apsw

from console.errors import StoreFullError, StoreKeyError

_CODE_BYTES = 15


def new_code() -> str:
    """Return a new recovery code: 24 letters and digits in groups, without any that look alike."""
    text = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
    return "-".join(text[i : i + 6] for i in range(0, len(text), 6))


def wrap_key(folder: Path, key: bytes, code: str) -> None:
    """Keep the key a second time, so that the recovery code alone opens it. Takes a moment on purpose.

    Raises:
        StoreFullError: It cannot be written.
    """
    path = folder / "recovery.key"
    new = folder / "recovery.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        new.unlink(missing_ok=True)
        connection = _open_wrap(new, code)
        try:
            connection.execute("CREATE TABLE wrapped (key BLOB)")
            connection.execute("INSERT INTO wrapped VALUES (?)", (key,))
        finally:
            connection.close()
        new.replace(path)
    except (OSError, apsw.Error) as error:
        raise StoreFullError(f"The recovery file {path} cannot be written.") from error


def unwrap_key(folder: Path, code: str) -> bytes:
    """Return the key that the recovery code opens.

    Raises:
        StoreKeyError: There is no recovery file, or the code is another one.
    """
    path = folder / "recovery.key"
    if not path.exists():
        raise StoreKeyError("There is no recovery file for this store, so no code can open it.")
    try:
        connection = _open_wrap(path, code)
        try:
            row = next(connection.execute("SELECT key FROM wrapped"))
        finally:
            connection.close()
    except apsw.Error as error:
        raise StoreKeyError(
            "This is neither the passphrase nor the recovery code of this store. Look at it again."
        ) from error
    return bytes(row[0])


def has_recovery(folder: Path) -> bool:
    """Return whether a recovery code was made for a store."""
    return (folder / "recovery.key").exists()


def _open_wrap(path: Path, code: str) -> apsw.Connection:
    """Open the small file with a key worked out from the code (PBKDF2, 256,000 rounds, as SQLCipher 4 does)."""
    connection = apsw.Connection(str(path))
    connection.pragma("cipher", "sqlcipher")
    connection.pragma("legacy", 4)
    connection.pragma("key", "".join(sign for sign in code.upper() if sign.isalnum()))
    return connection
