"""Secrets that are saved beyond one run. Implements the port `SecretStore`."""

import apsw

from console.store.database import Database


class SecretRepository:
    """The table of secrets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, name: str) -> str | None:
        def work(connection: apsw.Connection) -> str | None:
            found = connection.execute("SELECT value FROM secret WHERE name = ?", (name,)).fetchone()
            return str(found[0]) if found else None

        return await self._database.read(work)

    async def save(self, name: str, secret: str) -> None:
        def work(connection: apsw.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO secret (name, value) VALUES (?, ?)", (name, secret))

        await self._database.write(work)

    async def forget(self, name: str) -> None:
        def work(connection: apsw.Connection) -> None:
            connection.execute("DELETE FROM secret WHERE name = ?", (name,))

        await self._database.write(work)
