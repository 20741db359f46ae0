"""Whether an ID token is what it says it is (OpenID Connect Core 1.0, 3.1.3.7)."""

import base64
import contextlib
import hmac
import json
import warnings
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import JWKRegistry

from console.errors import SignInRejectedError
from console.messages import http as say

# Only with a key pair: one that signs with the client's name or public key, or not at all, is refused.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
_KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
_CLOCKS_DIFFER_S = 60


def read_id_token(
    token: str,
    keys: Mapping[str, Any],
    *,
    issuer: str,
    client: str,
    nonce: str | None,
    now: datetime,
    proven_since: datetime | None = None,
) -> dict[str, Any]:
    """Return the claims of an ID token for this console.

    `nonce` is what the sign-in was begun with, None where a renewal brings the token. `proven_since` is when the person
    was asked to prove who they are, None where an older session is enough.

    Raises:
        SignInRejectedError: It is not signed by the provider's keys, or not for this console and this sign-in.
        KeyError: It is signed with a key that is not among these.
    """
    claims = _signed_claims(token, keys)
    audience = claims.get("aud")
    listed = audience if isinstance(audience, list) else []
    audiences = [audience] if isinstance(audience, str) else listed
    expires, issued = _moment(claims.get("exp")), _moment(claims.get("iat"))
    reasons = {
        "it is another provider's": claims.get("iss") != issuer,
        "it is for another program": client not in audiences,
        "it was given to another program": claims.get("azp", client) != client
        or (len(audiences) > 1 and "azp" not in claims),
        "it has ended": expires is None or expires <= now.timestamp() - _CLOCKS_DIFFER_S,
        "it is dated in the future; check this computer's clock": issued is None
        or issued > now.timestamp() + _CLOCKS_DIFFER_S,
        "it names no user": not isinstance(claims.get("sub"), str) or not claims["sub"],
        "the sign-in service took an older sign-in for a new one": proven_since is not None
        and not _is_since(claims.get("auth_time"), proven_since),
        "it is of another sign-in": nonce is not None
        and not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
    }
    for reason, holds in reasons.items():
        if holds:
            raise _rejection(reason)
    return claims


def _signed_claims(token: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return a token's claims if one of the fitting keys has signed it.

    A key that cannot be used, because its type or curve is unknown, does not affect the others. A token or
    a key without a name is tried with every key, or at every token, of its kind. Source: RFC 7515 section 6, RFC 7517.
    """
    header = _header(token)
    algorithm, name = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise _rejection("it is not signed as it should be")
    fitting = [key for key in _usable(keys) if key.key_type == _KEY_TYPES[algorithm[:2]]]
    named = [key for key in fitting if name is not None and key.kid == name]
    for key in named or [key for key in fitting if name is None or key.kid is None]:
        try:
            with warnings.catch_warnings():  # EdDSA has a newer name, and providers go on using the old one
                warnings.simplefilter("ignore", SecurityWarning)
                return dict(jwt.decode(token, key, algorithms=[algorithm]).claims)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    if named:
        raise _rejection("it is not signed as it should be")
    raise KeyError("it is signed with none of these keys")


def _header(token: str) -> Mapping[str, Any]:
    """Return the head of a token, which says how it is signed; empty where it cannot be read."""
    try:
        found = json.loads(base64.urlsafe_b64decode(token.partition(".")[0] + "=="))
    except (ValueError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _usable(keys: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the keys for signatures that can be used here."""
    for key in keys["keys"]:
        if isinstance(key, dict) and key.get("kty") in _KEY_TYPES.values() and key.get("use", "sig") == "sig":
            with contextlib.suppress(JoseError, ValueError, TypeError, KeyError):
                yield JWKRegistry.import_key(key)


def _is_since(auth_time: object, since: datetime) -> bool:
    at = _moment(auth_time)
    return at is not None and at >= since.timestamp() - _CLOCKS_DIFFER_S


def _moment(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _rejection(reason: str) -> SignInRejectedError:
    return SignInRejectedError(say.SIGN_IN_NOT_TRUSTED(reason=reason))
