"""Customers loaded into the store in advance are shown without a network and found without a system."""

import asyncio
import io
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from console.cli.prime import prime, read_numbers
from console.compose import compose_console
from console.errors import SystemUnavailableError, UsageError
from console.models.customer import CustomerId
from console.services.access.access_service import AccessLevel, AccessReason
from console.services.customer.contact import NotPossibleError
from console.store.customer_records import CustomerRecords
from console.store.database import open_database
from tests.support.acting import numbers_of
from tests.support.control import Control
from tests.support.waiting import until

KEY = bytes(range(32))


@pytest.mark.expects_log("is down")
async def test_a_primed_customer_is_there_without_a_network(
    sandbox: Control, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    customer = CustomerId(sandbox.first_customer)
    database = open_database(tmp_path / "desk.store", KEY)
    console = compose_console(sandbox.process.deployment, sandbox.process.secrets, None, database)
    await console.open_store()
    assert await prime(console, [customer, CustomerId("CU-0000000")]) == 1
    assert "CU-0000000" in capsys.readouterr().err
    nobody = await CustomerRecords(database).export("CU-0000000")
    assert not any(nobody.values())
    await console.aclose()
    for system in ("crm", "billing", "provisioning"):
        await sandbox.faults(system, outage=True)
    database = open_database(tmp_path / "desk.store", KEY)
    console = compose_console(sandbox.process.deployment, sandbox.process.secrets, None, database)
    await console.open_store()
    try:
        view = console.view_customer(customer)
        view.open()
        await view.wait_restored()
        assert view.name != customer
        assert view.bills.state.facts
        assert view.services.state.facts is not None
        bill = next(iter(view.bills.state.facts)).value.id
        assert view.bill_lines(bill).state.facts
        view.close()
        results = []
        await console.search.find(console.search.read(view.name), results.append)
        assert customer in [one.customer_id for one in results[-1].found]
    finally:
        await console.aclose()


@pytest.mark.expects_log("billing is down")
@pytest.mark.expects_log("billing is back")
async def test_a_system_that_is_away_is_waited_for(
    sandbox: Control, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    console = compose_console(
        sandbox.deployment(), sandbox.process.secrets, None, open_database(tmp_path / "desk.store", KEY)
    )
    await console.open_store()
    try:
        await sandbox.faults("billing", outage=True)
        reading = asyncio.create_task(prime(console, [CustomerId(sandbox.first_customer)]))
        await until(lambda: "Waiting for it." in capsys.readouterr().err, 20)
        assert not reading.done()
        await sandbox.clear()
        assert await reading == 1
    finally:
        await console.aclose()


async def test_where_accounts_are_closed_they_are_read_for_a_reason_and_stay_closed(
    sandbox: Control, tmp_path: Path
) -> None:
    customers = [CustomerId(number) for number in numbers_of(60, 75)]
    signed_in = sandbox.process.deployment_with_sign_in
    deployment = msgspec.structs.replace(sandbox.deployment(), sign_in=signed_in.sign_in, audit=signed_in.audit)
    database = open_database(tmp_path / "desk.store", KEY)
    console = compose_console(deployment, sandbox.process.secrets, None, database)
    await console.open_store()
    try:
        with pytest.raises(NotPossibleError, match="Give a reason"):
            await prime(console, customers[:1], "x")
        before = datetime.now(UTC).isoformat()
        assert await prime(console, customers, "visits of tomorrow") == 15
        assert {console.access.level(customer) for customer in customers} == {AccessLevel.CLOSED}
        await console.access.open_for(customers[0], AccessReason.TYPED, "the visit of nine o'clock")
        view = console.view_customer(customers[0])
        view.open()
        await view.wait_restored()
        assert view.bills.state.facts is not None
        view.close()
    finally:
        await console.aclose()
    told = [entry for entry in await sandbox.audited("visits of tomorrow", since=before) if entry.what == "read ahead"]
    assert {entry.customer for entry in told} == set(customers)
    flags = [entry for entry in await sandbox.audited(since=before) if entry.what == "harvesting"]
    assert len(flags) == 1  # accounts opened in advance count like every other access


@pytest.mark.expects_log("is down")
async def test_a_caller_of_whom_enough_is_known_here_is_verified_without_a_network(
    sandbox: Control, tmp_path: Path
) -> None:
    known, stranger = (CustomerId(number) for number in numbers_of(80, 82))
    async with sandbox.raw("crm") as crm:
        record = (await crm.get(f"/tmf-api/customerManagement/v4/customer/{known}")).json()
        tickets = (await crm.get("/tmf-api/troubleTicket/v4/troubleTicket", params={"relatedParty.id": known})).json()
    signed_in = sandbox.process.deployment_with_sign_in
    deployment = msgspec.structs.replace(sandbox.deployment(), sign_in=signed_in.sign_in)
    console = compose_console(deployment, sandbox.process.secrets, None, open_database(tmp_path / "desk.store", KEY))
    await console.open_store()
    try:
        assert await prime(console, [known], "visits of tomorrow") == 1
        await sandbox.faults("crm", outage=True)
        assert (await console.access.caller(known)).name == record["name"]
        with pytest.raises(NotPossibleError, match="2 tries left"):
            await console.access.verify(known, "account", "BA-00000000")
        opened = await console.access.verify(known, "account", record["account"][0]["id"])
        assert opened.checked
        assert "by what was last known" in opened.how
        console.access.close(known)
        for ticket in tickets[:1]:
            assert "last known" in (await console.access.open_for(known, AccessReason.TICKET, ticket["id"])).how
        with pytest.raises(SystemUnavailableError):
            await console.access.caller(stranger)
        with pytest.raises(SystemUnavailableError):
            await console.access.verify(stranger, "account", "BA-00000000")
    finally:
        await console.aclose()


def test_numbers_are_read_from_lists_and_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "tomorrow.csv"
    file.write_text('\ufeffCU-1\n# visits\n\n"CU-2",Anna,09:00\nCU-3;x\nCU-1\n', encoding="utf-8")
    assert read_numbers(file) == ["CU-1", "CU-2", "CU-3"]
    monkeypatch.setattr("sys.stdin", io.StringIO("CU-9\n"))
    assert read_numbers(Path("-")) == ["CU-9"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no customer numbers"),
        (b"\xff\xfe\x00", "not UTF-8 text"),
        (b"CU-1\nwho is that\n", "Line 2"),
        (b"\n".join(b"CU-%d" % n for n in range(20_001)), "20,000 is the limit"),
    ],
)
def test_a_file_that_is_no_list_is_one_sentence(content: bytes, told: str, tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=told):
        read_numbers(file)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_numbers(tmp_path / "nothing")
