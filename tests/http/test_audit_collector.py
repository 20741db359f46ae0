"""A collector over HTTP: what it accepts, what it returns, and its other possible replies."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack

import pytest

from console.errors import CollectorConflictError, CollectorError
from console.http.audit_collector import AuditCollector
from console.models.audit import AuditQuery, Link
from tests.support.control import Control
from tests.support.serving import serving

Response = Callable[[bytes], Coroutine[None, None, AuditCollector]]


@pytest.fixture
async def answering() -> AsyncIterator[Response]:
    """Yield a function that starts a server with one fixed reply and returns a collector on it."""
    async with AsyncExitStack() as opened:

        async def start(answer: bytes) -> AuditCollector:
            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(answer)
                await writer.drain()

            address = await opened.enter_async_context(serving(serve))
            collector = await asyncio.to_thread(AuditCollector, f"{address}/audit", "token")
            opened.push_async_callback(collector.aclose)
            return collector

        yield start


def answer(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (answer(b"[{"), "has no entries"),
        (answer(b'{"chain": "c"}'), "has no entries"),
        (answer(b'[{"chain": "c", "seq": "one", "head": "h", "body": "{}"}]'), "has no entries"),
        (answer(b'[{"chain": "\xca"}]'), "has no entries"),
        (answer(b"[" * 100_000), "has no entries"),
        (answer(b"<html>Sign in</html>"), "has no entries"),
        (answer(b"", "405 Method Not Allowed"), "can't be searched"),
        (answer(b"", "503 Service Unavailable"), "replied 503"),
        (answer(b"[" + b" " * 9_000_000 + b"]"), "more than was requested"),
        (b"rubbish\r\n\r\n", "can't be reached"),
        (b"", "can't be reached"),
    ],
)
async def test_whatever_it_answers_to_a_search_is_one_sentence(answering: Response, told: bytes, words: str) -> None:
    collector = await answering(told)
    with pytest.raises(CollectorError, match=words):
        await collector.find(AuditQuery("CU-1"))


async def test_it_tells_no_more_than_was_asked_for(answering: Response) -> None:
    line = b'{"chain": "c", "seq": 1, "head": "h", "body": "{}"}'
    collector = await answering(answer(b"[" + b",".join([line] * 30) + b"]"))
    assert await collector.find(AuditQuery(limit=3)) == [Link("c", 1, b"{}", "h")] * 3


async def test_the_sandbox_takes_only_what_is_an_entry_from_whoever_has_its_token(sandbox: Control) -> None:
    stranger = await asyncio.to_thread(AuditCollector, sandbox.process.audit, "wrong")
    with pytest.raises(CollectorError, match="replied 401"):
        await stranger.send([Link("c", 1, b'{"at": "2026-11-25T12:00:00Z"}', "h")])
    with pytest.raises(CollectorError, match="replied 401"):
        await stranger.find(AuditQuery())
    await stranger.aclose()
    known = await asyncio.to_thread(AuditCollector, sandbox.process.audit, sandbox.process.tokens["audit"])
    with pytest.raises(CollectorError, match="replied 400"):
        await known.send([Link("c", 1, b"no entry", "h")])
    first = Link(
        "chain of this test",
        1,
        b'{"at": "2026-11-25T12:00:00Z", "who": "me", "role": "rep", "what": "x", "words": "once"}',
        "h1",
    )
    await known.send([first])
    await known.send([first])  # as after a lost reply
    with pytest.raises(CollectorConflictError):  # a changed entry is neither stored nor accepted as a repetition
        await known.send([Link(first.chain, 1, first.body.replace(b"once", b"anew"), "h2")])
    assert await known.find(AuditQuery("ONCE")) == [first]
    assert await known.find(AuditQuery("anew")) == []
    await known.aclose()
