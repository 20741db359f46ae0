"""Fuzz targets: everything the console reads from outside.

Loaded after the fuzzer starts, so that the fuzzer measures all of it.
"""

import asyncio
import contextlib
import json
import tempfile
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from joserfc.jwk import ECKey

from console.connectors.tmforum.record_reader import MalformedRecordError, RecordReader, WireDialect
from console.connectors.tmforum.records import bills, care, catalogue, customer, inventory, money, orders, usage
from console.errors import CollectorError, ConfigurationError, ConsoleError, SignInRejectedError
from console.http.oidc.id_token import read_id_token
from console.http.oidc.loopback import Loopback
from console.http.oidc.provider import OidcProvider
from console.http.responses import Undecodable, decode_body
from console.models.audit import AuditQuery, first_broken
from console.models.card_number import has_card_number, masked
from console.models.customer import PartyKind
from console.services.access.masking import masked_text
from console.services.access.permissions import PersonalField
from console.services.search.phone import read_phone, show_phone
from console.settings import parse_deployment
from console.settings.sign_in import SignInSettings
from console.system.audit_file import AuditFile, links_of
from console.system.clock import SystemClock
from scripts.fuzz.seeds import ISSUER, METADATA

_LOOP = asyncio.new_event_loop()
_SETTINGS = SignInSettings(issuer=ISSUER, client="desk", roles={"rep": "rep"})
_KEYS = {"keys": [ECKey.generate_key("P-256", {"kid": "1", "alg": "ES256"}).as_dict(private=False)]}
_NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
_FOLDER = Path(tempfile.mkdtemp())
_READERS: tuple[Callable[[RecordReader], object], ...] = (
    bills.read_account, bills.read_bill, bills.read_rate, care.read_ticket, care.read_interaction,
    care.read_appointment, care.read_slots, catalogue.read_price, customer.read_customer, customer.read_contact_media,
    inventory.read_product, inventory.read_service, inventory.read_test, money.read_payment, money.read_refund,
    usage.read_usage, usage.read_buckets, orders.read_product_order, orders.read_service_order,
    lambda reader: customer.read_party(reader, PartyKind.INDIVIDUAL),
    lambda reader: customer.read_party(reader, PartyKind.ORGANIZATION),
    lambda reader: catalogue.read_offering(reader, {}),
)  # fmt: skip
_SPELLINGS = (WireDialect(), WireDialect(currency="USD", minor=True))


def _run(doing: Coroutine[Any, Any, Any]) -> None:
    _LOOP.run_until_complete(doing)


def _provider(answers: dict[str, bytes]) -> OidcProvider:
    """Return the console's own provider with fixed responses, by the end of the address, instead of a network."""

    def answer(request: httpx.Request) -> httpx.Response:
        body = next((body for end, body in answers.items() if request.url.path.endswith(end)), b"{}")
        return httpx.Response(200, content=body)

    return OidcProvider(_SETTINGS, httpx.AsyncClient(transport=httpx.MockTransport(answer)), SystemClock())


def discovery(data: bytes) -> None:
    """Read the provider's discovery document, up to the address that the browser would open."""

    async def ask() -> None:
        provider = _provider({"openid-configuration": data})
        with contextlib.suppress(ConsoleError):
            attempt = await provider.begin()
            assert attempt.address.lower().startswith(
                ("https://", "http://127.0.0.1", "http://localhost", "http://[::1]")
            )
            await attempt.aclose()
        await provider.aclose()

    _run(ask())


def keys(data: bytes) -> None:
    """Read the response of the token endpoint, and the keys that verify it."""

    async def ask() -> None:
        given, _, shown = data.partition(b"\n")
        metadata = json.dumps(METADATA).encode()
        provider = _provider({"openid-configuration": metadata, "/t": given, "/k": shown})
        with contextlib.suppress(ConsoleError):
            grant = await provider.exchange({"grant_type": "authorization_code"}, nonce="n")
            assert grant.claims["iss"] == ISSUER
        await provider.aclose()

    _run(ask())


def token(data: bytes) -> None:
    """Read an ID token with a key that did not sign it; every token must be rejected."""
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(SignInRejectedError, KeyError):
        read_id_token(text, _KEYS, issuer=ISSUER, client="desk", nonce="n", now=_NOW)
        raise AssertionError("a token that nobody signed was believed")


def redirect(data: bytes) -> None:
    """Read a request to the listener on this machine; without the sign-in's state it must be rejected."""

    async def take() -> None:
        listener = Loopback("the state of this sign-in, which nobody guesses")
        status, words = listener._take(data.decode("latin-1"))  # noqa: SLF001 - over a port it were a thousand times slower
        assert words
        assert not status.startswith("200"), "an answer without the state was taken"
        await listener.aclose()

    _run(take())


def settings(data: bytes) -> None:
    """Read a configuration file, including one that names a profile."""
    with contextlib.suppress(ConfigurationError):
        parse_deployment(data.decode("utf-8", "replace"), source="it", folder=_FOLDER)


def answers(data: bytes) -> None:
    """Read a system's response as every resource in both dialects."""
    try:
        value = decode_body(data)
    except ValueError:
        return
    for one in value[:5] if isinstance(value, list) else [value]:
        if isinstance(one, Undecodable):
            continue
        for reading in _READERS:
            for dialect in _SPELLINGS:
                with contextlib.suppress(MalformedRecordError):
                    reading(RecordReader(one, dialect))


def audit(data: bytes) -> None:
    """Read a file of the audit collector."""
    path = _FOLDER / "collected.jsonl"
    path.write_bytes(data)
    with contextlib.suppress(CollectorError):
        first_broken(links_of(path))
        _run(AuditFile(path).find(AuditQuery("CU-1")))


def texts(data: bytes) -> None:
    """Mask any text, check it for card numbers, and read it as a phone number."""
    text = data.decode("utf-8", "replace")
    assert not has_card_number(masked(text)), "a card number is left"
    masked_text(text, frozenset(PersonalField))
    show_phone(text)
    read_phone(text, "US")
