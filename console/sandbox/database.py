"""The database of one system: a SQLite file, or a schema of a PostgreSQL server that a practice room shares."""

import importlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol


class DatabaseMissingError(RuntimeError):
    """The database is not available. The text says why and what to do."""


class RecordDatabase(Protocol):
    """The database interface for storage. Statements use `?` for values and only SQL that both databases know."""

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""

    def run(self, statement: str, *values: Any) -> None:
        """Run one statement."""

    def many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for many rows."""

    def transaction(self) -> Any:
        """Return a context manager that saves all changes or none."""

    def clear(self) -> None:
        """Delete all data."""

    def close(self) -> None: ...


class SqliteDatabase:
    """A SQLite database: one file for each system."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.DatabaseError:  # not a database: delete the file, because an index can be built again
            connection.close()
            self._path.unlink()
            return self._connect()
        # Faster, and safe enough: data lost in a power failure can be built again from the seed.
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, values).fetchall()

    def run(self, statement: str, *values: Any) -> None:
        self._connection.execute(statement, values)

    def many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        self._connection.executemany(statement, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def clear(self) -> None:
        self._connection.close()
        for ending in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        self._connection = self._connect()

    def close(self) -> None:
        self._connection.close()


class PostgresDatabase:
    """A PostgreSQL database: one schema for each system, in an existing database."""

    def __init__(self, address: str, schema: str) -> None:
        try:
            psycopg = importlib.import_module("psycopg")
        except ImportError as error:
            raise DatabaseMissingError(
                "PostgreSQL needs the package psycopg; install opticom-console with its extra “postgres”."
            ) from error
        self._schema = schema
        try:
            self._connection = psycopg.connect(address, autocommit=True, connect_timeout=10)
        except psycopg.Error as error:
            reason = str(error).strip().splitlines()[0]
            raise DatabaseMissingError(f"PostgreSQL does not let the sandbox in: {reason}.") from error
        self._enter()

    def _enter(self) -> None:
        # Two sandboxes that start at the same time both try to create the schema, so a lock makes one wait.
        self._connection.execute("SELECT pg_advisory_lock(715517)")
        self._connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{self._schema}"')
        self._connection.execute("SELECT pg_advisory_unlock(715517)")
        self._connection.execute(f'SET search_path TO "{self._schema}"')

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._connection.execute(statement.replace("?", "%s"), values).fetchall()
        return found

    def run(self, statement: str, *values: Any) -> None:
        self._connection.execute(statement.replace("?", "%s"), values)

    def many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(statement.replace("?", "%s"), rows)

    def transaction(self) -> Any:
        return self._connection.transaction()

    def clear(self) -> None:
        self._connection.execute(f'DROP SCHEMA "{self._schema}" CASCADE')
        self._enter()

    def close(self) -> None:
        self._connection.close()


def open_database(location: str | Path, system: str) -> RecordDatabase:
    """Return the database of one system; `location` is a folder for files, or a PostgreSQL address.

    Raises:
        DatabaseMissingError: psycopg is not installed, or PostgreSQL rejects the connection.
    """
    if isinstance(location, str):
        return PostgresDatabase(location, f"opticom_sandbox_{system}")
    return SqliteDatabase(location / f"{system}.sqlite")
