"""A collector of audit entries over HTTP. Implements the port `Collector`."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from console.errors import CollectorConflictError, CollectorError
from console.http.body_reader import CodingError, TooLongError, receive
from console.http.connections import ConnectionPool
from console.http.responses import NOT_JSON
from console.http.trust import system_trust
from console.messages import http as say
from console.models.audit import AuditQuery, ChainEnd, Link
from console.settings import LOOPBACK

_LIMIT_S = 15.0
# Seconds for one request, and bytes of one response.
_MOST_BYTES = 8_000_000
_CONFLICT = 409


class _Sent(msgspec.Struct):
    """An entry as JSON over HTTP."""

    chain: str
    seq: int
    head: str
    body: str


class AuditCollector:
    """A collector that receives audit entries over HTTP.

    `send` POSTs links as one JSON list. Any 2xx means that the collector has stored them for good. The collector
    replies 409 if it has a different entry at the same position of a chain.

    If the same address also answers GET (`text`, `what`, `since`, `until`, `chain`, `limit`) with such a list, newest
    first, the entries of all consoles can be searched. A collector without GET only receives entries.

    The constructor loads the system's certificates, which is slow. Do not call it on the GUI thread.
    """

    def __init__(self, address: str, token: str) -> None:
        local = urlsplit(address).hostname in LOOPBACK
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        trust = system_trust()

        def make_client() -> httpx.AsyncClient:
            return httpx.AsyncClient(verify=trust, timeout=_LIMIT_S, trust_env=not local, headers=headers)

        self._connections = ConnectionPool(make_client)
        self._address = address

    async def send(self, links: Sequence[Link]) -> None:
        body = [{"chain": one.chain, "seq": one.seq, "head": one.head, "body": one.body.decode()} for one in links]
        status, _ = await self._request("POST", content=msgspec.json.encode(body))
        if status == _CONFLICT:
            raise CollectorConflictError(say.COLLECTOR_HAS_ANOTHER_ENTRY())
        if not _is_success(status):
            raise CollectorError(say.COLLECTOR_REFUSES(status=status))

    async def end_of(self, chain: str) -> ChainEnd | None:
        status, body = await self._request("GET", params={"chain": chain, "limit": "1"})
        try:
            found = msgspec.json.decode(body, type=list[_Sent]) if _is_success(status) else []
        except NOT_JSON:
            found = []
        ends = [ChainEnd(one.chain, one.seq, one.head) for one in found if one.chain == chain]
        return max(ends, key=lambda end: end.seq, default=None)

    async def find(self, query: AuditQuery) -> Sequence[Link]:
        asked = {"text": query.text, "what": query.what, "limit": str(query.limit)}
        times = {"since": query.since, "until": query.until}
        asked |= {name: at.isoformat() for name, at in times.items() if at is not None}
        status, body = await self._request("GET", params=asked)
        if status in {404, 405, 501}:
            raise CollectorError(say.COLLECTOR_NOT_SEARCHABLE())
        if not _is_success(status):
            raise CollectorError(say.COLLECTOR_REFUSES(status=status))
        try:
            found = msgspec.json.decode(body, type=list[_Sent])
        except NOT_JSON as error:
            raise CollectorError(say.COLLECTOR_NOT_UNDERSTOOD()) from error
        return [Link(one.chain, one.seq, one.body.encode(), one.head) for one in found[: query.limit]]

    async def aclose(self) -> None:
        await self._connections.aclose()

    async def _request(self, method: str, **request: Any) -> tuple[int, bytes]:
        try:
            with self._connections.on_wire(_LIMIT_S) as client:
                status, _, body = await receive(client, method, self._address, most_bytes=_MOST_BYTES, **request)
        except httpx.HTTPError as error:
            raise CollectorError(say.COLLECTOR_UNREACHABLE()) from error
        except (TooLongError, CodingError) as error:
            raise CollectorError(say.COLLECTOR_ANSWERS_TOO_MUCH()) from error
        return status, body


def _is_success(status: int) -> bool:
    return 200 <= status < 300
