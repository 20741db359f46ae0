"""kill: 200 real deaths (SIGKILL, on Windows TerminateProcess) of a desk that types and acts, over real HTTP and disk.

The desk runs in a process of its own on the sandbox, which now and then loses answers, is slow or is away; its parent
kills it at a moment nobody chose and starts it again on the same store. At the end every act that the desk had said is
kept must stand in its system once, and nothing more than 250 ms old that was typed may be missing. No timing.
"""

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.result import Result
from console.cli.sandbox import write_configuration
from console.compose import compose_desk
from console.models.customer import CustomerId
from console.models.outbox import Act
from console.services.desk import Desk
from console.settings import load_deployment
from console.store.database import open_database
from console.system.sandbox_launcher import SandboxProcess
from console.system.secrets import SystemSecrets

_DEATHS = 200
# Whoever was written to at a death waits a minute in the next life: so there are many, and now and then a long life.
_CUSTOMERS = 80
_LONG_LIFE_EVERY = 50
_SHORTEST_LIFE_S, _LONGEST_LIFE_S = 0.02, 1.2
_TYPED_IS_KEPT_AFTER_S = 0.25
_KEY = bytes(range(32))
_TROUBLES: tuple[dict[str, Any], ...] = (
    {}, {}, {"lose_answer": True}, {"latency_ms": 300}, {"outage": True}, {"status": 503},
)  # fmt: skip


# ---------------------------------------------------------------------- the process that dies


def _say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


async def _live(folder: Path, customers: list[str], seed: int) -> None:
    """Open the store, tell what was typed before, then type and act until killed."""
    desk = await _open(folder)
    _say(opened=time.time(), draft=desk.drafts.text("note/typed"))
    rng = random.Random(seed)
    number = 0
    while True:
        number += 1
        typed = f"{seed}.{number}"
        desk.drafts.type("note/typed", typed)
        _say(typed=typed, at=time.time())
        if rng.random() < 0.6:
            customer = CustomerId(rng.choice(customers))
            act = await desk.acts.add_note(customer, f"{seed}.{number} for {customer}", reason="Other")
            _say(kept=act.id, customer=customer)
        await asyncio.sleep(rng.random() * 0.04)


async def _finish(folder: Path) -> None:
    """Open the store and carry out what is left; tell what could not be."""
    desk = await _open(folder)
    _say(opened=time.time(), draft=desk.drafts.text("note/typed"))
    until_s = time.monotonic() + 180
    while _unfinished(desk) and time.monotonic() < until_s:  # noqa: ASYNC110 - nothing is timed here
        await asyncio.sleep(0.05)
    _say(unfinished=[act.id for act in _unfinished(desk)])
    await desk.aclose()


def _unfinished(desk: Desk) -> list[Act]:
    return [act for act in desk.outbox.acts if act.is_open]


async def _open(folder: Path) -> Desk:
    configuration = folder / "systems.toml"
    database = open_database(folder / "desk.store", _KEY)
    desk = compose_desk(load_deployment(configuration), SystemSecrets(folder), None, database)
    await desk.open_store()
    return desk


# ---------------------------------------------------------------------- the one that kills it


@dataclass
class _Book:
    """What the processes said before they died."""

    kept: dict[str, str] = field(default_factory=dict)
    typed: list[tuple[str, float]] = field(default_factory=list)
    drafts_lost: int = 0
    unfinished: list[str] = field(default_factory=list)
    opened: int = 0
    died_at: float = 0.0
    typed_since_opened: bool = False

    def read(self, lines: list[str], died_at: float | None) -> None:
        """Take down one life: `died_at` is when its process was killed, None where it ended by itself."""
        self.typed_since_opened = False
        for line in lines:
            try:
                facts = json.loads(line)
            except ValueError:
                continue  # it died in the middle of a line
            if "opened" in facts:
                self.opened += 1
                self._compare(facts["draft"])
                self.typed = []
            elif "typed" in facts:
                self.typed_since_opened = True
                self.typed.append((facts["typed"], facts["at"]))
            elif "kept" in facts:
                self.kept[facts["kept"]] = facts["customer"]
            elif "unfinished" in facts:
                self.unfinished = facts["unfinished"]
        if died_at is not None and self.typed_since_opened:
            self.died_at = died_at  # of one that died before it typed, nothing was due

    def _compare(self, draft: str) -> None:
        """Hold what a new process found typed against what the last one that typed had been given in time."""
        if not self.typed:
            return
        due = [text for text, at in self.typed if at <= self.died_at - _TYPED_IS_KEPT_AFTER_S]
        later = [text for text, at in self.typed if at > self.died_at - _TYPED_IS_KEPT_AFTER_S]
        if due and draft not in (due[-1], *later):
            self.drafts_lost += 1
            at = dict(self.typed)
            found = f"{self.died_at - at[draft]:.3f} s" if draft in at else "before that life"
            print(f"kill: {draft!r} was kept, typed {found} before the death; due was {due[-1]!r}")


def measure() -> list[Result]:
    """Return all cases."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Result]:
    sandbox = await SandboxProcess.start(["--data", str(folder / "world"), "--customers", "100"])
    try:
        write_configuration(folder, sandbox.addresses, sandbox.tokens)
        async with _client(sandbox.addresses["crm"], sandbox.tokens["crm"]) as crm:
            path = "/tmf-api/customerManagement/v4/customer"
            found = (await crm.get(path, params={"limit": _CUSTOMERS, "fields": "id"})).json()
        customers = [record["id"] for record in found]
        book, rng = _Book(), random.Random(20)
        async with _client(sandbox.control, sandbox.control_token) as control:
            for number in range(_DEATHS):
                await _trouble(control, rng)
                lines, died_at = await asyncio.to_thread(_kill_one, folder, customers, number, rng)
                book.read(lines, died_at)
                if number % _LONG_LIFE_EVERY == _LONG_LIFE_EVERY - 1:
                    await control.delete("/faults/crm")
                    book.read(await asyncio.to_thread(_run_to_the_end, folder), None)
        times = await _times(sandbox, customers)
    finally:
        await sandbox.stop()
    lost = [act for act in book.kept if times[act] == 0]
    doubled = [act for act, count in times.items() if count > 1]
    print(f"kill: {_DEATHS} deaths, {book.opened} openings, {len(book.kept)} acts kept, {sum(times.values())} in CRM")
    return [
        Result("kill", "acts lost", float(len(lost)), "of", float(len(book.kept))),
        Result("kill", "acts doubled", float(len(doubled)), "of", float(len(book.kept))),
        Result("kill", "acts never finished", float(len(book.unfinished)), "of", float(len(book.kept))),
        Result("kill", "typed texts lost", float(book.drafts_lost), "of", float(_DEATHS)),
    ]


def _client(address: str, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=address, headers={"Authorization": f"Bearer {token}"}, trust_env=False, verify=False, timeout=30
    )


async def _trouble(control: httpx.AsyncClient, rng: random.Random) -> None:
    faults = rng.choice(_TROUBLES)
    answer = await (control.put("/faults/crm", json=faults) if faults else control.delete("/faults/crm"))
    answer.raise_for_status()


def _kill_one(folder: Path, customers: list[str], number: int, rng: random.Random) -> tuple[list[str], float]:
    """Start the desk, kill it after a while; return what it had said, and when it was killed."""
    process = _start("live", str(folder), json.dumps(customers), str(number))
    # Every fourth dies while it starts, the others while they work.
    if number % 4:
        first = process.stdout.readline() if process.stdout else ""
        time.sleep(rng.uniform(_SHORTEST_LIFE_S, _LONGEST_LIFE_S))
    else:
        first = ""
        time.sleep(rng.uniform(_SHORTEST_LIFE_S, _LONGEST_LIFE_S))
    died_at = time.time()
    process.kill()
    rest, _ = process.communicate(timeout=30)
    return [first, *rest.splitlines()], died_at


def _run_to_the_end(folder: Path) -> list[str]:
    process = _start("finish", str(folder))
    said, _ = process.communicate(timeout=240)
    if process.returncode:
        raise RuntimeError(f"the last desk ended with {process.returncode}")
    return said.splitlines()


def _start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.kill", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")


async def _times(sandbox: SandboxProcess, customers: list[str]) -> Counter[str]:
    """Return how often each act stands in CRM, read by nobody's code but this."""
    times: Counter[str] = Counter()
    path = "/tmf-api/partyInteraction/v4/partyInteraction"
    async with _client(sandbox.addresses["crm"], sandbox.tokens["crm"]) as crm:
        for customer in customers:
            offset = 0
            page: list[dict[str, Any]] = [{}]
            while page:
                answer = await crm.get(path, params={"relatedParty.id": customer, "limit": 100, "offset": offset})
                page = answer.raise_for_status().json()
                offset += len(page)
                times.update(part["id"] for record in page for part in record.get("note", ()) if "id" in part)
    return times


if __name__ == "__main__":
    if sys.argv[1] == "live":
        asyncio.run(_live(Path(sys.argv[2]), json.loads(sys.argv[3]), int(sys.argv[4])))
    else:
        asyncio.run(_finish(Path(sys.argv[2])))
