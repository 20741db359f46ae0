"""Small test requests to one server, with their replies for a report."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.connectors.tmforum.check.masking import masked
from console.errors import SystemCallError
from console.http import Endpoint, ReadRequest, Response


@dataclass(frozen=True, slots=True)
class ProbeReply:
    """One request and its result: a response, or the text of the failure."""

    request: str
    answer: Response | None
    failure: str = ""

    @property
    def status(self) -> int:
        return self.answer.status if self.answer else 0

    @property
    def value(self) -> Any:
        return self.answer.value if self.answer else None

    @property
    def records(self) -> list[Any] | None:
        """The records of a list; None if the reply is not a list."""
        return self.value if self.status in {200, 206} and isinstance(self.value, list) else None

    @property
    def outcome(self) -> str:
        """Status, relevant headers and the masked body, without personal data; or the failure."""
        if self.answer is None:
            return self.failure
        kept = ("x-total-count", "x-result-count", "content-range", "link", "etag", "location", "retry-after")
        shown = [f"{name}: {'…' if name in {'link', 'location'} else self.answer.headers[name]}" for name in kept
                 if name in self.answer.headers]  # fmt: skip
        body = masked(self.value) if self.value is not None else ""
        return "\n".join([str(self.answer.status), *shown, body]).strip()


class EndpointProbe:
    """Sends small requests to one endpoint and counts them; only a request with a body could change anything."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.asked = 0

    async def get(
        self,
        base: str,
        resource: str,
        parameters: Sequence[tuple[str, str]] = (),
        *,
        record: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ProbeReply:
        """Request a list, or one record; never raises a `SystemCallError`."""
        return await self._request(ReadRequest(base, resource, record, tuple(parameters)), "GET", headers)

    async def post(self, base: str, resource: str, body: Mapping[str, Any]) -> ProbeReply:
        """Send a query by POST; never raises a `SystemCallError`."""
        return await self._request(ReadRequest(base, resource, query=json.dumps(body).encode()), "POST", None)

    async def _request(self, request: ReadRequest, method: str, headers: Mapping[str, str] | None) -> ProbeReply:
        self.asked += 1
        shown = f"{method} {request.base}/{request.resource}" + ("/…" if request.record else "")
        if request.parameters:
            shown += "?" + "&".join(f"{key}={_open(key, value)}" for key, value in request.parameters)
        try:
            return ProbeReply(shown, await self._endpoint.get_any(request, headers))
        except SystemCallError as error:
            return ProbeReply(shown, None, f"{error} ({error.code})")


def _open(key: str, value: str) -> str:
    return value if key in {"offset", "sort", "fields"} or key.lower().endswith(("limit", "size")) else "…"
