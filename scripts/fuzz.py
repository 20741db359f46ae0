"""Feeds what comes from outside with bytes that a coverage-guided fuzzer makes up, and prints what it found.

    python3 -m pip --python .venv/bin/python install --require-hashes -r requirements/fuzz.txt     (once)
    .venv/bin/python -m scripts.fuzz [--seconds 60] [discovery keys token redirect settings answers audit texts]

Each target runs as a process of its own, begins with what the sandbox really says, and stops at the first thing that is
neither read nor refused with an error the desk knows; the bytes that did it are kept in `.fuzz/`. Exit status 1 then.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parent.parent / ".fuzz"
_NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
_ONE = "one"  # how this program is called for a process that fuzzes
_ISSUER = "https://login.example.net"
Target = Callable[[bytes], None]


def _run(doing: Coroutine[Any, Any, Any]) -> None:
    _LOOP.run_until_complete(doing)


_LOOP = asyncio.new_event_loop()
_METADATA = {
    "issuer": _ISSUER,
    "authorization_endpoint": f"{_ISSUER}/a",
    "token_endpoint": f"{_ISSUER}/t",
    "jwks_uri": f"{_ISSUER}/k",
    "revocation_endpoint": f"{_ISSUER}/r",
}


def _provider(answers: dict[str, bytes]) -> Any:
    """Return the desk's own provider, with these answers by the end of the address in place of a network."""
    import httpx  # noqa: PLC0415 - what is fuzzed is loaded once the fuzzer watches

    from console.http.oidc.provider import OidcProvider  # noqa: PLC0415
    from console.settings.sign_in import SignInSettings  # noqa: PLC0415
    from console.system.clock import SystemClock  # noqa: PLC0415

    def answer(request: httpx.Request) -> httpx.Response:
        body = next((body for end, body in answers.items() if request.url.path.endswith(end)), b"{}")
        return httpx.Response(200, content=body)

    settings = SignInSettings(issuer=_ISSUER, client="desk", roles={"rep": "rep"})
    return OidcProvider(settings, httpx.AsyncClient(transport=httpx.MockTransport(answer)), SystemClock())


def discovery() -> Target:
    """The provider's discovery document, down to the address the browser would be sent to."""
    from console.errors import ConsoleError  # noqa: PLC0415

    _provider({})  # loads what is fuzzed while the fuzzer watches

    async def ask(data: bytes) -> None:
        provider = _provider({"openid-configuration": data})
        try:
            attempt = await provider.begin()
            assert attempt.address.startswith(("https://", "http://127.0.0.1", "http://localhost", "http://[::1]"))
            await attempt.aclose()
        except ConsoleError:
            pass
        finally:
            await provider.aclose()

    return lambda data: _run(ask(data))


def keys() -> Target:
    """What the token endpoint gives, and the keys it is checked with."""
    from console.errors import ConsoleError  # noqa: PLC0415

    _provider({})  # loads what is fuzzed while the fuzzer watches

    async def ask(data: bytes) -> None:
        given, _, shown = data.partition(b"\n")
        metadata = json.dumps(_METADATA).encode()
        provider = _provider({"openid-configuration": metadata, "/t": given, "/k": shown})
        try:
            grant = await provider.exchange({"grant_type": "authorization_code"}, nonce="n")
            assert grant.claims["iss"] == _ISSUER
        except ConsoleError:
            pass
        finally:
            await provider.aclose()

    return lambda data: _run(ask(data))


def token() -> Target:
    """An ID token, held against a key nobody signed it with: not one may pass."""
    from joserfc.jwk import ECKey  # noqa: PLC0415

    from console.errors import SignInRefusedError  # noqa: PLC0415
    from console.http.oidc.id_token import read_id_token  # noqa: PLC0415

    known = {"keys": [ECKey.generate_key("P-256", {"kid": "1", "alg": "ES256"}).as_dict(private=False)]}

    def read(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        try:
            read_id_token(text, known, issuer=_ISSUER, client="desk", nonce="n", now=_NOW)
        except (SignInRefusedError, KeyError):
            return
        raise AssertionError("a token that nobody signed was believed")

    return read


def redirect() -> Target:
    """What a browser, or whoever else, sends to the listener on this machine: without the state nothing is taken."""
    from console.http.oidc.loopback import Loopback  # noqa: PLC0415

    async def take(data: bytes) -> None:
        listener = Loopback("the state of this sign-in, which nobody guesses")
        head = data.decode("latin-1").replace("PORT", "0")
        status, words = listener._take(head)  # noqa: SLF001 - over a real port it would be a thousand times slower
        assert words
        assert not status.startswith("200"), "an answer without the state was taken"
        await listener.aclose()

    return lambda data: _run(take(data))


def settings() -> Target:
    """A configuration file, and one that names a profile."""
    from console.errors import ConfigurationError  # noqa: PLC0415
    from console.settings import parse_deployment  # noqa: PLC0415

    def read(data: bytes) -> None:
        with contextlib.suppress(ConfigurationError):
            parse_deployment(data.decode("utf-8", "replace"), source="it", folder=_FOLDER)

    return read


def answers() -> Target:
    """What a system says, read as every resource in both versions."""
    from console.connectors.tmforum import v4, v5  # noqa: F401, PLC0415 - as packages
    from console.connectors.tmforum.v4 import bills, care, catalogue, customer, inventory, money, orders  # noqa: PLC0415
    from console.connectors.tmforum.v5 import bills as bills5  # noqa: PLC0415
    from console.connectors.tmforum.v5 import care as care5  # noqa: PLC0415
    from console.connectors.tmforum.v5 import customer as customer5  # noqa: PLC0415
    from console.connectors.tmforum.v5 import inventory as inventory5  # noqa: PLC0415
    from console.connectors.tmforum.v5 import orders as orders5  # noqa: PLC0415
    from console.connectors.tmforum.wire import MalformedRecordError, Reader, Spelling  # noqa: PLC0415
    from console.http.answers import Undecodable, decode_body  # noqa: PLC0415
    from console.models.customer import PartyKind  # noqa: PLC0415

    readers: list[Callable[[Reader], object]] = [
        bills.read_account, bills.read_bill, bills.read_rate, care.read_ticket, care.read_interaction,
        care.read_appointment, care.read_slots, catalogue.read_price, customer.read_customer,
        customer.read_contact_media, inventory.read_product, inventory.read_service, inventory.read_test,
        money.read_payment, money.read_refund, money.read_usage, money.read_buckets, orders.read_product_order,
        orders.read_service_order, bills5.read_account, bills5.read_rate, care5.read_ticket, care5.read_interaction,
        customer5.read_customer, inventory5.read_service, orders5.read_product_order,
        lambda reader: customer.read_party(reader, PartyKind.INDIVIDUAL),
        lambda reader: customer5.read_party(reader, PartyKind.ORGANIZATION),
        lambda reader: catalogue.read_offering(reader, {}),
    ]  # fmt: skip
    minor = Spelling(currency="USD", minor=True)

    def read(data: bytes) -> None:
        try:
            value = decode_body(data)
        except ValueError:
            return
        for one in value[:5] if isinstance(value, list) else [value]:
            if isinstance(one, Undecodable):
                continue
            for reading in readers:
                for spelling in (Spelling(), minor):
                    try:
                        reading(Reader(one, spelling))
                    except MalformedRecordError:
                        continue

    return read


def audit() -> Target:
    """A collector's file."""
    from console.errors import CollectorError  # noqa: PLC0415
    from console.models.audit import AuditQuery, first_broken  # noqa: PLC0415
    from console.system.audit_file import AuditFile, links_of  # noqa: PLC0415

    path = Path(tempfile.mkdtemp()) / "collected.jsonl"
    file = AuditFile(path)

    def read(data: bytes) -> None:
        path.write_bytes(data)
        try:
            first_broken(links_of(path))
            _run(file.find(AuditQuery("CU-1")))
        except CollectorError:
            return

    return read


def texts() -> Target:
    """Whatever is typed, pasted or told: covered, looked through for cards, searched for."""
    from console.models.card_number import has_card_number, masked  # noqa: PLC0415
    from console.services.masking import masked_text  # noqa: PLC0415
    from console.services.permissions import Personal  # noqa: PLC0415
    from console.services.phone import read_phone, show_phone  # noqa: PLC0415

    def read(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        covered = masked(text)
        assert not has_card_number(covered), "a card number is left"
        masked_text(text, frozenset(Personal))
        show_phone(text)
        read_phone(text, "US")

    return read


TARGETS: dict[str, Callable[[], Target]] = {
    one.__name__: one for one in (discovery, keys, token, redirect, settings, answers, audit, texts)
}


def seeds() -> Iterator[tuple[str, str, bytes]]:
    """Yield target, name and bytes of what each begins with."""
    example = Path(__file__).resolve().parent.parent / "resources" / "systems.example.toml"
    yield "settings", "example", example.read_bytes()
    yield "settings", "all", re.sub(rb"(?m)^# (?=[a-z_\[])", b"", example.read_bytes())
    yield "discovery", "usual", json.dumps(_METADATA).encode()
    given = {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "refresh_token": "r", "id_token": "e.e.e"}
    shown = {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "1", "alg": "ES256", "use": "sig"}]}
    yield "keys", "usual", json.dumps(given).encode() + b"\n" + json.dumps(shown).encode()
    yield "token", "none", b"eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9."
    yield "token", "es256", b"eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJtZSJ9.AAAA"
    yield "redirect", "usual", b"GET /signed-in?code=c&state=s&iss=i HTTP/1.1\r\nHost: 127.0.0.1:0\r\n\r\n"
    line = {"chain": "c", "seq": 1, "head": "h", "body": json.dumps({"at": "2026-11-25T12:00:00Z", "who": "w",
            "role": "rep", "what": "opened", "customer": "CU-1"})}  # fmt: skip
    yield "audit", "line", json.dumps(line).encode() + b"\n"
    yield "texts", "card", b"4111 1111 1111 1111 or +1 937 555 0142, harry@example.com"
    yield from (("answers", name, body) for name, body in asyncio.run(_said_by_the_sandbox()))


async def _said_by_the_sandbox() -> list[tuple[str, bytes]]:
    import httpx  # noqa: PLC0415

    from console.settings.published import PATHS  # noqa: PLC0415
    from console.system.sandbox_launcher import SandboxProcess  # noqa: PLC0415

    found = []
    with tempfile.TemporaryDirectory() as folder:
        sandbox = await SandboxProcess.start(["--data", folder, "--customers", "50"])
        try:
            for kind, paths in PATHS.items():
                headers = {"Authorization": f"Bearer {sandbox.tokens[kind]}"}
                async with httpx.AsyncClient(
                    base_url=sandbox.addresses[kind], headers=headers, trust_env=False
                ) as client:
                    for resource, path in paths.items():
                        answer = await client.get(f"{path}/{resource}", params={"limit": 2})
                        if answer.is_success:
                            found.append((resource, answer.content))
        finally:
            await sandbox.stop()
    return found


def fuzz_one(name: str, arguments: list[str]) -> None:
    """Fuzz one target until the fuzzer ends this process."""
    import atheris  # noqa: PLC0415 - not a dependency of the program or its tests

    with atheris.instrument_imports(include=["console", "joserfc"]):
        target = TARGETS[name]()
    atheris.Setup([sys.argv[0], *arguments], target)
    atheris.Fuzz()


def main() -> int:
    """Fuzz each target for a while; print runs, covered edges and findings."""
    parser = argparse.ArgumentParser(prog="scripts.fuzz", description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], help="all of them without one")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    if sys.argv[1:2] == [_ONE]:
        fuzz_one(sys.argv[2], sys.argv[3:])
    options = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        print("The fuzzer is not installed; the first lines of scripts/fuzz.py say how.", file=sys.stderr)
        return 2
    for name, seed, body in seeds():
        folder = _FOLDER / "corpus" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"seed-{seed}").write_bytes(body)
    failed = 0
    for name in options.targets or TARGETS:
        command = [sys.executable, "-m", "scripts.fuzz", _ONE, name, str(_FOLDER / "corpus" / name)]
        command += [f"-max_total_time={options.seconds}", "-print_final_stats=1", "-max_len=8192", "-timeout=10"]
        command += [f"-artifact_prefix={_FOLDER}/{name}-"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
        told = done.stdout + done.stderr
        runs = re.findall(r"number_of_executed_units: (\d+)", told)
        covered = re.findall(r"cov: (\d+)", told)
        print(f"{name:<12}{int(runs[-1]) if runs else 0:>12,} runs   {covered[-1] if covered else 0:>6} edges", end="")
        print("   nothing found" if done.returncode == 0 else f"   FOUND, exit status {done.returncode}", flush=True)
        if done.returncode != 0:
            failed += 1
            print("\n".join(told.splitlines()[-40:]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
