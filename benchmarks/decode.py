"""decode: records per second, from bytes on the wire to the console's own records, valid and damaged.

Floor: msgspec decodes the same bytes into structures that have only the attributes the console reads. The third case
has no timing: random damaged records made from the published descriptions. Each must be read, or given up with a
reason. It is skipped if OPTICOM_TMF_DIR does not name a folder with the descriptions.
"""

import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable

import httpx
import msgspec

from benchmarks.result import Result
from console.connectors.tmforum.check.requirements import REQUIREMENTS
from console.connectors.tmforum.published import PATHS
from console.connectors.tmforum.reading import belongs_to
from console.connectors.tmforum.record_reader import MalformedRecordError, RecordReader
from console.http.responses import Undecodable, decode_body
from console.system.sandbox_launcher import SandboxProcess

_RUNS = 7
_MADE = 100_000


class _Money(msgspec.Struct):
    unit: str | None = None
    value: float | None = None


class _Ref(msgspec.Struct):
    id: str | None = None
    name: str | None = None
    role: str | None = None


class _Period(msgspec.Struct):
    startDateTime: str | None = None  # noqa: N815 - the wire's name
    endDateTime: str | None = None  # noqa: N815 - the wire's name


class _Bill(msgspec.Struct):
    id: str
    billNo: str | None = None  # noqa: N815 - the wire's name
    state: str | None = None
    billDate: str | None = None  # noqa: N815 - the wire's name
    paymentDueDate: str | None = None  # noqa: N815 - the wire's name
    billingPeriod: _Period | None = None  # noqa: N815 - the wire's name
    billingAccount: _Ref | None = None  # noqa: N815 - the wire's name
    amountDue: _Money | None = None  # noqa: N815 - the wire's name
    taxExcludedAmount: _Money | None = None  # noqa: N815 - the wire's name
    taxIncludedAmount: _Money | None = None  # noqa: N815 - the wire's name
    remainingAmount: _Money | None = None  # noqa: N815 - the wire's name
    relatedParty: list[_Ref] = []  # noqa: N815 - the wire's name
    lastUpdate: str | None = None  # noqa: N815 - the wire's name


def measure() -> list[Result]:
    """Return all cases."""
    clean = asyncio.run(_bills())
    records = json.loads(clean)
    rng = random.Random(1)
    damaged = json.dumps([_spoilt(record, rng) if i % 10 == 0 else record for i, record in enumerate(records)]).encode()
    floor = _rate(lambda: len(msgspec.json.decode(clean, type=list[_Bill])))
    results = [
        Result("decode", "clean", _rate(lambda: _read(clean)), "1/s", floor),
        Result("decode", "one in ten damaged", _rate(lambda: _read(damaged)), "1/s", floor),
    ]
    if os.environ.get("OPTICOM_TMF_DIR"):
        results.append(Result("decode", "damaged records that broke it", _broken(), "rec", float(_MADE)))
    return results


async def _bills() -> bytes:
    """Return the body of one long response: bills as the sandbox serves them."""
    with tempfile.TemporaryDirectory() as folder:
        sandbox = await SandboxProcess.start(["--data", folder, "--customers", "200"])
        try:
            address = sandbox.addresses["billing"] + PATHS["customerBill"] + "/customerBill"
            headers = {"Authorization": f"Bearer {sandbox.tokens['billing']}"}
            found: list[object] = []
            async with httpx.AsyncClient(trust_env=False, headers=headers) as client:
                for offset in range(0, 1000, 100):
                    page = await client.get(address, params={"offset": offset, "limit": 100})
                    found += page.raise_for_status().json()
        finally:
            await sandbox.stop()
    return json.dumps(found).encode()


def _rate(read: Callable[[], int]) -> float:
    """Return the records read per second; the median of several runs."""
    rates = []
    for _ in range(_RUNS):
        started = time.perf_counter()
        count = read()
        rates.append(count / (time.perf_counter() - started))
    return statistics.median(rates)


def _read(body: bytes) -> int:
    """Read a body as the connector does; return the number of records, including those given up."""
    translate = REQUIREMENTS["customerBill"].read
    elements = decode_body(body)
    for element in elements:
        try:
            if isinstance(element, Undecodable):
                continue
            reader = RecordReader(element)
            reader.identifier()
            belongs_to(reader, "CU-1")
            translate(reader)
        except MalformedRecordError:
            continue
    return len(elements)


def _spoilt(record: dict[str, object], rng: random.Random) -> object:
    key = rng.choice(list(record))
    return rng.choice([None, "rubbish", {**record, key: rng.choice([None, 3, [], {}, "?"])}, {**record, "id": None}])


def _broken() -> float:
    """Return how many generated records ended in neither a record nor a reason; must be zero."""
    from tests.support.described import DESCRIBED, Maker  # noqa: PLC0415 - needs the descriptions

    cases = [(name, version) for name, (_, files) in DESCRIBED.items() for version in ("v4", "v5")[: len(files)]]
    broken = 0
    for i in range(_MADE):
        resource, version = cases[i % len(cases)]
        rng = random.Random(i)
        body = json.dumps([Maker(rng, damage=rng.choice((0.05, 0.2, 0.5))).record(resource, version)]).encode()
        try:
            for element in decode_body(body):
                reader = RecordReader(element)
                reader.identifier()
                belongs_to(reader, "CU-1")
                REQUIREMENTS[resource].read(reader)
        except MalformedRecordError:
            continue
        except Exception as error:  # noqa: BLE001 - anything else is what is looked for
            broken += 1
            print(f"seed {i}, {resource} {version}: {error!r}")
    return float(broken)
