"""Signs requests in to a system: with fixed headers, or with a token that is fetched and renewed (OAuth 2)."""

import asyncio
from base64 import b64encode
from typing import Protocol
from urllib.parse import quote

import httpx
import msgspec

from console.errors import (
    BadResponseError,
    SignInRejectedError,
    SignInRequiredError,
    SignInUnreachableError,
    SystemUnavailableError,
)
from console.http.body_reader import CodingError, TooLongError, receive
from console.http.responses import NOT_JSON, clip
from console.messages import http as say
from console.ports.clock import Clock
from console.ports.identity import AccessTokens
from console.ports.secrets import Secrets
from console.settings import Auth

# Seconds before its expiry that a token is renewed; seconds a token without a usable `expires_in` is used.
_RENEWED_BEFORE_S = 30.0
_USUAL_LIFE_S = 300.0
_MOST_BYTES = 1_000_000


class Credentials(Protocol):
    """Makes the headers that authenticate a request."""

    async def headers(self, client: httpx.AsyncClient, *, limit_s: float) -> dict[str, str]:
        """Return the headers to send with a request. Fetches a token with `client` if there is none."""

    def renew(self, used: dict[str, str]) -> bool:
        """Discard rejected credentials. Return whether a retry with new ones can succeed."""


class FixedCredentials:
    """Fixed headers: a bearer token or key from the deployment, user and password, or none."""

    def __init__(self, auth: Auth, secrets: Secrets) -> None:
        secret = secrets.read(auth.secret) if auth.secret else ""
        self._headers: dict[str, str] = {}
        if auth.kind == "bearer":
            self._headers = {"Authorization": f"Bearer {secret}"}
        elif auth.kind == "basic":
            self._headers = {"Authorization": "Basic " + _basic(auth.user or "", secret)}
        elif auth.kind == "header":
            self._headers = {auth.header: secret}

    async def headers(self, client: httpx.AsyncClient, *, limit_s: float) -> dict[str, str]:  # noqa: ARG002 - port
        return self._headers

    def renew(self, used: dict[str, str]) -> bool:  # noqa: ARG002 - port
        return False


class PersonCredentials:
    """The access token of the person who is signed in to the console. Several systems share it."""

    def __init__(self, tokens: AccessTokens, *, system: str) -> None:
        self._tokens, self._system = tokens, system

    async def headers(self, client: httpx.AsyncClient, *, limit_s: float) -> dict[str, str]:  # noqa: ARG002 - port
        """Return the header with the token.

        Raises:
            SystemCallError: No token was found; the subclass says why.
        """
        try:
            return {"Authorization": f"Bearer {await self._tokens.access_token()}"}
        except SignInRejectedError as error:
            code = f"{self._system.upper()}-SIGN-IN-ENDED"
            raise SignInRequiredError(str(error), system=self._system, code=code) from error
        except SignInUnreachableError as error:
            code = f"{self._system.upper()}-SIGN-IN-UNREACHABLE"
            raise SystemUnavailableError(str(error), system=self._system, code=code) from error

    def renew(self, used: dict[str, str]) -> bool:
        self._tokens.rejected(used.get("Authorization", "").removeprefix("Bearer "))
        return True


class ClientCredentials:
    """A token from the deployment's token address, fetched at first use and again before it expires.

    Source: RFC 6749 sections 4.3 (password) and 4.4 (client credentials). The token is only in memory, never on disk.
    """

    def __init__(self, auth: Auth, secrets: Secrets, *, system: str, label: str, clock: Clock) -> None:
        self._auth, self._system, self._label, self._clock = auth, system, label, clock
        self._secret = secrets.read(auth.secret or "")
        self._password = secrets.read(auth.password) if auth.password else ""
        self._token: str | None = None
        self._until_s = 0.0
        self._fetching = asyncio.Lock()

    async def headers(self, client: httpx.AsyncClient, *, limit_s: float) -> dict[str, str]:
        """Return the header with the token.

        Raises:
            SystemCallError: No token could be fetched; the subclass says why.
        """
        async with self._fetching:
            if self._token is None or self._clock.monotonic_s() >= self._until_s:
                self._token = await self._fetch(client, limit_s)
            return {"Authorization": f"Bearer {self._token}"}

    def renew(self, used: dict[str, str]) -> bool:
        if self._token is not None and used == {"Authorization": f"Bearer {self._token}"}:
            self._token = None
        return True

    def _credentials(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return the form and the headers of the token request, according to `grant` and `client_in`."""
        auth = self._auth
        form: dict[str, str] = {"grant_type": auth.grant}
        if auth.grant == "password":
            form |= {"username": auth.user or "", "password": self._password}
        if auth.scope:
            form["scope"] = auth.scope
        client = auth.client or ""
        if auth.client_in == "header":
            return form, {"Authorization": "Basic " + _basic(quote(client, safe=""), quote(self._secret, safe=""))}
        return form | {"client_id": client, "client_secret": self._secret}, {}

    async def _send(self, client: httpx.AsyncClient, limit_s: float) -> tuple[int, bytes]:
        form, headers = self._credentials()
        try:
            status, _, body = await receive(
                client,
                "POST",
                self._auth.token_url or "",
                most_bytes=_MOST_BYTES,
                data=form,
                headers=headers,
                timeout=limit_s,
            )
        except httpx.HTTPError as error:
            raise self._unavailable("can't be reached", "TOKEN-NO-CONNECTION") from error
        except (TooLongError, CodingError) as error:
            raise self._not_understood("its answer is far too long, or compressed wrongly", "TOKEN-BAD") from error
        return status, body

    async def _fetch(self, client: httpx.AsyncClient, limit_s: float) -> str:
        status, body = await self._send(client, limit_s)
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise self._unavailable("is out of service", f"TOKEN-{status}")
        try:
            value = msgspec.json.decode(body)
        except NOT_JSON:
            value = None
        given = value if isinstance(value, dict) else {}
        token = given.get("access_token")
        if status >= httpx.codes.BAD_REQUEST or given.get("error"):
            reason = clip(str(given.get("error") or status), 60)
            raise SignInRequiredError(
                say.TOKEN_REJECTED(label=self._label, reason=reason),
                system=self._system,
                code=self._code(f"TOKEN-{status}"),
            )
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise self._not_understood("it gave no token", "TOKEN-NONE")
        self._until_s = self._clock.monotonic_s() + _lasts_s(given.get("expires_in"))
        return token

    def _not_understood(self, why: str, code: str) -> BadResponseError:
        message = f"{self._label}'s sign-in service cannot be understood: {why}."
        return BadResponseError(message, system=self._system, code=self._code(code))

    def _unavailable(self, what: str, code: str) -> SystemUnavailableError:
        return SystemUnavailableError(
            say.TOKEN_SERVICE_FAILED(label=self._label, what=what), system=self._system, code=self._code(code)
        )

    def _code(self, what: str) -> str:
        return f"{self._system.upper()}-{what}"


def _lasts_s(expires_in: object) -> float:
    """Return for how many seconds to use a token: less than its `expires_in`, so that it does not expire in use."""
    try:
        lasts_s = float(str(expires_in))
    except ValueError:
        lasts_s = _USUAL_LIFE_S
    return max(1.0, lasts_s - min(_RENEWED_BEFORE_S, lasts_s / 2)) if lasts_s < float("inf") else _USUAL_LIFE_S


def _basic(user: str, password: str) -> str:
    return b64encode(f"{user}:{password}".encode()).decode()
