"""The audit: chained, stored in order, sent to the collector; every change, loss and cut is found."""

import argparse
import asyncio
import random
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from console.cli import audit as command
from console.errors import CollectorError, StoreError
from console.http.audit_collector import AuditCollector
from console.models.audit import AuditEntry, AuditQuery, ChainEnd, Link, end_named_by, first_broken, head_of
from console.models.customer import CustomerId
from console.services.access.access_service import AccessReason
from console.services.access.audit import FORKED, Audit
from console.services.access.permissions import REP, DataScope, Permission, Permissions
from console.store.audit import AuditRepository
from console.store.database import Database, in_memory, open_beside, open_database
from console.store.head_anchor import HeadAnchor
from console.system.audit_file import AuditFile, links_of
from console.system.clock import SystemClock
from tests.support.control import Control
from tests.support.waiting import until


async def recorded(database: Database, count: int, collector: AuditFile | None = None) -> list[Link]:
    audit = Audit(AuditRepository(database), collector, person=None, role="rep", clock=SystemClock())
    audit.start()
    for number in range(count):
        audit.record("opened", f"CU-{number}", "a caller: Day of birth")
        if number % 7 == 0:
            await asyncio.sleep(0)
    await audit.wait_idle()
    if collector is not None:
        await until(lambda: is_sent(AuditRepository(database), count))
    await audit.aclose()
    return list(await AuditRepository(database).load(limit=10_000))


async def is_sent(store: AuditRepository, count: int) -> bool:
    return await store.sent_up_to() >= count


async def test_entries_are_kept_in_the_order_they_were_made_and_the_chain_goes_on_over_a_restart(
    tmp_path: Path,
) -> None:
    key = bytes(32)
    for _ in range(2):
        database = open_database(tmp_path / "desk.store", key)
        links = await recorded(database, 100)
        await database.aclose()
    customers = [msgspec.json.decode(link.body, type=AuditEntry).customer for link in links]
    assert customers == [f"CU-{number}" for number in range(100)] * 2
    assert first_broken(links) is None
    assert len({link.chain for link in links}) == 1


async def test_it_is_looked_through_while_the_console_has_it_open_and_nothing_is_written(tmp_path: Path) -> None:
    key, path = bytes(32), tmp_path / "desk.store"
    with pytest.raises(StoreError, match="No data is saved yet"):
        open_beside(path, key)
    assert not path.exists()
    console = open_database(path, key)
    first = await recorded(console, 10)
    beside = open_beside(path, key)
    assert await AuditRepository(beside).load() == first
    with pytest.raises(StoreError):
        await AuditRepository(beside).append([b"{}"])
    more = await recorded(console, 5)
    assert await AuditRepository(beside).load() == more
    assert len(more) == 15
    await beside.aclose()
    await console.aclose()


async def test_a_thousand_changes_losses_and_swaps_are_all_found() -> None:
    database = in_memory()
    links = await recorded(database, 60)
    await database.aclose()
    rng = random.Random(5)
    for number in range(1000):
        changed = list(links)
        place = rng.randrange(len(links) - 1)
        kind = number % 4
        if kind == 0:  # an edited body
            body = bytearray(links[place].body)
            body[rng.randrange(len(body))] ^= 1 << rng.randrange(8)
            changed[place] = replace(links[place], body=bytes(body))
        elif kind == 1:  # a missing entry
            del changed[place]
        elif kind == 2:  # two swapped entries
            changed[place], changed[place + 1] = changed[place + 1], changed[place]
        else:  # an edited entry with a new seal, as an expert would make it
            body = links[place].body.replace(b"opened", b"closed")
            before = links[place - 1].head if place else "0" * 64
            changed[place] = replace(links[place], body=body, head=head_of(before, links[place].seq, body))
        expected = place + 2 if kind == 3 else place + 1  # after a new seal, the next entry does not follow
        assert first_broken(changed) == expected, (kind, place)


async def test_what_is_cut_off_at_the_end_is_found_by_the_collector(tmp_path: Path) -> None:
    database = in_memory()
    collector = AuditFile(tmp_path / "collected.jsonl")
    links = await recorded(database, 50, collector)
    await database.aclose()
    collected = list(links_of(tmp_path / "collected.jsonl", pytest.fail))
    assert collected == links
    assert list(command._problems(links, collected)) == []
    assert first_broken(links[:30]) is None  # alone it looks complete
    assert "cut off" in next(command._problems(links[:30], collected))
    anew, head = [], "0" * 64
    for link in links:  # the whole chain rebuilt, with one entry changed
        body = link.body.replace(b"CU-11", b"CU-99")
        head = head_of(head, link.seq, body)
        anew.append(replace(link, body=body, head=head))
    assert first_broken(anew) is None
    assert "not the one the collector has" in next(command._problems(anew, collected))


async def looked_through(file: Path, links: Sequence[Link], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Return the command's exit status and output for collected links."""
    await AuditFile(file).send(links)
    code = command.run(argparse.Namespace(collected=file, compare=False, find=None))
    return code, capsys.readouterr().out


async def test_a_collected_file_that_begins_in_the_middle_is_whole_and_what_is_changed_in_it_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = in_memory()
    links = await recorded(database, 30)
    await database.aclose()
    later = links[9:25]
    assert list(command._problems(links, later)) == []
    told = capsys.readouterr().out
    assert "begins at entry 10" in told
    assert "5 more are here and not in it yet" in told
    code, told = await looked_through(tmp_path / "later", later, capsys)
    assert (code, "The audit is complete and unchanged." in told) == (0, True)
    changed = [*later[:4], replace(later[4], body=later[4].body.replace(b"CU-", b"CX-")), *later[5:]]
    missing = [*later[:4], *later[5:]]
    for name, collected in (("changed", changed), ("missing", missing)):
        code, told = await looked_through(tmp_path / name, collected, capsys)
        assert (code, "Entry 14 of the collected chain" in told) == (1, True)


async def test_a_collector_that_does_not_take_it_gets_it_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "folder").write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(CollectorError, match="cannot be written"):
        await AuditFile(tmp_path / "folder" / "audit.jsonl").send([Link("c", 1, b"{}", "h")])
    assert (tmp_path / "folder").read_text(encoding="utf-8") == "a file where a folder should be"


async def test_rubbish_in_a_collected_file_is_reported_and_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "collected.jsonl"
    links = [Link("c", 1, b'{"a": 1}', "h"), Link("c", 2, b"{}", "i")]
    await AuditFile(file).send(links[:1])
    for rubbish in (b"{\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n", b'{"chain": "c"}\n'):
        with file.open("ab") as opened:
            opened.write(rubbish)
    await AuditFile(file).send(links[1:])
    bad: list[int] = []
    assert list(links_of(file, bad.append)) == links
    assert bad == [2, 3, 4, 5]


async def test_half_a_line_of_a_full_disk_spoils_no_other(tmp_path: Path) -> None:
    file = tmp_path / "collected.jsonl"
    links = [Link("c", number, b"{}", "h") for number in range(1, 4)]
    await AuditFile(file).send(links[:2])
    file.write_bytes(file.read_bytes()[:-20])
    await AuditFile(file).send(links[1:])
    bad: list[int] = []
    assert list(links_of(file, bad.append)) == links
    assert bad == [2]


async def a_run(
    folder: Path, entries: int, collector: AuditFile | AuditCollector | None = None, *, ends: bool = True
) -> list[Link]:
    """Run a console on a store: begin its chain, record the entries, save where the audit ended; return the links."""
    database = await asyncio.to_thread(open_database, folder / "desk.store", bytes(32))
    assert database.folder is not None
    anchor = HeadAnchor.beside(database.folder)
    audit = Audit(AuditRepository(database), collector, person=None, role="rep", clock=SystemClock())
    begun = await audit.begin("started", seen=anchor.load(), known={"installation": "here"})
    assert begun is not None
    anchor.save(begun)
    for number in range(entries):
        audit.record("opened", f"CU-{number}", "a caller")
    await audit.wait_idle()
    comparing = [task for task in asyncio.all_tasks() if task.get_name() == "compare the audit"]
    await asyncio.gather(*comparing)  # comparing may add an entry
    await audit.wait_idle()
    store = AuditRepository(database)
    links = list(await store.load(limit=10_000))
    if collector is not None:
        await until(lambda: is_sent(store, len(links)))
    await audit.aclose()
    end = await audit.end()
    if ends and end is not None:
        anchor.save(end)
    await database.aclose()
    return links


def forks(links: Sequence[Link]) -> list[AuditEntry]:
    entries = [msgspec.json.decode(link.body, type=AuditEntry) for link in links]
    return [entry for entry in entries if entry.what == FORKED]


async def test_each_run_has_a_chain_that_names_the_end_of_the_one_before(tmp_path: Path) -> None:
    runs = [await a_run(tmp_path / "store", 3) for _ in range(3)]
    links = runs[-1]
    assert first_broken(links) is None
    assert [len({link.chain for link in run}) for run in runs] == [1, 2, 3]
    for number in (4, 8):
        named = end_named_by(msgspec.json.decode(links[number].body, type=AuditEntry))
        assert named == ChainEnd(links[number - 1].chain, number, links[number - 1].head)
    assert not forks(links)


async def test_a_chain_of_before_goes_on_and_verifies(tmp_path: Path) -> None:
    database = open_database(tmp_path / "store" / "desk.store", bytes(32))
    before = await recorded(database, 5)
    await database.aclose()
    links = await a_run(tmp_path / "store", 2)
    assert links[:5] == before
    assert first_broken(links) is None
    assert not forks(links)


async def kept_copy(folder: Path) -> Path:
    return await asyncio.to_thread(shutil.copytree, folder, folder.with_name("copy"))


def put_back(folder: Path, copy: Path) -> None:
    shutil.rmtree(folder)
    copy.rename(folder)


@pytest.mark.own_world
async def test_an_older_copy_that_was_put_back_hides_nothing_from_a_collector(tmp_path: Path, sandbox: Control) -> None:
    folder = tmp_path / "store"
    await a_run(folder, 3, await at_the_sandbox(sandbox))
    copy = await kept_copy(folder)
    await a_run(folder, 14, await at_the_sandbox(sandbox))
    await asyncio.to_thread(put_back, folder, copy)

    after = await a_run(folder, 14, await at_the_sandbox(sandbox))

    assert len(forks(after)) == 2  # by the last head this computer saved, and by the collector's entries
    collector = await at_the_sandbox(sandbox)
    there = await collector.find(AuditQuery("CU-", what="opened", limit=1000))
    assert len([link for link in there if link.chain == after[-1].chain]) == 14
    await collector.aclose()


async def at_the_sandbox(sandbox: Control) -> AuditCollector:
    return await asyncio.to_thread(AuditCollector, sandbox.process.audit, sandbox.process.tokens["audit"])


async def test_an_older_copy_that_was_put_back_is_found_without_a_collector_too(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    await a_run(folder, 3)
    copy = await kept_copy(folder)
    await a_run(folder, 5)
    await asyncio.to_thread(put_back, folder, copy)
    after = await a_run(folder, 1)
    [found] = forks(after)
    assert int(found.after["entry"]) > int(found.before["entry"])


async def test_a_program_that_was_killed_is_no_older_copy(tmp_path: Path) -> None:
    await a_run(tmp_path / "store", 3)
    await a_run(tmp_path / "store", 5, ends=False)
    assert not forks(await a_run(tmp_path / "store", 2))


async def test_a_collected_file_drops_no_entry_of_a_fork_and_the_fork_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, file = tmp_path / "store", tmp_path / "collected.jsonl"
    await a_run(folder, 3, AuditFile(file))
    copy = await kept_copy(folder)
    await a_run(folder, 4, AuditFile(file))
    await asyncio.to_thread(put_back, folder, copy)
    await a_run(folder, 4, AuditFile(file))

    opened = await AuditFile(file).find(AuditQuery(what="opened", limit=100))
    code = command.run(argparse.Namespace(collected=file, compare=False, find=None))
    _entries, *problems, verdict = capsys.readouterr().out.splitlines()

    assert len(opened) == 3 + 4 + 4
    assert (code, verdict) == (1, "The audit was changed.")
    assert len(problems) == 1
    assert "an older copy of the store was put back" in problems[0]


@pytest.mark.own_world
@pytest.mark.expects_log("goes on in a chain of its own")
async def test_what_the_collector_has_otherwise_is_sent_in_a_chain_of_its_own(tmp_path: Path, sandbox: Control) -> None:
    collector = await at_the_sandbox(sandbox)
    database = open_database(tmp_path / "store" / "desk.store", bytes(32))
    store = AuditRepository(database)
    [first] = await store.append([b'{"at": "2026-11-27T12:00:00Z", "who": "", "role": "rep", "what": "saw"}'])
    await collector.send([replace(first, head="f" * 64)])  # another writer's entry, with the same name and position
    audit = Audit(store, collector, person=None, role="rep", clock=SystemClock())
    audit.start()
    audit.record("opened", "CU-77", "in another chain")
    await until(lambda: collector.find(AuditQuery("CU-77")))
    links = list(await store.load())
    await audit.aclose()
    assert first_broken(links) is None
    assert links[0].chain != first.chain
    assert len(forks(links)) == 1
    await database.aclose()


async def test_a_clock_that_was_set_back_hides_no_entry(tmp_path: Path) -> None:
    store = AuditRepository(in_memory())
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    for days in (0, 0, -3, 0, 0):
        entry = AuditEntry(now + timedelta(days=days), "rep", "rep", "saw", "CU-1", "", "", {}, {})
        await store.append([msgspec.json.encode(entry)])
    assert len(await store.find(AuditQuery(since=now - timedelta(days=1)))) == 4


async def done_of(sandbox: Control, customer: str, since: datetime) -> list[AuditEntry]:
    """Return the collector's entries of a customer, newest first; empty until one reports a finished action."""
    entries = await sandbox.audited(customer, since=since.isoformat())
    return entries if any(entry.what == "did" and entry.words.endswith(": done") for entry in entries) else []


@pytest.mark.own_world
async def test_a_day_is_in_it_who_saw_and_did_what_why_and_with_which_values(sandbox: Control) -> None:
    before = datetime.now(UTC)
    console = sandbox.console(gated=True)
    await console.open_store()
    customer = CustomerId(sandbox.first_customer)
    await console.access.open_for(customer, AccessReason.TYPED, "asked for by the customer")
    view = console.view_customer(customer)
    view.open()
    await view.wait_idle()
    told_done = asyncio.Event()  # it is done in memory before it is saved, and reported only after that
    console.outbox.subscribe(lambda told: None if told.is_open else told_done.set())
    await console.actions.add_note(customer, "Called back as promised", reason="Note")
    async with asyncio.timeout(10):
        await told_done.wait()
    view.close()
    await console.audit.wait_idle()
    entries = await until(lambda: done_of(sandbox, customer, before))
    told = {(entry.what, entry.words) for entry in entries}
    assert ("opened", "another reason: asked for by the customer") in told
    assert {words for what, words in told if what == "saw"} >= {"bills", "billing accounts", "tickets", "services"}
    [last, first] = [entry for entry in entries if entry.what == "did"]  # newest first
    assert first.system == "crm"
    assert first.after["text"] == "Called back as promised"
    assert last.words.endswith(": done")
    assert all(entry.at.tzinfo is not None and entry.at <= datetime.now(UTC) for entry in entries)
    assert list(command.found([Link("c", 1, msgspec.json.encode(first), "h")], "CALLED BACK"))
    await console.aclose()


@pytest.mark.expects_log("the audit cannot be kept")
async def test_an_audit_that_cannot_be_written_is_said_at_once_and_can_stop_all_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = in_memory()
    repository = AuditRepository(database)
    full: list[StoreError | None] = [StoreError("The disk is full.")]

    class Full(AuditRepository):
        async def append(self, bodies: Sequence[bytes]) -> Sequence[Link]:
            if full[0] is not None:
                raise full[0]
            return await repository.append(bodies)

    monkeypatch.setattr("console.services.access.audit._AGAIN_AFTER_S", (0.02,))
    audit = Audit(Full(database), None, person=None, role="rep", clock=SystemClock(), is_required=True)
    permissions = Permissions(REP, unrecorded=audit.refusal)
    told: list[str | None] = []
    audit.subscribe(lambda: told.append(audit.failure))
    audit.start()
    assert permissions.refusal_to_do(Permission.ADD_NOTE) is None
    audit.record("saw", "CU-1", "bills")
    await until(lambda: told)
    assert (told, audit.waiting) == (["The disk is full."], 1)
    assert "audit log can't be written" in str(permissions.refusal_to_do(Permission.ADD_NOTE))
    assert "audit log can't be written" in str(permissions.refusal(DataScope.CUSTOMER, CustomerId("CU-1")))
    full[0] = None
    await audit.wait_idle()
    assert (told, audit.waiting) == (["The disk is full.", None], 0)
    assert permissions.refusal_to_do(Permission.ADD_NOTE) is None
    await audit.aclose()
    await database.aclose()
