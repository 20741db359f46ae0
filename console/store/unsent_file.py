"""A file of unsent work, encrypted with a passphrase. Saved by a console without a store, loaded by another console."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import apsw
import msgspec

from console.errors import StoreError, StoreFullError, StoreKeyError
from console.messages import store as say
from console.models.outbox import Action
from console.private_files import private_file
from console.store.payloads import decode_action, encode_action


class UnsentFiles:
    """Implements the port `UnsentStore`. The key is derived from the passphrase as SQLCipher 4 does (PBKDF2)."""

    def save(self, path: Path, passphrase: str, actions: Sequence[Action], drafts: Mapping[str, str]) -> None:
        new = path.with_name(f"{path.name}.part")
        try:
            new.unlink(missing_ok=True)
            connection = _open(private_file(new), passphrase)
            try:
                connection.execute("CREATE TABLE act (body BLOB); CREATE TABLE draft (place TEXT, text TEXT)")
                connection.executemany("INSERT INTO act VALUES (?)", [(encode_action(action),) for action in actions])
                connection.executemany("INSERT INTO draft VALUES (?, ?)", list(drafts.items()))
            finally:
                connection.close()
            new.replace(path)
        except (OSError, apsw.Error) as error:
            raise StoreFullError(say.FILE_NOT_WRITABLE(path=path)) from error

    def load(self, path: Path, passphrase: str) -> tuple[Sequence[Action], Mapping[str, str]]:
        if not path.is_file():
            raise StoreError(say.NO_SUCH_FILE(path=path))
        try:
            connection = _open(path, passphrase)
            try:
                bodies = [bytes(row[0]) for row in connection.execute("SELECT body FROM act")]
                drafts = {
                    str(draft_key): str(text) for draft_key, text in connection.execute("SELECT place, text FROM draft")
                }
            finally:
                connection.close()
        except apsw.Error as error:
            raise StoreKeyError(say.FILE_DOES_NOT_OPEN(path_name=path.name)) from error
        try:
            return [decode_action(body) for body in bodies], drafts
        except msgspec.MsgspecError as error:
            raise StoreError(say.FILE_OF_OTHER_VERSION(path_name=path.name)) from error


def _open(path: Path, passphrase: str) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    connection.pragma("cipher", "sqlcipher")
    connection.pragma("legacy", 4)
    connection.pragma("key", passphrase)
    connection.pragma("journal_mode", "memory")  # no journal file beside the file itself
    return connection
