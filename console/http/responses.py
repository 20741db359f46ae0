"""Responses: status, headers and decoded JSON, and the reason in an error body."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

# Larger bodies are decoded in a worker thread, so that the GUI thread is not blocked.
THREAD_ABOVE_BYTES = 64 * 1024

# Exceptions of decoding JSON from outside: besides syntax errors, bytes that are not UTF-8, and lists nested a thousand
# deep.
NOT_JSON = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ArithmeticError)
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_SLICER = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Undecodable:
    """A list element that is not valid JSON. It takes the place of the element."""

    reason: str


@dataclass(frozen=True, slots=True)
class Response:
    """One response of a system.

    `value` is the decoded body: numbers with a point are Decimal; list elements that could not be decoded are
    `Undecodable`. `headers` have lower-case names. `read_at` is the time of the response, aware UTC. After a 304 the
    value is the cached one, `unchanged` is true and `read_at` is now. `received` is the size of the received body in
    bytes.
    """

    status: int
    headers: Mapping[str, str]
    value: Any
    read_at: datetime
    received: int = 0
    unchanged: bool = False

    @property
    def etag(self) -> str | None:
        return self.headers.get("etag")


def decode_body(body: bytes) -> Any:
    """Return the JSON value of a body. A list is decoded element by element, so that a bad element loses only itself.

    Other threads can run between elements. One long decode would lock the interpreter and freeze the window.

    Raises:
        ValueError: The body is not JSON, not even by the lenient rules of Python's own decoder.
    """
    text = body.removeprefix(b"\xef\xbb\xbf")
    try:
        if text.lstrip()[:1] != b"[":
            return _DECODER.decode(text)
        slices = _SLICER.decode(text)
    except NOT_JSON:
        return _decode_leniently(text)
    return [_decode_slice(piece) for piece in slices]


def _decode_slice(piece: msgspec.Raw) -> Any:
    try:
        return _DECODER.decode(piece)
    except NOT_JSON as error:
        return Undecodable(type(error).__name__)


def _decode_leniently(text: bytes) -> Any:
    """Return the value of almost-JSON that servers send: control characters or half a surrogate pair in a text, NaN."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=lambda _name: None, strict=False)
    except (*NOT_JSON, ValueError) as error:
        raise ValueError(type(error).__name__) from error


def refusal_reason(value: Any) -> str | None:
    """Return the reason in an error body, or None if the value is not an error body.

    Supported forms: the TM Forum body {code, reason, message}, {message, errors: [...]}, problem+json (RFC 9457),
    {error: {message, detail}} and {message, errorCode}, alone or in a list.
    """
    if isinstance(value, list) and value and isinstance(value[0], dict) and "errorCode" in value[0]:
        value = value[0]
    parts = _reason_parts(value) if isinstance(value, dict) else None
    if parts is None:
        return None
    texts = [" ".join(part.split()) for part in parts if isinstance(part, str) and part.strip()]
    return clip(": ".join(dict.fromkeys(texts))) or "no reason given"


def _reason_parts(value: Mapping[str, Any]) -> list[Any] | None:
    """Return the texts of an error body according to its form, the shortest first; None if it has no known form."""
    inner = value.get("error")
    if isinstance(inner, dict) and "message" in inner:
        return [inner.get("message"), inner.get("detail")]
    if "errorCode" in value and "message" in value:
        return [value.get("message"), value.get("errorCode")]
    if isinstance(value.get("errors"), list):
        errors = (error.get("message") if isinstance(error, dict) else error for error in value["errors"])
        return [value.get("message"), *errors]
    if "code" in value and "reason" in value:
        return [value.get("reason"), value.get("message")]
    if "title" in value and not {"status", "type", "detail"}.isdisjoint(value):
        return [value.get("title"), value.get("detail")]
    return None


_SUCCESS_WORDS = frozenset({"", "0", "00", "000", "ok", "success", "200", "201", "202", "204"})


def failure_in_success(value: Any) -> str | None:
    """Return the reason in a body that came with a 2xx status but reports a failure, else None.

    Some servers report every outcome in the body (for example `success`: false of Salesforce). A body with an id, an
    empty list of errors, a code that means success or the title of a person is not a failure.
    """
    if not isinstance(value, dict):
        return None
    if value.get("success") is False:
        return refusal_reason(value) or "no reason given"
    if value.get("id") or value.get("href") or value.get("success") is True:
        return None
    return refusal_reason(value) if _reports_failure(value) else None


def _reports_failure(value: Mapping[str, Any]) -> bool:
    errors, error, status = value.get("errors"), value.get("error"), value.get("status")
    if isinstance(errors, list) and errors:
        return True
    if "reason" in value and str(value.get("code", "")).strip().lower() not in _SUCCESS_WORDS:
        return True
    if "title" in value and isinstance(status, int) and status >= 400:
        return True
    return isinstance(error, dict) and "message" in error


def clip(text: str, length: int = 200) -> str:
    """Return a text from outside on one line, without control characters, at most `length` characters long."""
    line = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip()
    return line if len(line) <= length else line[: length - 1] + "…"
