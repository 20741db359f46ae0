"""kill-phases: programs killed in each phase of a store: creation, new recovery code, migration, write, close, secrets.

Each phase is its own program on the real store, with a keyring in a file. It is killed at a random moment, many times.
Each kill uses the same store, except for phases that create one. The store is checked after each kill. No timing.
"""

import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.result import Result
from console.errors import StoreError
from console.models.outbox import Action, RiskClass
from console.store.actions import ActionRepository
from console.store.database import open_database
from console.store.drafts import DraftRepository
from console.store.recovery import unwrap_key
from console.store.secrets import SecretRepository
from console.store_location import OpenedStore, StoreLocation, StoreQuestions
from tests.support.file_keyring import PATH

_DEATHS = int(os.environ.get("OPTICOM_KILL_DEATHS") or 40)
# In seconds. Loading the program takes at least 0.2 s, before it touches a file.
_SHORTEST_S, _LONGEST_S = 0.2, 0.8
_KEY = bytes(range(32))
_SCHEMA_1 = Path(__file__).parent.parent / "tests" / "store" / "schemas" / "schema-1.store"
_AT = datetime(2026, 11, 25, 12, tzinfo=UTC)

Said = list[tuple[str, str]]
Look = Callable[[Path, Said], str]


def _say(what: str, value: str = "") -> None:
    print(json.dumps([what, value]), flush=True)


async def _opened(folder: Path) -> OpenedStore:
    return await StoreLocation(folder, StoreQuestions(shows_codes=True)).open()


# ------------------------------------------------------------------ the programs


async def _first_start(folder: Path) -> None:
    kept = await _opened(folder)
    _say("opened" if kept.database is not None else "refused", kept.new_code or kept.notice)


async def _new_codes(folder: Path) -> None:
    kept = await _opened(folder)
    if kept.database is None or kept.make_code is None or kept.confirm_code is None:
        _say("refused", kept.notice)
        return
    if kept.new_code:
        _say("made", kept.new_code)
    for _ in range(3):
        _say("made", await kept.make_code())
        await kept.confirm_code()
        _say("confirmed")


async def _migration(folder: Path) -> None:
    path = folder / "desk.store"
    await asyncio.to_thread(_put_there, path)
    open_database(path, _KEY).close()


def _put_there(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        half = path.with_name("half")
        shutil.copyfile(_SCHEMA_1, half)
        half.replace(path)


async def _writing_and_closing(folder: Path) -> None:
    database = open_database(folder / "desk.store", _KEY)
    for number in range(3):
        name = f"{random.getrandbits(64):x}-{number}"
        await ActionRepository(database).add(Action(name, "CU-1", "Note", RiskClass.NOTE, _AT, ()))
        _say("kept", name)
    await database.aclose()


async def _secrets(folder: Path) -> None:
    """Save and delete secrets, as keep-secret and signing out do; a saved secret stays, a deleted one is gone."""
    database = open_database(folder / "desk.store", _KEY)
    repository = SecretRepository(database)
    for _ in range(3):
        value = f"{random.getrandbits(64):x}"
        _say("saving", value)
        await repository.save("store:crm", value)
        _say("saved", value)
        await repository.forget("sign-in")
        _say("forgotten")
    await database.aclose()


# ------------------------------------------------------------------ the checks


def _can_begin(folder: Path, _said: Said) -> str:
    kept = asyncio.run(_opened(folder))
    if kept.database is None:
        return f"it does not open: {kept.notice}"
    kept.database.close()
    return "" if kept.new_code else "no code is shown"


def _a_code_opens(folder: Path, said: Said) -> str:
    made = [value for what, value in said if what == "made"]
    confirmed = [value for (_, value), (what, _) in pairwise(said) if what == "confirmed"]
    if not confirmed:
        return ""  # no code is confirmed yet; each start shows a new one
    for code in dict.fromkeys([*made[-1:], *confirmed[-1:]]):
        try:
            unwrap_key(folder, code)
        except StoreError:
            continue
        return ""
    return "neither the last code nor the one before opens it"


def _is_up_to_date(folder: Path, _said: Said) -> str:
    if not (folder / "desk.store").exists():
        return ""
    database = open_database(folder / "desk.store", _KEY)
    drafts = asyncio.run(DraftRepository(database).load())
    database.close()
    return "" if "note" in drafts else "the draft is gone"


def _all_is_there(folder: Path, said: Said) -> str:
    database = open_database(folder / "desk.store", _KEY)
    actions = {action.id for action in asyncio.run(ActionRepository(database).load())}
    lost = database.lost_commits
    database.close()
    missing = [value for what, value in said if what == "kept" and value not in actions]
    return f"missing: {missing}" if missing else "commits are missing" if lost else ""


def _the_last_counts(folder: Path, said: Said) -> str:
    database = open_database(folder / "desk.store", _KEY)
    found = asyncio.run(SecretRepository(database).load("store:crm"))
    database.close()
    saved = [value for what, value in said if what == "saved"]
    saving = [value for what, value in said if what == "saving"]
    return "" if not saved or found in {saved[-1], saving[-1]} else "the last secret is not there"


_BEGINNINGS = {"first start", "migration"}
PHASES: dict[str, tuple[Callable[[Path], Coroutine[Any, Any, None]], Look]] = {
    "first start": (_first_start, _can_begin),
    "new recovery code": (_new_codes, _a_code_opens),
    "migration": (_migration, _is_up_to_date),
    "writing and closing": (_writing_and_closing, _all_is_there),
    "secrets and sign-out": (_secrets, _the_last_counts),
}


def _run(phase: str, folder: Path, longest_s: float) -> Said:
    """Run a phase as a program, kill it after `longest_s` seconds, and return its reports."""
    command = [sys.executable, "-m", "benchmarks.kill_phases", phase, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        told, _ = process.communicate(timeout=longest_s)
    except subprocess.TimeoutExpired:
        process.kill()
        told, _ = process.communicate()
    return [tuple(json.loads(line)) for line in told.splitlines() if line.endswith("]")]


def measure() -> list[Result]:
    """Return for each phase the number of kills after which something was wrong."""
    rng = random.Random(17)
    results = []
    with tempfile.TemporaryDirectory() as place:
        os.environ[PATH] = str(Path(place) / "keyring.json")
        os.environ["PYTHON_KEYRING_BACKEND"] = "tests.support.file_keyring.FileKeyring"
        for phase, (_, look) in PHASES.items():
            wrong: Counter[str] = Counter()
            said: defaultdict[Path, Said] = defaultdict(list)
            for death in range(_DEATHS):
                # Phases that create a store use a new one each time, the others the same one.
                folder = Path(place) / (f"{phase} {death}" if phase in _BEGINNINGS else phase)
                said[folder] += _run(phase, folder, _SHORTEST_S + rng.uniform(0, _LONGEST_S))
                if found := look(folder, said[folder]):
                    wrong[found] += 1
            for what, count in wrong.items():
                print(f"  {phase}: {count} x {what}")
            results.append(Result("kill-phases", phase, float(sum(wrong.values())), "of", float(_DEATHS)))
    return results


if __name__ == "__main__":
    asyncio.run(PHASES[sys.argv[1]][0](Path(sys.argv[2])))
