"""Filters without an index: correct by a full scan, fast when repeated, rejected by name in a large world."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from console.sandbox import records as records_module
from console.sandbox.database import open_database
from console.sandbox.records import SystemRecords
from console.sandbox.resources import SYSTEMS, Links, Resource
from console.sandbox.rules import BadRequestError, ListRequest, matches
from console.sandbox.storage import SystemStore, prepare
from console.sandbox.world import World

_LINKS = Links(dict.fromkeys(SYSTEMS, "http://127.0.0.1:1"))
_NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
_CUSTOMERS = 60


@pytest.fixture
def bills(tmp_path: Path) -> tuple[Resource, SystemRecords, World]:
    world = World(seed=7, customers=_CUSTOMERS, as_of=date(2026, 11, 1))
    store = SystemStore(open_database(tmp_path, "billing"), "billing", world)
    prepare({"billing": store}, world, lambda _n: None)
    return _resource("customerBill"), SystemRecords(world, store, _LINKS), world


def _resource(name: str) -> Resource:
    return next(one for one in SYSTEMS["billing"] if one.name == name)


def _every(resource: Resource, records: SystemRecords) -> list[dict]:
    return [record for n in range(_CUSTOMERS) for record in records.of(resource, n)]


@pytest.mark.parametrize("path", ["state", "billDate", "paymentDueDate", "category", "billNo"])
async def test_a_filter_finds_what_looking_at_every_record_finds(bills, path: str) -> None:
    resource, records, _ = bills
    every = _every(resource, records)
    for value in sorted({record[path] for record in every})[:4]:
        expected = {record["id"] for record in every if matches(record, {path: value})}
        found: list[str] = []
        while len(found) < len(expected):
            _, page = await records.page(resource, ListRequest(len(found), 100, filters={path: value}))
            assert page
            found += [record["id"] for record in page]
        assert len(found) == len(expected)
        assert set(found) == expected


async def test_two_filters_and_alternatives_are_both_held(bills) -> None:
    resource, records, _ = bills
    every = _every(resource, records)
    day = every[0]["billDate"]
    filters = {"billDate": day, "state": "settled,sent"}
    _, page = await records.page(resource, ListRequest(0, 100, filters=filters))
    expected = [one["id"] for one in every if one["billDate"] == day and one["state"] in {"settled", "sent"}]
    assert sorted(one["id"] for one in page) == sorted(expected)[:100]


async def test_what_was_changed_since_is_found_by_what_it_says_now(bills) -> None:
    resource, records, _ = bills
    await records.page(resource, ListRequest(filters={"state": "onHold"}))
    changed = {**_every(resource, records)[3], "state": "onHold"}
    records.change(resource, changed, _NOW)
    _, page = await records.page(resource, ListRequest(0, 100, filters={"state": "onHold"}))
    assert changed["id"] in {record["id"] for record in page}


async def test_an_operator_and_a_path_into_parts_are_looked_through(bills) -> None:
    resource, records, _ = bills
    every = _every(resource, records)
    for filters in ({"billDate.gt": "2026-10-01T00:00:00Z"}, {"amountDue.unit": "GBP"}):
        total, _ = await records.page(resource, ListRequest(0, 1, filters=filters))
        assert total == sum(matches(record, filters) for record in every)


async def test_what_no_record_has_finds_nothing_without_looking(bills) -> None:
    resource, records, _ = bills
    await records.page(resource, ListRequest(filters={"state": "settled"}))
    total, page = await records.page(resource, ListRequest(filters={"customerId": "CU-1"}))
    assert (total, page) == (0, [])


async def test_a_large_world_gives_a_page_by_state_and_refuses_the_rest_by_name(bills, monkeypatch) -> None:
    resource, records, _ = bills
    monkeypatch.setattr(records_module, "_LOOKED_THROUGH_WHOLE", _CUSTOMERS - 1)
    total, page = await records.page(resource, ListRequest(0, 20, filters={"state": "settled"}))
    assert total is None
    assert {record["state"] for record in page} == {"settled"}
    assert len(page) == 20
    with pytest.raises(BadRequestError, match=r"looked through by amountDue\.unit"):
        await records.page(resource, ListRequest(0, 20, filters={"amountDue.unit": "GBP"}))


async def test_a_rare_state_in_a_large_world_is_given_up_soon(bills, monkeypatch) -> None:
    resource, records, _ = bills
    monkeypatch.setattr(records_module, "_LOOKED_THROUGH_WHOLE", _CUSTOMERS - 1)
    monkeypatch.setattr(records_module, "_LOOK_FOR_S", 0.0)
    with pytest.raises(BadRequestError, match="too few records have this state"):
        await records.page(resource, ListRequest(0, 20, filters={"state": "no such state"}))
