"""One reader for every response: of systems, token services, sign-in providers and collectors."""

import asyncio
import gzip
import random
import time
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable

import pytest

from console.errors import CollectorError, ConsoleError, SignInUnreachableError, SystemCallError
from console.http import HttpLayer, ReadRequest
from console.http.audit_collector import AuditCollector
from console.http.oidc import open_provider
from console.models.audit import AuditQuery
from console.settings import Auth, System
from console.settings.sign_in import SignInSettings
from console.system.clock import SystemClock
from tests.support.raw_server import Speak, answer, raw_server

Ask = Callable[[str], Awaitable[object]]
_LIST = ReadRequest("/api", "bill")


class _Secrets:
    def read(self, _reference: str) -> str:
        return "secret"


async def _ask_system(address: str, auth: Auth | None = None) -> object:
    layer = HttpLayer(clock=SystemClock(), on_exchange=lambda _exchange: None, rng=random.Random(1))
    system = System(kind="billing", base_url=address, time_limit_s=0.5, max_answer_mb=2, auth=auth or Auth(kind="none"))
    endpoint = layer.endpoint("billing", system, label="Billing", secrets=_Secrets())
    try:
        return (await endpoint.get(_LIST)).value
    finally:
        await layer.aclose()


async def _ask_token(address: str) -> object:
    auth = Auth(
        kind="oauth2", token_url=f"{address}/token", client="desk", secret="env:SECRET", grant="client_credentials"
    )
    return await _ask_system(address, auth)


async def _ask_provider(address: str) -> object:
    settings = SignInSettings(issuer=address, client="opticom-desk", roles={"rep": "rep"})
    provider = await asyncio.to_thread(open_provider, settings, SystemClock())
    try:
        return await provider.renew("refresh", subject="somebody")
    finally:
        await provider.aclose()


async def _ask_collector(address: str) -> object:
    collector = await asyncio.to_thread(AuditCollector, f"{address}/audit", "token")
    try:
        return await collector.find(AuditQuery())
    finally:
        await collector.aclose()


EVERYBODY = pytest.mark.parametrize(
    "ask", [_ask_system, _ask_token, _ask_provider, _ask_collector], ids=["system", "token", "provider", "collector"]
)


def _saying(body: bytes, *headers: str) -> Speak:
    async def speak(writer: asyncio.StreamWriter) -> None:
        writer.write(answer(body, *headers))
        await writer.drain()

    return speak


def _bomb(times: int) -> bytes:
    """Return a few kB that expand to 64 MB, or these compressed again, `times` times in all."""
    body = b" " * 64_000_000
    for _ in range(times):
        body = gzip.compress(body, 9)
    return body


@pytest.fixture(scope="module")
def bombs() -> dict[str, bytes]:
    return {"gzip": _bomb(1), "gzip, gzip": _bomb(2)}


@EVERYBODY
@pytest.mark.parametrize("coding", ["gzip", "gzip, gzip"])
async def test_a_few_bytes_never_become_more_than_is_allowed(ask: Ask, coding: str, bombs: dict[str, bytes]) -> None:
    async with raw_server(_saying(bombs[coding], f"Content-Encoding: {coding}")) as address:
        tracemalloc.start()
        try:
            with pytest.raises(ConsoleError):
                await ask(address)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most < 30_000_000


@EVERYBODY
@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (b"[]", "gzip"),
        (gzip.compress(b"[]")[:-6], "gzip"),
        (b"[]", "br"),
        (b"[]", "zstd"),
        (zlib.compress(b"[]"), "gzip"),
        (b"[]", "x" * 5000),
    ],
    ids=["not compressed", "cut", "brotli", "zstd", "another", "rubbish"],
)
async def test_what_cannot_be_decompressed_is_one_sentence(ask: Ask, body: bytes, coding: str) -> None:
    async with raw_server(_saying(body, f"Content-Encoding: {coding}")) as address:
        with pytest.raises(ConsoleError):
            await ask(address)


@pytest.mark.parametrize(
    ("compress", "coding"),
    [
        (gzip.compress, "gzip"),
        (gzip.compress, "X-GZIP"),
        (gzip.compress, "identity, gzip"),
        (zlib.compress, "deflate"),
        (lambda body: zlib.compress(body)[2:-4], "deflate"),
        (lambda body: body, "identity"),
        (lambda body: body, ""),
    ],
)
async def test_one_coding_of_the_standard_is_understood(compress: Callable[[bytes], bytes], coding: str) -> None:
    async with raw_server(_saying(compress(b'[{"id": "1"}]'), f"Content-Encoding: {coding}")) as address:
        assert await _ask_system(address) == [{"id": "1"}]


@EVERYBODY
async def test_dripped_headers_end_with_the_deadline(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("console.http.oidc.provider", "console.http.audit_collector"):
        monkeypatch.setattr(f"{module}._LIMIT_S", 0.5)

    async def speak(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not writer.is_closing():
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with raw_server(speak) as address:
        started = time.monotonic()
        with pytest.raises((SystemCallError, SignInUnreachableError, CollectorError)):
            await ask(address)
        assert time.monotonic() - started < 5.0
