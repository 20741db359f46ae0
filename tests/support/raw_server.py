"""A server that says exactly what a test writes, byte for byte."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from tests.support.serving import serving

Speak = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw_server(speak: Speak) -> AsyncIterator[str]:
    """Yield the address of a server on this machine that reads each request's head, then lets `speak` write."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readuntil(b"\r\n\r\n"):
            await speak(writer)

    async with serving(serve) as address:
        yield address


def answer(body: bytes = b"[]", *headers: str, status: str = "200 OK", kind: str = "application/json") -> bytes:
    """Return a whole answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
