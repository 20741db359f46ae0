"""Every response of the sandbox, checked against TM Forum's published descriptions."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker

from console.sandbox.mandatory import mandatory
from tests.sandbox.published import IDS, RESOURCES, Published, path_of
from tests.support.control import Control

FOLDER = os.environ.get("OPTICOM_TMF_DIR")
pytestmark = pytest.mark.skipif(
    not FOLDER, reason="OPTICOM_TMF_DIR does not name a folder with TM Forum's API descriptions"
)
METHODS = {"L": "get", "G": "get", "C": "post", "P": "patch", "D": "delete"}


def description(file: str) -> dict[str, Any]:
    return json.loads((Path(FOLDER or "") / file).read_text(encoding="utf-8"))


def validator(api: dict[str, Any], definition: str) -> Draft4Validator:
    """Return a validator that rejects attributes the description does not name, though the description allows them."""
    definitions = {
        name: {**schema, "additionalProperties": False} if "properties" in schema and "allOf" not in schema else schema
        for name, schema in api["definitions"].items()
    }
    return Draft4Validator(
        {"definitions": definitions, "$ref": f"#/definitions/{definition}"}, format_checker=FormatChecker()
    )


def check(api: dict[str, Any], definition: str, value: Any) -> None:
    problems = [
        f"{'/'.join(map(str, error.path))}: {error.message[:200]}"
        for error in validator(api, definition).iter_errors(value)
    ]
    assert not problems, problems[:3]


@pytest.mark.parametrize("resource", RESOURCES, ids=IDS)
async def test_every_operation_answers_as_published(
    sandbox: Control, resource: Published, record_property: Any
) -> None:
    api = description(resource.file)
    seen = set()
    async with sandbox.raw(resource.system) as client:
        for offset in (0, 100, 200):
            for record in (await client.get(path_of(resource), params={"limit": 100, "offset": offset})).json():
                check(api, resource.definition, record)
                seen.add("L")
        one = record["id"] if "L" in seen else None
        if resource.new is not None:
            created = (await client.post(path_of(resource), json=resource.new)).json()
            check(api, resource.definition, created)
            one = created["id"]
            seen.add("C")
            listed = (await client.get(path_of(resource), params={"id": one})).json()
            check(api, resource.definition, listed[0])
            seen.add("L")
        check(api, resource.definition, (await client.get(f"{path_of(resource)}/{one}")).json())
        seen.add("G")
        if "P" in resource.operations:
            changed = (await client.patch(f"{path_of(resource)}/{one}", json=resource.patch)).json()
            check(api, resource.definition, changed)
            seen.add("P")
        if "D" in resource.operations:
            assert (await client.delete(f"{path_of(resource)}/{one}")).content == b""
            seen.add("D")
        missing = await client.get(f"{path_of(resource)}/does-not-exist")
    check(api, "Error", missing.json())
    assert seen == set(resource.operations)
    record_property("operations", len(seen))


@pytest.mark.parametrize("resource", RESOURCES, ids=IDS)
def test_the_operations_listed_here_are_the_published_ones(resource: Published) -> None:
    api = description(resource.file)
    whole, one = api["paths"][f"/{resource.name}"], api["paths"][f"/{resource.name}/{{id}}"]
    published = "".join(letter for letter, method in METHODS.items() if method in (whole if letter in "LC" else one))
    assert published == resource.operations


async def test_hub_and_offer_shapes(sandbox: Control) -> None:
    api = description("TMF629-v4.json")
    async with sandbox.raw("crm") as client:
        hub = f"{path_of(RESOURCES[0]).rpartition('/')[0]}/hub"
        answer = await client.post(hub, json={"callback": "http://127.0.0.1:9/x"})
        check(api, "EventSubscription", answer.json())
        assert (await client.delete(f"{hub}/{answer.json()['id']}")).status_code == 204


def test_the_check_would_find_a_wrong_record() -> None:
    bill = validator(description("TMF678-v4.json"), "CustomerBill")
    assert list(bill.iter_errors({"id": 5}))
    assert list(bill.iter_errors({"id": "5", "billNumber": "B-1"}))
    assert list(bill.iter_errors({"id": "5", "state": "paid"}))


MADE = [resource for resource in RESOURCES if resource.new is not None]


@pytest.mark.parametrize("resource", MADE, ids=[f"{resource.system}-{resource.name}" for resource in MADE])
def test_the_parts_of_a_new_record_must_say_what_is_published(resource: Published) -> None:
    definitions = description(resource.file)["definitions"]
    for name, schema in definitions[f"{resource.definition}_Create"].get("properties", {}).items():
        target = (schema.get("$ref") or schema.get("items", {}).get("$ref") or "").rpartition("/")[2]
        if target:
            needed = definitions.get(target, {}).get("required") or ()
            assert set(mandatory(resource.name, name)) == set(needed), name
