"""A vendor's connector as a separate package: found by its entry point, without a change to the console."""

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = '''
"""A connector to the ticket system of a vendor that speaks no TM Forum API."""

from datetime import UTC, datetime

from console.models.provenance import Origin, Records, Sourced
from console.models.trouble_ticket import TroubleTicket
from console.ports.systems import ConnectedSystem
from console.settings import Capability, System

AT = datetime(2026, 11, 27, 8, tzinfo=UTC)


class AbacusSystem(System, frozen=True, forbid_unknown_fields=True, kw_only=True):
    queue: str


class AbacusTickets:
    def __init__(self, name, queue):
        self._name, self._queue = name, queue

    async def fetch_trouble_tickets(self, customer_id, *, after=0):
        ticket = TroubleTicket(
            id="A-1", name=f"Noise on the line, in {self._queue}", description=None, ticket_type=None, severity=None,
            priority=None, status="open", created_at=AT, expected_at=None, resolved_at=None, updated_at=None,
        )
        return Records((Sourced(ticket, Origin(self._name, "ticket", "A-1", None, AT)),), AT)

    async def check(self):
        return []


class Abacus:
    settings = AbacusSystem
    capabilities = frozenset({Capability.TICKETS})

    def complete(self, name, system, folder):
        return system

    def problems(self, name, system):
        return [] if system.queue else [f"systems.{name}.queue must not be empty"]

    def connect(self, system, connecting):
        tickets = AbacusTickets(connecting.endpoint.system, system.queue)
        return ConnectedSystem(
            name=connecting.endpoint.system, label=connecting.endpoint.label, address=system.base_url,
            ports={Capability.TICKETS: tickets}, checked=tickets,
        )


CONNECTOR = Abacus()
'''
USE = '''
import asyncio, sys

from console.compose import compose_console
from console.errors import ConfigurationError
from console.models.customer import CustomerId
from console.services.customer.contact import NotPossibleError
from console.settings import parse_deployment

SETTINGS = """
[systems.crm]
capabilities = ["customers"]
base_url = "http://127.0.0.1:9"
[systems.abacus]
connector = "abacus"
capabilities = ["{serves}"]
base_url = "https://abacus.example.net"
label = "Abacus"
queue = "{queue}"
"""

class NoSecrets:
    def read(self, reference):
        raise AssertionError(reference)

async def main():
    for serves, queue in (("bills", "repairs"), ("tickets", "")):
        try:
            parse_deployment(SETTINGS.format(serves=serves, queue=queue), source="here")
        except ConfigurationError as error:
            print(error)
    console = compose_console(parse_deployment(SETTINGS.format(serves="tickets", queue="repairs"), source="here"), NoSecrets())
    view = console.view_customer(CustomerId("CU-1"))
    view.tickets.refresh()
    for item in (await view.tickets.wait_idle()).facts:
        print(console.label(item.origin.system), item.value.name)
    try:
        console.actions.system_for("create-ticket")
    except NotPossibleError as error:
        print(error)
    view.close()
    await console.aclose()

asyncio.run(main())
'''


@pytest.fixture
def vendor(tmp_path: Path) -> Path:
    """Return a folder with the vendor's package as an installer leaves it."""
    (tmp_path / "opticom_abacus.py").write_text(PACKAGE, encoding="utf-8")
    made = tmp_path / "opticom_abacus-1.0.dist-info"
    made.mkdir()
    (made / "METADATA").write_text("Metadata-Version: 2.1\nName: opticom-abacus\nVersion: 1.0\n")
    (made / "entry_points.txt").write_text("[opticom_console.connectors]\nabacus = opticom_abacus:CONNECTOR\n")
    return tmp_path


def test_a_vendors_package_is_found_and_serves_what_it_says(vendor: Path) -> None:
    used = subprocess.run(
        [sys.executable, "-c", USE], check=False, capture_output=True, text=True, timeout=60,
        env={"PYTHONPATH": str(vendor), "HOME": str(vendor)},
    )  # fmt: skip
    assert used.returncode == 0, used.stderr
    assert used.stdout.splitlines() == [
        "here: systems.abacus.capabilities: the connector abacus cannot serve bills.",
        "here: systems.abacus.queue must not be empty.",
        "Abacus Noise on the line, in repairs",
        "No connected system offers tickets.",  # the connector cannot write
    ]
