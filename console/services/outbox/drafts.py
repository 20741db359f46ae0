"""Typed text that is not sent yet: on the disk within a quarter of a second, and back after any end of the program."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from console.errors import StoreError
from console.models.card_number import masked
from console.ports.clock import Clock
from console.ports.store import DraftStore
from console.services.system.subscribers import Subscribers

_log = logging.getLogger(__name__)
# A keystroke older than 250 ms is never lost: what is left of that is for the disk.
_WAIT_S = 0.05
# What could not be kept is tried again: a disk that was full may have room again.
_TRIED_AGAIN_S = 5.0


class Drafts:
    """All drafts of a user by place, such as `note/CU-1`. `kept_at` is when the last of them was kept (UTC).

    The second part of a place is whose it is: a customer's number, or that of what is edited. Empty ones are forgotten.
    """

    def __init__(self, store: DraftStore, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._texts: dict[str, str] = {}
        self._of: dict[str, dict[str, str]] = {}
        self._changed: dict[str, str] = {}
        self._on_its_way: dict[str, str] = {}
        self._writing: asyncio.Task[None] | None = None
        self._trying_again: asyncio.Task[None] | None = None
        self._is_closing = False
        self._subscribers: defaultdict[str, Subscribers[[]]] = defaultdict(Subscribers)
        self.kept_at: datetime | None = None
        self.failure: str | None = None

    async def open(self) -> None:
        """Read what was kept.

        Raises:
            StoreError: It cannot be read.
        """
        kept = await self._store.load()
        for draft_key, (text, kept_at) in kept.items():
            self._put(draft_key, text)
            self.kept_at = max(self.kept_at or kept_at, kept_at)

    def text(self, draft_key: str) -> str:
        """Return what stands in a place; empty where nothing does."""
        return self._texts.get(draft_key, "")

    @property
    def draft_keys(self) -> Mapping[str, str]:
        """Every place with a text."""
        return MappingProxyType(self._texts)

    def of(self, owner: str) -> Mapping[str, str]:
        """Return every place of one customer with a text."""
        return self._of.get(owner, {})

    def type(self, draft_key: str, text: str) -> None:
        """Take what stands in a place now; it is on the disk a moment later."""
        text = masked(text) if text.strip() else ""  # a card number is not kept, whatever field it was typed into
        if self._texts.get(draft_key, "") == text:
            return
        self._put(draft_key, text)
        self._changed[draft_key] = text
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="keep drafts")
        self._tell((draft_key,))

    async def keep_now(self) -> None:
        """Keep what was typed so far without waiting for a pause; where that fails it is tried again in a while."""
        if self._changed:
            await self._write(wait_s=0.0)

    def subscribe(self, on_change: Callable[[], None], owner: str = "") -> Callable[[], None]:
        """Call back when something was typed or kept, of one owner or of anybody; return what ends that."""
        return self._subscribers[owner].add(on_change)

    @property
    def is_kept(self) -> bool:
        """Whether everything typed is on the disk."""
        return not self._changed and not self._on_its_way

    async def aclose(self) -> None:
        """Keep what is not kept yet, if that is possible now; nothing is tried after that."""
        self._is_closing = True
        if self._trying_again is not None:
            self._trying_again.cancel()
            await asyncio.gather(self._trying_again, return_exceptions=True)
        if self._writing is not None:
            await self._writing
        await self.keep_now()

    async def _write(self, wait_s: float = _WAIT_S) -> None:
        while self._changed:
            await self._clock.sleep(wait_s)
            writing, self._changed = self._changed, {}
            if not writing:
                return  # kept meanwhile
            self._on_its_way = writing
            try:
                self.kept_at = await self._store.save(writing)
                self.failure = None
                self._on_its_way = {}
            except StoreError as error:
                self._on_its_way = {}
                self._changed = {**writing, **self._changed}
                if self.failure is None:
                    _log.warning("drafts cannot be kept: %s", error)
                self.failure = str(error)
                if not self._is_closing and (self._trying_again is None or self._trying_again.done()):
                    self._trying_again = asyncio.create_task(self._try_again(), name="keep drafts again")
                self._tell(writing)
                return
            self._tell(writing)

    async def _try_again(self) -> None:
        """Try until what was typed is kept; what is typed meanwhile tries by itself too."""
        while self._changed:
            await self._clock.sleep(_TRIED_AGAIN_S)
            await self._write(wait_s=0.0)

    def _put(self, draft_key: str, text: str) -> None:
        owner = _owner_of(draft_key)
        if text:
            self._texts[draft_key] = text
            self._of.setdefault(owner, {})[draft_key] = text
            return
        self._texts.pop(draft_key, None)
        if owner in self._of:
            self._of[owner].pop(draft_key, None)
            if not self._of[owner]:
                del self._of[owner]

    def _tell(self, draft_keys: Iterable[str]) -> None:
        for owner in dict.fromkeys(("", *map(_owner_of, draft_keys))):
            if owner in self._subscribers:
                self._subscribers[owner].notify()


def _owner_of(draft_key: str) -> str:
    return draft_key.partition("/")[2].partition("/")[0]
