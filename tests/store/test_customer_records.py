"""The stored data of a customer is handed out, erased and removed completely, in every table."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from console.compose import Overrides
from console.models.customer import CustomerId
from console.models.outbox import Action, RiskClass, Step, StepState
from console.models.search import KnownPerson
from console.ports.store import EncodedFact
from console.services.access.access_service import AccessReason
from console.services.access.permissions import ROLES
from console.services.customer.contact import NotPossibleError
from console.session import nobody_else
from console.store.actions import ActionRepository
from console.store.audit import AuditRepository
from console.store.customer_records import CustomerRecords
from console.store.database import Database, in_memory, open_database
from console.store.drafts import DraftRepository
from console.store.facts import FactRepository
from console.store.people import PersonRepository
from console.store.responses import ResponseRepository
from tests.support.control import Control
from tests.support.waiting import until

KEY = bytes(range(32))
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
CANARY = "Xylophonkanarie"


def action(number: str, customer: str, *, done: bool, at: datetime = NOW) -> Action:
    state = StepState.DONE if done else StepState.WAITING
    step = Step("add-note", "crm", f"{number}-1", {"text": CANARY}, customer, state=state)
    return Action(number, customer, f"Note: {CANARY}", RiskClass.NOTE, at, (step,), changed_at=at)


async def filled(database: Database, customer: str, *, at: datetime = NOW, open_action: bool = False) -> None:
    fact = EncodedFact(f'{{"name": "{CANARY}"}}'.encode(), b"content")
    await FactRepository(database).save(customer, "customer|", lambda: fact, at)
    person = KnownPerson(
        CustomerId(customer), f"{CANARY} of {customer}", details=("Way 1",), numbers=("+1937",), seen_at=at
    )
    await PersonRepository(database).put([person])
    await DraftRepository(database).save({f"note/{customer}": CANARY, f"edit/{customer}-done/text": CANARY})
    await ActionRepository(database).add(action(f"{customer}-done", customer, done=True, at=at))
    if open_action:
        await ActionRepository(database).add(action(f"{customer}-open", customer, done=False, at=at))
    await ResponseRepository(database).save(f"q-{customer}", "e", {}, CANARY.encode())
    await AuditRepository(database).append(
        [f'{{"at": "{at.isoformat()}", "who": "", "role": "", "what": "saw", "customer": "{customer}"}}'.encode()]
    )


def in_tables(database: Database, but: Sequence[str] = ()) -> dict[str, int]:
    """Return the number of rows in each table."""

    def work(connection: Any) -> dict[str, int]:
        names = [str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        mine = [
            name
            for name in names
            if not name.startswith(("sqlite_", "person_words_", "person_name_")) and name not in but
        ]
        return {name: int(connection.execute(f"SELECT count(*) FROM {name}").get) for name in mine}

    return database.write_now(work)


# Tables that do not belong to a customer: the store's own state, secrets of the deployment, the audit and its chains.
OURS = ("audit", "audit_state", "audit_chain", "secret", "commits", "store_state")


async def test_erasing_removes_a_customer_from_every_table_and_nobody_else() -> None:
    database = in_memory()
    await filled(database, "CU-2")
    alone = in_tables(database, OURS)
    await filled(database, "CU-1")
    records = CustomerRecords(database)
    assert (await records.export("CU-1"))["facts"]

    assert await records.erase("CU-1") == 5

    assert in_tables(database, OURS) | {"answer": 1} == alone
    assert not any(value for name, value in (await records.export("CU-1")).items() if name != "audit")
    assert len((await records.export("CU-2"))["drafts"]) == 2
    await database.aclose()


async def test_an_export_has_everything_of_one_customer_alone() -> None:
    database = in_memory()
    for customer in ("CU-1", "CU-2"):
        await filled(database, customer, open_action=True)
    found = await CustomerRecords(database).export("CU-1")
    assert {name: len(values) for name, values in found.items()} == {
        "facts": 1, "actions": 2, "drafts": 2, "person": 1, "audit": 1,
    }  # fmt: skip
    assert "CU-2" not in str(found)
    await database.aclose()


async def test_after_four_hundred_days_nothing_old_is_left_but_what_is_not_sent() -> None:
    database = in_memory()
    long_ago = NOW - timedelta(days=400)
    await filled(database, "CU-1", at=long_ago, open_action=True)
    database.write_now(lambda connection: connection.execute("UPDATE draft SET kept_at = ?", (long_ago.isoformat(),)))
    database.write_now(lambda connection: connection.execute("UPDATE answer SET used_at = ?", (long_ago.isoformat(),)))

    await CustomerRecords(database).forget(before=NOW - timedelta(days=30))

    left = {name: count for name, count in in_tables(database, OURS).items() if count}
    assert left == {"act": 1}
    assert [one.id for one in await ActionRepository(database).load()] == ["CU-1-open"]
    await database.aclose()


async def test_erased_words_are_nowhere_in_the_file(tmp_path: Path) -> None:
    database = open_database(tmp_path / "desk.store", KEY)
    await filled(database, "CU-1")
    await filled(database, "CU-2")
    await CustomerRecords(database).erase("CU-1")
    found = await PersonRepository(database).find(words="xylophonkanarie", digits=None, limit=5)
    assert [one.customer_id for one in found] == ["CU-2"]
    await database.aclose()


@pytest.mark.expects_log("is down")
@pytest.mark.expects_log("is back")
@pytest.mark.parametrize(("role", "may"), [("rep", False), ("supervisor", True)])
async def test_it_needs_a_right_and_a_reason_and_waits_for_unsent_work(
    sandbox: Control, role: str, *, may: bool
) -> None:
    console = await asyncio.to_thread(lambda: sandbox.console(overrides=Overrides(user=ROLES[role]), gated=True))
    await console.open_store()
    customer = CustomerId(sandbox.first_customer)
    before = datetime.now(UTC).isoformat()

    async def has(count: int, what: str) -> bool:
        return len(await sandbox.audited(customer, what=what, since=before)) == count

    try:
        if not may:
            with pytest.raises(NotPossibleError, match="can't export"):
                await console.data_rights.export(customer, "asked for by the customer", nobody_else)
            with pytest.raises(NotPossibleError, match="can't erase"):
                await console.data_rights.erase(customer, "asked for by the customer", nobody_else)
            await until(lambda: has(2, "refused"))
            return
        with pytest.raises(NotPossibleError, match="Give a reason"):
            await console.data_rights.export(customer, "", nobody_else)
        assert (await console.data_rights.export(customer, "asked for by the customer", nobody_else)).records == 0
        await console.access.open_for(customer, AccessReason.TYPED, "asked for by the customer")
        await sandbox.faults("crm", outage=True)
        action = await console.actions.add_note(customer, "Called back", reason="Note")
        with pytest.raises(NotPossibleError, match="1 action is not finished"):
            await console.data_rights.erase(customer, "asked for by the customer", nobody_else)
        await until(
            lambda: console.decisions.withdraw(next(one for one in console.outbox.actions if one.id == action.id)), 15
        )
        await console.data_rights.erase(customer, "asked for by the customer", nobody_else)
        await until(lambda: has(1, "erased"))
        assert await has(1, "exported")
    finally:
        await sandbox.clear()
        await console.aclose()


async def test_what_other_people_here_keep_of_a_customer_goes_too(sandbox: Control) -> None:
    console = await asyncio.to_thread(
        lambda: sandbox.console(overrides=Overrides(user=ROLES["supervisor"]), gated=True)
    )
    await console.open_store()
    mine, waits = in_memory(), in_memory()
    await filled(mine, "CU-1")
    await filled(waits, "CU-2", open_action=True)

    async def others() -> AsyncIterator[CustomerRecords | None]:
        yield CustomerRecords(mine)
        yield CustomerRecords(waits)
        yield None  # a window has it open

    reason = "asked for by the customer"
    reached = await console.data_rights.export(CustomerId("CU-1"), reason, others)
    assert (reached.stores, reached.closed) == (3, 1)
    assert CANARY in str(reached.found["facts"])
    with pytest.raises(NotPossibleError, match="1 action is not finished"):
        await console.data_rights.erase(CustomerId("CU-2"), reason, others)
    reached = await console.data_rights.erase(CustomerId("CU-1"), reason, others)
    assert (reached.stores, reached.closed) == (3, 1)
    assert reached.records >= 4
    left = await CustomerRecords(mine).export("CU-1")
    assert not any(left[kind] for kind in left if kind != "audit")
    for database in (mine, waits):
        await database.aclose()
    await console.aclose()
