"""sync: records per second that the console writes to its store while many customers are loaded, with their versions.

Floor: the bare driver inserts the same bodies into one encrypted table, one transaction for each dataset, each on the
disk before the next. No network: this measures saving, not loading.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import httpx

from benchmarks.result import Result
from console.compose import compose_console
from console.models.customer import CustomerId
from console.models.provenance import Records
from console.services.customer.dataset_cache import encode
from console.store.database import open_database
from console.store.facts import FactRepository
from console.system.sandbox_launcher import SandboxProcess

_CUSTOMERS = 60
_KEY = bytes(range(32))
_DatasetKey = tuple[str, str, Any, int]


def measure() -> list[Result]:
    """Return both cases."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Result]:
    parts = await _read_customers(folder)
    records = sum(count for *_, count in parts)
    database = open_database(folder / "desk.store", _KEY)
    try:
        facts = FactRepository(database)
        first_s = await _keep(facts, parts)
        again_s = await _keep(facts, parts)
    finally:
        await database.aclose()
    floor_s = _floor(folder / "bare.store", parts)
    print(f"sync: {records} records in {len(parts)} parts of {_CUSTOMERS} customers")
    return [
        Result("sync", "records a second, new", records / first_s, "/s", records / floor_s),
        Result("sync", "records a second, unchanged", records / again_s, "/s", records / floor_s),
    ]


async def _read_customers(folder: Path) -> list[_DatasetKey]:
    """Return the datasets of many customers: customer, dataset, facts, number of records."""
    sandbox = await SandboxProcess.start(["--data", str(folder / "world"), "--customers", "200"])
    console = compose_console(sandbox.deployment, sandbox.secrets)
    await console.open_store()
    parts: list[_DatasetKey] = []
    headers = {"Authorization": f"Bearer {sandbox.tokens['crm']}"}
    try:
        async with httpx.AsyncClient(base_url=sandbox.addresses["crm"], headers=headers, trust_env=False) as crm:
            path = "/tmf-api/customerManagement/v4/customer"
            found = (await crm.get(path, params={"limit": _CUSTOMERS, "fields": "id"})).raise_for_status().json()
        for record in found:
            view = console.view_customer(CustomerId(record["id"]))
            view.load_all()
            await view.wait_idle()
            parts += [
                (record["id"], f"part {place}", facts, len(facts.items) if isinstance(facts, Records) else 1)
                for place, part in enumerate(view.loaders)
                if (facts := part.state.facts) is not None
            ]
            view.close()
    finally:
        await console.aclose()
        await sandbox.stop()
    return parts


async def _keep(facts: FactRepository, parts: list[_DatasetKey]) -> float:
    """Return the seconds until every dataset is on the disk, all saved at once, as when responses arrive."""
    started = time.perf_counter()
    now = datetime.now(UTC)
    await asyncio.gather(*(facts.save(who, part, _encoder(found), now) for who, part, found, _ in parts))
    return time.perf_counter() - started


def _encoder(found: Any) -> Callable[[], Any]:
    return lambda: encode(found)


def _floor(path: Path, parts: list[_DatasetKey]) -> float:
    bodies = [(who, part, encode(found).body) for who, part, found, _ in parts]
    connection = apsw.Connection(str(path))
    connection.pragma("cipher", "sqlcipher")
    connection.pragma("legacy", 4)
    connection.pragma("key", f"x'{_KEY.hex()}'")
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "full")
    connection.execute("CREATE TABLE fact (customer TEXT, part TEXT, body BLOB)")
    started = time.perf_counter()
    for row in bodies:
        with connection:
            connection.execute("INSERT INTO fact VALUES (?, ?, ?)", row)
    taken_s = time.perf_counter() - started
    connection.close()
    return taken_s
