"""Cached responses with their ETags, so that an unchanged record costs a 304: in memory, and in the store if any."""

import asyncio
import hashlib
import logging
import re
from collections import OrderedDict
from dataclasses import dataclass

from console.errors import StoreError
from console.http.requests import ReadRequest
from console.models.cache_size import CacheSize
from console.ports.store import ResponseStore

_log = logging.getLogger(__name__)

# Source: RFC 9110 section 8.8.3, without bytes beyond ASCII, which our headers cannot carry. Many servers omit the
# quotes. 200 characters are far more than servers use.
_USABLE = re.compile(r'(?:W/)?(?:"[\x21\x23-\x7e]{0,200}"|[\x21\x23-\x2b\x2d-\x7e]{1,200})')
# Suffixes that web servers add to an ETag when they compress a response. The record's own version is the text before.
_ADDED = re.compile(r'[-;.](?:gzip|br|deflate|zstd)"?$')


def is_usable(etag: str) -> bool:
    """Return whether an ETag can be sent in a conditional request."""
    return _USABLE.fullmatch(etag) is not None


def is_strong(etag: str) -> bool:
    """Return whether an ETag names exactly one version, so that a write may depend on it (RFC 9110 section 13.1.1)."""
    return is_usable(etag) and not etag.startswith("W/") and _ADDED.search(etag) is None


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """The body of a response as received, with the headers and the ETag of its version.

    The body is not decoded: decoded it would take several times the memory, and decoding again is fast.
    """

    etag: str
    headers: dict[str, str]
    body: bytes

    @property
    def size(self) -> int:
        return len(self.body)


class ConditionalCache:
    """The most recently used responses of one system, up to `most_bytes` of bodies in memory. The store has more."""

    def __init__(self, system: str, store: ResponseStore | None = None, most_bytes: int = 6 * 1024 * 1024) -> None:
        self._system = system
        self._store = store
        self._most_bytes = most_bytes
        self._bytes = 0
        self._responses: OrderedDict[ReadRequest, CachedResponse] = OrderedDict()
        self._writing: set[asyncio.Task[None]] = set()

    @property
    def size(self) -> CacheSize:
        """How many bytes of bodies are in memory."""
        return CacheSize(f"answers of {self._system}", self._bytes, self._most_bytes, "bytes")

    async def find(self, request: ReadRequest) -> CachedResponse | None:
        """Return the cached response to a request, or None."""
        cached = self._responses.get(request)
        if cached is not None:
            self._responses.move_to_end(request)
            return cached
        if self._store is None or request.query is not None or request.address is not None:
            return None
        try:
            stored = await self._store.load(self._name(request))
        except StoreError as error:
            self._fail(error)
            return None
        if stored is None or not is_usable(stored[0]):
            return None
        cached = CachedResponse(*stored)
        self._remember(request, cached)
        return cached

    def save(self, request: ReadRequest, cached: CachedResponse) -> None:
        """Save a response: in memory at once, in the store in the background."""
        self._remember(request, cached)
        if self._store is not None:
            saving = self._store.save(self._name(request), cached.etag, cached.headers, cached.body)

            async def save() -> None:
                try:
                    await saving
                except StoreError as error:
                    self._fail(error)

            task = asyncio.create_task(save(), name="keep an answer")
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    def forget(self, request: ReadRequest) -> None:
        cached = self._responses.pop(request, None)
        if cached is not None:
            self._bytes -= cached.size

    async def aclose(self) -> None:
        """Wait until all responses are saved."""
        await asyncio.gather(*self._writing, return_exceptions=True)

    def _remember(self, request: ReadRequest, cached: CachedResponse) -> None:
        self.forget(request)
        if cached.size > self._most_bytes // 4:
            return
        self._responses[request] = cached
        self._bytes += cached.size
        while self._bytes > self._most_bytes:
            _, oldest = self._responses.popitem(last=False)
            self._bytes -= oldest.size

    def _name(self, request: ReadRequest) -> str:
        """Return the key of a request in the store: a hash, so that the request cannot be read from it."""
        words = repr((self._system, request.base, request.resource, request.record, request.parameters))
        return hashlib.blake2b(words.encode(), digest_size=16).hexdigest()

    def _fail(self, error: StoreError) -> None:
        if self._store is not None:
            _log.warning("responses are no longer saved: %s", error)
            self._store = None
