"""What is written down of who saw and did what, and how it is chained so that nothing can be changed unseen."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

FIRST_HEAD = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing somebody saw or did. `at` is aware UTC, `who` the provider's name for them.

    `what` is a word such as `opened`, `saw`, `did`; `words` say why or which; `system` is where it was done, `before`
    and `after` the values it changed. `facts` are what the console itself reads of it later; earlier versions wrote
    none.
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
    """An entry as it stands in its chain: `seq` counts on over the chains of a store, `head` seals it and all before.

    Each run of the console has a chain of its own, whose first entry names the last entry of the chain before it.
    """

    chain: str
    seq: int
    body: bytes
    head: str


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """The last entry of a chain that somebody has seen."""

    chain: str
    seq: int
    head: str

    @property
    def values(self) -> dict[str, str]:
        """How it stands in the first entry of the chain that follows."""
        return {"chain": self.chain, "entry": str(self.seq), "head": self.head}


def end_named_by(entry: AuditEntry) -> ChainEnd | None:
    """Return the end of the chain before, where an entry is the first of a chain that follows one."""
    named = entry.before
    if not {"chain", "entry", "head"} <= named.keys() or not named["entry"].isdecimal():
        return None
    return ChainEnd(named["chain"], int(named["entry"]), named["head"])


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """What is looked for: every word of a text, anywhere in an entry in any case; `what`.

    Not before `since` and not after `until`, both aware UTC.
    """

    text: str = ""
    what: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 200

    def fits(self, entry: AuditEntry, body: bytes) -> bool:
        """Return whether an entry is one that is looked for; `body` is the entry as it is kept."""
        if self.what and entry.what != self.what:
            return False
        if (self.since is not None and entry.at < self.since) or (self.until is not None and entry.at > self.until):
            return False
        text = body.decode(errors="replace").casefold()
        return all(word in text for word in self.text.casefold().split())


def head_of(before: str, seq: int, body: bytes) -> str:
    """Return what seals an entry: BLAKE2b over the head before it, its place, and its bytes."""
    return hashlib.blake2b(f"{before}\n{seq}\n".encode() + body, digest_size=32).hexdigest()


def first_broken(links: Iterable[Link], *, after_seq: int = 0, after_head: str = FIRST_HEAD) -> int | None:
    """Return the place of the first link that does not follow from those before it, or None where all do."""
    seq, head = after_seq, after_head
    for link in links:
        if link.seq != seq + 1 or link.head != head_of(head, link.seq, link.body):
            return seq + 1
        seq, head = link.seq, link.head
    return None
