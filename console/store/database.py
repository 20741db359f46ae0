"""One encrypted file with one writer thread. Writes that wait at the same time are committed together.

The file has the format of SQLCipher 4 (AES-256-CBC, HMAC-SHA-512 per page), made by SQLite3 Multiple Ciphers. Temporary
data stays in memory and deleted data is overwritten; both are compiled into the library.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import apsw

from console.errors import StoreDamagedError, StoreError, StoreFullError, StoreKeyError, StoreNewerError
from console.messages import store as say
from console.private_files import close_folder, private_file, private_folder
from console.store.lock import StoreLock
from console.store.schema import MIGRATIONS, add_functions
from console.store.witness import Witness

T = TypeVar("T")
_log = logging.getLogger(__name__)
_PLAIN_HEADER = b"SQLite format 3\x00"
Work = Callable[[apsw.Connection], T]
_Waiting = tuple[Work[Any], Future[Any], bool]
# Writes per commit: enough to spare the disk, few enough that a draft never waits long behind loaded data.
_MOST_TOGETHER = 32
_LONGEST_LOG = 1000
# Commits are counted since this version of the schema.
_COUNTS_COMMITS = 5
_TRIES_TO_WRITE_OVER = 3


class Database:
    """An open store, made by `open_database` or `in_memory`. Use it from one event loop only.

    A write that has returned is on the disk. Writes run one after the other, in the order of the calls. Writes that
    wait at the same time share one commit, so many cost the disk as much as one. Reads run in parallel.
    """

    def __init__(
        self,
        writer: apsw.Connection,
        reader: apsw.Connection,
        lock: StoreLock | None,
        witness: Witness | None = None,
        *,
        lost_commits: int = 0,
    ) -> None:
        self._writer, self._reader, self._lock, self._witness = writer, reader, lock, witness
        self._is_closed = False
        self.lost_commits = lost_commits
        self._frames: int | None = None
        if witness is not None:
            writer.set_wal_hook(self._on_log)
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._writing = threading.Thread(target=self._write_all, name="store write", daemon=True)
        self._writing.start()
        self._reading = ThreadPoolExecutor(1, "store read")
        self.is_kept = lock is not None

    @property
    def folder(self) -> Path | None:
        """The folder of the store; None for a store in memory or one that is only read."""
        return self._lock.folder if self._lock is not None else None

    async def write(self, work: Work[T], *, settle: bool = False) -> T:
        """Run some work in one transaction and return its result. If it raises, nothing of it is saved.

        `settle` then moves the commit from the log into the file, so that a damaged page is found at once.

        Raises:
            StoreFullError: The disk is full or cannot be written.
            StoreDamagedError: The file is damaged.
        """
        if self._is_closed:
            raise StoreError(say.STORE_CLOSED())
        outcome: Future[T] = Future()
        self._queue.put((work, outcome, settle))
        return await asyncio.wrap_future(outcome)

    async def read(self, work: Work[T]) -> T:
        """Run some work that only reads and return its result. It does not wait for writes.

        Raises:
            StoreDamagedError: The file is damaged.
        """
        if self._reader is self._writer:
            return await self.write(work)  # a store in memory has one connection only
        return await asyncio.get_running_loop().run_in_executor(self._reading, self._run, self._reader, work)

    def write_now(self, work: Work[T]) -> T:
        """Run one transaction on the calling thread: the writer's, or any before and after the event loop runs."""

        def transaction(connection: apsw.Connection) -> T:
            if self._lock is not None:
                self._lock.check()
            connection.execute("BEGIN IMMEDIATE")
            number = None
            try:
                result = work(connection)
                number = connection.execute("UPDATE commits SET number = number + 1 RETURNING number").get
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(apsw.Error):  # a failed COMMIT may have ended it already
                    connection.execute("ROLLBACK")
                if number is not None:
                    self._forget_commit(int(number))
                raise
            if self._witness is not None:
                self._witness.note(int(number), self._frames)
            return result

        return self._run(self._writer, transaction)

    def _on_log(self, connection: apsw.Connection, _name: str, frames: int) -> int:
        """Record the length of the log after a commit. Move a long log into the file, as SQLite does by default."""
        self._frames = frames
        if frames >= _LONGEST_LOG:
            with contextlib.suppress(apsw.Error):
                connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        return apsw.SQLITE_OK

    def _forget_commit(self, number: int) -> None:
        """Prevent that a failed commit reappears: the log may contain all of it except the last sync.

        The next commit overwrites it, so an empty one is tried at once. If that fails too, the next start cuts it off.
        """
        if self._witness is None:
            return
        self._witness.note_refused(number)
        for _ in range(_TRIES_TO_WRITE_OVER):
            try:
                with self._writer:
                    over = self._writer.execute("UPDATE commits SET number = number + 1 RETURNING number").get
            except apsw.Error:
                continue
            self._witness.note(int(over), self._frames)
            return

    async def aclose(self) -> None:
        """Wait for running work and close the file."""
        await asyncio.get_running_loop().run_in_executor(None, self.close)

    def close(self, *, keep_lock: bool = False) -> None:
        """Finish running work and close the file on the calling thread, and the lock too unless `keep_lock` is set."""
        self._is_closed = True
        self._queue.put(None)
        self._writing.join()
        self._reading.shutdown()
        if self._reader is not self._writer:
            _close(self._reader)
        _close(self._writer)
        if self._witness is not None:
            self._witness.close()
        if self._lock is not None and not keep_lock:
            self._lock.close()

    def _write_all(self) -> None:
        """Run waiting writes, many at a time, until None ends the queue."""
        is_open = True
        while is_open:
            waiting = [self._queue.get()]
            with contextlib.suppress(Empty):
                while len(waiting) < _MOST_TOGETHER and waiting[-1] is not None:
                    waiting.append(self._queue.get_nowait())
            is_open = waiting[-1] is not None
            self._commit([one for one in waiting if one is not None and one[1].set_running_or_notify_cancel()])

    def _commit(self, waiting: list["_Waiting"]) -> None:
        """Run these writes in one transaction. A failed write undoes only itself; a failed commit, all."""
        outcomes: list[tuple[Any, BaseException | None]] = []
        try:
            if waiting:
                self.write_now(lambda connection: outcomes.extend(self._try(connection, one[0]) for one in waiting))
        except BaseException as error:  # noqa: BLE001 - passed on to the callers
            outcomes = [(None, error)] * len(waiting)
        for (_, outcome, _), (result, failure) in zip(waiting, outcomes, strict=True):
            if failure is not None:
                outcome.set_exception(failure)
            else:
                outcome.set_result(result)
        if any(settle for _, _, settle in waiting):
            with contextlib.suppress(apsw.Error):  # the data is committed; a later checkpoint moves it
                self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    def _try(self, connection: apsw.Connection, work: Work[Any]) -> tuple[Any, BaseException | None]:
        connection.execute("SAVEPOINT one")
        try:
            result = self._run(connection, work)
        except BaseException as error:
            if not connection.in_transaction:  # a full disk may have ended the whole transaction
                raise
            connection.execute("ROLLBACK TO one")
            connection.execute("RELEASE one")
            return None, error
        connection.execute("RELEASE one")
        return result, None

    @staticmethod
    def _run(connection: apsw.Connection, work: Work[T]) -> T:
        try:
            return work(connection)
        except (apsw.FullError, apsw.ReadOnlyError, apsw.CantOpenError) as error:
            raise StoreFullError(say.DISK_FULL()) from error
        except apsw.IOError as error:
            raise StoreFullError(say.DISK_READ_ONLY()) from error
        except (apsw.CorruptError, apsw.NotADBError) as error:
            raise StoreDamagedError(_damaged(connection.filename)) from error


def open_database(path: Path, key: bytes, lock: StoreLock | None = None) -> Database:
    """Return the store in a file; create it if needed. Blocks: do not call it on the GUI thread.

    Args:
        path: The database file; a lock file beside it keeps a second program out.
        key: 32 random bytes.
        lock: A lock that the caller has already. It is closed with the store, and stays locked if opening fails.

    Raises:
        StoreInUseError: Another program has it open.
        StoreKeyError: It was made with another key.
        StoreDamagedError: It is damaged, or not encrypted.
        StoreNewerError: A newer version of the console made it.
        StoreFullError: The disk is full or cannot be written.
    """
    held = lock or take_lock(path)
    witness = Witness(path)
    try:
        _refuse_log_alone(path)
        witness.before_open()
        writer = _without_refused(path, key, witness)
        try:
            _migrate(writer, path)
            lost = witness.compare(_commits(writer))
            with contextlib.suppress(apsw.Error):  # on an error the log continues from where it is
                writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
                witness.log_is_empty()
            return Database(writer, _connect(path, key), held, witness, lost_commits=lost)
        except BaseException:
            _close(writer)
            raise
    except BaseException:
        witness.close()
        if lock is None:
            held.close()
        raise


def take_lock(path: Path) -> StoreLock:
    """Return the lock of a store file. Create its folder if needed. Raises the errors of `StoreLock`."""
    try:
        private_folder(path.parent)
        close_folder(path.parent)
    except OSError as error:
        raise StoreFullError(say.FOLDER_NOT_MADE(path_parent=path.parent, error_strerror=error.strerror)) from error
    return StoreLock(path.with_suffix(".lock"))


def open_beside(path: Path, key: bytes) -> Database:
    """Return a store for reading only, even while the console has it open. Blocks.

    Raises:
        StoreError: As for `open_database`, or no store was found, or an older version of the console made it.
    """
    if not (path.is_file() and path.stat().st_size):  # opening an empty file would create a store in it
        raise StoreError(say.NOTHING_KEPT(path=path))
    reader = _connect(path, key)
    if (version := int(reader.pragma("user_version"))) != len(MIGRATIONS):
        reader.close()
        other = "a newer" if version > len(MIGRATIONS) else "an older"
        raise StoreNewerError(say.STORE_OF_OTHER_VERSION(path=path, other=other))
    writer = _connect(path, key)
    for connection in (reader, writer):
        connection.pragma("query_only", True)  # noqa: FBT003 - a pragma's value
    return Database(writer, reader, None)


def in_memory() -> Database:
    """Return a store in memory, which is lost when the program ends."""
    connection = apsw.Connection(":memory:")
    _migrate(connection, Path(":memory:"))
    return Database(connection, connection, None)


def _open_file(path: Path) -> apsw.Connection:
    return apsw.Connection(str(private_file(path)))


def _connect(path: Path, key: bytes) -> apsw.Connection:
    if path.is_dir():
        raise StoreDamagedError(say.STORE_IS_FOLDER(path=path))
    header = b""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        header = file.read(len(_PLAIN_HEADER))
    if header == _PLAIN_HEADER:
        raise StoreDamagedError(say.STORE_NOT_ENCRYPTED(path=path))
    try:
        connection = _open_file(path)
    except apsw.Error as error:
        raise StoreFullError(say.STORE_FOLDER_NOT_WRITABLE(path=path)) from error
    except OSError as error:
        raise StoreFullError(say.STORE_NOT_OPENED(path=path, error_strerror=error.strerror)) from error
    try:
        connection.pragma("cipher", "sqlcipher")
        connection.pragma("legacy", 4)
        connection.pragma("key", f"x'{key.hex()}'")
        connection.set_busy_timeout(5000)
        connection.pragma("journal_mode", "wal")
        connection.pragma("synchronous", "full")
        connection.pragma("foreign_keys", True)  # noqa: FBT003 - a pragma's value
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    except apsw.NotADBError as error:
        connection.close()
        raise StoreKeyError(say.STORE_MOVED()) from error
    except apsw.CorruptError as error:
        connection.close()
        raise StoreDamagedError(_damaged(str(path))) from error
    except apsw.Error as error:
        connection.close()
        raise StoreFullError(say.STORE_NOT_WRITABLE(path=path, error=error)) from error
    return connection


def _migrate(connection: apsw.Connection, path: Path) -> None:
    """Bring the schema up to date, one step at a time, each in its own transaction."""
    version = int(connection.pragma("user_version"))
    if version > len(MIGRATIONS):
        raise StoreNewerError(say.STORE_NEWER(path=path))
    add_functions(connection)
    try:
        for number in range(version, len(MIGRATIONS)):
            with connection:
                connection.execute(MIGRATIONS[number])
                connection.pragma("user_version", number + 1)
    except (apsw.FullError, apsw.IOError, apsw.ReadOnlyError) as error:
        raise StoreFullError(say.STORE_READ_ONLY(path=path)) from error
    except apsw.CorruptError as error:
        raise StoreDamagedError(_damaged(str(path))) from error


def _without_refused(path: Path, key: bytes, witness: Witness) -> apsw.Connection:
    """Return a connection to a store without the commit that was reported as failed, if there was one."""
    connection = _connect(path, key)
    if int(connection.pragma("user_version")) < _COUNTS_COMMITS or not witness.has_refused(_commits(connection)):
        return connection
    page_size = int(connection.pragma("page_size"))
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    _close(connection)
    try:
        is_cut = witness.cut_refused(page_size)
    except OSError as error:
        raise StoreFullError(say.STORE_NOT_WRITABLE_BECAUSE(path=path, error_strerror=error.strerror)) from error
    if not is_cut:
        _log.warning("the store's last commit was called failed, and is there")
    return _connect(path, key)


def _close(connection: apsw.Connection) -> None:
    """Close a connection. Data that the disk rejects at that point is in the log already."""
    with contextlib.suppress(apsw.Error):
        connection.close()


def _refuse_log_alone(path: Path) -> None:
    """Reject a missing or empty file that has a log: SQLite would delete the log, and the commits in it."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size and not (path.exists() and path.stat().st_size):
        raise StoreDamagedError(_damaged(str(path)))


def _commits(connection: apsw.Connection) -> int:
    try:
        return int(connection.execute("SELECT number FROM commits").get)
    except (apsw.CorruptError, TypeError) as error:
        raise StoreDamagedError(_damaged(connection.filename)) from error


def _damaged(path: str) -> str:
    return f"The store {path} is damaged. It stays as it is, so that its data can be recovered. Ask your administrator."


__all__ = ["Database", "StoreError", "in_memory", "open_beside", "open_database"]
