"""Reads the body of any answer: bytes counted as they come, one content coding at most, decompressed within a bound."""

import zlib
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, Protocol, cast

import httpx

# What every request offers; what else a server sends is not understood.
ACCEPT_ENCODING = "gzip, deflate"


class TooLongError(Exception):
    """The answer is longer than was asked for, as it came or decompressed."""


class CodingError(Exception):
    """The answer is compressed twice, in an unknown way, or wrongly."""


class _Decoder(Protocol):
    def decode(self, chunk: bytes, most: int) -> bytes:
        """Return what a chunk decompresses to, at most so many bytes."""

    @property
    def is_whole(self) -> bool:
        """Whether the end of the compressed text came."""


async def receive(
    client: httpx.AsyncClient,
    method: str,
    address: str | httpx.URL,
    *,
    most_bytes: int,
    between: Callable[[], None] = lambda: None,
    **request: Any,
) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers by lower-case name and body of an answer to a request that httpx builds.

    `between` is called between chunks and may raise. The deadline of the request is that of `Connections.on_wire`.

    Raises:
        TooLongError, CodingError: The answer is not read to its end.
        httpx.HTTPError: Nothing came, or not in time.
    """
    built = client.build_request(method, address, **request)
    built.headers["Accept-Encoding"] = ACCEPT_ENCODING
    response = await client.send(built, stream=True)
    try:
        body = await _read(response, most_bytes, between)
    finally:
        await response.aclose()
    return response.status_code, {key.lower(): value for key, value in response.headers.items()}, body


async def _read(response: httpx.Response, most: int, between: Callable[[], None]) -> bytes:
    announced = response.headers.get("content-length", "")
    if announced.isascii() and announced.isdecimal() and int(announced) > most:
        raise TooLongError
    decoder = _decoder_of(response.headers.get("content-encoding", ""))
    body, came = bytearray(), 0
    # Closed at once when something is raised: a generator that is only dropped closes the connection half-way.
    raw = cast("AsyncGenerator[bytes, None]", response.aiter_raw())
    async with aclosing(raw) as chunks:
        async for chunk in chunks:
            came += len(chunk)
            # One byte more than is allowed tells that there is more, and no more than that is ever decompressed.
            body += chunk if decoder is None else decoder.decode(chunk, most + 1 - len(body))
            if came > most or len(body) > most:
                raise TooLongError
            between()
    if decoder is not None and came and not decoder.is_whole:
        raise CodingError
    return bytes(body)


def _decoder_of(header: str) -> _Decoder | None:
    codings = [one.strip().lower() for one in header.split(",")]
    codings = [one for one in codings if one not in {"", "identity"}]
    if not codings:
        return None
    if codings in (["gzip"], ["x-gzip"]):
        return _Zlib((zlib.MAX_WBITS | 16,))
    if codings == ["deflate"]:
        return _Zlib((zlib.MAX_WBITS, -zlib.MAX_WBITS))  # by RFC 9110, and as some servers send it: without a header
    raise CodingError


class _Zlib:
    """Decompresses by the first of some window sizes that the beginning fits."""

    def __init__(self, sizes: tuple[int, ...]) -> None:
        self._sizes = list(sizes)
        self._inner = zlib.decompressobj(self._sizes.pop(0))
        self._begun = False

    def decode(self, chunk: bytes, most: int) -> bytes:
        try:
            found = self._inner.decompress(chunk, most)
        except zlib.error as error:
            if self._begun or not self._sizes:
                raise CodingError from error
            self._inner = zlib.decompressobj(self._sizes.pop(0))
            return self.decode(chunk, most)
        self._begun = True
        if self._inner.unconsumed_tail:  # the bound was reached
            raise TooLongError
        return found

    @property
    def is_whole(self) -> bool:
        return self._inner.eof
