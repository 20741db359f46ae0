"""Sends one request to one system and receives the whole response, within limits of time and size."""

from collections.abc import Mapping

import httpx

from console.http.body_reader import CodingError, TooLongError, receive
from console.http.connections import ConnectionPool
from console.http.failures import Failures, server_time
from console.http.rate_limit import RateLimit
from console.http.requests import Limits, ReadRequest, path_of
from console.ports.clock import Clock


class Transport:
    """Sends requests to one system over its connections. All times are seconds of the monotonic clock."""

    def __init__(
        self, connections: ConnectionPool, *, limits: Limits, failures: Failures, rate_limit: RateLimit, clock: Clock
    ) -> None:
        self._connections, self._limits = connections, limits
        self._failures, self._rate_limit, self._clock = failures, rate_limit, clock

    def left_s(self, deadline_s: float) -> float:
        """Return the seconds left until the deadline, at least 0.05."""
        return max(0.05, deadline_s - self._clock.monotonic_s())

    async def receive(
        self,
        request: ReadRequest,
        sent: Mapping[str, str],
        deadline_s: float,
        *,
        method: str | None = None,
        content: bytes | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request and return the status, the headers (names in lower case) and the body of the response.

        Follows one redirect, and only to the same address with or without a slash at its end.
        """
        verb = method or ("GET" if request.query is None else "POST")
        address = self._address_of(self._connections.client.base_url, request)
        response = await self._receive(address, verb, request, sent, deadline_s, content)
        again = _with_other_slash(address, verb, *response[:2])
        return response if again is None else await self._receive(again, verb, request, sent, deadline_s, content)

    async def _receive(
        self,
        address: httpx.URL,
        method: str,
        request: ReadRequest,
        sent: Mapping[str, str],
        deadline_s: float,
        content: bytes | None,
    ) -> tuple[int, dict[str, str], bytes]:
        remaining_s = self.left_s(deadline_s)
        most = self._limits.max_answer_bytes
        try:
            with self._connections.on_wire(remaining_s) as client:
                status, headers, body = await receive(
                    client,
                    method,
                    address,
                    most_bytes=most,
                    between=lambda: self._see_time(deadline_s),
                    headers={**sent, "Content-Type": "application/json"} if request.query is not None else dict(sent),
                    content=content if content is not None else request.query,
                    timeout=httpx.Timeout(remaining_s, connect=min(5.0, remaining_s)),
                )
        except TooLongError as error:
            raise self._failures.bad(f"its answer is longer than {most / 1_000_000:.0f} MB", "TOO-LONG") from error
        except CodingError as error:
            raise self._failures.bad("its answer is compressed wrongly", "ENCODING") from error
        except (httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise self._failures.too_slow(was_not_sent=True) from error
        except httpx.TimeoutException as error:
            raise self._failures.too_slow() from error
        except (httpx.TransportError, httpx.StreamError) as error:
            raise self._failures.no_connection(error) from error
        self._rate_limit.note(headers, now_s=self._clock.monotonic_s(), now=server_time(headers) or self._clock.now())
        return status, headers, body

    def _address_of(self, base: httpx.URL, request: ReadRequest) -> httpx.URL:
        if request.address is None:
            return httpx.URL(path_of(base, request), params=request.parameters or None)
        try:
            address = base.join(request.address)
        except httpx.InvalidURL as error:
            raise self._failures.bad("the document's address is not valid", "ADDRESS") from error
        if (address.scheme, address.host, address.port) != (base.scheme, base.host, base.port):
            # Credentials are for this system only and are never sent to another server.
            raise self._failures.bad("the document is on another server", "ADDRESS")
        if address.userinfo:  # httpx would sign in with it instead of our token
            raise self._failures.bad("the document's address names a user", "ADDRESS")
        return address

    def _see_time(self, deadline_s: float) -> None:
        if self._clock.monotonic_s() > deadline_s:
            raise self._failures.too_slow()


def _with_other_slash(address: httpx.URL, method: str, status: int, headers: Mapping[str, str]) -> httpx.URL | None:
    """Return the target of a redirect that only adds or removes a slash at the end of the address, else None.

    Only 307 and 308 repeat a write; 301 and 302 are followed for GET only. Source: RFC 9110, section 15.4.
    """
    if status not in ((301, 302, 307, 308) if method == "GET" else (307, 308)) or not headers.get("location"):
        return None
    try:
        target = address.join(headers["location"])
    except httpx.InvalidURL:
        return None
    same_origin = (target.scheme, target.host, target.port) == (address.scheme, address.host, address.port)
    ours, theirs = address.raw_path.partition(b"?")[0], target.raw_path.partition(b"?")[0]
    if not same_origin or target.userinfo or ours == theirs or ours.rstrip(b"/") != theirs.rstrip(b"/"):
        return None
    return address.copy_with(raw_path=theirs + address.raw_path[len(ours) :])
