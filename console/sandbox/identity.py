"""The sandbox's identity provider: a page with one identity per role; a click signs in and issues tokens.

It implements OpenID Connect like a real provider (code with PKCE, rotating refresh tokens, revocation), for one client,
`CLIENT`. Its keys and sign-ins are lost when the process ends.
"""

import hashlib
import hmac
import html
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from console.sandbox.credit_limits import TokenHolder

CLIENT = "opticom-desk"
# Identity -> display name. At first each identity has one role, of the same name.
IDENTITIES: Mapping[str, str] = {
    "rep": "Sandbox rep",
    "senior-rep": "Sandbox senior rep",
    "supervisor": "Sandbox supervisor",
    "field-technician": "Sandbox field technician",
    "trainee": "Sandbox trainee",
}
ACCESS_LIFE_S = 300.0
_CODE_LIFE_S = 60.0
_ASKED = ("client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge")
_COOKIE = "sandbox-session"
_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:26em;margin:12vh auto;color:#1c2430}"
    "button{display:block;width:100%;margin:.5em 0;padding:.8em;font:inherit;text-align:left;"
    "border:1px solid #b8c0cc;border-radius:6px;background:#f6f8fa;cursor:pointer}"
    "button:hover,button:focus{border-color:#0b63c5;background:#eaf2fc}"
)


@dataclass
class _Family:
    """One sign-in. Its refresh tokens rotate; using one twice ends the sign-in."""

    identity: str
    nonce: str
    at_s: float
    current: str = ""
    used: set[str] = field(default_factory=set)
    is_ended: bool = False


@dataclass(frozen=True)
class _Code:
    family: _Family
    redirect: str
    challenge: str
    until_s: float


class IdentityService:
    """The identity provider at one local address. Set `address` before the first request."""

    def __init__(self) -> None:
        self.address = ""
        self.access_life_s = ACCESS_LIFE_S
        self.roles = {identity: [identity] for identity in IDENTITIES}
        self._key = ECKey.generate_key("P-256", {"kid": secrets.token_hex(4), "use": "sig", "alg": "ES256"})
        self._codes: dict[str, _Code] = {}
        self._families: list[_Family] = []
        self._tokens: dict[str, tuple[_Family, float]] = {}
        self._sessions: dict[str, tuple[str, float]] = {}
        routes = [
            Route("/.well-known/openid-configuration", self._discovery),
            Route("/keys", self._show_keys),
            Route("/sign-in", self._page, methods=["GET"]),
            Route("/sign-in", self._chosen, methods=["POST"]),
            Route("/token", self._token, methods=["POST"]),
            Route("/revoke", self._revoke, methods=["POST"]),
            Route("/end-session", self._end_session, methods=["GET"]),
        ]
        self.app = Starlette(routes=routes)

    def person_of(self, token: str) -> TokenHolder | None:
        """Return the person of an access token, or None if the token is unknown, expired or ended."""
        family, until_s = self._tokens.get(token, (None, 0.0))
        if family is None or family.is_ended or time.monotonic() >= until_s:
            return None
        return self.person(f"sandbox-{family.identity}")

    def person(self, subject: str) -> TokenHolder | None:
        """Return the person with a subject of this provider, or None if unknown."""
        identity = subject.removeprefix("sandbox-")
        return TokenHolder(subject, tuple(self.roles[identity])) if identity in IDENTITIES else None

    def end_access(self) -> None:
        """End every access token, as if it had expired. Refresh tokens still work."""
        self._tokens.clear()

    def end_sign_ins(self) -> None:
        """End every sign-in, so that refresh tokens are rejected."""
        for family in self._families:
            family.is_ended = True

    # ------------------------------------------------------------------ responses

    async def _discovery(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/sign-in",
                "token_endpoint": f"{self.address}/token",
                "revocation_endpoint": f"{self.address}/revoke",
                "end_session_endpoint": f"{self.address}/end-session",
                "jwks_uri": f"{self.address}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "code_challenge_methods_supported": ["S256"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def _show_keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    async def _page(self, request: Request) -> Response:
        asked = dict(request.query_params)
        wrong = _what_is_wrong(asked)
        if wrong:
            return HTMLResponse(f"<!doctype html><title>Sign in</title><p>{html.escape(wrong)}</p>", 400)
        identity, at_s = self._sessions.get(request.cookies.get(_COOKIE, ""), ("", 0.0))
        most_s = int(asked["max_age"]) if asked.get("max_age", "").isdecimal() else float("inf")
        if identity and "login" not in asked.get("prompt", "").split() and time.time() - at_s <= most_s:
            return self._send_back(asked, identity, at_s)
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(asked.get(name, ""), quote=True)}">'
            for name in _ASKED
        )
        buttons = "".join(
            f'<button name="identity" value="{name}">{html.escape(words)}</button>'
            for name, words in IDENTITIES.items()
        )
        return HTMLResponse(
            f"<!doctype html><html lang=en><meta charset=utf-8><title>Sign in: OptiCom sandbox</title>"
            f"<style>{_STYLE}</style><h1>OptiCom sandbox</h1><p>Who are you?</p>"
            f'<form method="post">{fields}{buttons}</form>',
            headers={
                "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
            },
        )

    async def _chosen(self, request: Request) -> Response:
        asked = await _form(request)
        wrong = _what_is_wrong({"response_type": "code", "code_challenge_method": "S256", **asked})
        identity = asked.get("identity", "")
        if wrong or identity not in IDENTITIES:
            return JSONResponse({"error": "invalid_request", "error_description": wrong or "no such identity"}, 400)
        session, now_s = secrets.token_urlsafe(24), time.time()
        self._sessions[session] = identity, now_s
        answer = self._send_back(asked, identity, now_s)
        answer.set_cookie(_COOKIE, session, httponly=True, samesite="lax")
        return answer

    def _send_back(self, asked: Mapping[str, str], identity: str, at_s: float) -> Response:
        """Redirect the browser with a code for an identity that signed in at `at_s` (Unix time)."""
        code = secrets.token_urlsafe(24)
        family = _Family(identity, asked.get("nonce", ""), at_s)
        until_s = time.monotonic() + _CODE_LIFE_S
        self._codes[code] = _Code(family, asked["redirect_uri"], asked["code_challenge"], until_s)
        query = urlencode({"code": code, "state": asked.get("state", ""), "iss": self.address})
        return RedirectResponse(f"{asked['redirect_uri']}?{query}", 303)

    async def _end_session(self, request: Request) -> Response:
        self._sessions.pop(request.cookies.get(_COOKIE, ""), None)
        answer = HTMLResponse("<!doctype html><title>Signed out</title><p>You are signed out.</p>")
        answer.delete_cookie(_COOKIE)
        return answer

    async def _token(self, request: Request) -> Response:
        form = await _form(request)
        if form.get("client_id") != CLIENT:
            return _refusal("invalid_client", 401)
        if form.get("grant_type") == "authorization_code":
            return self._by_code(form)
        if form.get("grant_type") == "refresh_token":
            return self._by_refresh(form.get("refresh_token", ""))
        return _refusal("unsupported_grant_type")

    def _by_code(self, form: Mapping[str, str]) -> Response:
        code = self._codes.pop(form.get("code", ""), None)  # a code works only once
        verifier = form.get("code_verifier", "")
        challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if (
            code is None
            or code.until_s < time.monotonic()
            or code.redirect != form.get("redirect_uri")
            or not hmac.compare_digest(challenge, code.challenge)
        ):
            return _refusal("invalid_grant")
        self._families.append(code.family)
        return self._give(code.family, nonce=code.family.nonce)

    def _by_refresh(self, token: str) -> Response:
        for family in self._families:
            if token in family.used:  # used twice: someone else has the token too
                family.is_ended = True
        for family in self._families:
            if token and family.current == token and not family.is_ended:
                family.used.add(token)
                return self._give(family, nonce="")
        return _refusal("invalid_grant")

    def _give(self, family: _Family, *, nonce: str) -> Response:
        family.current, access = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
        self._tokens[access] = (family, time.monotonic() + self.access_life_s)
        given: dict[str, Any] = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(self.access_life_s),
            "refresh_token": family.current,
        }
        now = int(time.time())
        claims = {
            "iss": self.address,
            "sub": f"sandbox-{family.identity}",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "auth_time": int(family.at_s),
            "name": IDENTITIES[family.identity],
            "roles": self.roles[family.identity],
        } | ({"nonce": nonce} if nonce else {})
        given["id_token"] = jwt.encode({"alg": "ES256", "kid": self._key.kid}, claims, self._key)
        return JSONResponse(given, headers={"Cache-Control": "no-store"})

    async def _revoke(self, request: Request) -> Response:
        token = (await _form(request)).get("token", "")
        for family in self._families:
            if token and token == family.current:
                family.is_ended = True
        return Response(status_code=200)


def _what_is_wrong(asked: Mapping[str, str]) -> str:
    redirect = urlsplit(asked.get("redirect_uri", ""))
    if asked.get("client_id") != CLIENT:
        return "There is no such client."
    if redirect.scheme != "http" or redirect.hostname not in {"127.0.0.1", "::1"}:
        return "The console returns to this computer only."
    if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
        return "Only a code with PKCE (S256) is given."
    if not asked.get("code_challenge") or not asked.get("state"):
        return "The code challenge or the state is missing."
    return ""


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))


def _refusal(error: str, status: int = 400) -> Response:
    return JSONResponse({"error": error}, status)
