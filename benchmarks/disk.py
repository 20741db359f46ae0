"""disk: every write and sync of five journeys fails in turn, and bits flip in every file of a store.

A journey runs in its own process on the real encrypted store. The file system fails one call, three calls, or all
later ones, as a full or broken disk does. Then the process dies, and the store is opened again on a sound disk. A value
reported as saved must be there; one reported as failed must not. Only errors of the store may occur. No timing.
"""

import asyncio
import json
import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import msgspec

from benchmarks.result import Result
from console.errors import StoreError
from console.models.audit import AuditEntry
from console.models.outbox import Action, RiskClass
from console.store import database as store
from console.store.actions import ActionRepository
from console.store.audit import AuditRepository
from console.store.contents import StoreState, read_through
from console.store.database import Database, open_database
from console.store.drafts import DraftRepository
from console.store.recovery import confirm_code, digest_of_confirmed, wrap_key
from console.store.secrets import SecretRepository

_KEY = bytes(range(32))
_FLIPS = int(os.environ.get("OPTICOM_DISK_FLIPS") or 1_000)
_EVERY = int(os.environ.get("OPTICOM_DISK_EVERY") or 1)
_TIMES = (1, 3, 10_000)
_ERRORS: dict[str, type[apsw.Error]] = {"ENOSPC": apsw.FullError, "EIO": apsw.IOError}
_AT = datetime(2026, 11, 25, 12, tzinfo=UTC)

Contents = dict[str, Any]
Journey = Callable[["Run"], Coroutine[Any, Any, None]]


# ------------------------------------------------------------------ a disk that fails


class FailingDisk:
    """Fails calls by their number; `calls` counts all calls."""

    def __init__(self) -> None:
        self.calls, self.first, self.times = 0, 0, 0
        self.error: type[apsw.Error] = apsw.FullError

    def call(self) -> None:
        self.calls += 1
        if self.first and self.first <= self.calls < self.first + self.times:
            raise self.error("the disk fails")


DISK = FailingDisk()


class _File(apsw.VFSFile):
    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802 - SQLite's names
        DISK.call()
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        DISK.call()
        super().xSync(flags)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        DISK.call()
        super().xTruncate(size)


class _Disk(apsw.VFS):
    def __init__(self) -> None:
        super().__init__("failing", "unix")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _File("unix", name, flags)


# ------------------------------------------------------------------ journeys


class Run:
    """The operations of one process on a store; it reports each as saved or failed."""

    def __init__(self, database: Database, say: Callable[[str, str, Any], None]) -> None:
        self.database, self._say = database, say
        self.actions, self.drafts = ActionRepository(database), DraftRepository(database)
        self.audit, self.secrets, self.state = (
            AuditRepository(database),
            SecretRepository(database),
            StoreState(database),
        )

    async def do(self, doing: Awaitable[Any], **kept: Any) -> Any:
        """Wait for an operation and report the new contents, or that it failed."""
        try:
            result = await doing
        except StoreError:
            self._say("failed", "", None)
            return None
        for name, value in kept.items():
            self._say("kept", name, value)
        return result


def _action(number: int) -> Action:
    return Action(f"a-{number}", "CU-1", "Note", RiskClass.NOTE, _AT, ())


async def _first_start(run: Run) -> None:
    await run.do(run.state.save("recovery", "digest"), state="digest")


async def _notes(run: Run) -> None:
    for number in range(4):
        text = f"text {number} " * 40
        await run.do(run.drafts.save({f"note/{number}": text}), **{f"draft {number}": text})
        kept = {f"act {number}": "open", f"draft {number}": None}
        await run.do(run.actions.add(_action(number), typed_in=(f"note/{number}",)), **kept)


async def _outbox(run: Run) -> None:
    for number in range(3):
        action = await run.do(run.actions.add(_action(number)), **{f"act {number}": "open"})
        if action is not None:
            withdrawn = replace(action, withdrawn=True)
            await run.do(run.actions.change(withdrawn), **{f"act {number}": "withdrawn"})


async def _audit(run: Run) -> None:
    for number in range(4):
        body = msgspec.json.encode(AuditEntry(_AT, "rep", "rep", "saw", "CU-1", str(number), "", {}, {}))
        await run.do(run.audit.append([body] * 5), **{f"audit {number}": 5})


async def _together(run: Run) -> None:
    """Make many saves at the same time, so that they share a commit."""
    one = [run.do(run.drafts.save({f"note/{n}": f"t{n}"}), **{f"draft {n}": f"t{n}"}) for n in range(20)]
    await asyncio.gather(*one, run.do(run.secrets.save("key", "secret"), secret="secret"))
    await run.do(run.secrets.forget("key"), secret=None)
    await run.do(run.drafts.save({f"note/{n}": "" for n in range(20)}), **{f"draft {n}": None for n in range(20)})


JOURNEYS: dict[str, Journey] = {
    "first start": _first_start,
    "notes": _notes,
    "outbox": _outbox,
    "audit": _audit,
    "many at once": _together,
}


def contents(database: Database) -> Contents:
    """Return the contents of a store, by the names that the journeys use."""

    def work(connection: apsw.Connection) -> Contents:
        found: Contents = {}
        for place, text in connection.execute("SELECT place, text FROM draft"):
            found[f"draft {str(place).partition('/')[2]}"] = text
        for name, is_open in connection.execute("SELECT id, open FROM act"):
            found[f"act {str(name)[2:]}"] = "open" if is_open else "withdrawn"
        for (body,) in connection.execute("SELECT body FROM audit"):
            name = f"audit {msgspec.json.decode(bytes(body), type=AuditEntry).words}"
            found[name] = found.get(name, 0) + 1
        for (value,) in connection.execute("SELECT value FROM secret WHERE name = 'key'"):
            found["secret"] = value
        for (value,) in connection.execute("SELECT value FROM store_state WHERE name = 'recovery'"):
            found["state"] = value
        return found

    return asyncio.run(database.read(work))


# ------------------------------------------------------------------ runs and checks


def live(folder: Path, journey: Journey, first: int, times: int, error: str, change: Callable[[], None]) -> list[Any]:
    """Run a journey in a process that dies at its end; return its reports, the last with its number of calls."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            with os.fdopen(writing, "w") as said:

                def say(what: str, name: str, value: Any) -> None:
                    said.write(json.dumps([what, name, value]) + "\n")
                    said.flush()

                change()
                DISK.calls, DISK.first, DISK.times, DISK.error = 0, first, times, _ERRORS[error]
                vfs = _Disk()
                store._open_file = lambda path: apsw.Connection(str(path), vfs="multipleciphers-failing")
                try:
                    asyncio.run(journey(Run(open_database(folder / "desk.store", _KEY), say)))
                except StoreError:
                    say("failed", "", None)
                except Exception as failure:  # noqa: BLE001 - that is what is looked for
                    say("fault", type(failure).__name__, None)
                say("calls", "", DISK.calls)
                del vfs
            status = 0
        finally:
            os._exit(status)  # dies without closing anything
    os.close(writing)
    with os.fdopen(reading) as said:
        lines = [json.loads(line) for line in said]
    os.waitpid(child, 0)
    return lines


def judge(folder: Path, lines: list[Any]) -> list[str]:
    """Return what is wrong with the store that a journey left."""
    wanted: Contents = {}
    for what, name, value in lines:
        if what == "kept":
            wanted[name] = value
    wrong = [f"fault: {name}" for what, name, _ in lines if what == "fault"]
    if not (folder / "desk.store").exists():
        return [*wrong, "lost: all"] if wanted else wrong
    try:
        database = open_database(folder / "desk.store", _KEY)
    except StoreError as error:
        return [*wrong, f"lost: it does not open: {error}"]
    try:
        if database.lost_commits:
            wrong.append("lost: commits")
        found = contents(database)
    finally:
        database.close()
    for name in sorted(wanted.keys() | found.keys()):
        if found.get(name) != wanted.get(name):
            what = "lost" if name in wanted and wanted[name] is not None else "came back"
            wrong.append(f"{what}: {name} is {found.get(name)!r}, not {wanted.get(name)!r}")
    return wrong


def _fresh(journey: str, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if journey != "first start":
        open_database(folder / "desk.store", _KEY).close()
    return folder


def _failures(folder: Path, change: Callable[[], None], every: int) -> Iterator[list[str]]:
    """Yield the problems after each failing call of each journey."""
    for name, journey in JOURNEYS.items():
        calls = live(_fresh(name, folder), journey, 0, 0, "EIO", lambda: None)[-1][2]
        for first in range(1, calls + 1, every):
            for error in _ERRORS:
                for times in _TIMES:
                    lines = live(_fresh(name, folder), journey, first, times, error, change)
                    for wrong in (found := judge(folder, lines)):
                        print(f"  {name}, call {first} of {calls}, {error} x {times}: {wrong}")
                    yield found


# ------------------------------------------------------------------ bits


def _flips(folder: Path, count: int) -> Iterator[str]:
    """Yield "found", "harmless" or "silent" for each bit flip or cut file, in the store of a killed process."""
    rng = random.Random(17)
    source = folder / "source"
    _fresh("notes", source)
    wrap_key(source, _KEY, "ABCDEF-GHIJKL-MNOPQR-STUVWX")
    confirm_code(source)
    digest = digest_of_confirmed(source)

    async def journey(run: Run) -> None:
        await _notes(run)
        await _audit(run)
        await run.do(run.state.save("recovery", digest), state=digest)
        await run.do(run.drafts.save({"note/9": "typed last " * 50}), **{"draft 9": "typed last " * 50})

    live(source, journey, 0, 0, "EIO", lambda: None)
    files = [path.name for path in source.iterdir() if path.stat().st_size and not path.name.endswith("-shm")]
    shutil.copytree(source, folder / "sound")
    sound = open_database(folder / "sound" / "desk.store", _KEY)
    wanted = contents(sound)
    sound.close()
    for _ in range(count):
        spoilt = folder / "spoilt"
        shutil.rmtree(spoilt, ignore_errors=True)
        shutil.copytree(source, spoilt)
        path = spoilt / rng.choice(files)
        data = bytearray(path.read_bytes())
        place = rng.randrange(len(data))
        if rng.random() < 0.8:
            data[place] ^= 1 << rng.randrange(8)
        else:
            del data[place:]
        path.write_bytes(data)
        yield _look(spoilt, wanted, digest, path.name)


def _look(folder: Path, wanted: Contents, digest: str, name: str) -> str:
    if digest_of_confirmed(folder) != digest:
        return "found"  # a new code is made and shown
    try:
        database = open_database(folder / "desk.store", _KEY)
    except StoreError:
        return "found"
    try:
        if asyncio.run(read_through(database)):
            return "found"
        if contents(database) == wanted:
            return "harmless"
    except StoreError:
        return "found"
    finally:
        database.close()
    print(f"  silent: {name}")
    return "silent"


# ------------------------------------------------------------------ planted faults


def _says_it_is_kept() -> None:
    """Fault: every commit is reported as done, even if it failed."""

    def commit(self: Database, waiting: list[Any]) -> None:
        with suppress(StoreError, apsw.Error):
            self.write_now(lambda connection: [one[0](connection) for one in waiting])
        for _, outcome, _ in waiting:
            outcome.set_result(None)

    Database._commit = commit  # type: ignore[method-assign]


def _forgets_to_roll_back() -> None:
    """Fault: a failed transaction is committed with the next one."""

    def write_now(self: Database, work: Any) -> Any:
        def transaction(connection: apsw.Connection) -> Any:
            if not connection.in_transaction:
                connection.execute("BEGIN IMMEDIATE")
            result = work(connection)
            connection.execute("COMMIT")
            return result

        return self._run(self._writer, transaction)

    Database.write_now = write_now  # type: ignore[method-assign]


PLANTED = (_says_it_is_kept, _forgets_to_roll_back)


def measure() -> list[Result]:
    """Return all cases."""
    kinds: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "store"
        runs = 0
        for found in _failures(folder, lambda: None, _EVERY):
            runs += 1
            kinds.update({wrong.partition(":")[0] for wrong in found})
        flips = Counter(_flips(Path(place), _FLIPS))
        print(f"disk: {runs} failing calls, {dict(flips)} of {_FLIPS} flips and cuts")
        missed = [fault.__name__ for fault in PLANTED if not any(_failures(folder, fault, 5))]
    for name in missed:
        print(f"  not found: {name}")
    return [
        Result("disk", "acknowledged and lost", float(kinds["lost"]), "runs", float(runs)),
        Result("disk", "failed and came back", float(kinds["came back"]), "runs", float(runs)),
        Result("disk", "errors of no kind of ours", float(kinds["fault"]), "runs", float(runs)),
        Result("disk", "flips and cuts without a word", float(flips["silent"]), "of", float(_FLIPS)),
        Result("disk", "planted faults not found", float(len(missed)), "of", float(len(PLANTED))),
    ]
