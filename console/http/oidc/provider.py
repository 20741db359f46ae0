"""An identity provider, found by its discovery document: sign-in with PKCE, renewal, and the end of both.

Source: OpenID Connect Core 1.0 and Discovery 1.0; RFC 7636 (PKCE), 7009 (revocation), 8252 and 9700 (native apps), 9207
(who answers).
"""

import asyncio
import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import msgspec

from console.errors import SignInRejectedError, SignInUnreachableError
from console.http.body_reader import CodingError, TooLongError, receive
from console.http.connections import ConnectionPool
from console.http.oidc.id_token import read_id_token
from console.http.oidc.loopback import Loopback
from console.http.responses import NOT_JSON, clip
from console.http.trust import system_trust
from console.messages import http as say
from console.ports.clock import Clock
from console.ports.identity import TokenGrant
from console.settings import LOOPBACK, is_safe_address
from console.settings.sign_in import SignInSettings

_LIMIT_S = 10.0
_PATIENCE_S = 300.0  # a second factor can take minutes
_MOST_BYTES = 1_000_000
_USUAL_LIFE_S = 300.0
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def open_provider(settings: SignInSettings, clock: Clock) -> "OidcProvider":
    """Return the provider of the settings. Loads the system's certificates, so not on the window's thread."""
    local = urlsplit(settings.issuer).hostname in LOOPBACK
    trust = system_trust()

    def make_client() -> httpx.AsyncClient:
        return httpx.AsyncClient(verify=trust, timeout=_LIMIT_S, trust_env=not local, follow_redirects=False)

    return OidcProvider(settings, ConnectionPool(make_client), clock)


class OidcProvider:
    """Implements the port IdentityProvider. Asks the provider for nothing before it is used."""

    def __init__(self, settings: SignInSettings, connections: ConnectionPool, clock: Clock) -> None:
        self._settings, self._connections, self._clock = settings, connections, clock
        self._metadata: Mapping[str, Any] | None = None
        self._keys: Mapping[str, Any] | None = None

    async def begin(self, *, prove: bool = False) -> "BrowserAttempt":
        metadata = await self._discover(anew=True)  # it may be down by now; a browser would not report that
        attempt = BrowserAttempt(self, metadata, self._settings, proven_since=self._clock.now() if prove else None)
        await attempt.open()
        return attempt

    async def renew(self, refresh_token: str, *, subject: str) -> TokenGrant:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        grant = await self.exchange(form, nonce=None, proven_since=None)
        if grant.claims and grant.claims["sub"] != subject:
            raise SignInRejectedError(say.ANOTHER_PERSON_RENEWED())
        return grant

    async def end_session_address(self, id_token: str) -> str | None:
        address = (await self._discover()).get("end_session_endpoint")
        if not isinstance(address, str) or not is_safe_address(address):
            return None
        query = urlencode({"id_token_hint": id_token, "client_id": self._settings.client})
        return f"{address}{'&' if urlsplit(address).query else '?'}{query}"

    async def revoke(self, refresh_token: str) -> None:
        address = (await self._discover()).get("revocation_endpoint")
        if isinstance(address, str) and is_safe_address(address):
            form = {"token": refresh_token, "token_type_hint": "refresh_token", "client_id": self._settings.client}
            await self._request("POST", address, form)

    async def aclose(self) -> None:
        await self._connections.aclose()

    async def exchange(
        self, form: Mapping[str, str], *, nonce: str | None, proven_since: datetime | None
    ) -> TokenGrant:
        """Return what the token endpoint gives for a code or a refresh token."""
        metadata = await self._discover()
        given = await self._request("POST", metadata["token_endpoint"], {**form, "client_id": self._settings.client})
        access = given.get("access_token")
        if not isinstance(access, str) or not access.isascii() or not access.isprintable() or not access:
            raise self._not_understood("gave no token")
        if str(given.get("token_type", "")).lower() != "bearer":
            raise self._not_understood("sent a token of an unknown kind")
        id_token, refresh = given.get("id_token"), given.get("refresh_token")
        if nonce is not None and not isinstance(id_token, str):
            raise self._not_understood("did not send the user's name")
        claims = await self._claims(id_token, nonce, proven_since) if isinstance(id_token, str) else {}
        lasts_s, cached = _lasts_s(given.get("expires_in")), refresh if isinstance(refresh, str) else None
        return TokenGrant(access, lasts_s, cached, claims, id_token if isinstance(id_token, str) else "")

    async def _claims(self, token: str, nonce: str | None, proven_since: datetime | None) -> dict[str, Any]:
        try:
            return await self._read(token, nonce, proven_since, anew=False)
        except KeyError:  # keys change; once more with those of now
            try:
                return await self._read(token, nonce, proven_since, anew=True)
            except KeyError as error:
                message = "The sign-in isn't trusted: the key is not the provider's. You are not signed in."
                raise SignInRejectedError(message) from error

    async def _read(
        self, token: str, nonce: str | None, proven_since: datetime | None, *, anew: bool
    ) -> dict[str, Any]:
        keys, settings = await self._fetch_keys(anew=anew), self._settings
        return read_id_token(
            token,
            keys,
            issuer=settings.issuer,
            client=settings.client,
            nonce=nonce,
            now=self._clock.now(),
            proven_since=proven_since,
        )

    async def _fetch_keys(self, *, anew: bool) -> Mapping[str, Any]:
        if self._keys is None or anew:
            found = await self._request("GET", (await self._discover())["jwks_uri"])
            if not isinstance(found.get("keys"), list):
                raise self._not_understood("does not show its keys")
            self._keys = found
        return self._keys

    async def _discover(self, *, anew: bool = False) -> Mapping[str, Any]:
        if self._metadata is None or anew:
            issuer = self._settings.issuer
            found = await self._request("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != issuer:
                raise self._not_understood("calls itself by another address than the settings do")
            for name in _NEEDED:
                address = found.get(name)
                if not isinstance(address, str) or not is_safe_address(address):
                    raise self._not_understood(f"does not say a safe {name}")
            methods = found.get("code_challenge_methods_supported")
            if methods is not None and (not isinstance(methods, list) or "S256" not in methods):
                raise self._not_understood("does not offer PKCE with S256")
            self._metadata = found
        return self._metadata

    async def _send(self, method: str, address: str, form: Mapping[str, str] | None) -> tuple[int, bytes]:
        try:
            with self._connections.on_wire(_LIMIT_S) as client:
                status, _, body = await receive(
                    client, method, address, most_bytes=_MOST_BYTES, data=form, headers={"Accept": "application/json"}
                )
        except TooLongError as error:
            raise self._not_understood("answered far more than it should") from error
        except CodingError as error:
            raise self._not_understood("answered in a way that cannot be decompressed") from error
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise SignInUnreachableError(say.UNREACHABLE(where=self._where)) from error
        return status, body

    async def _request(self, method: str, address: str, form: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        """Return the object a provider answers; a refusal raises, with its own word for why."""
        status, body = await self._send(method, address, form)
        try:
            value = msgspec.json.decode(body) if body else {}
        except NOT_JSON:
            value = None
        found: Mapping[str, Any] = value if isinstance(value, dict) else {}
        if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS:
            raise SignInUnreachableError(say.OUT_OF_SERVICE(where=self._where))
        if status >= httpx.codes.BAD_REQUEST:
            raise SignInRejectedError(say.SIGN_IN_DECLINED_BY_SERVICE(where=self._where, reason=_reason(found, status)))
        if status >= httpx.codes.MULTIPLE_CHOICES or not isinstance(value, dict):
            raise self._not_understood("did not answer as the standard says")
        return found

    @property
    def _where(self) -> str:
        return f"The sign-in service {urlsplit(self._settings.issuer).hostname}"

    def _not_understood(self, what: str) -> SignInRejectedError:
        return SignInRejectedError(say.SIGN_IN_SERVICE_FAILED(where=self._where, what=what))


class BrowserAttempt:
    """One sign-in in the browser. Implements the port Attempt."""

    def __init__(
        self,
        provider: OidcProvider,
        metadata: Mapping[str, Any],
        settings: SignInSettings,
        *,
        proven_since: datetime | None,
    ) -> None:
        self._provider, self._metadata, self._settings = provider, metadata, settings
        self._proven_since = proven_since
        self._state, self._nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._verifier = secrets.token_urlsafe(48)
        self._loopback = Loopback(self._state)

    async def open(self) -> None:
        """Listen for the browser's coming back."""
        await self._loopback.open()

    @property
    def address(self) -> str:
        challenge = urlsafe_b64encode(hashlib.sha256(self._verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self._settings.client,
            "redirect_uri": self._loopback.address,
            "scope": self._settings.scope,
            "state": self._state,
            "nonce": self._nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        prompts = ["login"] if self._proven_since is not None else []
        if "offline_access" in self._settings.scope.split():
            prompts.append("consent")  # without it no refresh token is given (OpenID Connect Core 1.0, 11)
        if prompts:
            query["prompt"] = " ".join(prompts)
        if self._proven_since is not None:
            query["max_age"] = "0"
        address: str = self._metadata["authorization_endpoint"]
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"

    async def wait(self) -> TokenGrant:
        redirect = self._loopback.address
        brought = await self._loopback.wait(_PATIENCE_S)
        must_name = bool(self._metadata.get("authorization_response_iss_parameter_supported"))
        if brought.get("iss", self._settings.issuer if not must_name else None) != self._settings.issuer:
            raise SignInRejectedError(say.ANOTHER_SERVICE_ANSWERED())
        if "error" in brought:
            raise SignInRejectedError(say.SIGN_IN_DECLINED(reason=clip(brought["error"], 60)))
        if not brought.get("code"):
            raise SignInRejectedError(say.NO_CODE_CAME_BACK())
        form = {
            "grant_type": "authorization_code",
            "code": brought["code"],
            "redirect_uri": redirect,
            "code_verifier": self._verifier,
        }
        return await asyncio.wait_for(
            self._provider.exchange(form, nonce=self._nonce, proven_since=self._proven_since), 4 * _LIMIT_S
        )

    async def aclose(self) -> None:
        await self._loopback.aclose()


def _reason(found: Mapping[str, Any], status: int) -> str:
    error = found.get("error")
    return clip(error, 60) if isinstance(error, str) and error.isprintable() else str(status)


def _lasts_s(value: object) -> float:
    """Return for how many seconds a token is good by what the provider says."""
    try:
        lasts_s = float(str(value))
    except ValueError:
        return _USUAL_LIFE_S
    return lasts_s if 0 < lasts_s < float("inf") else _USUAL_LIFE_S
