"""What a status, an error body or a broken connection means, in the words of the six errors."""

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from console.errors import (
    BadAnswerError,
    ConflictError,
    RefusedError,
    SignInRequiredError,
    SystemUnavailableError,
    ThrottledError,
)
from console.http.answers import clip, refusal_reason
from console.ports.clock import Clock

# How Salesforce says with 403 that too much was asked; it names no time to come again.
_LIMIT_REACHED = "REQUEST_LIMIT_EXCEEDED"
_GATEWAY_TROUBLE = frozenset({502, 503, 504})


class Failures:
    """Makes the errors of one system, each with a sentence for the rep and a code for support."""

    def __init__(self, *, system: str, label: str, time_limit_s: float, clock: Clock) -> None:
        self.system = system
        self.label = label
        self._time_limit_s = time_limit_s
        self._clock = clock

    def raise_for(self, status: int, headers: dict[str, str], value: Any) -> None:
        """Raise what a status or an error body means; 2xx and 404 return."""
        reason = refusal_reason(value)
        if status in {401, 407}:
            raise SignInRequiredError(
                f"{self.label} does not accept this desk's sign-in. Your administrator must renew it.",
                system=self.system,
                code=self.code(status),
            )
        if status in {409, 412}:
            sentence = f"{self.label}: the record was changed meanwhile" + (f" ({reason})." if reason else ".")
            raise ConflictError(sentence, system=self.system, code=self.code(status), their_version=headers.get("etag"))
        if (
            status == httpx.codes.TOO_MANY_REQUESTS
            or (status == httpx.codes.SERVICE_UNAVAILABLE and "retry-after" in headers)
            or (status == httpx.codes.FORBIDDEN and _LIMIT_REACHED in (reason or ""))
        ):
            pause_s = self._pause_s(headers.get("retry-after", "1" if status != httpx.codes.FORBIDDEN else "60"))
            raise self.throttled(status, pause_s)
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            told = "is out of service" if status in _GATEWAY_TROUBLE else "has an internal failure"
            raise SystemUnavailableError(
                f"{self.label} {told}" + (f": {reason}." if reason else "."),
                system=self.system,
                code=self.code(status),
            )
        if status == httpx.codes.NOT_FOUND:
            return
        if status >= httpx.codes.BAD_REQUEST:
            raise RefusedError(
                f"{self.label} refused: {reason or 'no reason given'}.", system=self.system, code=self.code(status)
            )
        if status >= httpx.codes.MULTIPLE_CHOICES:
            raise self.bad("it points to another address", f"{status}")
        if reason is not None:
            raise RefusedError(
                f"{self.label} refused: {reason}.", system=self.system, code=self.code(f"{status}-FAILURE")
            )

    def _pause_s(self, retry_after: str) -> float:
        """Return for how many seconds a Retry-After header asks, at most an hour."""
        if retry_after.strip().isdecimal():
            return min(float(retry_after), 3600.0)
        try:
            return min(max(0.0, (parsedate_to_datetime(retry_after) - self._clock.now()).total_seconds()), 3600.0)
        except (TypeError, ValueError):
            return 1.0

    def throttled(self, what: object, pause_s: float) -> ThrottledError:
        return ThrottledError(
            f"{self.label} asks for fewer questions. It is asked again in {max(1, round(pause_s))} s.",
            system=self.system,
            code=self.code(what),
            retry_at=self._clock.now() + timedelta(seconds=pause_s),
        )

    def too_slow(self) -> SystemUnavailableError:
        return SystemUnavailableError(
            f"{self.label} has not answered within {self._time_limit_s:g} s.",
            system=self.system,
            code=self.code("TIMEOUT"),
        )

    def no_connection(self, error: Exception) -> SystemUnavailableError:
        if isinstance(error, httpx.ConnectError):
            certificate = "CERTIFICATE" in str(error).upper()
            told = "cannot be trusted: its certificate is not valid" if certificate else "cannot be reached"
            return SystemUnavailableError(
                f"{self.label} {told}.",
                system=self.system,
                code=self.code("CERTIFICATE" if certificate else "NO-CONNECTION"),
            )
        return SystemUnavailableError(
            f"{self.label} broke off the connection.", system=self.system, code=self.code("CUT-OFF")
        )

    def bad(self, what: str, code: str) -> BadAnswerError:
        return BadAnswerError(
            f"{self.label} cannot be understood: {clip(what)}.", system=self.system, code=self.code(code)
        )

    def code(self, what: object) -> str:
        return f"{self.system.upper()}-{what}"
