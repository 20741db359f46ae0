"""The encrypted file: access, faults, and no loss of saved data."""

import asyncio
import secrets
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import apsw
import pytest

from console.errors import (
    StoreDamagedError,
    StoreFullError,
    StoreInUseError,
    StoreKeyError,
    StoreNewerError,
)
from console.models.money import Money
from console.models.outbox import Action, RiskClass
from console.store.actions import ActionRepository
from console.store.database import Database, _connect, _migrate, in_memory, open_database
from console.store.drafts import DraftRepository
from console.store.recovery import has_recovery, new_code, unwrap_key, wrap_key
from console.store.schema import MIGRATIONS

KEY = bytes(range(32))
SCHEMAS = Path(__file__).parent / "schemas"


def filled(path: Path, key: bytes = KEY) -> None:
    database = open_database(path, key)
    try:
        asyncio.run(DraftRepository(database).save({"note": "Wellenreiter asked about her bill"}))
    finally:
        database.close()


def test_nothing_is_in_clear_on_the_disk(tmp_path: Path) -> None:
    database = open_database(tmp_path / "desk.store", KEY)
    asyncio.run(DraftRepository(database).save({"note": "Wellenreiter asked about her bill"}))
    found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    database.close()
    assert any(name.endswith("-wal") for name in found)
    for name, data in found.items():
        assert b"Wellenreiter" not in data, name
        assert not data.startswith(b"SQLite format 3"), name


def test_the_wrong_key_opens_nothing_and_harms_nothing(tmp_path: Path) -> None:
    path = tmp_path / "desk.store"
    filled(path)
    before = path.read_bytes()
    with pytest.raises(StoreKeyError, match="recovery code"):
        open_database(path, secrets.token_bytes(32))
    assert path.read_bytes() == before
    database = open_database(path, KEY)
    assert asyncio.run(DraftRepository(database).load())["note"][0].startswith("Wellenreiter")
    database.close()


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "desk.store"
    plain = apsw.Connection(str(path))
    plain.execute("CREATE TABLE draft (place TEXT)")
    plain.close()
    with pytest.raises(StoreDamagedError, match="not encrypted"):
        open_database(path, KEY)


def test_bits_that_flip_are_found_or_harmless(tmp_path: Path) -> None:
    path = tmp_path / "desk.store"
    filled(path)
    whole = path.read_bytes()
    found = 0
    for i in range(60):
        spoilt = bytearray(whole)
        spoilt[(i * 7919) % len(whole)] ^= 1 << (i % 8)
        path.write_bytes(spoilt)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        try:
            database = open_database(path, KEY)
        except (StoreDamagedError, StoreKeyError):
            found += 1
            continue
        try:
            assert asyncio.run(DraftRepository(database).load())["note"][0] == "Wellenreiter asked about her bill"
        except StoreDamagedError:
            found += 1
        finally:
            database.close()
    assert found > 3  # the other changes hit pages that are never read


def test_two_programs_do_not_open_it_at_once(tmp_path: Path) -> None:
    path = tmp_path / "desk.store"
    first = open_database(path, KEY)
    with pytest.raises(StoreInUseError, match="already open"):
        open_database(path, KEY)
    first.close()
    open_database(path, KEY).close()


def test_of_many_programs_that_start_at_once_one_gets_the_store(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from console.errors import StoreInUseError
        from console.store.database import open_database
        print("ready", flush=True)
        sys.stdin.readline()
        try:
            database = open_database(Path(sys.argv[1]), bytes(range(32)))
        except StoreInUseError:
            print("in use", flush=True)
        else:
            print("open", flush=True)
            sys.stdin.readline()
            database.close()
    """)
    command = [sys.executable, "-c", program, str(tmp_path / "desk.store")]
    racers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    try:
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("go\n")
            racer.stdin.flush()
        said = sorted(racer.stdout.readline().strip() for racer in racers if racer.stdout is not None)
    finally:
        for racer in racers:
            racer.communicate("\n", timeout=20)
    assert said == ["in use"] * 5 + ["open"]


def test_a_store_of_a_newer_console_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "desk.store"
    filled(path)
    database = open_database(path, KEY)
    database.write_now(lambda connection: connection.pragma("user_version", 999))
    database.close()
    with pytest.raises(StoreNewerError, match="newer version"):
        open_database(path, KEY)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a file system that can be made to be full")
def test_a_full_disk_is_one_sentence_and_keeps_what_was_kept(tmp_path: Path) -> None:
    path = tmp_path / "desk.store"
    database = open_database(path, KEY)
    drafts = DraftRepository(database)
    asyncio.run(drafts.save({"note": "kept before"}))
    pages = database.write_now(lambda connection: int(connection.pragma("page_count")))
    database.write_now(lambda connection: connection.pragma("max_page_count", pages + 2))
    with pytest.raises(StoreFullError, match="Earlier saved work"):
        asyncio.run(drafts.save({"other": "x" * 200_000}))
    assert asyncio.run(drafts.load())["note"][0] == "kept before"
    database.close()


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreFullError):
        open_database(tmp_path / "file" / "desk.store", KEY)


def test_what_a_write_returned_for_survives_a_kill(tmp_path: Path) -> None:
    """A process saves drafts and reports each one; killed at any moment, every reported draft is in the store."""
    path = tmp_path / "desk.store"
    script = textwrap.dedent(f"""
        import asyncio, sys
        from pathlib import Path
        from console.store.database import open_database
        from console.store.drafts import DraftRepository
        async def main():
            drafts = DraftRepository(open_database(Path({str(path)!r}), bytes(range(32))))
            number = int(sys.argv[1])
            while True:
                await drafts.save({{f"place-{{number}}": f"text {{number}}"}})
                print(number, flush=True)
                number += 1
        asyncio.run(main())
    """)
    named, start = set(), 0
    for turn in range(6):
        command = [sys.executable, "-c", script, str(start)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            until = time.monotonic() + 0.3 + turn * 0.05
            for line in process.stdout:
                named.add(int(line))
                if time.monotonic() > until:
                    break
            process.kill()
            named |= {int(line) for line in process.stdout.read().split() if line}
        start = max(named) + 1
    database = open_database(path, KEY)
    kept = asyncio.run(DraftRepository(database).load())
    check = database.write_now(lambda connection: connection.pragma("integrity_check"))
    database.close()
    assert len(named) > 50
    assert {f"place-{number}" for number in named} <= set(kept)
    assert check == "ok"


def test_the_recovery_code_opens_the_key_and_no_other_does(tmp_path: Path) -> None:
    code = new_code()
    assert not has_recovery(tmp_path)
    wrap_key(tmp_path, KEY, code)
    assert has_recovery(tmp_path)
    assert unwrap_key(tmp_path, code.lower().replace("-", " ")) == KEY
    with pytest.raises(StoreKeyError, match="or recovery code"):
        unwrap_key(tmp_path, new_code())
    data = (tmp_path / "recovery.next").read_bytes()
    assert KEY not in data
    assert code.replace("-", "").encode() not in data


@pytest.mark.parametrize("file", sorted(SCHEMAS.glob("*.store")), ids=lambda path: path.stem)
def test_every_released_schema_is_brought_up_to_date(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "desk.store"
    path.write_bytes(file.read_bytes())
    database = open_database(path, KEY)
    drafts = asyncio.run(DraftRepository(database).load())
    version = database.write_now(lambda connection: int(connection.pragma("user_version")))
    database.close()
    assert version == len(MIGRATIONS)
    assert drafts["note"][0] == "Wellenreiter asked about her bill"


@pytest.mark.parametrize("schema", ["schema-7", "schema-8"])
async def test_actions_that_a_released_version_kept_have_typed_values(schema: str, tmp_path: Path) -> None:
    path = tmp_path / "desk.store"
    path.write_bytes((SCHEMAS / f"{schema}.store").read_bytes())
    database = open_database(path, KEY)
    promise, appointment, order = (action.steps[0] for action in await ActionRepository(database).load())
    assert promise.wanted == {"amount": Money(Decimal("12.50"), "USD"), "due_on": date(2026, 12, 1)}
    assert promise.base == {"balance": Money(Decimal("1303.44"), "USD")}
    assert appointment.base["starts"] == datetime(2026, 12, 2, 8, tzinfo=UTC)
    assert order.wanted["enabled"] is False
    await database.aclose()


def test_an_update_of_the_schema_may_end_at_any_statement(tmp_path: Path) -> None:
    path = tmp_path / "desk.store"

    def stopped_at(number: int) -> bool:
        """Return whether the update was stopped at a statement; the last numbers are beyond its end."""
        path.write_bytes((SCHEMAS / "schema-1.store").read_bytes())
        connection = _connect(path, KEY)
        left = number

        def count(*_statement: object) -> bool:
            nonlocal left
            left -= 1
            return left >= 0

        connection.exec_trace = count
        try:
            _migrate(connection, path)
        except apsw.ExecTraceAbort:
            return True
        finally:
            connection.exec_trace = None
            connection.close()
        return False

    number = 0
    while stopped_at(number):
        database = open_database(path, KEY)
        drafts = asyncio.run(DraftRepository(database).load())
        tables = database.write_now(lambda connection: set(connection.execute("SELECT name FROM sqlite_master")))
        database.close()
        assert drafts["note"][0] == "Wellenreiter asked about her bill", number
        assert ("slip",) in tables, number
        number += 1
    assert number > 8


def test_every_schema_has_its_file() -> None:
    assert [path.stem for path in sorted(SCHEMAS.glob("*.store"))] == [
        f"schema-{number + 1}" for number in range(len(MIGRATIONS))
    ]


async def test_what_was_typed_is_a_draft_or_an_action_and_never_both() -> None:
    database = in_memory()
    drafts, actions = DraftRepository(database), ActionRepository(database)
    await drafts.save({"note/CU-1": "Asked about her bill", "note/CU-2": "Other"})
    action = Action("a1", "CU-1", "Note", RiskClass.NOTE, datetime(2026, 11, 25, tzinfo=UTC), ())
    kept = await actions.add(action, typed_in=("note/CU-1", "note/CU-1/reason"))
    assert list(await drafts.load()) == ["note/CU-2"]
    with pytest.raises(apsw.ConstraintError):
        await actions.add(action, typed_in=("note/CU-2",))  # it exists already, so the whole write is rolled back
    assert list(await drafts.load()) == ["note/CU-2"]
    assert [one.id for one in await actions.load()] == [kept.id]


async def test_of_writes_that_wait_together_one_that_fails_takes_back_itself_alone(tmp_path: Path) -> None:
    database = open_database(tmp_path / "desk.store", KEY)
    begun, go_on = threading.Event(), threading.Event()

    def blocks(_connection: apsw.Connection) -> None:
        begun.set()
        assert go_on.wait(10)

    def puts(place: str, *, fails: bool = False) -> Callable[[apsw.Connection], str]:
        def work(connection: apsw.Connection) -> str:
            connection.execute("INSERT INTO draft VALUES (?, 'x', '2026-11-25T00:00:00+00:00')", (place,))
            if fails:
                raise ValueError(place)
            return place

        return work

    first = asyncio.ensure_future(database.write(blocks))
    await asyncio.to_thread(begun.wait, 10)
    works = (puts("a"), puts("b", fails=True), puts("a"), puts("c"))
    waiting = [asyncio.ensure_future(database.write(work)) for work in works]  # the third key exists already
    given_up = asyncio.ensure_future(database.write(puts("d")))
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    go_on.set()
    await first
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert found[0] == "a"
    assert isinstance(found[1], ValueError)
    assert isinstance(found[2], apsw.ConstraintError)
    assert found[3] == "c"
    assert sorted(await DraftRepository(database).load()) == ["a", "c"]
    await database.aclose()


async def test_a_write_that_fails_leaves_nothing_behind() -> None:
    database = in_memory()

    def work(connection: apsw.Connection) -> None:
        connection.execute("INSERT INTO draft VALUES ('a', 'b', 'c')")
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - raised above
        await database.write(work)
    assert not await DraftRepository(database).load()
    await database.aclose()


async def test_reads_do_not_wait_for_writes(tmp_path: Path) -> None:
    database: Database = await asyncio.to_thread(open_database, tmp_path / "desk.store", KEY)
    started = asyncio.Event()
    loop, go_on = asyncio.get_running_loop(), threading.Event()

    def slow(connection: apsw.Connection) -> None:
        connection.execute("INSERT INTO draft VALUES ('a', 'b', '2026-01-01T00:00:00+00:00')")
        loop.call_soon_threadsafe(started.set)
        assert go_on.wait(10)

    writing = asyncio.create_task(database.write(slow))
    await started.wait()
    assert not await DraftRepository(database).load()
    assert not writing.done()
    go_on.set()
    await writing
    assert await DraftRepository(database).load()
    await database.aclose()
