"""Requests to one system: each has a slot, a deadline and retries, and ends in a response or one of six errors."""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from console.errors import (
    BadResponseError,
    SignInRequiredError,
    SystemCallError,
    SystemUnavailableError,
    ThrottledError,
)
from console.http.breaker import Breaker
from console.http.conditional_cache import CachedResponse, ConditionalCache, is_strong, is_usable
from console.http.connections import ConnectionPool
from console.http.failures import Failures, server_time
from console.http.rate_limit import RateLimit
from console.http.requests import Limits, ReadRequest, WriteRequest
from console.http.responses import THREAD_ABOVE_BYTES, Response, Undecodable, decode_body
from console.http.retry import TRIES, RetryBudget, jitter_s, retry_pause_s
from console.http.sign_in import Credentials
from console.http.transport import Transport
from console.messages import http as say
from console.models.cache_size import CacheSize
from console.models.health import Exchange
from console.ports.clock import Clock

_log = logging.getLogger(__name__)

_PATCH_KINDS = ("application/json", "application/merge-patch+json")


@dataclass(slots=True)
class _Flight:
    """One request in progress and the number of callers that wait for its response."""

    task: asyncio.Task[Response] = field(init=False)
    waiting: int = 0
    on_wire: bool = False

    def leave(self) -> None:
        """Record that one caller has gone. Without callers the request is cancelled, unless it is on the wire.

        Cancelling on the wire would leave its connection in the pool as used for ever (encode/httpcore#1093).
        """
        self.waiting -= 1
        if self.waiting == 0 and not self.on_wire:
            self.task.cancel()


class Endpoint:
    """One system as the connectors use it. Made by `HttpLayer.endpoint()`."""

    def __init__(
        self,
        *,
        system: str,
        label: str,
        connections: ConnectionPool,
        sign_in: Credentials,
        limits: Limits,
        clock: Clock,
        rng: random.Random,
        on_exchange: Callable[[Exchange], None],
        cache: ConditionalCache,
    ) -> None:
        self.system = system
        self.label = label
        self.connections = connections
        self._sign_in = sign_in
        self._limits = limits
        self._clock = clock
        self._rng = rng
        self._on_exchange = on_exchange
        self._slots = asyncio.Semaphore(limits.max_requests)
        self._breaker = Breaker()
        self._budget = RetryBudget()
        self._rate_limit = RateLimit()
        self._failures = Failures(system=system, label=label, time_limit_s=limits.time_limit_s, clock=clock)
        self._wire = Transport(
            connections, limits=limits, failures=self._failures, rate_limit=self._rate_limit, clock=clock
        )
        self._cache = cache
        self._flights: dict[ReadRequest, _Flight] = {}
        self._writes: set[asyncio.Task[Response]] = set()
        self._closing = False
        self._server_time_at: tuple[datetime, float] | None = None

    def system_now(self) -> datetime:
        """Return the time of the system's clock (aware UTC), based on its last response; before any, ours."""
        if self._server_time_at is None:
            return self._clock.now()
        at, monotonic_s = self._server_time_at
        return at + timedelta(seconds=self._clock.monotonic_s() - monotonic_s)

    async def get(self, request: ReadRequest) -> Response:
        """Return the response to a request: status 200 to 299 or 404, body decoded.

        A request that is already running is shared, not sent twice. Cancelling the caller never cancels it on the wire.

        Raises:
            SystemCallError: One of its six subclasses.
        """
        flight = self._flights.get(request)
        if flight is None:
            flight = _Flight()
            flight.task = asyncio.create_task(self._fly(flight, request), name=f"ask {self.system}")
            flight.task.add_done_callback(lambda task: self._landed(request, task))
            self._flights[request] = flight
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.leave()

    async def get_any(self, request: ReadRequest, headers: Mapping[str, str] | None = None) -> Response:
        """Return the response of any status, for checks of a system. A body that is not JSON becomes `Undecodable`.

        The request is sent once, without the breaker and without cached responses.

        Raises:
            SystemCallError: No response came, or it could not be received.
        """
        deadline_s = self._clock.monotonic_s() + self._limits.time_limit_s
        await self._await_rate_limit(deadline_s)
        async with self._slots:
            signed = await self._signed(deadline_s)
            status, response_headers, body = await self._wire.receive(
                request, {**signed, **(headers or {})}, deadline_s
            )
        try:
            value = await self._decode(200, body)
        except BadResponseError:
            value = Undecodable("it is not JSON")
        return Response(status, response_headers, value=value, read_at=self._clock.now(), received=len(body))

    async def send(self, request: WriteRequest) -> Response:
        """Send a write once and return the response: status 200 to 299. Cancelling the caller does not stop the write.

        Raises:
            SystemCallError: One of its six subclasses; `may_have_happened` says whether the write may have been
                applied.
        """
        await self._await_rate_limit(self._clock.monotonic_s() + self._limits.time_limit_s)
        task = asyncio.create_task(self._send_write(request), name=f"write to {self.system}")
        self._writes.add(task)
        task.add_done_callback(self._written)
        return await asyncio.shield(task)

    def _written(self, task: asyncio.Task[Response]) -> None:
        self._writes.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.debug("%s: a write failed: %s", self.system, type(task.exception()).__name__)

    async def _send_write(self, request: WriteRequest) -> Response:
        async with self._slots:
            self._ask_breaker()
            started_s = self._clock.monotonic_s()
            deadline_s = started_s + self._limits.time_limit_s  # a write that waited for a slot still has its full time
            failure: SystemCallError | None = None
            try:
                return await self._write(request, deadline_s)
            except SystemCallError as error:
                failure = error
                raise
            finally:
                self._record_end(request.masked, started_s, failure, None)

    async def _write(self, request: WriteRequest, deadline_s: float) -> Response:
        """Send a write. Repeat it with the other PATCH media type if the server does not accept the first."""
        target = ReadRequest(request.base, request.resource, request.record)
        signed = await self._signed(deadline_s)
        sent = {**signed, "Idempotency-Key": request.key}
        if request.version is not None and is_strong(request.version):
            sent["If-Match"] = request.version
        method = "PATCH" if request.record else "POST"
        for kind in _PATCH_KINDS if request.record else _PATCH_KINDS[:1]:
            try:
                status, headers, body = await self._wire.receive(
                    target, {**sent, "Content-Type": kind}, deadline_s, method=method, content=request.body
                )
                if status == httpx.codes.UNSUPPORTED_MEDIA_TYPE and kind != _PATCH_KINDS[-1] and request.record:
                    continue
                value = await self._decode(status, body)
                self._failures.raise_for(status, headers, value, method=method)
            except SystemCallError as error:
                error.may_have_happened = error.may_have_happened or not error.was_not_sent
                if isinstance(error, SignInRequiredError):
                    self._sign_in.renew(signed)  # so that the next attempt has a new token
                raise
            return Response(status, headers, value=value, read_at=self._clock.now(), received=len(body))
        raise AssertionError("unreachable")  # pragma: no cover

    @property
    def is_wedged(self) -> bool:
        """Whether connections count as in use although no request is running."""
        return self.connections.is_wedged

    def probe(self, request: ReadRequest) -> None:
        """Send the next request to the system itself, without the breaker's pause and without a cached response."""
        self._breaker.let_through()
        self._cache.forget(request)

    @property
    def cache_size(self) -> CacheSize:
        """How many bytes of this system's responses are in memory."""
        return self._cache.size

    async def aclose(self, patience_s: float = 1.0) -> None:
        """Give requests on the wire `patience_s` seconds to end, then close their connections."""
        self._closing = True  # failures from here on say nothing about the system
        flights = list(self._flights.values())
        for flight in flights:
            if not flight.on_wire:
                flight.task.cancel()
        under_way = [*(flight.task for flight in flights), *self._writes]
        if under_way:
            await asyncio.wait(under_way, timeout=patience_s)
        await self._cache.aclose()
        await self.connections.aclose()
        for flight in flights:
            flight.task.cancel()
        for task in self._writes:
            task.cancel()
        await asyncio.gather(*(flight.task for flight in flights), *self._writes, return_exceptions=True)

    def _landed(self, request: ReadRequest, task: asyncio.Task[Response]) -> None:
        self._flights.pop(request, None)
        if not task.cancelled() and task.exception() is not None:
            _log.debug("%s %s: %s", self.system, request.masked, type(task.exception()).__name__)

    async def _fly(self, flight: _Flight, request: ReadRequest) -> Response:
        deadline_s = self._clock.monotonic_s() + self._limits.time_limit_s
        self._budget.earn()
        for attempt in range(1, TRIES + 1):
            await self._await_rate_limit(deadline_s)
            async with self._slots:
                self._ask_breaker()
                flight.on_wire = True
                try:
                    return await self._exchange(request, deadline_s)
                except SystemUnavailableError:
                    if attempt == TRIES or flight.waiting == 0 or not self._may_retry(deadline_s):
                        raise
                finally:
                    flight.on_wire = False
            await self._clock.sleep(retry_pause_s(attempt, self._rng))
        raise AssertionError("unreachable")  # pragma: no cover

    def _may_retry(self, deadline_s: float) -> bool:
        has_time = deadline_s - self._clock.monotonic_s() > self._limits.time_limit_s / 4
        return has_time and not self._breaker.is_open and self._budget.spend()

    async def _await_rate_limit(self, deadline_s: float) -> None:
        """Wait while the system accepts no requests. Raise `ThrottledError` if the wait would exceed the deadline."""
        now_s = self._clock.monotonic_s()
        wait_s = self._rate_limit.wait_s(now_s)
        if wait_s == 0:
            return
        if now_s + wait_s > deadline_s:
            raise self._failures.throttled("HELD", wait_s)
        await self._clock.sleep(wait_s + jitter_s(self._rng))

    def _ask_breaker(self) -> None:
        now_s = self._clock.monotonic_s()
        if not self._breaker.admits(now_s):
            raise SystemUnavailableError(
                say.NO_ANSWER(label=self.label),
                system=self.system,
                code=self._failures.code("PAUSED"),
            )

    async def _exchange(self, request: ReadRequest, deadline_s: float) -> Response:
        """Send one request, return or raise its result, and report it to the observers."""
        started_s = self._clock.monotonic_s()
        failure: SystemCallError | None = None
        response: Response | None = None
        try:
            response = await self._send(request, deadline_s)
        except SystemCallError as error:
            failure = error
            if isinstance(error, ThrottledError):
                self._rate_limit.hold(
                    (error.retry_at - self._clock.now()).total_seconds(), now_s=self._clock.monotonic_s()
                )
            raise
        else:
            return response
        finally:
            self._record_end(request.masked, started_s, failure, response)

    def _record_end(
        self, what: str, started_s: float, failure: SystemCallError | None, response: Response | None
    ) -> None:
        """Report how one request ended to the breaker, the observers and the log."""
        now_s = self._clock.monotonic_s()
        elapsed_ms = (now_s - started_s) * 1000
        down = isinstance(failure, SystemUnavailableError)
        self._breaker.record(answered=not down, now_s=now_s)
        if not self._closing:
            self._on_exchange(
                Exchange(
                    system=self.system,
                    at=self._clock.now(),
                    elapsed_ms=elapsed_ms,
                    failure=str(failure) if failure else None,
                    sign_in_rejected=isinstance(failure, SignInRequiredError),
                    unavailable=down,
                    unreadable=isinstance(failure, BadResponseError),
                    what=what,
                    received=response.received if response else 0,
                    unchanged=response.unchanged if response else False,
                )
            )
        _log.info("%s %s: %s in %.0f ms", self.system, what, failure.code if failure else "ok", elapsed_ms)

    async def _send(self, request: ReadRequest, deadline_s: float) -> Response:
        signed = await self._signed(deadline_s)
        try:
            return await self._send_signed(request, signed, deadline_s)
        except SignInRequiredError:
            if not self._sign_in.renew(signed):
                raise
        signed = await self._signed(deadline_s)
        return await self._send_signed(request, signed, deadline_s)

    async def _signed(self, deadline_s: float) -> dict[str, str]:
        """Return the headers that sign a request in. Fetches a token if there is none."""
        left_s = self._wire.left_s(deadline_s)
        with self.connections.on_wire(left_s) as client:
            return await self._sign_in.headers(client, limit_s=left_s)

    async def _send_signed(self, request: ReadRequest, signed: dict[str, str], deadline_s: float) -> Response:
        cached = None if request.fresh else await self._cache.find(request)
        sent = signed | _conditional_headers(request, cached)
        status, headers, body = await self._wire.receive(request, sent, deadline_s)
        if (server_at := server_time(headers)) is not None:
            self._server_time_at = server_at, self._clock.monotonic_s()
        if status == httpx.codes.NOT_MODIFIED and cached is not None:
            value = await self._value(request, 200, cached.body)
            return Response(
                200,
                {**cached.headers, **headers},
                value=value,
                read_at=self._clock.now(),
                received=len(body),
                unchanged=True,
            )
        value = await self._value(request, status, body)
        self._failures.raise_for(status, headers, value)
        response = Response(status, headers, value=value, read_at=self._clock.now(), received=len(body))
        if response.etag and is_usable(response.etag) and _is_cacheable(request, response):
            self._cache.save(request, CachedResponse(response.etag, headers, body))
        return response

    async def _value(self, request: ReadRequest, status: int, body: bytes) -> Any:
        is_document = request.address is not None and status == httpx.codes.OK
        return body if is_document else await self._decode(status, body)

    async def _decode(self, status: int, body: bytes) -> Any:
        if not body.strip():
            return None
        try:
            if len(body) > THREAD_ABOVE_BYTES:
                return await asyncio.to_thread(decode_body, body)
            return decode_body(body)
        except ValueError as error:
            if status >= httpx.codes.BAD_REQUEST:
                return None  # an error page; its status is enough
            raise self._failures.bad("its answer is damaged", "NOT-JSON") from error


def _conditional_headers(request: ReadRequest, cached: CachedResponse | None) -> dict[str, str]:
    """Return the headers that make a request conditional, or that require a fresh response."""
    if request.fresh:
        return {"Cache-Control": "no-cache"}
    return {"If-None-Match": cached.etag} if cached is not None else {}


def _is_cacheable(request: ReadRequest, response: Response) -> bool:
    return response.status == httpx.codes.OK and request.query is None and not request.fresh
