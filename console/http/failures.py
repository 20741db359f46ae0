"""Maps statuses, error bodies and broken connections to the six errors."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from console.errors import (
    BadResponseError,
    ConflictError,
    RejectedError,
    SignInRequiredError,
    SystemUnavailableError,
    ThrottledError,
)
from console.http.responses import clip, failure_in_success, refusal_reason
from console.messages import http as say
from console.ports.clock import Clock

# Salesforce sends this code with 403 when too many requests were made. It gives no time for a retry.
_LIMIT_REACHED = "REQUEST_LIMIT_EXCEEDED"
_GATEWAY_TROUBLE = frozenset({502, 503, 504})
# Request Timeout, Too Early: the server or a proxy could not take the request at that moment.
_NOT_NOW = frozenset({408, 425})


# Seconds. The longest pause that a Retry-After header can cause.
_LONGEST_PAUSE_S = 3600.0
# OpenSSL's messages when the other side replies in plain text.
_NOT_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE")


class Failures:
    """Makes the errors of one system, each with a sentence for the rep and a code for support."""

    def __init__(self, *, system: str, label: str, time_limit_s: float, clock: Clock) -> None:
        self.system = system
        self.label = label
        self._time_limit_s = time_limit_s
        self._clock = clock

    def _unavailable(self, status: int, reason: str | None) -> SystemUnavailableError:
        message = "has an internal failure" if status == httpx.codes.INTERNAL_SERVER_ERROR else "is out of service"
        return SystemUnavailableError(
            f"{self.label} {message}" + (f": {reason}." if reason else "."),
            system=self.system,
            code=self.code(status),
        )

    def raise_for(self, status: int, headers: Mapping[str, str], value: Any, *, method: str = "GET") -> None:
        """Raise the error for a status or an error body. Return for 2xx, and for 404 to a GET."""
        if status < httpx.codes.MULTIPLE_CHOICES:
            is_problem = headers.get("content-type", "").startswith("application/problem+")
            reason = (refusal_reason(value) or "no reason given") if is_problem else failure_in_success(value)
            if reason is not None:
                raise self._rejection(reason, f"{status}-FAILURE")
            return
        reason = refusal_reason(value)
        self._raise_for_sign_in(status)
        self._raise_for_moved_on(status, headers, reason)
        self._raise_for_too_many(status, headers, reason)
        if status >= httpx.codes.INTERNAL_SERVER_ERROR or status in _NOT_NOW:
            raise self._unavailable(status, reason)
        if status == httpx.codes.NOT_FOUND:
            self._raise_for_missing(method)
            return
        if status >= httpx.codes.BAD_REQUEST:
            raise self._rejection(reason or "no reason given", status)
        raise self.bad("it redirects to another address", f"{status}")

    def _raise_for_sign_in(self, status: int) -> None:
        if status in {401, 407}:
            raise SignInRequiredError(
                say.CREDENTIALS_REJECTED(label=self.label),
                system=self.system,
                code=self.code(status),
            )

    def _raise_for_moved_on(self, status: int, headers: Mapping[str, str], reason: str | None) -> None:
        if status in {409, 412}:
            sentence = f"{self.label}: someone else changed the record" + (f" ({reason})." if reason else ".")
            raise ConflictError(sentence, system=self.system, code=self.code(status), their_version=headers.get("etag"))

    def _raise_for_too_many(self, status: int, headers: Mapping[str, str], reason: str | None) -> None:
        limit_reached = status == httpx.codes.FORBIDDEN and _LIMIT_REACHED in (reason or "")
        says_when = status == httpx.codes.SERVICE_UNAVAILABLE and "retry-after" in headers
        if status == httpx.codes.TOO_MANY_REQUESTS or says_when or limit_reached:
            pause_s = self._pause_s(headers, usual_s=60.0 if limit_reached else 1.0)
            raise self.throttled(status, pause_s, is_outage=says_when)

    def _raise_for_missing(self, method: str) -> None:
        if method == "PATCH":
            raise self.bad("the record no longer exists", "404")
        if method == "POST":
            raise self.bad("it does not support this at the configured path", "404")

    def _rejection(self, reason: str, code: object) -> RejectedError:
        return RejectedError(say.REJECTED(label=self.label, reason=reason), system=self.system, code=self.code(code))

    def _pause_s(self, headers: Mapping[str, str], *, usual_s: float) -> float:
        """Return the pause of a Retry-After header in seconds, at most an hour. Dates are by the server's clock."""
        retry_after = headers.get("retry-after", "").strip()
        if retry_after.isascii() and retry_after.isdecimal():
            return min(float(retry_after), _LONGEST_PAUSE_S)
        at = _http_date(retry_after)
        if at is None:
            return usual_s
        now = server_time(headers) or self._clock.now()
        return min(max(0.0, (at - now).total_seconds()), _LONGEST_PAUSE_S)

    def throttled(self, what: object, pause_s: float, *, is_outage: bool = False) -> ThrottledError:
        return ThrottledError(
            say.THROTTLED(label=self.label, seconds=max(1, round(pause_s))),
            system=self.system,
            code=self.code(what),
            retry_at=self._clock.now() + timedelta(seconds=pause_s),
            is_outage=is_outage,
        )

    def too_slow(self, *, was_not_sent: bool = False) -> SystemUnavailableError:
        error = SystemUnavailableError(
            say.TIMED_OUT(label=self.label, time_limit_s=self._time_limit_s),
            system=self.system,
            code=self.code("TIMEOUT"),
        )
        error.was_not_sent = was_not_sent
        return error

    def no_connection(self, error: Exception) -> SystemUnavailableError:
        if isinstance(error, httpx.ConnectError):
            words = str(error).upper()
            message, code = "can't be reached", "NO-CONNECTION"
            if "CERTIFICATE" in words:
                message, code = "isn't trusted: its certificate is not valid", "CERTIFICATE"
            elif any(sign in words for sign in _NOT_TLS):
                message, code = "does not encrypt at its address; it needs http:// there, or another port", "NO-TLS"
            return self._not_sent(message, code)
        if isinstance(error, httpx.ProxyError):
            return self._not_sent("can't be reached through this computer's proxy", "PROXY")
        return SystemUnavailableError(say.BROKEN_OFF(label=self.label), system=self.system, code=self.code("CUT-OFF"))

    def _not_sent(self, message: str, code: str) -> SystemUnavailableError:
        error = SystemUnavailableError(
            say.SYSTEM_FAILED(label=self.label, message=message), system=self.system, code=self.code(code)
        )
        error.was_not_sent = True
        return error

    def bad(self, what: str, code: str) -> BadResponseError:
        return BadResponseError(
            say.NOT_UNDERSTOOD(label=self.label, problem=clip(what)), system=self.system, code=self.code(code)
        )

    def code(self, what: object) -> str:
        return f"{self.system.upper()}-{what}"


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """Return the time of the Date header, aware UTC. Other times in the response are by the same clock."""
    return _http_date(headers.get("date", ""))


def _http_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
