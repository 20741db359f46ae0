"""Whether an ID token is what it says it is (OpenID Connect Core 1.0, 3.1.3.7)."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from console.errors import SignInRefusedError

# Only with a key pair: one that signs with the client's name or public key, or not at all, is refused.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
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
    """Return the claims of an ID token for this desk.

    `nonce` is what the sign-in was begun with, None where a renewal brings the token. `proven_since` is when the person
    was asked to prove who they are, None where an older session is enough.

    Raises:
        SignInRefusedError: It is not signed by the provider's keys, or not meant for this desk and this sign-in now.
        KeyError: It is signed with a key that is not among these.
    """
    try:
        found = jwt.decode(token, KeySet.import_key_set({"keys": list(keys["keys"])}), algorithms=list(ALGORITHMS))
    except (JoseError, ValueError, TypeError, KeyError) as error:
        if "kid" in str(error).lower():
            raise KeyError(str(error)) from error
        raise _refused("it is not signed as it should be") from error
    claims = dict(found.claims)
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience if isinstance(audience, list) else []
    expires, issued = _moment(claims.get("exp")), _moment(claims.get("iat"))
    reasons = {
        "it is another provider's": claims.get("iss") != issuer,
        "it is meant for another program": client not in audiences,
        "it was given to another program": claims.get("azp", client) != client
        or (len(audiences) > 1 and "azp" not in claims),
        "it has ended": expires is None or expires <= now.timestamp() - _CLOCKS_DIFFER_S,
        "it is of the future; is this computer's clock right?": issued is None
        or issued > now.timestamp() + _CLOCKS_DIFFER_S,
        "it names nobody": not isinstance(claims.get("sub"), str) or not claims["sub"],
        "the sign-in service took an older sign-in for a new one": proven_since is not None
        and not _is_since(claims.get("auth_time"), proven_since),
        "it is of another sign-in": nonce is not None
        and not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
    }
    for reason, holds in reasons.items():
        if holds:
            raise _refused(reason)
    return claims


def _is_since(auth_time: object, since: datetime) -> bool:
    at = _moment(auth_time)
    return at is not None and at >= since.timestamp() - _CLOCKS_DIFFER_S


def _moment(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _refused(reason: str) -> SignInRefusedError:
    return SignInRefusedError(f"The sign-in cannot be trusted: {reason}. You are not signed in.")
