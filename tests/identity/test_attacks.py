"""Attacks that a sign-in must reject: forged tokens, foreign replies on the listener, hostile documents."""

import asyncio
import contextlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwk, jwt

from console.errors import ConsoleError, SignInRejectedError, SignInUnreachableError
from console.http.connections import ConnectionPool
from console.http.oidc.id_token import read_id_token
from console.http.oidc.loopback import Loopback
from console.http.oidc.provider import OidcProvider
from console.settings.sign_in import SignInSettings
from console.system.clock import SystemClock

ISSUER, CLIENT, NONCE = "https://login.example.net", "opticom-desk", "the-nonce"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
KEY = jwk.RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER = jwk.RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
KEYS = {"keys": [KEY.as_dict(private=False)]}
GOOD = {
    "iss": ISSUER, "aud": CLIENT, "sub": "someone", "nonce": NONCE,
    "iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 300,
}  # fmt: skip


def token(changed: dict[str, Any] | None = None, key: Any = KEY, alg: str = "RS256", **header: Any) -> str:
    claims = {name: value for name, value in (GOOD | (changed or {})).items() if value is not None}
    return jwt.encode({"alg": alg, "kid": "one", **header}, claims, key, algorithms=[alg])


def read(text: str) -> dict[str, Any]:
    return read_id_token(text, KEYS, issuer=ISSUER, client=CLIENT, nonce=NONCE, now=NOW)


def test_a_good_token_is_read() -> None:
    assert read(token())["sub"] == "someone"
    assert read(token({"aud": [CLIENT, "another"], "azp": CLIENT}))["sub"] == "someone"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"nonce": "another"}, "another sign-in"),
        ({"nonce": None}, "another sign-in"),
        ({"iss": "https://evil.example"}, "another provider"),
        ({"aud": "another"}, "another program"),
        ({"aud": ["another", "third"]}, "another program"),
        ({"aud": [CLIENT, "another"]}, "another program"),
        ({"azp": "another"}, "another program"),
        ({"exp": int(NOW.timestamp()) - 61}, "has ended"),
        ({"exp": None}, "has ended"),
        ({"exp": "soon"}, "has ended"),
        ({"iat": int(NOW.timestamp()) + 3600}, "dated in the future"),
        ({"sub": ""}, "names no user"),
        ({"sub": 7}, "names no user"),
    ],
)
def test_a_token_of_somebody_else_is_refused(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(SignInRejectedError, match=told):
        read(token(changed))


@pytest.mark.parametrize("auth_time", [None, "now", True, int(NOW.timestamp()) - 61, 0, -1])
def test_an_older_sign_in_is_no_proof_of_who_sits_there_now(auth_time: object) -> None:
    with pytest.raises(SignInRejectedError, match="older sign-in"):
        read_id_token(
            token({"auth_time": auth_time}), KEYS, issuer=ISSUER, client=CLIENT, nonce=NONCE, now=NOW, proven_since=NOW
        )


def test_a_sign_in_of_just_now_is_a_proof() -> None:
    fresh = token({"auth_time": int(NOW.timestamp()) - 2})
    read_id_token(fresh, KEYS, issuer=ISSUER, client=CLIENT, nonce=NONCE, now=NOW, proven_since=NOW)


def _encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


def test_a_token_signed_with_another_key_or_a_shared_secret_or_not_at_all_is_refused() -> None:
    head, body, _ = token().split(".")
    claimed = f"{_encoded(json.dumps({'alg': 'HS256', 'kid': 'one'}).encode())}.{body}"
    with_public_key = hmac.digest(KEY.as_pem(private=False), claimed.encode(), "sha256")
    forged = [token(key=OTHER), f"{claimed}.{_encoded(with_public_key)}"]
    nothing = "eyJhbGciOiJub25lIn0"
    forged += [f"{nothing}.{body}.", f"{head}.{body}.", f"{head}.{body}", "", "a.b.c"]
    for text in forged:
        with pytest.raises(SignInRejectedError, match="not signed as it should be"):
            read(text)


ODD_KEYS = [
    {"kty": "EC", "crv": "P-999", "x": "a", "y": "b", "kid": "odd"},
    {"kid": "no type", "use": "sig"},
    {"kty": "RSA", "n": "!!", "e": "AQAB", "kid": "broken"},
    {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"},
    "no key",
]


def read_with(text: str, *keys: Any) -> dict[str, Any]:
    return read_id_token(text, {"keys": list(keys)}, issuer=ISSUER, client=CLIENT, nonce=NONCE, now=NOW)


@pytest.mark.parametrize("odd", ODD_KEYS, ids=str)
def test_a_key_that_cannot_be_used_keeps_nobody_out(odd: Any) -> None:
    assert read_with(token(), odd, KEY.as_dict(private=False))["sub"] == "someone"


def test_without_names_every_fitting_key_is_tried() -> None:
    nameless = {name: value for name, value in KEY.as_dict(private=False).items() if name != "kid"}
    elliptic = jwk.ECKey.generate_key("P-256").as_dict(private=False)
    second = jwk.RSAKey.generate_key(2048).as_dict(private=False)
    unnamed = jwt.encode({"alg": "RS256"}, GOOD, KEY, algorithms=["RS256"])
    for keys in ((nameless,), (elliptic, second, nameless), (OTHER.as_dict(private=False), KEY.as_dict(private=False))):
        assert read_with(unnamed, *keys)["sub"] == "someone"
    assert read_with(token(), second, nameless)["sub"] == "someone"
    with pytest.raises(KeyError):  # loaded again, because keys change
        read_with(unnamed, second, elliptic)


@pytest.mark.parametrize("algorithm", ["EdDSA", "Ed25519"])
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_edwards_curves_are_taken_by_either_name(algorithm: str) -> None:
    key = jwk.OKPKey.generate_key("Ed25519", {"kid": "one"})
    assert read_with(token(key=key, alg=algorithm), key.as_dict(private=False))["sub"] == "someone"


def test_a_key_for_encryption_signs_nothing() -> None:
    with pytest.raises(KeyError):
        read_with(token(), KEY.as_dict(private=False) | {"use": "enc"})


@given(
    st.one_of(st.text(max_size=200), st.from_regex(r"[A-Za-z0-9_-]{0,60}\.[A-Za-z0-9_-]{0,60}\.[A-Za-z0-9_-]{0,60}"))
)
def test_rubbish_for_a_token_ends_in_a_sentence(text: str) -> None:
    with pytest.raises((SignInRejectedError, KeyError)):
        read(text)


# ------------------------------------------------------------------ the listener


async def hit(listener: Loopback, query: str, *, method: str = "GET", **headers: str) -> int:
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        return (await client.request(method, f"{listener.address}{query}", headers=headers)).status_code


async def test_only_the_first_answer_with_the_right_state_counts() -> None:
    listener = Loopback("right")
    await listener.open()
    assert await hit(listener, "?state=wrong&code=1") == 400
    assert await hit(listener, "?code=1") == 400
    assert await hit(listener, "?state=right&state=right&code=1") == 400
    assert await hit(listener, "?state=right&code=1", method="POST") == 400
    assert await hit(listener, "?state=right&code=1", host="evil.example") == 400
    assert await hit(listener, "/other?state=right&code=1") == 404
    assert await hit(listener, "?state=right&code=2") == 200
    assert await hit(listener, "?state=right&code=3") == 409
    assert (await listener.wait(5))["code"] == "2"
    with pytest.raises(httpx.ConnectError):
        await hit(listener, "?state=right&code=4")


async def test_bytes_that_are_no_request_do_not_end_the_sign_in() -> None:
    listener = Loopback("right")
    await listener.open()
    port = httpx.URL(listener.address).port
    for rubbish in (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET\r\n\r\n", b"A" * 70_000, b""):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(rubbish)
        writer.write_eof()
        await reader.read()
        writer.close()
    assert await hit(listener, "?state=right&code=2") == 200
    assert (await listener.wait(5))["code"] == "2"


async def test_who_connects_and_says_nothing_is_dropped_when_the_sign_in_ends() -> None:
    listener = Loopback("right")
    await listener.open()
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(listener.address).port)
    assert await hit(listener, "?state=right&code=2") == 200
    await listener.wait(5)
    with contextlib.suppress(ConnectionError):
        assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()


async def test_nobody_comes() -> None:
    listener = Loopback("right")
    await listener.open()
    with pytest.raises(SignInUnreachableError, match="No sign-in within"):
        await listener.wait(0.05)


# ------------------------------------------------------------------ the provider's own document

DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
    "authorization_response_iss_parameter_supported": True,
}
SETTINGS = SignInSettings(issuer=ISSUER, client=CLIENT, roles={"rep": "rep"})


def provider_of(answer: Callable[[httpx.Request], httpx.Response]) -> OidcProvider:
    """Return a provider whose server replies with `answer`, each body streamed as from a network."""

    def streamed(request: httpx.Request) -> httpx.Response:
        found = answer(request)
        return httpx.Response(found.status_code, headers=found.headers, stream=httpx.ByteStream(found.content))

    client = httpx.AsyncClient(transport=httpx.MockTransport(streamed))
    return OidcProvider(SETTINGS, ConnectionPool(lambda: client), SystemClock())


def provider(document: Any, **answers: Any) -> OidcProvider:
    def answer(request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        found = answers.get(name, document)
        return found if isinstance(found, httpx.Response) else httpx.Response(200, content=json.dumps(found))

    return provider_of(answer)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"issuer": "https://evil.example"}, "another address"),
        ({"issuer": f"{ISSUER}/"}, "another address"),
        ({"token_endpoint": "http://login.example.net/token"}, "safe token_endpoint"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "safe authorization_endpoint"),
        ({"jwks_uri": None}, "safe jwks_uri"),
        ({"jwks_uri": "https://login.[xample.net/keys"}, "safe jwks_uri"),
        ({"jwks_uri": "https://"}, "safe jwks_uri"),
        ({"authorization_endpoint": " https://login.example.net/a"}, "safe authorization_endpoint"),
        ({"authorization_endpoint": "ht\ntps://login.example.net/a"}, "safe authorization_endpoint"),
        ({"token_endpoint": "\x00https://login.example.net/t"}, "safe token_endpoint"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
    ],
)
async def test_a_document_that_leads_elsewhere_is_refused(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(SignInRejectedError, match=told):
        await provider(DOCUMENT | changed).begin()


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(list(DOCUMENT)), inner), max_leaves=8))  # fmt: skip
async def test_rubbish_for_a_document_ends_in_a_sentence(document: Any) -> None:
    with pytest.raises(ConsoleError):
        await provider(document).begin()


@pytest.mark.parametrize(
    "body", [b'{"issu\xf2r": 1}', b"[" * 100_000, b'{"a": 1e999999999999}', b"\x00", b"\xff\xfe{}"]
)
async def test_bytes_that_are_no_document_end_in_a_sentence(body: bytes) -> None:
    with pytest.raises(SignInRejectedError, match="as the standard says"):
        await provider(httpx.Response(200, content=body)).begin()


@pytest.mark.parametrize("address", ["http://login.example.net/revoke", "https://[", "ftp://login.example.net", 7])
async def test_a_refresh_token_is_revoked_at_a_safe_address_or_nowhere(address: Any) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        return httpx.Response(200, json=DOCUMENT | {"revocation_endpoint": address})

    await provider_of(answer).revoke("the refresh token")
    assert asked == ["GET"]


async def _answered(brought: str, **answers: Any) -> Any:
    made = provider(DOCUMENT, **answers)
    attempt = await made.begin()
    query = httpx.URL(attempt.address).params
    waiting = asyncio.create_task(attempt.wait())
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        await client.get(f"{query['redirect_uri']}?state={query['state']}&{brought}")
    return await waiting


@pytest.mark.parametrize(
    ("brought", "told"),
    [
        ("code=1&iss=https://evil.example", "another service replied"),
        ("code=1", "another service replied"),
        (f"error=access_denied&iss={ISSUER}", "declined"),
        (f"iss={ISSUER}", "sent no reply"),
    ],
)
async def test_an_answer_of_another_service_is_refused(brought: str, told: str) -> None:
    with pytest.raises(SignInRejectedError, match=told):
        await _answered(brought)


@pytest.mark.parametrize(
    ("given_for_code", "told"),
    [
        ({"access_token": "a", "token_type": "Bearer"}, "user's name"),
        ({"token_type": "Bearer"}, "no token"),
        ({"access_token": "a\nb", "token_type": "Bearer"}, "no token"),
        ({"access_token": "a", "token_type": "mac"}, "of an unknown kind"),
        (httpx.Response(200, content=b'{"access_token": "\xca"}'), "as the standard says"),
        (httpx.Response(400, json={"error": "invalid_grant"}), "invalid_grant"),
        (httpx.Response(302, headers={"location": "https://evil.example"}), "as the standard says"),
        (httpx.Response(200, content=b"{" * 2_000_000), "more than it should"),
    ],
)
async def test_a_token_answer_that_is_none_is_refused(given_for_code: Any, told: str) -> None:
    with pytest.raises(SignInRejectedError, match=told):
        await _answered(f"code=1&iss={ISSUER}", token=given_for_code)


async def test_a_service_that_is_down_is_not_a_refusal() -> None:
    with pytest.raises(SignInUnreachableError):
        await _answered(f"code=1&iss={ISSUER}", token=httpx.Response(503))
