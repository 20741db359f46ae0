"""The rules that TM Forum's conformance kits check, resource by resource: status codes, id and href, mandatory
attributes, equality filters, chosen fields, and unknown records.
"""

import pytest

from tests.sandbox.published import IDS, RESOURCES, Published, path_of
from tests.support.control import Control

each = pytest.mark.parametrize("resource", RESOURCES, ids=IDS)
made = pytest.mark.parametrize(
    "resource", [item for item in RESOURCES if item.new is not None], ids=[item.name for item in RESOURCES if item.new]
)


async def a_record(client, resource: Published) -> dict:
    if resource.new is not None:
        answer = await client.post(path_of(resource), json=resource.new)
        assert answer.status_code == 201, answer.text
        return answer.json()
    return (await client.get(path_of(resource), params={"limit": 1})).json()[0]


@each
async def test_lists_hold_records_with_id_href_and_what_is_mandatory(sandbox: Control, resource: Published) -> None:
    async with sandbox.raw(resource.system) as client:
        await a_record(client, resource)
        answer = await client.get(path_of(resource), params={"limit": 20})
    assert answer.status_code == 200
    assert answer.json()
    for record in answer.json():
        assert {"id", "href", *resource.mandatory} <= record.keys()


@each
async def test_one_record_is_found_by_its_id_and_by_its_href(sandbox: Control, resource: Published) -> None:
    async with sandbox.raw(resource.system) as client:
        record = await a_record(client, resource)
        by_id = await client.get(f"{path_of(resource)}/{record['id']}")
        by_href = await client.get(record["href"])
    assert by_id.status_code == by_href.status_code == 200
    assert by_id.json()["id"] == by_href.json()["id"] == record["id"]


@each
async def test_what_does_not_exist_is_a_404_with_code_and_reason(sandbox: Control, resource: Published) -> None:
    async with sandbox.raw(resource.system) as client:
        answer = await client.get(f"{path_of(resource)}/no-such-record")
    assert answer.status_code == 404
    assert {"code", "reason"} <= answer.json().keys()


@each
async def test_chosen_fields_come_with_id_and_href_alone(sandbox: Control, resource: Published) -> None:
    field = next(iter(resource.mandatory), "id")
    async with sandbox.raw(resource.system) as client:
        record = await a_record(client, resource)
        one = (await client.get(f"{path_of(resource)}/{record['id']}", params={"fields": field})).json()
        many = (await client.get(path_of(resource), params={"fields": field, "limit": 3})).json()
    for found in (one, *many):
        assert set(found) == {"id", "href", field}


@each
async def test_equality_filters_give_only_what_is_equal(sandbox: Control, resource: Published) -> None:
    async with sandbox.raw(resource.system) as client:
        record = await a_record(client, resource)
        texts = [name for name in ("id", *resource.mandatory) if isinstance(record[name], str)]
        for name in texts:
            found = (await client.get(path_of(resource), params={name: record[name], "limit": 100})).json()
            assert found, name
            assert {one[name] for one in found} == {record[name]}
        nothing = (await client.get(path_of(resource), params={"id": "no-such-record"})).json()
    assert nothing == []


@made
async def test_a_new_record_keeps_what_it_was_given(sandbox: Control, resource: Published) -> None:
    async with sandbox.raw(resource.system) as client:
        answer = await client.post(path_of(resource), json=resource.new)
        record = answer.json()
        again = (await client.get(f"{path_of(resource)}/{record['id']}")).json()
    assert answer.headers["location"] == record["href"]
    for found in (record, again):
        for name, value in (resource.new or {}).items():
            if isinstance(value, str):
                assert found[name] == value
            assert name in found


@made
async def test_a_new_record_without_what_is_mandatory_is_refused(sandbox: Control, resource: Published) -> None:
    needed = [name for name in resource.new or {} if name in resource.mandatory]
    async with sandbox.raw(resource.system) as client:
        for name in needed:
            body = {key: value for key, value in (resource.new or {}).items() if key != name}
            answer = await client.post(path_of(resource), json=body)
            assert answer.status_code == 400
            assert name in answer.json()["message"]
        for rubbish in (b"", b"[]", b"{", b'"text"', b"\xff"):
            answer = await client.post(path_of(resource), content=rubbish, headers={"Content-Type": "application/json"})
            assert answer.status_code == 400


@each
async def test_operations_are_those_of_the_description(sandbox: Control, resource: Published) -> None:
    async with sandbox.raw(resource.system) as client:
        record = await a_record(client, resource)
        one = f"{path_of(resource)}/{record['id']}"
        if "P" in resource.operations:
            changed = await client.patch(one, json=resource.patch)
            assert changed.status_code == 200, changed.text
            assert resource.patch.items() <= changed.json().items()
            assert (await client.get(one)).json() == changed.json()
            assert (await client.patch(one, json={"id": "another"})).status_code == 400
        else:
            assert (await client.patch(one, json={})).status_code == 405
        if "D" in resource.operations:
            assert (await client.delete(one)).status_code == 204
            assert (await client.get(one)).status_code == 404
            assert (await client.delete(one)).status_code == 404
        else:
            assert (await client.delete(one)).status_code == 405
        if "C" not in resource.operations:
            assert (await client.post(path_of(resource), json={})).status_code == 405
        assert (await client.put(one, json={})).status_code == 405


@pytest.mark.parametrize("name", ["troubleTicket", "product", "billingAccount"])
async def test_a_deleted_record_leaves_the_list_whole(sandbox: Control, name: str) -> None:
    resource = next(item for item in RESOURCES if item.name == name)
    async with sandbox.raw(resource.system) as client:

        async def everything() -> list[str]:
            seen: list[str] = []
            while True:
                page = await client.get(path_of(resource), params={"offset": len(seen), "limit": 7, "fields": "id"})
                seen += [record["id"] for record in page.json()]
                if len(seen) >= int(page.headers["x-total-count"]) or not page.json():
                    return seen

        before = await everything()
        gone = (await client.post(path_of(resource), json=resource.new)).json()["id"]
        victims = {before[3], before[10], before[-1], gone}
        for number in victims:
            assert (await client.delete(f"{path_of(resource)}/{number}")).status_code == 204
        after = await everything()
    assert after == [number for number in before if number not in victims]


@made
async def test_a_new_record_is_listed_by_its_id_and_by_its_href(sandbox: Control, resource: Published) -> None:
    async with sandbox.raw(resource.system) as client:
        record = await a_record(client, resource)
        for name in ("id", "href"):
            found = (await client.get(path_of(resource), params={name: record[name]})).json()
            assert [one["id"] for one in found] == [record["id"]], name
        several = (await client.get(path_of(resource), params={"id": f"no-such-record,{record['id']}"})).json()
    assert [one["id"] for one in several] == [record["id"]]


async def test_a_new_record_of_a_customer_is_listed_by_its_id(sandbox: Control) -> None:
    """Its number does not contain the customer, unlike the number of a record from the start."""
    ticket = {
        "description": "No tone",
        "severity": "medium",
        "ticketType": "technical",
        "relatedParty": [{"id": sandbox.first_customer, "role": "customer", "@referredType": "Customer"}],
    }
    async with sandbox.raw("crm") as client:
        made = (await client.post("/tmf-api/troubleTicket/v4/troubleTicket", json=ticket)).json()
        found = (await client.get("/tmf-api/troubleTicket/v4/troubleTicket", params={"href": made["href"]})).json()
    assert [one["id"] for one in found] == [made["id"]]


@made
async def test_a_new_record_says_what_it_is_and_when_it_was_changed(sandbox: Control, resource: Published) -> None:
    async with sandbox.raw(resource.system) as client:
        record = (await client.post(path_of(resource), json=resource.new)).json()
    assert record.get("@type", resource.definition) == resource.definition
    if resource.name in {"troubleTicket", "appointment", "productOffering", "productSpecification"}:
        assert record["lastUpdate"]
    if resource.name.endswith("Specification") and resource.name != "billingCycleSpecification":
        assert record["lifecycleStatus"] == "In study"


@pytest.mark.parametrize(
    ("system", "path", "body", "lacking"),
    [
        ("crm", "troubleTicket/v4/troubleTicket",
         {"description": "x", "severity": "low", "ticketType": "x", "relatedParty": [{"id": "CU-1"}]},
         "relatedParty.@referredType"),
        ("provisioning", "productOrderingManagement/v4/productOrder", {"productOrderItem": [{"id": "1"}]},
         "productOrderItem.action"),
        ("provisioning", "serviceOrdering/v4/serviceOrder", {"serviceOrderItem": [{"id": "1", "action": "add"}]},
         "serviceOrderItem.service"),
        ("billing", "accountManagement/v4/billingAccount",
         {"name": "x", "relatedParty": [{"id": "CU-1", "@referredType": "Customer"}]}, "relatedParty.name"),
    ],
)  # fmt: skip
async def test_a_new_record_whose_parts_lack_what_is_mandatory_is_refused(
    sandbox: Control, system: str, path: str, body: dict, lacking: str
) -> None:
    async with sandbox.raw(system) as client:
        answer = await client.post(f"/tmf-api/{path}", json=body)
    assert answer.status_code == 400
    assert lacking in answer.json()["message"]
