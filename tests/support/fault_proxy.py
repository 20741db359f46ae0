"""A proxy between the console and one system over real sockets: it forwards messages and adds network faults.

A write fault applies to the first writes that arrive, one fault for each write. A `Manner` applies to every read, as
the habit of one system.
"""

import asyncio
import contextlib
import gzip
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from tests.support.serving import serving

_CUSTOMER_FILTERS = {"relatedParty.id", "relatedParty.partyOrPartyRole.id", "payer.id", "requestor.id"}
_NOT_PASSED = {"host", "connection", "content-length", "accept-encoding", "transfer-encoding", "content-encoding"}
_MARKS = ("externalId", "externalIdentifier", "correlatorId")
_MILLISECONDS = re.compile(rb"(T\d{2}:\d{2}:\d{2})\.\d+")
_TOO_LATE_S = 1.2
LAG_S = 1.6


@dataclass(slots=True)
class Message:
    """A request or a response."""

    method: str = ""
    target: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def without(self, *names: str) -> "Message":
        headers = {key: value for key, value in self.headers.items() if key not in names}
        return Message(self.method, self.target, self.status, headers, self.body)


@dataclass
class Exchange:
    """One request, with the operations that a fault may use on it."""

    proxy: "FaultProxy"
    request: Message
    writer: asyncio.StreamWriter

    async def forward(self, request: Message | None = None) -> Message:
        """Forward the request and return the system's response."""
        return await self.proxy.forward(request or self.request)

    async def answer(self, message: Message) -> None:
        """Send a response to the console."""
        lines = [f"HTTP/1.1 {message.status} X", f"content-length: {len(message.body)}"]
        lines += [f"{key}: {value}" for key, value in message.headers.items()]
        self.writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + message.body)
        await self.writer.drain()

    async def drip(self, first: bytes, piece: bytes) -> None:
        """Send a response that never ends."""
        self.writer.write(first)
        while not self.writer.is_closing():
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(0.02)

    def close(self) -> None:
        self.writer.close()


Do = Callable[[Exchange], Awaitable[None]]


# ------------------------------------------------------------------ writes


async def _nothing(exchange: Exchange) -> None:
    await exchange.answer(await exchange.forward())


async def _lost(exchange: Exchange) -> None:
    exchange.close()


async def _answer_lost(exchange: Exchange) -> None:
    await exchange.forward()
    exchange.close()


async def _reset_after(exchange: Exchange) -> None:
    await exchange.forward()
    exchange.writer.transport.abort()


async def _late(exchange: Exchange) -> None:
    """Deliver the request after the console gave up on it, but before a request counts as lost."""

    async def arrive() -> None:
        await asyncio.sleep(_TOO_LATE_S)
        await exchange.forward()

    exchange.proxy.later(arrive())
    await asyncio.sleep(_TOO_LATE_S)
    exchange.close()


async def _twice(exchange: Exchange) -> None:
    first = await exchange.forward()
    await exchange.forward()
    await exchange.answer(first)


async def _again_later(exchange: Exchange) -> None:
    async def again() -> None:
        await asyncio.sleep(0.03)
        await exchange.forward()

    first = await exchange.forward()
    exchange.proxy.later(again())
    await exchange.answer(first)


def _no(status: int, body: Mapping[str, Any] | None = None, *, done: bool, **headers: str) -> Do:
    async def do(exchange: Exchange) -> None:
        if done:
            await exchange.forward()
        given = {key.replace("_", "-"): value for key, value in headers.items()}
        shown = json.dumps(body or {"code": str(status), "reason": "By the proxy"}).encode()
        await exchange.answer(Message(status=status, headers={"content-type": "application/json", **given}, body=shown))

    return do


def _yes(body: bytes, status: int = 201, *, done: bool = True) -> Do:
    """Return a fault that replies with another kind of success, unless the system rejected the request."""

    async def do(exchange: Exchange) -> None:
        if done:
            answer = await exchange.forward()
            if answer.status >= 400:
                await exchange.answer(answer)
                return
        await exchange.answer(Message(status=status, headers={"content-type": "application/json"}, body=body))

    return do


async def _somebody_elses(exchange: Exchange) -> None:
    """Reply with the record of another customer."""
    answer = await exchange.forward()
    if answer.status >= 400 or exchange.request.method != "POST":
        await exchange.answer(answer)
        return
    own = _ids(json.loads(exchange.request.body or b"{}"))
    headers = {key: value for key, value in exchange.request.headers.items() if key != "idempotency-key"}
    others = await exchange.forward(Message("GET", f"{exchange.request.path}?limit=100", headers=headers))
    records = [one for one in json.loads(others.body or b"[]") if not own & _ids(one)]
    await exchange.answer(Message(status=201, headers=answer.headers, body=json.dumps(records[0]).encode()))


def _ids(value: Any) -> set[str]:
    """Return the customer numbers that a record names."""
    text = json.dumps(value)
    return set(re.findall(r"CU-\d+", text))


def _endless(first: bytes, piece: bytes) -> Do:
    async def do(exchange: Exchange) -> None:
        await exchange.forward()
        await exchange.drip(first, piece)

    return do


_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"

ENDLESS: dict[str, Do] = {
    "trickled headers": _endless(b"HTTP/1.1 201 X\r\nX-Slow: ", b"a"),
    "interim answers without end": _endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
    "chunk extensions without end": _endless(_CHUNKED + b"\r\n2;a=", b"b"),
    "trailers without end": _endless(_CHUNKED + b"\r\n2\r\n{}\r\n0\r\nX-Slow: ", b"a"),
    "gzip of nothing": _endless(_CHUNKED + b"Content-Encoding: gzip\r\n\r\n", b"14\r\n" + gzip.compress(b"") + b"\r\n"),
}
# Faults that duplicate a write on the way: the system then has two, and the console must report it.
DOUBLING = frozenset({"sent twice on the way", "sent again a little later"})
WRITE_FAULTS: dict[str, Do] = {
    "nothing": _nothing,
    "request lost": _lost,
    "answer lost": _answer_lost,
    "reset after it was done": _reset_after,
    "arrives late": _late,
    "sent twice on the way": _twice,
    "sent again a little later": _again_later,
    **{
        f"{status} after it was done": _no(status, done=True)
        for status in (302, 400, 401, 403, 404, 408, 409, 412, 422, 425, 429, 500, 502, 503, 504)
    },
    "503 with Retry-After after it was done": _no(503, done=True, retry_after="0"),
    "429 with Retry-After 0 after it was done": _no(429, done=True, retry_after="0"),
    "429 with a past date after it was done": _no(429, done=True, retry_after="Sun, 06 Nov 1994 08:49:37 GMT"),
    "422 duplicate after it was done": _no(422, {"code": "22", "reason": "duplicate"}, done=True),
    **{f"{status}, not done": _no(status, done=False) for status in (400, 401, 403, 409, 422, 429, 500, 503)},
    "bare 201": _yes(b""),
    "202 without a body": _yes(b"", 202),
    "success with an empty list of errors": _yes(b'{"success": true, "errors": []}'),
    "code 0 means success": _yes(b'{"code": "0", "reason": "OK"}'),
    "failure inside 200 after it was done": _yes(b'{"code": "60", "reason": "Locked"}', 200),
    "html after it was done": _yes(b"<html>welcome</html>", 200),
    "rubbish after it was done": _yes(b'{"id": "', 200),
    "another customer's answer": _somebody_elses,
    **ENDLESS,
}


# ------------------------------------------------------------------ habits of a system

Change = Callable[["FaultProxy", Message], Message]


def _without_filter(_proxy: "FaultProxy", request: Message) -> Message:
    query = [(key, value) for key, value in parse_qsl(urlsplit(request.target).query) if key not in _CUSTOMER_FILTERS]
    return Message(request.method, f"{request.path}?{urlencode(query)}", headers=request.headers, body=request.body)


def _short_pages(_proxy: "FaultProxy", request: Message) -> Message:
    query = dict(parse_qsl(urlsplit(request.target).query))
    if "limit" not in query:
        return request
    query["limit"] = str(min(3, int(query["limit"])))
    return Message(request.method, f"{request.path}?{urlencode(query)}", headers=request.headers, body=request.body)


def _oldest_first(proxy: "FaultProxy", request: Message) -> Message:
    """Reverse the requested order and send 3 records a page: the newest records are on the last page."""
    query = dict(parse_qsl(urlsplit(request.target).query))
    if "sort" in query:
        query["sort"] = query["sort"].lstrip("-")
    target = f"{request.path}?{urlencode(query)}" if query else request.path
    return _short_pages(proxy, Message(request.method, target, headers=request.headers, body=request.body))


def _without_if_match(_proxy: "FaultProxy", request: Message) -> Message:
    return request.without("if-match", "if-none-match")


def _of_records(change: Callable[[dict[str, Any]], Any]) -> Change:
    def do(_proxy: "FaultProxy", answer: Message) -> Message:
        try:
            value = json.loads(answer.body)
        except ValueError:
            return answer
        changed = [change(one) for one in value] if isinstance(value, list) else change(value)
        return Message("", "", answer.status, answer.headers, json.dumps(changed).encode())

    return do


def _drop_marks(record: Any) -> Any:
    if not isinstance(record, dict):
        return record
    kept = {key: value for key, value in record.items() if key not in _MARKS}
    if isinstance(kept.get("note"), list):
        kept["note"] = [{key: value for key, value in note.items() if key != "id"} for note in kept["note"]]
    return kept


def _own_numbers(record: Any) -> Any:
    if not isinstance(record, dict):
        return record
    kept = {key: ("77001" if key in _MARKS and isinstance(value, str) else value) for key, value in record.items()}
    if isinstance(kept.get("note"), list):
        kept["note"] = [{**note, "id": str(number)} for number, note in enumerate(kept["note"], 1)]
    return kept


def _to_the_second(_proxy: "FaultProxy", answer: Message) -> Message:
    return Message("", "", answer.status, answer.headers, _MILLISECONDS.sub(rb"\1", answer.body))


def _lagging(proxy: "FaultProxy", answer: Message) -> Message:
    """Leave records out of lists for `LAG_S` seconds after they were made."""
    value = json.loads(answer.body or b"null")
    if not isinstance(value, list):
        return answer
    now = time.monotonic()
    shown = [one for one in value if now - proxy.made_at.get(str(one.get("id")), 0.0) > LAG_S]
    return Message("", "", answer.status, answer.headers, json.dumps(shown).encode())


def _etag(change: Callable[[str], str]) -> Change:
    def do(_proxy: "FaultProxy", answer: Message) -> Message:
        held = answer.headers.get("etag")
        if held is None:
            return answer
        changed = change(held)
        headers = {key: value for key, value in answer.headers.items() if key != "etag"} | (
            {"etag": changed} if changed else {}
        )
        return Message("", "", answer.status, headers, answer.body)

    return do


def _constant_etag(proxy: "FaultProxy", answer: Message) -> Message:
    """Reply 304 to every request that sends a tag; the tag never changes."""
    if proxy.asked_with_tag and answer.status == 200:
        return Message(status=304, headers={"etag": '"same"'})
    return Message("", "", answer.status, {**answer.headers, "etag": '"same"'}, answer.body)


@dataclass(frozen=True, slots=True)
class Manner:
    """The habit of a system: changes to each request and each read response, or a complete replacement of reads."""

    read: Callable[[Exchange], Awaitable[Message]] | None = None
    request: Change | None = None
    answer: Change | None = None
    makes_doubt: bool = False  # the console may be unable to decide, then a user must


MANNERS: dict[str, Manner] = {
    "plain": Manner(),
    "ignores the filter": Manner(request=_without_filter, makes_doubt=True),
    "three records a page": Manner(request=_short_pages),
    "oldest first, three a page": Manner(request=_oldest_first),
    "drops marks": Manner(answer=_of_records(_drop_marks), makes_doubt=True),
    "gives its own numbers": Manner(answer=_of_records(_own_numbers), makes_doubt=True),
    "keeps times to the second": Manner(answer=_to_the_second),
    "its lists lag": Manner(answer=_lagging, makes_doubt=True),
    "one tag for everything": Manner(request=_without_if_match, answer=_constant_etag),
    "no tags": Manner(request=_without_if_match, answer=_etag(lambda _tag: "")),
    "weak tags": Manner(answer=_etag(lambda tag: f"W/{tag}")),
    "tags of a compressor": Manner(answer=_etag(lambda tag: f'{tag.rstrip(chr(34))}-gzip"')),
    "tags beyond ASCII": Manner(answer=_etag(lambda _tag: '"caf\u00e9"')),
}


class FaultProxy:
    """A proxy for one system; everything it starts ends with it."""

    def __init__(self, upstream: str, manner: Manner = MANNERS["plain"]) -> None:
        self._manner = manner
        self._client = httpx.AsyncClient(base_url=upstream, trust_env=False, timeout=30.0, verify=False)
        self._listening = serving(self._serve)
        self._running: set[asyncio.Task[None]] = set()
        self.faults: list[Do] = []
        self.on_write: Callable[[], None] = lambda: None
        self.made_at: dict[str, float] = {}
        self.writes = 0
        self.asked_with_tag = False

    async def __aenter__(self) -> "FaultProxy":
        self.address = await self._listening.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._listening.__aexit__(*error)
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._client.aclose()

    @property
    def has_late(self) -> bool:
        """Return whether a delayed request is still on its way."""
        return bool(self._running)

    def later(self, doing: Any) -> None:
        task = asyncio.create_task(doing, name="late")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def forward(self, request: Message) -> Message:
        changed = self._manner.request(self, request) if self._manner.request else request
        headers = {key: value for key, value in changed.headers.items() if key not in _NOT_PASSED}
        answer = await self._client.request(
            changed.method, changed.target, headers={**headers, "accept-encoding": "identity"}, content=changed.body
        )
        kept = {key: value for key, value in answer.headers.items() if key not in _NOT_PASSED}
        found = Message("", "", answer.status_code, kept, answer.content)
        if request.method == "POST" and answer.status_code < 300:
            with contextlib.suppress(ValueError, AttributeError):
                self.made_at[str(json.loads(answer.content).get("id"))] = time.monotonic()
        return found

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(httpx.HTTPError):  # the system has closed the connection
            while not writer.is_closing():
                await self._handle(Exchange(self, await _read_request(reader), writer))

    async def _handle(self, exchange: Exchange) -> None:
        request = exchange.request
        self.asked_with_tag = "if-none-match" in request.headers
        if request.method != "GET":
            self.writes += 1
            self.on_write()
            if self.faults:
                await self.faults.pop(0)(exchange)
                return
        answer = await self._manner.read(exchange) if self._manner.read else await exchange.forward()
        if self._manner.answer is not None:
            answer = self._manner.answer(self, answer)
        await exchange.answer(answer)


async def _read_request(reader: asyncio.StreamReader) -> Message:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ", 2)
    pairs = (line.split(":", 1) for line in head[1:] if ":" in line)
    headers = {key.strip().lower(): value.strip() for key, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Message(method, target, headers=headers, body=body)
