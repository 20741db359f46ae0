"""Owns the connections to all systems and closes them together."""

import asyncio
import importlib
import logging
import random
import ssl
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx

from console.http.conditional_cache import ConditionalCache
from console.http.connections import ConnectionPool
from console.http.endpoint import Endpoint
from console.http.requests import Limits
from console.http.sign_in import ClientCredentials, Credentials, FixedCredentials, PersonCredentials
from console.http.trust import system_trust
from console.models.cache_size import CacheSize
from console.models.health import Exchange
from console.ports.clock import Clock
from console.ports.identity import AccessTokens
from console.ports.secrets import Secrets
from console.ports.store import ResponseStore
from console.settings import LOOPBACK, System

# At INFO they log complete addresses, including search texts.
for _library in ("httpx", "httpcore"):
    logging.getLogger(_library).setLevel(logging.WARNING)


# For addresses on this computer. This context is made at once, while loading the system's certificates takes time.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class HttpLayer:
    """Makes one `Endpoint` per system.

    May be made in a worker thread: building the trust store and importing the network backend would block the GUI for
    too long. `on_exchange` is called after every request.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        on_exchange: Callable[[Exchange], None],
        rng: random.Random | None = None,
        answers: ResponseStore | None = None,
        tokens: AccessTokens | None = None,
    ) -> None:
        self._tokens = tokens
        self._answers = answers
        self._clock = clock
        self._rng = rng or random.Random()
        self._on_exchange = on_exchange
        self._endpoints: list[Endpoint] = []
        self._trust: ssl.SSLContext | None = None
        # httpcore would import these at the first request, on the GUI thread.
        importlib.import_module("anyio._backends._asyncio")
        importlib.import_module("httpcore._backends.anyio")

    def endpoint(self, name: str, system: System, *, label: str, secrets: Secrets) -> Endpoint:
        """Return the endpoint of one configured system. `label` is the name shown to users.

        Raises:
            ConfigurationError: A secret was not found where the settings say.
        """
        address = urlsplit(system.base_url)
        local = address.hostname in LOOPBACK
        needs_tls = "https" in {address.scheme, urlsplit(system.auth.token_url or "").scheme}
        trust = self._trusted() if needs_tls else NO_TLS

        def make_client() -> httpx.AsyncClient:
            return httpx.AsyncClient(
                base_url=system.base_url,
                headers={"Accept": "application/json", "User-Agent": "opticom-console"},
                verify=trust,
                limits=httpx.Limits(max_connections=system.max_requests, max_keepalive_connections=system.max_requests),
                trust_env=not local,
            )

        sign_in: Credentials
        if system.auth.kind == "person" and self._tokens is not None:
            sign_in = PersonCredentials(self._tokens, system=name)
        elif system.auth.kind == "oauth2":
            sign_in = ClientCredentials(system.auth, secrets, system=name, label=label, clock=self._clock)
        else:
            sign_in = FixedCredentials(system.auth, secrets)
        endpoint = Endpoint(
            system=name,
            label=label,
            connections=ConnectionPool(make_client),
            sign_in=sign_in,
            limits=Limits(system.time_limit_s, system.max_requests, int(system.max_answer_mb * 1_000_000)),
            clock=self._clock,
            rng=self._rng,
            on_exchange=self._on_exchange,
            cache=ConditionalCache(name, self._answers),
        )
        self._endpoints.append(endpoint)
        return endpoint

    @property
    def cache_sizes(self) -> list[CacheSize]:
        """How many bytes of each system's responses are in memory."""
        return [endpoint.cache_size for endpoint in self._endpoints]

    async def aclose(self) -> None:
        """Close every connection. Requests on the wire get a moment to end."""
        await asyncio.gather(*(endpoint.aclose() for endpoint in self._endpoints))

    def _trusted(self) -> ssl.SSLContext:
        """Return the operating system's trust store, built once."""
        if self._trust is None:
            self._trust = system_trust()
        return self._trust
