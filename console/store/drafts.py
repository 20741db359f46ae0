"""Typed text that was not sent yet. Implements the port `DraftStore`."""

from collections.abc import Mapping
from datetime import UTC, datetime

import apsw

from console.store.database import Database


def _time(text: str) -> datetime:
    """Return when a draft was saved. An unreadable time counts as long ago, so that the text is not lost."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


class DraftRepository:
    """The table of drafts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> Mapping[str, tuple[str, datetime]]:
        def work(connection: apsw.Connection) -> dict[str, tuple[str, datetime]]:
            rows = connection.execute("SELECT place, text, kept_at FROM draft")
            return {str(draft_key): (str(text), _time(str(kept))) for draft_key, text, kept in rows}

        return await self._database.read(work)

    async def save(self, drafts: Mapping[str, str]) -> datetime:
        now = datetime.now(UTC)

        def work(connection: apsw.Connection) -> None:
            for draft_key, text in drafts.items():
                if text:
                    row = (draft_key, text, now.isoformat())
                    connection.execute("INSERT OR REPLACE INTO draft (place, text, kept_at) VALUES (?, ?, ?)", row)
                else:
                    connection.execute("DELETE FROM draft WHERE place = ?", (draft_key,))

        await self._database.write(work)
        return now
