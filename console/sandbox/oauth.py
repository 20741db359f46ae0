"""A small OAuth 2 token service for the systems. Source: RFC 6749, sections 4.3 and 4.4."""

import secrets
import time
from base64 import b64decode
from collections.abc import Mapping
from urllib.parse import unquote

_LIFE_S = 60.0


class TokenService:
    """Issues tokens to the client `"desk"` and the user `"desk"`; secret and password are the system's token."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._tokens: dict[str, float] = {}

    def issue(self, form: Mapping[str, str], authorization: str) -> tuple[int, dict[str, object]]:
        """Return status and body of the response to a token request."""
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
        if authorization.startswith("Basic "):
            try:
                client, _, secret = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
            except ValueError:
                client = ""
            client, secret = unquote(client), unquote(secret)
        if (client, secret) != ("desk", self._secret):
            return 401, {"error": "invalid_client"}
        grant = form.get("grant_type")
        if grant not in {"client_credentials", "password"}:
            return 400, {"error": "unsupported_grant_type"}
        if grant == "password" and (form.get("username"), form.get("password")) != ("desk", self._secret):
            return 400, {"error": "invalid_grant"}
        token = secrets.token_urlsafe(18)
        self._tokens[token] = time.monotonic() + _LIFE_S
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": int(_LIFE_S)}

    def knows(self, token: str) -> bool:
        return self._tokens.get(token, 0.0) > time.monotonic()

    def forget(self) -> None:
        """End every token that was issued."""
        self._tokens.clear()
