"""The check of a server: its findings, its proposals, and a console that works with the proposals."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from console.__main__ import main
from console.cli.check_html import as_html
from console.compose import compose_check
from console.models.check_report import CheckReport, OperationGrade
from tests.conformance.test_sandbox_connectors import failures, us_customer, whole
from tests.conformance.test_versions_and_profiles import told
from tests.support.control import Control


async def check(sandbox: Control, system: str, **changes: Any) -> CheckReport:
    settings = sandbox.deployment(**{system: changes}).systems[system]
    return await compose_check(system, settings, sandbox.process.secrets)


def verdicts(report: CheckReport, operation: str) -> dict[str, OperationGrade]:
    return {found.resource: found.verdict for found in report.findings if found.operation == operation}


@pytest.mark.parametrize("system", ["crm", "billing", "provisioning"])
async def test_a_server_as_published_is_found_good(sandbox: Control, system: str) -> None:
    report = await check(sandbox, system)
    assert report.is_usable
    assert not [found for found in report.findings if found.verdict is OperationGrade.SETTING]
    assert {found.verdict for found in report.findings} <= {
        OperationGrade.GOOD,
        OperationGrade.UNKNOWN,
        OperationGrade.LIMITED,
    }
    assert report.count(OperationGrade.GOOD) > 40


FIXED = [
    ("crm", "only-v5", ["troubleTicket", "customer", "individual"]),
    ("billing", "only-v5", ["customerBill", "billingAccount"]),
    ("provisioning", "only-v5", ["service", "productOrder"]),
    ("billing", "own-filters", ["customerBill", "billingAccount", "appliedCustomerBillingRate"]),
    ("billing", "page-parameter", ["customerBill"]),
    ("provisioning", "empty-404", ["product"]),
    ("provisioning", "attributes-renamed", ["serviceOrder"]),
]


@pytest.mark.parametrize(("system", "quirk", "found"), FIXED, ids=[f"{case[0]} {case[1]}" for case in FIXED])
async def test_the_profile_it_proposes_mends_what_it_found(
    sandbox: Control, system: str, quirk: str, found: list[str]
) -> None:
    customer = await us_customer(sandbox)
    plain = await whole(sandbox.console(), customer)
    await sandbox.quirks(system, quirk)
    report = await check(sandbox, system)
    assert not report.is_usable
    resources = tomllib.loads(report.profile)["system"]["resources"]
    assert set(found) <= set(resources)
    again = await check(sandbox, system, resources=resources)
    assert again.is_usable
    assert tomllib.loads(again.profile)["system"]["resources"] == resources, "checked again, it proposes the same"
    view = await whole(sandbox.console(**{system: {"resources": resources}}), customer)
    assert not failures(view)
    for name in ("accounts", "bills", "products", "services", "service_orders", "tickets"):
        fixed, meant = (without_details(told(getattr(one, name).state.facts)) for one in (view, plain))
        assert fixed == meant, name


def without_details(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the values without `details`. A check cannot guess facts under meaningless names such as `importance`."""
    return [{key: value for key, value in one.items() if key != "details"} for one in values]


async def test_what_no_setting_mends_is_said(sandbox: Control) -> None:
    await sandbox.quirks("provisioning", "filters-none", "states-unknown", "dates-without-zone")
    report = await check(sandbox, "provisioning")
    assert verdicts(report, "select")["service"] is OperationGrade.SETTING
    assert 'customer_filter = ""' in report.profile
    states = next(found for found in report.findings if found.operation == "states" and found.resource == "service")
    assert "In Use" in states.got
    assert verdicts(report, "times")


async def test_whole_amounts_are_asked_about(sandbox: Control) -> None:
    await sandbox.quirks("billing", "money-minor")
    report = await check(sandbox, "billing", currency="USD")
    amounts = next(found for found in report.findings if found.operation == "amounts")
    assert 'money = "minor"' in amounts.advice


async def test_damaged_records_do_not_make_a_good_filter_look_bad(sandbox: Control) -> None:
    await sandbox.quirks("billing", "records-damaged")
    settings = sandbox.deployment().systems["billing"]
    only = ["billingAccount", "customerBill"]
    report = await compose_check("billing", settings, sandbox.process.secrets, only=only)
    assert OperationGrade.SETTING not in set(verdicts(report, "select").values())
    assert verdicts(report, "values")["customerBill"] is OperationGrade.LIMITED


async def test_where_everything_is_404_the_address_is_doubted(sandbox: Control) -> None:
    await sandbox.quirks("billing", "own-paths")
    report = await check(sandbox, "billing")
    assert report.findings[0].operation == "address"
    assert not report.profile
    assert not report.is_usable


async def test_a_system_of_another_kind_is_doubted_and_nothing_is_proposed(sandbox: Control) -> None:
    """Provisioning also has products, so one of billing's requests does not return 404."""
    settings = sandbox.deployment().systems
    asked = msgspec.structs.replace(
        settings["billing"], base_url=settings["provisioning"].base_url, auth=settings["provisioning"].auth
    )
    report = await compose_check("provisioning", asked, sandbox.process.secrets)
    assert report.findings[0].operation == "address"
    assert "everything but product" in report.findings[0].got
    assert not report.profile
    assert not report.is_usable


async def test_a_check_of_a_query_alone_can_find_it_usable(sandbox: Control) -> None:
    settings = sandbox.deployment().systems["billing"]
    report = await compose_check(
        "billing", settings, sandbox.process.secrets, by_post=True, only=["queryUsageConsumption"]
    )
    assert report.is_usable


async def test_money_without_a_currency_is_pointed_out(sandbox: Control) -> None:
    await sandbox.quirks("billing", "money-bare")
    report = await check(sandbox, "billing")
    values = next(found for found in report.findings if (found.resource, found.operation) == ("customerBill", "values"))
    assert values.verdict is OperationGrade.LIMITED
    assert "Set `currency`" in values.advice


@pytest.mark.parametrize(
    ("fault", "operation", "part"),
    [
        ({"status": 401}, "sign-in", "status 401"),
        ({"outage": True}, "list", "can't be reached"),
        ({"status": 500}, "list", "status 500"),
        ({"body": "html"}, "list", "no JSON array"),
        ({"body": "wrong"}, "list", "no JSON array"),
    ],
)
async def test_a_server_in_trouble_gets_a_report_too(
    sandbox: Control, fault: dict[str, Any], operation: str, part: str
) -> None:
    await sandbox.faults("billing", **fault)
    report = await check(sandbox, "billing")
    assert not report.is_usable
    first = report.findings[0]
    assert first.operation == operation
    assert part in first.got


async def test_nothing_personal_is_in_the_report(sandbox: Control) -> None:
    """Search all forms of the report for names, numbers, addresses and amounts of every record that was checked."""
    page = ""
    values: set[str] = set()
    for system in ("crm", "billing", "provisioning"):
        report = await check(sandbox, system)
        page += as_html(report) + json.dumps([str(found) for found in report.findings])
    async with sandbox.raw("crm") as client:
        for path in ("/tmf-api/customerManagement/v4/customer", "/tmf-api/party/v4/individual"):
            records = (await client.get(path, params={"limit": 50})).json()
            for record in records:
                values |= {record["id"], record.get("name", ""), record.get("fullName", "")}
                for medium in record["contactMedium"]:
                    facts = medium["characteristic"]
                    values |= {facts.get(key, "") for key in ("phoneNumber", "emailAddress", "street1", "postCode")}
    for address in sandbox.process.addresses.values():
        page = page.replace(address.rpartition(":")[2], "")  # a port may equal a postcode
    # Match whole values only: five digits of a longer number or of a fraction of a second may equal a postcode.
    found = [one for one in values if len(one) > 4 and re.search(rf"(?<![\w.]){re.escape(one)}(?!\w)", page)]
    assert len(values) > 200
    assert not found


def test_the_command_writes_its_report_and_ends_as_it_found(
    sandbox_process, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECK_TOKEN", sandbox_process.tokens["provisioning"])
    address = sandbox_process.addresses["provisioning"]
    page, profile = tmp_path / "report.html", tmp_path / "profile.toml"
    asked = ["check-system", address, "--kind", "provisioning", "--secret", "env:CHECK_TOKEN", "--only", "service"]
    assert main([*asked, "--html", str(page), "--profile", str(profile), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["usable"]
    assert {found["resource"] for found in report["findings"]} == {"service"}
    assert "<h2>service</h2>" in page.read_text(encoding="utf-8")
    assert not profile.exists()


def test_settings_in_the_older_form_are_told_of_in_one_sentence(
    sandbox_process, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECK_TOKEN", sandbox_process.tokens["crm"])
    settings = tmp_path / "systems.toml"
    settings.write_text(
        f'[systems.crm]\nkind = "crm"\nbase_url = "{sandbox_process.addresses["crm"]}"\n'
        'auth = { kind = "bearer", secret = "env:CHECK_TOKEN" }\n',
        encoding="utf-8",
    )
    settings.chmod(0o600)
    assert main(["check-system", "crm", "--config", str(settings), "--only", "customer"]) == 0
    told = capsys.readouterr().err
    assert told.startswith(f"{settings}: systems.crm.kind is the older form and still works")
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["https://x.example"], "--kind"),
        (["https://x.example", "--kind", "crm", "--only", "bill"], "--only bill is none of customer"),
        (["https://x.example", "--kind", "provisioning", "--only", "productOffering"], "is none of productOrder"),
        (["http://x.example", "--kind", "crm"], "must begin with https"),
        (["https://x.example", "--kind", "crm", "--auth", "basic"], "auth.secret is missing"),
        (["https://u:p@x.example", "--kind", "crm"], "must not carry a user"),
        (["https://x.example", "--kind", "crm", "--secret", "hunter2"], "must be store:NAME"),
        (["crm", "--kind", "crm", "--config", "resources/systems.example.toml"], "are only for an address"),
        (["https://x.example", "--kind", "crm", "--use-profile", "acme"], "Use salesforce, servicenow"),
    ],
)
def test_a_wrong_call_is_one_sentence(arguments: list[str], part: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-system", *arguments]) == 2
    told = capsys.readouterr().err
    assert part in told
    assert told.count("\n") == 1
