"""A check of a server with one fault: it names the fault and proposes no setting that would break working parts."""

import tomllib

import msgspec
import pytest

from console.compose import compose_check
from console.models.check_report import CheckReport, OperationGrade
from tests.support.control import Control
from tests.support.fault_proxy import FaultProxy
from tests.support.server_faults import ServerFault, seeded

FAULTS = {fault.name: fault for fault in seeded("tests")}


async def check(sandbox: Control, fault: ServerFault) -> CheckReport:
    async with FaultProxy(sandbox.process.addresses[fault.system], fault.manner) as proxy:
        system = msgspec.structs.replace(sandbox.process.deployment.systems[fault.system], base_url=proxy.address)
        return await compose_check(fault.system, system, sandbox.process.secrets, only=[fault.resource])


def proposed(sandbox: Control, fault: ServerFault, report: CheckReport) -> dict[str, object]:
    """Return the proposed settings of the resource that differ from its current ones."""
    if not report.profile:
        return {}
    held = msgspec.to_builtins(sandbox.process.deployment.systems[fault.system].resources.get(fault.resource)) or {}
    resource = tomllib.loads(report.profile)["system"]["resources"][fault.resource]
    return {key: value for key, value in resource.items() if held.get(key) != value}


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("204 for a customer nobody is", "nothing"),
        ("400 for a customer nobody is", "nothing"),
        ("500 for a customer nobody is", "nothing"),
        ("other words for the page size find nothing", "paging"),
        ("the net amount alone", "attributes"),
        ("records name the seller alone", "select"),
        ("lists fail", "list"),
        ("numbers as texts", "values"),
    ],
)
async def test_what_works_is_left_alone(sandbox: Control, name: str, operation: str) -> None:
    """For each fault some setting seems to help, but it would remove something that works."""
    fault = FAULTS[name]
    report = await check(sandbox, fault)
    assert operation in {found.operation for found in report.findings}
    assert proposed(sandbox, fault, report) == {}


@pytest.mark.parametrize(
    ("name", "operation", "said"),
    [
        ("the filter loses half the records", "select", "leaves out"),
        ("one tag for everything", "refresh", "one ETag"),
        ("cents beside a unit", "amounts", "whole numbers"),
        ("states in capitals", "states", "written in another way"),
        ("the count of all is 1", "paging", "wrong"),
        ("the offset is ignored", "paging", "same records"),
    ],
)
async def test_what_is_wrong_without_a_word_is_named(sandbox: Control, name: str, operation: str, said: str) -> None:
    report = await check(sandbox, FAULTS[name])
    told = [found for found in report.findings if found.operation == operation and said in found.got]
    assert [found.verdict for found in told if found.verdict is not OperationGrade.GOOD]


async def test_times_ahead_of_the_clock_are_named(sandbox: Control) -> None:
    """Local time written as UTC looks like any other time, except for records made just now."""
    fault = next(fault for name, fault in FAULTS.items() if name.startswith("local time"))
    now = sandbox.happened_now()
    async with sandbox.raw("crm") as client:
        made = await client.post("/tmf-api/partyInteraction/v4/partyInteraction", json=now)
        assert made.status_code == 201
    report = await check(sandbox, fault)
    assert [found.got for found in report.findings if found.operation == "times" and "ahead" in found.got]


async def test_a_role_of_its_own_is_proposed_only_for_a_customer(sandbox: Control) -> None:
    fault = next(fault for name, fault in FAULTS.items() if name.startswith("the customer's role"))
    report = await check(sandbox, fault)
    assert proposed(sandbox, fault, report)["customer_role"] in fault.name
