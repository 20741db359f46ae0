"""Caller checks in CRM: the account's PIN, and codes sent to a number that a service has had for 30 days or more."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.exceptions import HTTPException

from console.sandbox.clock import SandboxClock
from console.sandbox.world import World

Record = dict[str, Any]
BASE = "/callerProof/v1"
# After 5 wrong PINs in 24 hours the PIN is locked.
_WRONG_PINS, _PINS_COUNTED = 5, timedelta(hours=24)
_CODE_LASTS, _CODE_TRIES = timedelta(minutes=10), 3
_CODES, _CODES_COUNTED = 5, timedelta(hours=1)


@dataclass(slots=True)
class _Sent:
    """A code that was sent, with its customer, its expiry and the tries left."""

    customer: int
    code: str
    until: datetime
    tries_left: int = _CODE_TRIES


class CallerProofService:
    """Checks PINs and codes, with limits by the sandbox's clock. The counts are lost when the process ends."""

    def __init__(self, world: World, clock: SandboxClock) -> None:
        self._world, self._clock = world, clock
        self._wrong: dict[int, list[datetime]] = {}
        self._sendings: dict[int, list[datetime]] = {}
        self._sent: dict[str, _Sent] = {}
        self.answers: dict[str, Callable[[Record], Record]] = {
            "pinCheck": self._check_pin,
            "codeSending": self._send_code,
            "codeCheck": self._check_code,
        }

    def code_of(self, n: int) -> str | None:
        """Return the last code that was sent to a customer, as shown on their phone."""
        return next((one.code for one in reversed(self._sent.values()) if one.customer == n), None)

    def _check_pin(self, body: Record) -> Record:
        n, now = self._customer(body), self._clock.now()
        held = self._world.pin(n)
        wrong = self._wrong[n] = [at for at in self._wrong.get(n, ()) if now - at < _PINS_COUNTED]
        if held is None:
            return {"result": "nothingSet"}
        if len(wrong) >= _WRONG_PINS:
            return {"result": "locked"}
        if hmac.compare_digest(held, _text(body, "pin")):
            wrong.clear()
            return {"result": "match"}
        wrong.append(now)
        return {"result": "mismatch"}

    def _send_code(self, body: Record) -> Record:
        n, now = self._customer(body), self._clock.now()
        number = self._world.number_of_record(n)
        if number is None:
            return {"result": "noNumber"}
        sendings = self._sendings[n] = [at for at in self._sendings.get(n, ()) if now - at < _CODES_COUNTED]
        if len(sendings) >= _CODES:
            raise HTTPException(422, "too many codes were sent to this customer within an hour")
        sendings.append(now)
        record, until = secrets.token_hex(8), now + _CODE_LASTS
        self._sent[record] = _Sent(n, f"{secrets.randbelow(1_000_000):06d}", until)
        hidden = "*" * (len(number) - 2) + number[-2:]
        return {"id": record, "sentTo": hidden, "validFor": {"endDateTime": until.isoformat()}}

    def _check_code(self, body: Record) -> Record:
        sending = body.get("codeSending")
        found = self._sent.get(str(sending.get("id"))) if isinstance(sending, dict) else None
        if found is None:
            raise HTTPException(404, "There is no such code")
        if self._clock.now() >= found.until or found.tries_left <= 0:
            return {"result": "expired"}
        if hmac.compare_digest(found.code, _text(body, "code")):
            found.tries_left = 0
            return {"result": "match"}
        found.tries_left -= 1
        return {"result": "mismatch"}

    def _customer(self, body: Record) -> int:
        customer = body.get("customer")
        number = str(customer.get("id")) if isinstance(customer, dict) else ""
        for n in self._world.customer_of(self._world.numbers.customer.decode(number)):
            return n
        raise HTTPException(404, "There is no such customer")


def _text(body: Record, name: str) -> str:
    """Return a text of the body. It must be ASCII, because the constant-time comparison accepts only that."""
    value = body.get(name)
    if not isinstance(value, str) or not value.isascii():
        raise HTTPException(400, f"{name} must be a text of digits")
    return value
