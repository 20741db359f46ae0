"""Audit entries (views and actions of each user), and the hash chain that makes any change detectable."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

FIRST_HEAD = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One view or action of a user. `at` is aware UTC, `who` the identity provider's name for the user.

    `what` is a word such as `opened`, `saw`, `did`. `words` give the reason or the record. `system` is the changed
    system, `before` and `after` are the changed values. `facts` are for the console's own use later; earlier versions
    wrote none.
    """

    at: datetime
    who: str
    role: str
    what: str
    customer: str = ""
    words: str = ""
    system: str = ""
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry in its chain. `seq` continues over all chains of a store; `head` seals this entry and all before it.

    Each run of the console has its own chain. The first entry names the last entry of the previous chain.
    """

    chain: str
    seq: int
    body: bytes
    head: str


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """The last known entry of a chain."""

    chain: str
    seq: int
    head: str

    @property
    def values(self) -> dict[str, str]:
        """The values that the first entry of the next chain saves."""
        return {"chain": self.chain, "entry": str(self.seq), "head": self.head}


def end_named_by(entry: AuditEntry) -> ChainEnd | None:
    """Return the end of the previous chain, if an entry is the first of a chain that follows one; else None."""
    named = entry.before
    if not {"chain", "entry", "head"} <= named.keys() or not named["entry"].isdecimal():
        return None
    return ChainEnd(named["chain"], int(named["entry"]), named["head"])


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """A search in the audit. `text`: each word must occur anywhere in an entry, in any case. `what`: exact word.

    Entries are not before `since` and not after `until`, both aware UTC.
    """

    text: str = ""
    what: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 200

    def fits(self, entry: AuditEntry, body: bytes) -> bool:
        """Return whether an entry matches; `body` is the entry as it is saved."""
        if self.what and entry.what != self.what:
            return False
        if (self.since is not None and entry.at < self.since) or (self.until is not None and entry.at > self.until):
            return False
        text = body.decode(errors="replace").casefold()
        return all(word in text for word in self.text.casefold().split())


def head_of(before: str, seq: int, body: bytes) -> str:
    """Return the head that seals an entry: BLAKE2b over the previous head, its `seq` and its bytes."""
    return hashlib.blake2b(f"{before}\n{seq}\n".encode() + body, digest_size=32).hexdigest()


def first_broken(links: Iterable[Link], *, after_seq: int = 0, after_head: str = FIRST_HEAD) -> int | None:
    """Return the `seq` of the first link that does not follow from those before it, None if all do."""
    seq, head = after_seq, after_head
    for link in links:
        if link.seq != seq + 1 or link.head != head_of(head, link.seq, link.body):
            return seq + 1
        seq, head = link.seq, link.head
    return None
