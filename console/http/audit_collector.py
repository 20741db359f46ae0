"""A collector of the audit that takes entries over HTTP. Implements the port Collector."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import httpx
import msgspec

from console.errors import CollectorError
from console.http.trust import system_trust
from console.models.audit import Link
from console.settings import LOOPBACK

_LIMIT_S = 15.0


class AuditCollector:
    """POSTs links as one JSON list; any 2xx means that the collector has them for good.

    Loads the system's certificates when it is made, so not on the window's thread.
    """

    def __init__(self, address: str, token: str) -> None:
        local = urlsplit(address).hostname in LOOPBACK
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._client = httpx.AsyncClient(verify=system_trust(), timeout=_LIMIT_S, trust_env=not local, headers=headers)
        self._address = address

    async def send(self, links: Sequence[Link]) -> None:
        body = [{"chain": one.chain, "seq": one.seq, "head": one.head, "body": one.body.decode()} for one in links]
        try:
            answer = await self._client.post(self._address, content=msgspec.json.encode(body))
        except httpx.HTTPError as error:
            raise CollectorError("The collector of the audit cannot be reached.") from error
        if not answer.is_success:
            raise CollectorError(f"The collector of the audit answers {answer.status_code}.")

    async def aclose(self) -> None:
        await self._client.aclose()
