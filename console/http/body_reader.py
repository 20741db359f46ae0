"""Reads response bodies within a size limit, as received and decompressed, in one content coding at most."""

import zlib
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, Protocol, cast

import httpx

# Sent with every request. A response in any other coding raises `CodingError`.
ACCEPT_ENCODING = "gzip, deflate"


class TooLongError(Exception):
    """The response is longer than the limit, either as received or after decompression."""


class CodingError(Exception):
    """The response is compressed twice, in an unknown coding, or wrongly."""


class _Decoder(Protocol):
    def decode(self, chunk: bytes, most: int) -> bytes:
        """Return the decompressed chunk, at most `most` bytes."""

    @property
    def is_whole(self) -> bool:
        """Whether the end of the compressed data was received."""


async def receive(
    client: httpx.AsyncClient,
    method: str,
    address: str | httpx.URL,
    *,
    most_bytes: int,
    between: Callable[[], None] = lambda: None,
    **request: Any,
) -> tuple[int, dict[str, str], bytes]:
    """Send a request and return the status, the headers (names in lower case) and the body of the response.

    `between` is called after each chunk and may raise. `ConnectionPool.on_wire` sets the deadline of the request.

    Raises:
        TooLongError, CodingError: The response was not read to its end.
        httpx.HTTPError: No response came, or not in time.
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
    # Close the generator at once when something is raised. A generator that is only dropped closes the connection
    # half-way.
    raw = cast("AsyncGenerator[bytes, None]", response.aiter_raw())
    async with aclosing(raw) as chunks:
        async for chunk in chunks:
            came += len(chunk)
            # Allow one byte more than the limit: that byte shows that there is more. Nothing beyond it is decompressed.
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
        return _Zlib((zlib.MAX_WBITS, -zlib.MAX_WBITS))  # RFC 9110: zlib format; some servers send raw deflate
    raise CodingError


class _Zlib:
    """Decompresses with the first window size that fits the beginning of the data."""

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
        if self._inner.unconsumed_tail:  # the limit was reached
            raise TooLongError
        return found

    @property
    def is_whole(self) -> bool:
        return self._inner.eof
