"""Ports of the local store: facts, responses, drafts, actions and known customers. Encrypted, or in memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from console.models.outbox import Action
from console.models.search import KnownPerson


@dataclass(frozen=True, slots=True)
class StoredFact:
    """One version of one dataset of a customer: the encoded facts, and when they were first and last read (UTC)."""

    body: bytes
    read_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class EncodedFact:
    """A dataset's facts, ready to save; `content` identifies the version: the facts without their read times."""

    body: bytes
    content: bytes


class FactStore(Protocol):
    """Facts with their versions. Every call raises StoreError if the store cannot be used."""

    async def load(self, customer: str, *, at: datetime | None = None) -> Mapping[str, StoredFact]:
        """Return the latest version of each dataset of a customer, or with `at` the version known at that time."""

    async def save(self, customer: str, part: str, encode: Callable[[], EncodedFact], read_at: datetime) -> None:
        """Save a dataset. Unchanged content only gets a new `seen_at`. `encode` runs outside the event loop."""

    async def moments(self, customer: str) -> Sequence[tuple[datetime, str]]:
        """Return the saved times of change with the dataset that changed, newest first."""

    async def prune(self, *, before: datetime, most_bytes: int) -> int:
        """Delete versions last seen before `before`, then the oldest until `most_bytes` fits; return how many."""


class ResponseStore(Protocol):
    """Cached responses of the systems with their ETags, so that a repeated request can get a 304."""

    async def load(self, question: str) -> tuple[str, dict[str, str], bytes] | None:
        """Return ETag, headers and body of the last response to a request, or None."""

    async def save(self, question: str, etag: str, headers: dict[str, str], body: bytes) -> None:
        """Save a response and replace the previous one."""


class DraftStore(Protocol):
    """Drafts: typed texts that are not sent yet, by draft key."""

    async def load(self) -> Mapping[str, tuple[str, datetime]]:
        """Return every draft with the time it was saved (UTC)."""

    async def save(self, drafts: Mapping[str, str]) -> datetime:
        """Save drafts, delete empty ones, and return the save time (UTC). They are on disk when this returns."""


class ActionStore(Protocol):
    """The outbox's actions. A change is on disk when its call returns."""

    async def add(self, action: Action, *, typed_in: Sequence[str] = (), instead_of: Action | None = None) -> Action:
        """Save a new action and return it with its position in the order.

        The same transaction deletes the drafts with the keys `typed_in` and saves `instead_of`, the replaced action.
        So after a crash the text is either a draft or an action, never both.
        """

    async def change(self, action: Action) -> None:
        """Save the current state of an action."""

    async def load(self, *, closed: int = 50) -> Sequence[Action]:
        """Return all unfinished actions and the last `closed` finished ones, in order."""


class UnsentStore(Protocol):
    """Files of unsent work, encrypted with a passphrase. Slow on purpose: call it outside the event loop."""

    def save(self, path: Path, passphrase: str, actions: Sequence[Action], drafts: Mapping[str, str]) -> None:
        """Write a file and replace an existing one.

        Raises:
            StoreFullError: The file cannot be written; an existing file is unchanged.
        """

    def load(self, path: Path, passphrase: str) -> tuple[Sequence[Action], Mapping[str, str]]:
        """Return the actions and the drafts (by draft key) in a file.

        Raises:
            StoreError: The file cannot be read, or the passphrase is wrong.
        """


class CustomerData(Protocol):
    """All saved data of one customer. Every call raises StoreError if the store cannot be used."""

    async def unsent(self, customer: str) -> int:
        """Return the number of unfinished actions on a customer."""

    async def export(self, customer: str) -> Mapping[str, Any]:
        """Return all saved data of a customer, by kind, as JSON values."""

    async def erase(self, customer: str) -> int:
        """Delete all saved data of a customer except the audit; return the number of deleted records."""


class PersonStore(Protocol):
    """The customers that the console has seen or imported, searchable without a system."""

    async def put(self, people: Sequence[KnownPerson]) -> None:
        """Add customers, or update them."""

    async def find(self, *, words: str | None, digits: str | None, limit: int) -> Sequence[KnownPerson]:
        """Return customers by word beginnings (small typos allowed) or by digits of a number; best match first."""

    async def find_whole(self, *, number: str | None, email: str | None) -> Sequence[str]:
        """Return the ids of customers with exactly this number (only digits are compared) or email address."""

    async def count(self) -> int:
        """Return the number of known customers."""
