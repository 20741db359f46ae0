"""Seeds for each fuzz target: valid documents, and real responses of the sandbox."""

import asyncio
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx

from console.connectors.tmforum.published import paths_of_kind
from console.settings import KINDS
from console.system.sandbox_launcher import SandboxProcess

ISSUER = "https://login.example.net"
METADATA = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/a",
    "token_endpoint": f"{ISSUER}/t",
    "jwks_uri": f"{ISSUER}/k",
    "revocation_endpoint": f"{ISSUER}/r",
}
_EXAMPLE = Path(__file__).resolve().parents[2] / "resources" / "systems.example.toml"


def seeds() -> Iterator[tuple[str, str, bytes]]:
    """Yield target, name and bytes of each seed."""
    example = _EXAMPLE.read_bytes()
    yield "settings", "example", example
    yield "settings", "all", re.sub(rb"(?m)^# (?=[a-z_\[])", b"", example)
    yield "discovery", "usual", json.dumps(METADATA).encode()
    given = {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "refresh_token": "r", "id_token": "e.e.e"}
    shown = {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "1", "alg": "ES256", "use": "sig"}]}
    yield "keys", "usual", json.dumps(given).encode() + b"\n" + json.dumps(shown).encode()
    yield "token", "none", b"eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9."
    yield "token", "es256", b"eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJtZSJ9.AAAA"
    yield "redirect", "usual", b"GET /signed-in?code=c&state=s&iss=i HTTP/1.1\r\nHost: 127.0.0.1:0\r\n\r\n"
    entry = {"at": "2026-11-25T12:00:00Z", "who": "w", "role": "rep", "what": "opened", "customer": "CU-1"}
    line = {"chain": "c", "seq": 1, "head": "h", "body": json.dumps(entry)}
    yield "audit", "line", json.dumps(line).encode() + b"\n"
    yield "texts", "card", b"4111 1111 1111 1111 or +1 937 555 0142, harry@example.com"
    yield from (("answers", name, body) for name, body in asyncio.run(_said_by_the_sandbox()))


async def _said_by_the_sandbox() -> list[tuple[str, bytes]]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        sandbox = await SandboxProcess.start(["--data", folder, "--customers", "50"])
        try:
            for kind, paths in ((kind, paths_of_kind(kind)) for kind in KINDS):
                headers = {"Authorization": f"Bearer {sandbox.tokens[kind]}"}
                place = sandbox.addresses[kind]
                async with httpx.AsyncClient(base_url=place, headers=headers, trust_env=False) as client:
                    for resource, path in paths.items():
                        answer = await client.get(f"{path}/{resource}", params={"limit": 2})
                        if answer.is_success:
                            found.append((resource, answer.content))
        finally:
            await sandbox.stop()
    return found
