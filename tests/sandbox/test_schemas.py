"""Every record the sandbox serves, held against TM Forum's published descriptions."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker

from tests.support.control import Control

FOLDER = os.environ.get("OPTICOM_TMF_DIR")
pytestmark = pytest.mark.skipif(
    not FOLDER, reason="OPTICOM_TMF_DIR does not name a folder with TM Forum's API descriptions"
)

RESOURCES = [
    ("crm", "TMF629-v4.json", "customer", "Customer"),
    ("crm", "TMF632-v4.json", "individual", "Individual"),
    ("crm", "TMF632-v4.json", "organization", "Organization"),
    ("billing", "TMF666-v4.json", "billingAccount", "BillingAccount"),
    ("billing", "TMF678-v4.json", "customerBill", "CustomerBill"),
    ("billing", "TMF678-v4.json", "appliedCustomerBillingRate", "AppliedCustomerBillingRate"),
    ("provisioning", "TMF622-v4.json", "productOrder", "ProductOrder"),
    ("provisioning", "TMF641-v4.json", "serviceOrder", "ServiceOrder"),
    ("provisioning", "TMF637-v4.json", "product", "Product"),
    ("provisioning", "TMF638-v4.json", "service", "Service"),
]


def description(file: str) -> dict[str, Any]:
    return json.loads((Path(FOLDER or "") / file).read_text(encoding="utf-8"))


def validator(api: dict[str, Any], definition: str) -> Draft4Validator:
    """A validator that also refuses attributes the description does not name, which the description itself allows."""
    definitions = {
        name: {**schema, "additionalProperties": False} if "properties" in schema and "allOf" not in schema else schema
        for name, schema in api["definitions"].items()
    }
    return Draft4Validator(
        {"definitions": definitions, "$ref": f"#/definitions/{definition}"}, format_checker=FormatChecker()
    )


@pytest.mark.parametrize(("system", "file", "resource", "definition"), RESOURCES, ids=[row[2] for row in RESOURCES])
async def test_records_are_as_published(
    sandbox: Control, system: str, file: str, resource: str, definition: str
) -> None:
    api = description(file)
    check = validator(api, definition)
    base = api["basePath"].rstrip("/")
    async with sandbox.raw(system) as client:
        seen = 0
        for offset in (0, 100, 200):
            answer = await client.get(f"{base}/{resource}", params={"limit": 100, "offset": offset})
            for record in answer.json():
                problems = [
                    f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in check.iter_errors(record)
                ]
                assert not problems, problems[:3]
                seen += 1
        one = (await client.get(f"{base}/{resource}/{record['id']}")).json()
        missing = await client.get(f"{base}/{resource}/does-not-exist")
    assert seen >= 20
    assert one == record
    assert not list(validator(api, "Error").iter_errors(missing.json()))


def test_the_check_would_find_a_wrong_record() -> None:
    check = validator(description("TMF678-v4.json"), "CustomerBill")
    assert list(check.iter_errors({"id": 5}))
    assert list(check.iter_errors({"id": "5", "billNumber": "B-1"}))
    assert list(check.iter_errors({"id": "5", "state": "paid"}))
