"""Faults of one system, and the ASGI layer that applies them."""

import asyncio
from dataclasses import asdict, dataclass, fields
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class CutOffError(Exception):
    """Raised on purpose, so that the server drops the connection in the middle of a response."""


@dataclass(frozen=True, slots=True)
class Faults:
    """One system's faults; all off by default.

    latency_ms      delay before every response, in ms
    status          every response has this error status (401 rejects the token, 429 says retry after 1 s)
    outage          the port is closed
    body            truncated | wrong | html | empty: replaces the response body
    bytes_per_s     speed at which the body is sent
    cut_off         the connection drops in the middle of the body
    answer_mb       every response is a padding record of this size, in MB
    repeat_to       lists are repeated, under new ids, to this many records
    expired_token   all tokens are rejected
    document_pages  documents have at least this many pages
    empty_list      lists of this resource are empty
    lose_answer     the write is done, but the connection drops without a response
    refuse_writes   every write is rejected, with this reason
    deny_late       writes get a success response, but are not done
    """

    latency_ms: int = 0
    status: int = 0
    outage: bool = False
    body: str = ""
    bytes_per_s: int = 0
    cut_off: bool = False
    answer_mb: int = 0
    repeat_to: int = 0
    expired_token: bool = False
    document_pages: int = 0
    empty_list: str = ""
    lose_answer: bool = False
    refuse_writes: str = ""
    deny_late: bool = False

    @classmethod
    def read(cls, given: Any) -> "Faults":
        """Return the faults that a JSON object describes.

        Raises:
            ValueError: A name is unknown, or a value has the wrong type or range.
        """
        kinds = {entry.name: type(getattr(cls(), entry.name)) for entry in fields(cls)}
        if not isinstance(given, dict):
            raise ValueError("a JSON object is expected")  # noqa: TRY004 - the caller answers 400 for either
        for name, value in given.items():
            if name not in kinds:
                raise ValueError(f"there is no fault {name}; there are {', '.join(kinds)}")
            if type(value) is not kinds[name]:
                raise ValueError(f"{name} must be of type {kinds[name].__name__}")
        if given.get("body", "") not in {"", "truncated", "wrong", "html", "empty"}:
            raise ValueError("body must be truncated, wrong, html or empty")
        status = given.get("status", 0)
        if status and not 300 <= status <= 599:
            raise ValueError("status must be 300 to 599")
        return cls(**given)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class FaultState:
    """The current faults and quirks of one system; the control address changes them."""

    now: Faults = Faults()
    quirks: frozenset[str] = frozenset()


class FaultLayer:
    """Wraps a system's application and applies the current faults to its responses."""

    def __init__(self, app: ASGIApp, state: FaultState) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        faults = self._state.now
        if faults.latency_ms:
            await asyncio.sleep(faults.latency_ms / 1000)
        if faults.lose_answer and scope["method"] in {"POST", "PATCH"}:
            await self._app(scope, receive, _Held().take)
            raise CutOffError
        spoils = faults.body or faults.cut_off or faults.bytes_per_s
        if spoils and scope["path"] != "/events":  # the event stream never ends, so it cannot be collected first
            held = _Held()
            await self._app(scope, receive, held.take)
            await _send_spoiled(held, faults, send)
        else:
            await self._app(scope, receive, send)


class _Held:
    """Collects a response instead of sending it."""

    def __init__(self) -> None:
        self.start: Message = {}
        self.body = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")


async def _send_spoiled(held: _Held, faults: Faults, send: Send) -> None:
    body, headers = held.body, list(held.start["headers"])
    if faults.body == "truncated":
        body = body[: len(body) // 2]
    elif faults.body == "wrong":
        body = b'{"hello":"world"}'
    elif faults.body == "html":
        body = b"<!DOCTYPE html><html><body><h1>Application error</h1></body></html>"
        headers = [(key, value) for key, value in headers if key != b"content-type"] + [(b"content-type", b"text/html")]
    elif faults.body == "empty":
        body = b""
    headers = [(key, value) for key, value in headers if key != b"content-length"]
    await send({**held.start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
    if faults.cut_off:
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        raise CutOffError
    if faults.bytes_per_s:
        step = max(1, faults.bytes_per_s // 10)
        for start in range(0, len(body), step):
            await send({"type": "http.response.body", "body": body[start : start + step], "more_body": True})
            await asyncio.sleep(0.1)
        body = b""
    await send({"type": "http.response.body", "body": body, "more_body": False})
