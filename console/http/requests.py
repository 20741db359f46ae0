"""Read and write requests to a system, and the limits for them."""

from dataclasses import dataclass
from urllib.parse import quote

import httpx


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A read of one resource: `base` is the API's path, `record` the identifier of one record; without it, of a list.

    With `query` the request is a POST with that JSON as its body, as in TMF677; repeating it is safe. With `address` a
    document is read from that address of the same system, and its bytes are not decoded. `fresh` requires the current
    state: no cached response is used, here or on the way (RFC 9111 section 5.2.1.4).
    """

    base: str
    resource: str
    record: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    query: bytes | None = None
    address: str | None = None
    fresh: bool = False

    @property
    def masked(self) -> str:
        """The request for logs, without typed text and identifiers."""
        if self.address is not None:
            return f"document of {self.resource}"
        keys = "&".join(f"{key}=…" for key, _ in self.parameters)
        return f"{self.base}/{self.resource}" + ("/…" if self.record else "") + (f"?{keys}" if keys else "")


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """A write: POST of a new record, or PATCH of `record`.

    `key` is sent as Idempotency-Key, `version` as If-Match.
    """

    base: str
    resource: str
    body: bytes
    key: str
    record: str | None = None
    version: str | None = None

    @property
    def masked(self) -> str:
        """The request for logs, without its content and identifiers."""
        return f"{'PATCH' if self.record else 'POST'} {self.base}/{self.resource}" + ("/…" if self.record else "")


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for requests to one system: seconds, requests at once, and bytes of a response. See the settings."""

    time_limit_s: float
    max_requests: int
    max_answer_bytes: int


def path_of(base_url: httpx.URL, request: ReadRequest) -> str:
    """Return the absolute address of a request. An identifier always stays one path segment."""
    base = request.base.strip("/")  # empty if a server has its resources at the root
    path = "/".join(part for part in (str(base_url).rstrip("/"), base, request.resource) if part)
    if request.record is None:
        return path
    segment = quote(request.record, safe="")
    return f"{path}/{segment.replace('.', '%2E') if set(segment) == {'.'} else segment}"
