"""The walk-through of docs/architecture.md: adds a dataset with its panel to a copy of the program and runs it.

The addition is small and real: outages (TMF656 service problems), served by a system under a new capability.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The most existing files that a new panel, with a new dataset and a new capability, may change.
MOST_CHANGED = 6

ADDED = {
    "console/models/outage.py": '''
"""Outages that systems know of."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Outage:
    """One service problem; times are aware UTC. Source: TMF656 v4.0.0, ServiceProblem."""

    id: str
    description: str
    began_at: datetime | None
''',
    "console/ports/outages.py": '''
"""The port of the systems that know of outages."""

from typing import Protocol

from console.models.customer import CustomerId
from console.models.outage import Outage
from console.models.provenance import Records
from console.ports.port import Port
from console.settings import Capability


class Outages(Protocol):
    """A system that knows which services are out of order."""

    async def fetch_outages(self, customer_id: CustomerId, *, after: int = 0) -> Records[Outage]:
        """Return outages of the customer's services, newest first. Source: TMF656 v4.0.0, GET /serviceProblem."""


OUTAGES: Port[Outages] = Port(Capability.OUTAGES)
''',
    "console/connectors/tmforum/outages.py": '''
"""Outages over TMF656 serviceProblem."""

from console.connectors.tmforum.client import TmForumClient
from console.connectors.tmforum.reading import BEFORE_ALL
from console.connectors.tmforum.record_reader import RecordReader
from console.models.customer import CustomerId
from console.models.outage import Outage
from console.models.provenance import Records


class TmForumOutages:
    """Implements the port."""

    def __init__(self, client: TmForumClient) -> None:
        self._client = client

    async def fetch_outages(self, customer_id: CustomerId, *, after: int = 0) -> Records[Outage]:
        found = await self._client.fetch_of_customer("serviceProblem", customer_id, read_outage, after=after)
        return found.sorted_by(lambda outage: outage.began_at, missing=BEFORE_ALL)


def read_outage(reader: RecordReader) -> Outage:
    """Return an outage from its record."""
    return Outage(reader.identifier(), reader.text("description") or "", reader.when("timeRaised"))
''',
    "console/views/customer/panels/outages_panel.py": '''
"""The outages that touch this customer."""

from console.messages import QT_TR_NOOP
from console.services.customer.customer_view import CustomerView
from console.settings import Capability
from console.views import texts
from console.views.customer.panels.facts import FactMaker
from console.views.customer.panels.panel import Panel
from console.views.customer.panels.panel_type import Layout, PanelSlot, PanelType
from console.views.customer.panels.source import Source
from console.views.customer.panels.system_words import SystemNames
from console.views.texts import tr
from console.views.widgets.row_model import Row
from console.views.widgets.rows import FactList


class OutagesPanel(Panel):
    """Outages, the newest on top."""

    def __init__(self, view: CustomerView, systems: SystemNames) -> None:
        self._view = view
        self.list = FactList(tr("Outages"), uniform=True)
        super().__init__(PANEL, systems, [Source(tr("Outages"), view.outages)], self.list)

    def show_facts(self) -> None:
        rows = []
        for item in self._view.outages.state.facts or ():
            make = FactMaker(item.origin, self.systems)
            began = texts.day(texts.local_day(item.value.began_at) if item.value.began_at else None)
            cells = (make.cell(tr("Since"), began), make.cell(tr("Outage"), item.value.description))
            rows.append(Row(item.value.id, cells))
        self.list.show_rows(rows)


PANEL = PanelType(
    name="outages",
    title=QT_TR_NOOP("Outages"),
    icon="services",
    letter="C",
    empty=QT_TR_NOOP("No outages."),
    slots={Layout.FULL: PanelSlot(0, 1, 2), Layout.MEDIUM: PanelSlot(0, 1, 2), Layout.SMALL: PanelSlot(0, 1, 3)},
    make=lambda page: OutagesPanel(page.view, page.systems(Capability.OUTAGES)),
)
''',
}
# Each entry: an existing file, the text in it, and the text that replaces it.
CHANGED = (
    ("console/settings/capabilities.py", '    OFFERINGS = "offerings"\n', '    OFFERINGS = "offerings"\n    OUTAGES = "outages"\n'),
    ("console/settings/roles.py", '    OFFERINGS = "the catalogue"\n', '    OFFERINGS = "the catalogue"\n    OUTAGES = "outages"\n'),
    (
        "console/connectors/tmforum/published.py",
        '    "productOfferingPrice": "/tmf-api/productCatalogManagement/v4",\n}',
        ('    "productOfferingPrice": "/tmf-api/productCatalogManagement/v4",\n'
        '    "serviceProblem": "/tmf-api/serviceProblemManagement/v4",\n}'),
    ),
    (
        "console/connectors/tmforum/published.py",
        '    Capability.OFFERINGS: ("productOffering", "productOfferingPrice"),\n',
        ('    Capability.OFFERINGS: ("productOffering", "productOfferingPrice"),\n'
        '    Capability.OUTAGES: ("serviceProblem",),\n'),
    ),
    (
        "console/connectors/tmforum/connect.py",
        "        Capability.OFFERINGS: provisioning,\n",
        "        Capability.OFFERINGS: provisioning,\n        Capability.OUTAGES: TmForumOutages(client),\n",
    ),
    (
        "console/connectors/tmforum/connect.py",
        "from console.connectors.tmforum.provisioning",
        "from console.connectors.tmforum.outages import TmForumOutages\nfrom console.connectors.tmforum.provisioning",
    ),
    (
        "console/services/customer/datasets.py",
        "# One bill's lines;",
        ("DATASETS += (\n    Dataset(\n        name=\"outages\",\n        scope=DataScope.OUTAGES,\n        port=OUTAGES,\n"
        "        kept_as=Records[Outage],\n        fresh_for=_MINUTE,\n        asked_for=AskedFor.WHEN_SHOWN,\n"
        "        page=lambda system: system.fetch_outages,\n        newest=lambda outage: outage.began_at,\n    ),\n)\n"
        "# One bill's lines;"),
    ),
    (
        "console/services/customer/datasets.py",
        "    offerings: DatasetLoader[Records[ProductOffering]]\n",
        "    offerings: DatasetLoader[Records[ProductOffering]]\n    outages: DatasetLoader[Records[Outage]]\n",
    ),
    (
        "console/services/customer/datasets.py",
        "from console.models.payment import Payment\n",
        ("from console.models.outage import Outage\nfrom console.models.payment import Payment\n"
        "from console.ports.outages import OUTAGES\n"),
    ),
    ("console/views/customer/panels/catalogue.py", "        orders_panel,\n        tickets", "        orders_panel,\n        outages_panel,\n        tickets"),
    ("console/views/customer/panels/catalogue.py", "    orders_panel,\n    payments", "    orders_panel,\n    outages_panel,\n    payments"),
)  # fmt: skip
# Sends a request to a server that has one outage, as a customer's page and the command do.
USE = '''
import asyncio, json, random
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from console.cli.show import text_of
from console.compose import compose_console
from console.models.customer import CustomerId
from console.settings import parse_deployment
from console.views.customer.panels.catalogue import LAYOUTS, PANELS

OUTAGE = {"id": "O-1", "description": "Fibre cut", "timeRaised": "2026-11-27T08:00:00Z",
          "relatedParty": [{"id": "CU-1", "role": "customer", "@referredType": "Customer"}]}

class Server(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps([OUTAGE] if "serviceProblem" in self.path else []).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
Thread(target=server.serve_forever, daemon=True).start()
settings = f"""
[systems.crm]
capabilities = ["customers"]
base_url = "http://127.0.0.1:{server.server_port}"
[systems.monitoring]
capabilities = ["outages"]
base_url = "http://127.0.0.1:{server.server_port}"
"""

class NoSecrets:
    def read(self, reference):
        raise AssertionError(reference)

async def main():
    console = compose_console(parse_deployment(settings, source="here"), NoSecrets())
    view = console.view_customer(CustomerId("CU-1"))
    view.outages.refresh()
    await view.outages.wait_idle()
    print("\\n".join(text_of(view, console)))
    print("panel", PANELS["outages"].title, *(sum("outages" in row for column in layout for row in column) for layout in LAYOUTS.values()))
    view.close()
    await console.aclose()

asyncio.run(main())
'''


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return a copy of the program that a test may change."""
    shutil.copytree(ROOT / "console", tmp_path / "console", ignore=shutil.ignore_patterns("__pycache__", "sandbox"))
    shutil.copytree(ROOT / "resources", tmp_path / "console" / "resources", dirs_exist_ok=True)
    shutil.copytree(ROOT / "resources", tmp_path / "resources")
    return tmp_path


def add(program: Path, *, but: str = "") -> set[str]:
    """Apply the walk-through's steps, except those that contain `but`; return the existing files that changed."""
    for name, text in ADDED.items():
        (program / name).write_text(text.lstrip(), encoding="utf-8")
    changed = set()
    for name, before, after in CHANGED:
        path = program / name
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{name} has not once: {before}"
        if not but or but not in after:
            path.write_text(text.replace(before, after), encoding="utf-8")
            changed.add(name)
    return changed


def run(program: Path, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=program, timeout=60,
        env={"PYTHONPATH": str(program), "QT_QPA_PLATFORM": "offscreen", "HOME": str(program)},
    )  # fmt: skip


def test_a_new_panel_touches_few_files_and_shows_what_its_system_says(program: Path) -> None:
    changed = add(program)
    assert len(changed) <= MOST_CHANGED, sorted(changed)
    used = run(program, USE)
    assert used.returncode == 0, used.stderr
    assert "Outages (1)   [Monitoring, " in used.stdout
    assert "O-1  Fibre cut" in used.stdout
    assert used.stdout.rstrip().endswith("panel Outages 1 1 1")


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        ("outages: DatasetLoader", "declared as a dataset or as an attribute, but not both: outages"),
        ('OUTAGES = "outages"', "OUTAGES"),
    ],
)
def test_a_piece_left_out_fails_when_it_is_imported(program: Path, left_out: str, told: str) -> None:
    add(program, but=left_out)
    used = run(program, USE)
    assert used.returncode != 0
    assert told in used.stderr
