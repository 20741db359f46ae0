"""Client of the sandbox's control address, and consoles on a running sandbox."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec

from console.compose import Overrides, compose_console
from console.connectors.tmforum.settings import TmForumSystem
from console.models.audit import AuditEntry
from console.services.console import Console
from console.settings import Deployment
from console.system.sandbox_launcher import SandboxProcess


@dataclass
class Control:
    """Control of one sandbox: sets faults and quirks, reads the true records, and makes consoles."""

    process: SandboxProcess

    async def __aenter__(self) -> "Control":
        headers = {"Authorization": f"Bearer {self.process.control_token}"}
        # Certificates are not needed. Loading them takes longer than a window may be blocked.
        self._client = httpx.AsyncClient(base_url=self.process.control, headers=headers, trust_env=False, verify=False)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._client.aclose()

    async def clear(self) -> None:
        for system in self.process.addresses:
            (await self._client.delete(f"/faults/{system}")).raise_for_status()
            (await self._client.delete(f"/quirks/{system}")).raise_for_status()

    async def faults(self, system: str, **faults: object) -> None:
        (await self._client.put(f"/faults/{system}", json=faults)).raise_for_status()

    async def quirks(self, system: str, *quirks: str) -> None:
        (await self._client.put(f"/quirks/{system}", json=quirks)).raise_for_status()

    async def identity(self, **wanted: object) -> None:
        """End access tokens or sign-ins at the sandbox's identity provider."""
        (await self._client.put("/identity", json=wanted)).raise_for_status()

    async def advance(self, seconds: float) -> None:
        """Move the sandbox's clock forward by a number of seconds."""
        (await self._client.put("/clock", json={"advance_s": seconds})).raise_for_status()

    async def truth(self, customer: str) -> dict[str, Any]:
        answer = await self._client.get(f"/truth/{customer}")
        return answer.raise_for_status().json()

    async def code(self, customer: str) -> str:
        """Return the last code that was sent to a customer."""
        answer = await self._client.get(f"/code/{customer}")
        return str(answer.raise_for_status().json()["code"])

    async def audited(self, text: str = "", **asked: str) -> list[AuditEntry]:
        """Return the entries that consoles sent to the sandbox's audit collector, newest first; at most 1,000."""
        headers = {"Authorization": f"Bearer {self.process.tokens['audit']}"}
        async with httpx.AsyncClient(headers=headers, trust_env=False, verify=False) as client:
            answer = await client.get(self.process.audit, params={"text": text, "limit": "1000", **asked})
        return [msgspec.json.decode(line["body"], type=AuditEntry) for line in answer.raise_for_status().json()]

    def raw(self, system: str) -> httpx.AsyncClient:
        """Return a plain HTTP client of one system, to check the real traffic."""
        headers = {"Authorization": f"Bearer {self.process.tokens[system]}"}
        return httpx.AsyncClient(
            base_url=self.process.addresses[system], headers=headers, trust_env=False, verify=False
        )

    def deployment(self, **systems: dict[str, Any]) -> Deployment:
        """Return the sandbox's settings with changes, such as `billing={"page_size": 5}`; resources are merged."""
        deployment = self.process.deployment
        changed = dict(deployment.systems)
        for name, changes in systems.items():
            settings = msgspec.to_builtins(changed[name])
            resources = changes.pop("resources", {})
            settings.update(changes)
            for resource, values in resources.items():
                settings["resources"].setdefault(resource, {}).update(values)
            changed[name] = msgspec.convert(settings, TmForumSystem)
        return msgspec.structs.replace(deployment, systems=changed)

    def console(self, *, overrides: Overrides | None = None, gated: bool = False, **systems: dict[str, Any]) -> Console:
        """Return a console on the sandbox; with `gated`, accounts are locked until a user opens them."""
        deployment = self.deployment(**systems)
        if gated:
            signed_in = self.process.deployment_with_sign_in
            deployment = msgspec.structs.replace(deployment, sign_in=signed_in.sign_in, audit=signed_in.audit)
        return compose_console(deployment, self.process.secrets, overrides or Overrides(rng=random.Random(1)))

    def happened_now(self) -> dict[str, Any]:
        """Return the body of a party interaction of the first customer that happens now, for a POST to CRM."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        customer = {"id": self.first_customer, "href": f"/customer/{self.first_customer}"}
        return {
            "reason": "ReadRequest",
            "description": "Called just now",
            "direction": "inbound",
            "status": "completed",
            "interactionDate": {"startDateTime": now, "endDateTime": now},
            "channel": [{"id": "phone", "name": "phone", "href": "/channel/phone"}],
            "note": [{"id": "n-1", "author": "test", "date": now, "text": "Called just now"}],
            "relatedParty": [{**customer, "role": "customer", "@referredType": "Customer"}],
        }

    @property
    def first_customer(self) -> str:
        return self.process.first_customer
