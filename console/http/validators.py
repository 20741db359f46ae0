"""Answers kept with their ETag, so that asking again costs a 304; in memory only."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer's body as it came and what identifies its version.

    Decoded it would take several times as much memory; decoding it again is quick.
    """

    etag: str
    headers: dict[str, str]
    body: bytes

    @property
    def size(self) -> int:
        return len(self.body)


class Validators:
    """The most recently used answers, up to a number of body bytes."""

    def __init__(self, most_bytes: int = 6 * 1024 * 1024) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()

    def get(self, question: Hashable) -> Kept | None:
        kept = self._kept.get(question)
        if kept is not None:
            self._kept.move_to_end(question)
        return kept

    def keep(self, question: Hashable, kept: Kept) -> None:
        self.forget(question)
        if kept.size > self._most_bytes // 4:
            return
        self._kept[question] = kept
        self._bytes += kept.size
        while self._bytes > self._most_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.size

    def forget(self, question: Hashable) -> None:
        kept = self._kept.pop(question, None)
        if kept is not None:
            self._bytes -= kept.size
