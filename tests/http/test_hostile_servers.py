"""Servers with endless or unusable replies: one deadline for everything, and nothing of the reply is saved."""

import asyncio
import gzip
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from console.errors import (
    BadResponseError,
    ConfigurationError,
    ConflictError,
    RejectedError,
    SystemCallError,
    SystemUnavailableError,
    ThrottledError,
)
from console.http import Endpoint, HttpLayer, ReadRequest, WriteRequest
from console.settings import Auth, System
from console.system.clock import SystemClock
from tests.support.control import Control
from tests.support.raw_server import Speak, answer, raw_server
from tests.support.serving import serving

LIST = ReadRequest("/api", "bill")
WRITE = WriteRequest("/api", "bill", b"{}", "key-1")


def layer_of(base_url: str, **settings: Any) -> tuple[HttpLayer, Endpoint]:
    layer = HttpLayer(clock=SystemClock(), on_exchange=lambda _exchange: None, rng=random.Random(1))
    values: dict[str, Any] = {"kind": "billing", "base_url": base_url, "time_limit_s": 0.5, **settings}
    endpoint = layer.endpoint("billing", System(auth=Auth(kind="none"), **values), label="Billing", secrets=_NO_SECRETS)
    return layer, endpoint


class _NoSecrets:
    def read(self, reference: str) -> str:
        raise AssertionError(reference)


_NO_SECRETS = _NoSecrets()


async def _for_ever(writer: asyncio.StreamWriter, first: bytes, piece: bytes) -> None:
    writer.write(first)
    while not writer.is_closing():
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.02)


def _endless(first: bytes, piece: bytes) -> Speak:
    return lambda writer: _for_ever(writer, first, piece)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
ENDLESS = {
    "headers": _endless(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"),
    "interim answers": _endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
    "early hints": _endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
    "chunk extensions": _endless(CHUNKED + b"\r\n2;a=", b"b"),
    "trailers": _endless(CHUNKED + b"\r\n2\r\n[]\r\n0\r\nX-Slow: ", b"a"),
    "gzip of nothing": _endless(CHUNKED + b"Content-Encoding: gzip\r\n\r\n", b"14\r\n" + gzip.compress(b"") + b"\r\n"),
    "body": _endless(CHUNKED + b"\r\n1\r\n[\r\n", b"1\r\n \r\n"),
}


@pytest.mark.parametrize("what", ENDLESS)
@pytest.mark.parametrize("ask", [lambda end: end.get(LIST), lambda end: end.send(WRITE)], ids=["read", "write"])
async def test_one_deadline_ends_every_way_of_never_ending(
    what: str, ask: Callable[[Endpoint], Awaitable[object]]
) -> None:
    async with raw_server(ENDLESS[what]) as address:
        layer, endpoint = layer_of(address)
        started = time.monotonic()
        with pytest.raises(SystemCallError):
            await ask(endpoint)
        assert time.monotonic() - started < 3.0  # 0.5 s and its share of retries
        await layer.aclose()


async def test_a_pool_survives_bodies_that_are_slower_than_their_limit(sandbox: Control) -> None:
    async def ask_many() -> list[object]:
        asking = (endpoint.get(ReadRequest(_BILLS, "customerBill", parameters=_page(i))) for i in range(12))
        return await asyncio.gather(*asking, return_exceptions=True)

    layer = HttpLayer(clock=SystemClock(), on_exchange=lambda _exchange: None, rng=random.Random(1))
    system = System(
        kind="billing",
        base_url=sandbox.process.addresses["billing"],
        time_limit_s=0.6,
        auth=Auth(kind="bearer", secret="handed:billing"),
    )
    endpoint = layer.endpoint("billing", system, label="Billing", secrets=sandbox.process.secrets)
    await sandbox.faults("billing", bytes_per_s=300)
    for _ in range(3):
        assert all(isinstance(one, SystemUnavailableError) for one in await ask_many())
    await sandbox.clear()
    endpoint.probe(LIST)
    answered = await endpoint.get(ReadRequest(_BILLS, "customerBill", parameters=_page(0)))
    assert answered.status == 200
    assert not endpoint.is_wedged
    await layer.aclose()


_BILLS = "/tmf-api/customerBillManagement/v4"


def _page(number: int) -> tuple[tuple[str, str], ...]:
    return (("offset", str(number * 20)), ("limit", "20"))


async def test_connections_that_stay_in_use_for_nothing_are_made_again() -> None:
    async def speak(writer: asyncio.StreamWriter) -> None:
        writer.write(answer())
        await writer.drain()

    async with raw_server(speak) as address:
        layer, endpoint = layer_of(address, max_requests=2)
        before = endpoint.connections.client
        # As a fault in the library would leave it: a response that is neither read to its end nor closed.
        await before.send(before.build_request("GET", "/left"), stream=True)
        assert endpoint.is_wedged
        await endpoint.get(LIST)
        assert endpoint.connections.client is not before
        assert not endpoint.is_wedged
        await endpoint.get(ReadRequest("/api", "other"))
        await layer.aclose()


@pytest.mark.parametrize(
    "etag", ['"caf\u00e9"', '"a\u20acb"'.encode().decode("latin-1"), '"with space"', '"x' + "y" * 500 + '"']
)
async def test_a_version_tag_that_cannot_be_sent_back_is_not_kept(etag: str) -> None:
    async def speak(writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b'[{"id": "1"}]', f"ETag: {etag}"))
        await writer.drain()

    async with raw_server(speak) as address:
        layer, endpoint = layer_of(address)
        for _ in range(3):
            assert (await endpoint.get(LIST)).value == [{"id": "1"}]
        await layer.aclose()


@pytest.mark.parametrize(
    ("etag", "sent"),
    [('"7"', True), ("7", True), ('W/"7"', False), ('"7-gzip"', False), ('"7;br"', False), ('"caf\u00e9"', False)],
)
async def test_only_a_tag_that_names_one_version_guards_a_write(etag: str, sent: bool) -> None:
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer(b"{}"))

    async with serving(serve) as address:
        layer, endpoint = layer_of(address)
        await endpoint.send(WriteRequest("/api", "bill", b"{}", "key-1", "1", etag))
        assert (b"if-match" in heads[0].lower()) is sent
        await layer.aclose()


def _once(status: str, *headers: str, body: bytes = b"{}") -> Speak:
    async def speak(writer: asyncio.StreamWriter) -> None:
        writer.write(answer(body, *headers, status=status))
        await writer.drain()

    return speak


ANSWERED = [
    ("408 Request Timeout", SystemUnavailableError),
    ("425 Too Early", SystemUnavailableError),
    ("429 Too Many", ThrottledError),
    ("503 Unavailable", SystemUnavailableError),
    ("409 Conflict", ConflictError),
    ("412 Precondition", ConflictError),
    ("403 Forbidden", RejectedError),
    ("422 Duplicate", RejectedError),
    ("404 Not Found", SystemCallError),
    ("401 Unauthorized", SystemCallError),
]


@pytest.mark.parametrize(("status", "error"), ANSWERED)
async def test_whatever_was_answered_to_a_write_it_may_have_happened(status: str, error: type[SystemCallError]) -> None:
    async with raw_server(_once(status)) as address:
        layer, endpoint = layer_of(address)
        with pytest.raises(error) as caught:
            await endpoint.send(WRITE)
        assert caught.value.may_have_happened
        await layer.aclose()


async def test_a_write_that_found_no_server_has_not_happened() -> None:
    layer, endpoint = layer_of("http://127.0.0.1:9")
    with pytest.raises(SystemUnavailableError) as caught:
        await endpoint.send(WRITE)
    assert not caught.value.may_have_happened
    await layer.aclose()


@pytest.mark.parametrize(
    "body",
    [
        b'{"id": "7", "success": true, "errors": []}',
        b'{"code": "0", "reason": "OK"}',
        b'{"id": "7", "title": "Dr.", "status": "validated"}',
    ],
)
async def test_a_success_is_not_taken_for_a_rejection(body: bytes) -> None:
    async with raw_server(_once("201 Created", body=body)) as address:
        layer, endpoint = layer_of(address)
        assert (await endpoint.send(WRITE)).status == 201
        assert (await endpoint.get(ReadRequest("/api", "person", "7"))).status == 201
        await layer.aclose()


@pytest.mark.parametrize(
    "body", [b'{"code": "60", "reason": "Locked"}', b'{"id": "", "success": false, "errors": [{"message": "Locked"}]}']
)
async def test_a_failure_inside_a_success_is_a_rejection_that_may_have_happened(body: bytes) -> None:
    async with raw_server(_once("200 OK", body=body)) as address:
        layer, endpoint = layer_of(address)
        with pytest.raises(RejectedError, match="Locked") as caught:
            await endpoint.send(WRITE)
        assert caught.value.may_have_happened
        await layer.aclose()


async def test_times_of_a_server_count_by_its_own_clock() -> None:
    headers = ("Date: Thu, 03 Dec 2026 10:00:00 GMT", "Retry-After: Thu, 03 Dec 2026 10:00:20 GMT")
    async with raw_server(_once("429 Too Many", *headers)) as address:
        layer, endpoint = layer_of(address)
        with pytest.raises(ThrottledError) as caught:
            await endpoint.send(WRITE)
        pause_s = (caught.value.retry_at - SystemClock().now()).total_seconds()
        assert 15 < pause_s <= 20
        await layer.aclose()


async def test_a_port_without_encryption_behind_https_is_named_as_such() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with serving(serve) as address:
        layer, endpoint = layer_of(address.replace("http://127.0.0.1", "https://127.0.0.1"), time_limit_s=3)
        with pytest.raises(SystemUnavailableError, match="does not encrypt at its address") as rejected:
            await endpoint.get(LIST)
        assert rejected.value.code == "BILLING-NO-TLS"
        await layer.aclose()


async def test_a_dead_proxy_is_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with serving(refuse) as address:
        monkeypatch.setenv("HTTPS_PROXY", address)
        layer, endpoint = layer_of("https://billing.example.net", time_limit_s=3)
        with pytest.raises(SystemUnavailableError, match="through this computer's proxy"):
            await endpoint.get(LIST)
        await layer.aclose()


@asynccontextmanager
async def _slashed(status: str, place: Callable[[str], str]) -> AsyncIterator[tuple[str, list[str]]]:
    """Yield the address of a server that serves only `/api/bill/` and redirects the rest, and its requests."""
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        target = head.split(" ")[1]
        asked.append(head.split(" ")[0] + " " + target)
        path, _, query = target.partition("?")
        if path == "/api/bill/":
            writer.write(answer(b'[{"id": "1"}]'))
        else:
            writer.write(answer(b"", f"Location: {place(f'{path}/?{query}' if query else path + '/')}", status=status))
        await writer.drain()

    async with serving(serve) as address:
        yield address, asked


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
async def test_a_redirect_to_the_same_address_with_a_slash_is_followed(status: str) -> None:
    async with _slashed(status, lambda path: path) as (address, asked):
        layer, endpoint = layer_of(address)
        found = await endpoint.get(ReadRequest("/api", "bill", parameters=(("relatedParty.id", "a b"),)))
        assert found.value == [{"id": "1"}]
        assert asked == ["GET /api/bill?relatedParty.id=a+b", "GET /api/bill/?relatedParty.id=a+b"]
        await layer.aclose()


@pytest.mark.parametrize(("status", "sent"), [("307 Temporary", 2), ("308 Permanent", 2), ("302 Found", 1)])
async def test_a_write_follows_only_redirects_that_keep_it(status: str, sent: int) -> None:
    async with _slashed(status, lambda path: path) as (address, asked):
        layer, endpoint = layer_of(address)
        if sent == 1:
            with pytest.raises(SystemCallError):
                await endpoint.send(WRITE)
        else:
            await endpoint.send(WRITE)
        assert [one.split(" ")[0] for one in asked] == ["POST"] * sent
        await layer.aclose()


@pytest.mark.parametrize(
    "place",
    [
        lambda path: f"http://127.0.0.1:9{path}",
        lambda path: f"https://other.example{path}",
        lambda path: f"http://user:pass@{{host}}{path}",
        lambda path: "/api/bills/",
        lambda path: "/api/bill",
        lambda path: "http://[broken/",
    ],
)
async def test_no_other_redirect_is_followed(place: Callable[[str], str]) -> None:
    async with _slashed("307 Temporary", place) as (address, asked):
        layer, endpoint = layer_of(address)
        with pytest.raises(BadResponseError, match="another address"):
            await endpoint.get(LIST)
        assert asked == ["GET /api/bill"]
        await layer.aclose()


async def test_resources_at_the_root_of_a_server_are_asked_for_there() -> None:
    async with _slashed("404 Not Found", lambda path: path) as (address, asked):
        layer, endpoint = layer_of(address)
        await endpoint.get(ReadRequest("/", "service"))
        await endpoint.get(ReadRequest("/", "service", "SV-1"))
        assert asked == ["GET /service", "GET /service/SV-1"]
        await layer.aclose()


async def test_a_problem_document_is_a_failure_whatever_its_status() -> None:
    body = b'{"title": "Locked", "detail": "by another process"}'

    async def speak(writer: asyncio.StreamWriter) -> None:
        writer.write(answer(body, kind="application/problem+json"))
        await writer.drain()

    async with raw_server(speak) as address:
        layer, endpoint = layer_of(address)
        with pytest.raises(RejectedError, match="Locked"):
            await endpoint.get(LIST)
        await layer.aclose()


@pytest.mark.parametrize("proxy", ["socks://127.0.0.1:1080/", "socks5://127.0.0.1:1080", "gopher://127.0.0.1"])
def test_a_proxy_of_the_environment_that_cannot_be_used_is_said(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(ConfigurationError, match="ALL_PROXY"):
        layer_of("https://billing.example.net")
