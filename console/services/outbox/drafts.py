"""Drafts: typed text that is not sent yet. It is on disk within 250 ms and survives a crash of the program."""

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
# In seconds. Typed text must be on disk within 250 ms; the rest of that time is for the disk.
_WAIT_S = 0.05
# In seconds. A failed save is retried, because a full disk may get free space.
_TRIED_AGAIN_S = 5.0


class Drafts:
    """All drafts of a user by draft key, such as `note/CU-1`. `kept_at` is the time of the last save (UTC).

    The second part of a key is the owner: a customer's id, or the id of the edited record. Empty drafts are deleted.
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
        """Load the saved drafts.

        Raises:
            StoreError: They cannot be loaded.
        """
        kept = await self._store.load()
        for draft_key, (text, kept_at) in kept.items():
            self._put(draft_key, text)
            self.kept_at = max(self.kept_at or kept_at, kept_at)

    def text(self, draft_key: str) -> str:
        """Return the text of a draft, empty if there is none."""
        return self._texts.get(draft_key, "")

    @property
    def draft_keys(self) -> Mapping[str, str]:
        """All drafts with a text, by draft key."""
        return MappingProxyType(self._texts)

    def of(self, owner: str) -> Mapping[str, str]:
        """Return all drafts of one customer with a text, by draft key."""
        return self._of.get(owner, {})

    def type(self, draft_key: str, text: str) -> None:
        """Set the text of a draft; it is saved a moment later."""
        text = masked(text) if text.strip() else ""  # card numbers are never saved, in any field (PCI DSS)
        if self._texts.get(draft_key, "") == text:
            return
        self._put(draft_key, text)
        self._changed[draft_key] = text
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="keep drafts")
        self._tell((draft_key,))

    async def save_now(self) -> None:
        """Save the typed text now, without waiting for a pause. If that fails, it is retried later."""
        if self._changed:
            await self._write(wait_s=0.0)

    def subscribe(self, on_change: Callable[[], None], owner: str = "") -> Callable[[], None]:
        """Call back when a draft of this owner, or of anyone, was changed or saved; return a function that ends it."""
        return self._subscribers[owner].add(on_change)

    @property
    def is_saved(self) -> bool:
        """Whether all typed text is on disk."""
        return not self._changed and not self._on_its_way

    async def aclose(self) -> None:
        """Save the unsaved text, if that is possible now, and stop retrying."""
        self._is_closing = True
        if self._trying_again is not None:
            self._trying_again.cancel()
            await asyncio.gather(self._trying_again, return_exceptions=True)
        if self._writing is not None:
            await self._writing
        await self.save_now()

    async def _write(self, wait_s: float = _WAIT_S) -> None:
        while self._changed:
            await self._clock.sleep(wait_s)
            writing, self._changed = self._changed, {}
            if not writing:
                return  # saved in the meantime
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
        """Retry until the typed text is saved; newly typed text also triggers a save."""
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
