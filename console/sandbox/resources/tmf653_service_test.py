"""TMF653 v4 serviceTest."""

from datetime import datetime, timedelta

from console.sandbox.resources.shapes import (
    TEST_BASE,
    Links,
    Record,
    Resource,
    by_customer,
    by_item,
    customer_ref,
    instant,
    service_ref,
)
from console.sandbox.world import World
from console.sandbox.world.customer_history import LineTest
from console.sandbox.world.numbering import Numbers

_SPECIFICATION = {"id": "spec-line-test", "version": "1.0"}
_LEAST_LIGHT_DBM = -25.0


def _records(world: World, n: int, links: Links) -> list[Record]:
    tests = sorted(world.history(n).tests, key=lambda test: test.at, reverse=True)
    return [_record(world, n, test, links) for test in tests]


def _record(world: World, n: int, test: LineTest, links: Links) -> Record:
    record = world.numbers.test.encode(n * Numbers.ITEMS + test.index)
    ended = test.at + timedelta(seconds=40)
    return {
        "id": record,
        "href": links.href("provisioning", TEST_BASE, "serviceTest", record),
        "name": "Line test",
        "description": "Passed" if test.passed else "Failed",
        "mode": "ON_DEMAND",
        "state": "completed",
        "startDateTime": instant(test.at),
        "endDateTime": instant(ended),
        "relatedParty": [customer_ref(world, n, links)],
        "relatedService": service_ref(world, n, test.subscription, links),
        "testSpecification": dict(_SPECIFICATION),
        "testMeasure": measures(test.down, test.up, test.optical, test.loss, ended, passed=test.passed),
        "@type": "ServiceTest",
    }


def measures(down: float, up: float, optical: float, loss: float, at: datetime, *, passed: bool) -> list[Record]:
    """Return the measures of a line test; if it failed, values out of bounds have a `ruleViolation`."""
    found = []
    for name, value, unit in (
        ("Download", down, "Mbps"),
        ("Upload", up, "Mbps"),
        ("Optical power", optical, "dBm"),
        ("Packet loss", loss, "%"),
    ):
        measure: Record = {
            "metricName": name,
            "unitOfMeasure": unit,
            "captureDateTime": instant(at),
            "value": {"name": name, "valueType": "number", "value": value},
        }
        if not passed and (name != "Optical power" or value < _LEAST_LIGHT_DBM):
            measure["ruleViolation"] = [{"name": f"{name} out of bounds"}]
        found.append(measure)
    return found


def _start(_world: World, record: Record, now: datetime, _links: Links) -> Record:
    return {"mode": "ON_DEMAND", **record, "state": "acknowledged", "startDateTime": instant(now)}


SERVICE_TEST = Resource(
    "serviceTest",
    TEST_BASE,
    records=_records,
    count=lambda world, n: len(world.history(n).tests),
    narrow={"id": by_item("test"), "relatedParty.id": by_customer, "relatedService.id": by_item("service")},
    prefix="ST-",
    needed=("name", "relatedService", "testSpecification"),
    fill=_start,
    counts_history=True,
)
