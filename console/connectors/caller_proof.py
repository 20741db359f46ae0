"""Caller checks by PIN or one-time code over HTTP. No standard defines them; see docs/caller-proof.md."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from console.connectors.tmforum.settings import CallerProofSettings
from console.errors import BadResponseError
from console.http import Endpoint, WriteRequest
from console.messages import connectors as say
from console.models.caller_proof import ProofResult, SentCode
from console.models.customer import CustomerId


class HttpCallerProof:
    """Implements `CallerProof`. Each request is sent once, never retried: the system counts wrong attempts."""

    def __init__(self, endpoint: Endpoint, settings: CallerProofSettings) -> None:
        self._endpoint, self._settings = endpoint, settings

    @property
    def offers(self) -> frozenset[str]:
        return frozenset(self._settings.offers)

    async def check_pin(self, customer_id: CustomerId, pin: str) -> ProofResult:
        return self._result(await self._request("pinCheck", {"customer": {"id": customer_id}, "pin": pin}))

    async def send_code(self, customer_id: CustomerId) -> SentCode | None:
        said = await self._request("codeSending", {"customer": {"id": customer_id}})
        if said.get("result") == "noNumber":
            return None
        number, sent_to = said.get("id"), said.get("sentTo")
        validity = said.get("validFor")
        until = validity.get("endDateTime") if isinstance(validity, dict) else None
        if not (isinstance(number, str) and number and isinstance(sent_to, str)):
            raise self._unreadable()
        return SentCode(number, "".join(one for one in sent_to if one.isdigit())[-2:], self._time(until))

    async def check_code(self, sent: SentCode, code: str) -> ProofResult:
        return self._result(await self._request("codeCheck", {"codeSending": {"id": sent.id}, "code": code}))

    async def _request(self, resource: str, body: Mapping[str, Any]) -> dict[str, Any]:
        command = WriteRequest(self._settings.path, resource, msgspec.json.encode(body), secrets.token_hex(16))
        answer = await self._endpoint.send(command)
        if not isinstance(answer.value, dict):
            raise self._unreadable()
        return answer.value

    def _result(self, said: Mapping[str, Any]) -> ProofResult:
        try:
            return ProofResult(said.get("result"))
        except ValueError as error:
            raise self._unreadable() from error

    def _time(self, text: object) -> datetime:
        try:
            found = datetime.fromisoformat(text) if isinstance(text, str) else None
        except ValueError as error:
            raise self._unreadable() from error
        if found is None or found.tzinfo is None:
            raise self._unreadable()
        return found.astimezone(UTC)

    def _unreadable(self) -> BadResponseError:
        return BadResponseError(
            say.CANNOT_BE_UNDERSTOOD_ITS(endpoint_label=self._endpoint.label),
            system=self._endpoint.system,
            code=f"{self._endpoint.system.upper()}-PROOF",
        )
