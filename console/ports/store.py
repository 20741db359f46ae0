"""What is kept on this computer: facts, answers, drafts, acts and whom the desk has seen. Encrypted, or in memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from console.models.outbox import Action
from console.models.search import KnownPerson


@dataclass(frozen=True, slots=True)
class StoredFact:
    """One version of one part of a customer: as it was encoded, and between which times the systems said so (UTC)."""

    body: bytes
    read_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class EncodedFact:
    """A part's facts ready to be kept; `content` is what makes a version: the facts without the times of reading."""

    body: bytes
    content: bytes


class FactStore(Protocol):
    """Facts with their versions. Every call raises StoreError where the store cannot be used."""

    async def load(self, customer: str, *, at: datetime | None = None) -> Mapping[str, StoredFact]:
        """Return the latest version of each part of a customer, or the one that was known at a moment."""

    async def save(self, customer: str, part: str, encode: Callable[[], EncodedFact], read_at: datetime) -> None:
        """Keep a part as the systems told it; what has not changed only becomes younger. `encode` runs off the loop."""

    async def moments(self, customer: str) -> Sequence[tuple[datetime, str]]:
        """Return when which part of a customer changed, newest first, as far as it is kept."""

    async def prune(self, *, before: datetime, most_bytes: int) -> int:
        """Forget versions last seen before a moment, and the oldest beyond a size; return how many."""


class AnswerStore(Protocol):
    """Answers of the systems with what identifies their version, so that asking again costs a 304."""

    async def load(self, question: str) -> tuple[str, dict[str, str], bytes] | None:
        """Return ETag, headers and body of the last answer to a question, or None."""

    async def save(self, question: str, etag: str, headers: dict[str, str], body: bytes) -> None:
        """Keep an answer in place of the one before."""


class DraftStore(Protocol):
    """What was typed and not yet sent, by the place it stands in."""

    async def load(self) -> Mapping[str, tuple[str, datetime]]:
        """Return every draft with the time it was kept (UTC)."""

    async def save(self, drafts: Mapping[str, str]) -> datetime:
        """Keep texts; an empty one is forgotten. Return when they were kept; they are on the disk then."""


class ActionStore(Protocol):
    """The outbox's entries. What has returned is on the disk."""

    async def add(self, action: Action, *, typed_in: Sequence[str] = (), instead_of: Action | None = None) -> Action:
        """Keep a new act and return it with its place in the order.

        The drafts of the places it was typed in go in the same breath: whatever ends the program, what was typed is
        either still a draft or an act, never both. So does the act it stands instead of, as that is given.
        """

    async def change(self, action: Action) -> None:
        """Keep an act as it is now."""

    async def load(self, *, closed: int = 50) -> Sequence[Action]:
        """Return every act that is not at its end, and the last `closed` that are, in their order."""


class UnsentStore(Protocol):
    """Files of unsent work, each encrypted with a passphrase. Slow on purpose: call it off the event loop."""

    def save(self, path: Path, passphrase: str, actions: Sequence[Action], drafts: Mapping[str, str]) -> None:
        """Write a file in place of whatever stands there.

        Raises:
            StoreFullError: It cannot be written; what stood there is as it was.
        """

    def load(self, path: Path, passphrase: str) -> tuple[Sequence[Action], Mapping[str, str]]:
        """Return the actions and the typed texts, by their places, in a file.

        Raises:
            StoreError: It cannot be read, or not with this passphrase.
        """


class CustomerData(Protocol):
    """All that is kept of one customer. Every call raises StoreError where the store cannot be used."""

    async def unsent(self, customer: str) -> int:
        """Return how many actions on a customer have not come to their end."""

    async def export(self, customer: str) -> Mapping[str, Any]:
        """Return everything that is kept of a customer, by kind, as JSON values."""

    async def erase(self, customer: str) -> int:
        """Remove everything that is kept of a customer, but the audit; return how many records went."""


class PersonStore(Protocol):
    """Whom the desk has seen or was told to know, to be found without asking a system."""

    async def put(self, people: Sequence[KnownPerson]) -> None:
        """Add customers, or what has become of them."""

    async def find(self, *, words: str | None, digits: str | None, limit: int) -> Sequence[KnownPerson]:
        """Return customers by the beginnings of words, also nearly right ones, or by digits in a number; best first."""

    async def find_whole(self, *, number: str | None, email: str | None) -> Sequence[str]:
        """Return the customers that have exactly this number (its digits count) or e-mail address."""

    async def count(self) -> int:
        """Return how many customers are known."""
