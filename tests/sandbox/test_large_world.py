"""A world too large to count its lists still serves each record once."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from console.sandbox import storage
from console.sandbox.database import open_database
from console.sandbox.records import SystemRecords
from console.sandbox.resources import SYSTEMS, Links, Resource
from console.sandbox.rules import ListRequest
from console.sandbox.storage import SystemStore, prepare
from console.sandbox.world import World

_LINKS = Links(dict.fromkeys(SYSTEMS, "http://127.0.0.1:1"))
_NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)


def _tickets(folder: Path) -> tuple[Resource, SystemRecords]:
    world = World(seed=7, customers=1100, as_of=date(2026, 11, 1))
    store = SystemStore(open_database(folder, "crm"), "crm", world)
    prepare({"crm": store}, world, lambda _n: None)
    resource = next(one for one in SYSTEMS["crm"] if one.name == "troubleTicket")
    return resource, SystemRecords(world, store, _LINKS)


@pytest.fixture
def counted(tmp_path) -> tuple[Resource, SystemRecords]:
    return _tickets(tmp_path / "counted")


@pytest.fixture
def uncounted(tmp_path, monkeypatch) -> tuple[Resource, SystemRecords]:
    monkeypatch.setattr(storage, "_COUNTED_WHOLE", 1000)
    return _tickets(tmp_path / "uncounted")


async def _all_pages(records: SystemRecords, resource: Resource, limit: int = 100) -> list[str]:
    read: list[str] = []
    while True:
        _total, page = await records.page(resource, ListRequest(offset=len(read), limit=limit))
        read += [str(record["id"]) for record in page]
        if not page:
            return read


async def test_pages_of_a_list_without_a_total_join_without_gap_or_overlap(counted, uncounted) -> None:
    expected = await _all_pages(counted[1], counted[0])
    assert len(expected) > 700

    assert await _all_pages(uncounted[1], uncounted[0]) == expected


async def test_a_list_without_a_total_says_none_and_starts_anywhere(counted, uncounted) -> None:
    request = ListRequest(offset=700, limit=5)

    total, page = await uncounted[1].page(uncounted[0], request)

    assert total is None
    assert page == (await counted[1].page(counted[0], request))[1]


async def test_what_was_made_since_comes_once_at_the_end_of_a_list_without_a_total(uncounted) -> None:
    resource, records = uncounted
    body = {"description": "No signal", "severity": "high", "ticketType": "technical"}
    made = [records.create(resource, str, body, _NOW)["id"] for _ in range(7)]

    assert (await _all_pages(records, resource, limit=70))[-7:] == made


async def test_a_record_deleted_from_a_list_without_a_total_is_gone(uncounted) -> None:
    resource, records = uncounted
    before = await _all_pages(records, resource)

    records.delete(resource, before[250], _NOW)

    assert set(await _all_pages(records, resource)) == set(before) - {before[250]}
