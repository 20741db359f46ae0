"""The connections to one system: one deadline for a whole request, and a new pool when the old one is wedged."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ssl import SSLContext
from typing import Any

import httpcore
import httpx

from console.errors import ConfigurationError

_log = logging.getLogger(__name__)

_BAD_PROXY = (
    "The proxy in ALL_PROXY, HTTPS_PROXY or HTTP_PROXY can't be used: it must be an http or https address. "
    "Correct or remove it, and start again."
)
# Seconds of the computer's monotonic clock. A request runs in one task, so all its reads and writes see its own
# deadline.
_DEADLINE_S: ContextVar[float | None] = ContextVar("deadline of the request", default=None)


class ConnectionPool:
    """Makes the client of one system and checks its pool.

    httpx only limits each single read. A server that trickles headers, sends interim responses without end or sends
    compressed data that expands to nothing would pass that limit for ever. So every read and write is also limited by
    the time left for the request.

    A pool with connections in use while no request is running is wedged (encode/httpcore#1093). It is replaced.
    """

    def __init__(self, make: Callable[[], httpx.AsyncClient]) -> None:
        self._make = make
        self._on_wire = 0
        self._closing: set[asyncio.Task[None]] = set()
        self.client = self._made()

    @contextmanager
    def on_wire(self, limit_s: float) -> Iterator[httpx.AsyncClient]:
        """Yield the client for one request. No read or write in it goes beyond the limit, in seconds."""
        token = _DEADLINE_S.set(time.monotonic() + limit_s)
        self._on_wire += 1
        try:
            yield self.client
        finally:
            self._on_wire -= 1
            _DEADLINE_S.reset(token)
            if self._on_wire == 0 and self.is_wedged:
                self._replace()

    @property
    def is_wedged(self) -> bool:
        """Whether a connection counts as in use although no request is running."""
        if self._on_wire:
            return False
        return any(
            not connection.is_idle() and not connection.is_closed()
            for pool in _pools(self.client)
            for connection in pool.connections
        )

    async def aclose(self) -> None:
        """Close the connections, even if requests are still running on them."""
        await self.client.aclose()
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _made(self) -> httpx.AsyncClient:
        try:
            client = self._make()
        except (ImportError, ValueError, httpx.InvalidURL) as error:  # httpx raises these for proxies it cannot use
            raise ConfigurationError(_BAD_PROXY) from error
        for pool in _pools(client):
            # httpx has no public way to give its pool another network backend.
            pool._network_backend = _LimitedNetwork(pool._network_backend)  # noqa: SLF001
        return client

    def _replace(self) -> None:
        _log.info("connections were still in use with no request under way; they are made again")
        task = asyncio.create_task(self.client.aclose(), name="close wedged connections")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        self.client = self._made()


def _pools(client: httpx.AsyncClient) -> Iterator[httpcore.AsyncConnectionPool]:
    """Yield the pools of a client: the direct one, and one for each proxy from the environment."""
    for transport in (client._transport, *client._mounts.values()):  # noqa: SLF001 - httpx shows them nowhere
        if isinstance(transport, httpx.AsyncHTTPTransport) and isinstance(
            transport._pool,  # noqa: SLF001 - see above
            httpcore.AsyncConnectionPool,
        ):
            yield transport._pool  # noqa: SLF001 - see above


def _limited(timeout: float | None, error: type[Exception]) -> float | None:
    """Return how many seconds one read or write may take.

    Raises:
        Exception: Of the given type, when the request's deadline has passed.
    """
    deadline_s = _DEADLINE_S.get()
    if deadline_s is None:
        return timeout
    left_s = deadline_s - time.monotonic()
    if left_s <= 0:
        raise error("the request's time is over")
    return left_s if timeout is None else min(timeout, left_s)


class _LimitedNetwork(httpcore.AsyncNetworkBackend):
    """A network backend whose streams respect the deadline of the request."""

    def __init__(self, inner: httpcore.AsyncNetworkBackend) -> None:
        self._inner = inner

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        limit_s = _limited(timeout, httpcore.ConnectTimeout)
        stream = await self._inner.connect_tcp(host, port, limit_s, local_address, socket_options)
        return _LimitedStream(stream)

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


class _LimitedStream(httpcore.AsyncNetworkStream):
    """A connection that respects the deadline of the request that uses it."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        return await self._inner.read(max_bytes, _limited(timeout, httpcore.ReadTimeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's
        await self._inner.write(buffer, _limited(timeout, httpcore.WriteTimeout))

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's
    ) -> httpcore.AsyncNetworkStream:
        limit_s = _limited(timeout, httpcore.ConnectTimeout)
        return _LimitedStream(await self._inner.start_tls(ssl_context, server_hostname, limit_s))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
