"""kill: 200 real kills (SIGKILL, on Windows TerminateProcess) of a console with its window, over real HTTP and disk.

The console types a note, adds notes, changes contact data and records promises to pay. Systems lose responses, are
slow, reject or are down, and another console edits. The parent kills the console at a random moment, checks the store
and starts it again. At the end, each action that was reported as saved must be in its system once, and contact data
must be as last requested. Text typed more than 250 ms before a kill must not be missing. No timing.
"""

import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from PySide6.QtTest import QTest

from benchmarks.result import Result
from benchmarks.window import KEY, in_window, workspace_on
from console.bridge import Bridge
from console.cli.sandbox import write_configuration
from console.compose import compose_console
from console.errors import ConsoleError, StoreError
from console.models.customer import CustomerId
from console.models.outbox import Action, Remark, Step, StepState
from console.services.console import Console
from console.services.customer.contact import known_contact
from console.services.customer.customer_view import CustomerView
from console.settings import Deployment, load_deployment
from console.store.actions import ActionRepository
from console.store.database import open_database
from console.store.drafts import DraftRepository
from console.system.sandbox_launcher import SandboxProcess
from console.system.secrets import SystemSecrets
from console.views.window.main_window import MainWindow

_DEATHS = int(os.environ.get("OPTICOM_KILL_DEATHS", "200"))  # fewer for a quick run
# After a kill, a customer with an open write waits a minute: so use many customers, and a long run at times.
_CUSTOMERS = 60
_OPEN_AT_ONCE = 3
_LONG_LIFE_EVERY = min(50, _DEATHS)
_SHORTEST_LIFE_S, _LONGEST_LIFE_S = 0.05, 1.5
_TYPED_IS_KEPT_AFTER_S = 0.25
_STATES = tuple(state for state in StepState if state is not StepState.DONE)
_LEAST_DEATHS_IN_A_STATE = 10
_TROUBLES: tuple[dict[str, Any], ...] = (
    {}, {}, {"lose_answer": True}, {"latency_ms": 300}, {"latency_ms": 300}, {"outage": True}, {"status": 503},
    {"status": 422},
)  # fmt: skip
_CUSTOMER = "/tmf-api/customerManagement/v4/customer"
_ACCOUNT = "/tmf-api/accountManagement/v4/billingAccount"
_CONTACTS = "/tmf-api/partyInteraction/v4/partyInteraction"


# ---------------------------------------------------------------------- the process that dies


def _say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


async def _live(window: MainWindow, bridge: Bridge, folder: Path, customers: list[str], seed: int) -> int:
    """Open the window, then type and submit actions until killed."""
    deployment = await asyncio.to_thread(load_deployment, folder / "systems.toml")
    rng = random.Random(seed)
    opened = workspace_on(window, bridge, deployment, SystemSecrets(folder), folder / "desk.store")
    async with opened as (workspace, console, _):
        first = workspace.open_customer(CustomerId(customers[0]))
        assert first is not None
        first.customer_actions.open_note()
        dock = first.customer_actions.dock
        assert dock is not None
        dock.text.textChanged.connect(lambda: _say(typed=dock.text.toPlainText(), at=time.time()))
        views = [console.view_customer(CustomerId(who)) for who in rng.sample(customers, _OPEN_AT_ONCE)]
        for view in views:
            view.open()
        _say(opened=time.time())
        for number in range(1_000_000):
            QTest.keyClicks(dock.text, f"s{seed}n{number} ")  # digits alone could be masked as a card number
            if rng.random() < 0.1:
                dock.send()
            with contextlib.suppress(ConsoleError):  # such as nothing owed, or not loaded yet
                action = await _action(console, rng.choice(views), f"{seed}.{number}", rng)
                _say(kept=action.id, **_facts(action))
            await asyncio.sleep(rng.random() * 0.06)
    return 0


def _facts(action: Action) -> dict[str, Any]:
    """Return the values that an action wants, and its customer."""
    wanted = {**action.steps[0].wanted, "record": action.steps[0].record, "at": action.happened_at.isoformat()}
    return {"customer": action.customer_id, "kind": action.steps[0].kind, "wanted": wanted}


async def _action(console: Console, view: CustomerView, mark: str, rng: random.Random) -> Action:
    customer, accounts = view.customer.state.facts, list(view.accounts.state.facts or ())
    account = accounts[0].value if accounts else None
    chance = rng.random()
    if chance < 0.3 and customer is not None:
        known = known_contact(customer.value, account)
        number = f"+1937555{rng.randrange(10_000):04}"
        account_id = account.id if account is not None else None
        return await console.actions.change_contact(view.customer_id, account_id, {"phone": number}, known)
    if chance < 0.5 and account is not None:
        due = datetime.now(UTC).astimezone().date() + timedelta(days=7)
        return await console.actions.promise_to_pay(view.customer_id, account, amount="1", due_on=due)
    return await console.actions.add_note(view.customer_id, f"{mark} for {view.customer_id}", reason="Other")


async def _finish(folder: Path) -> None:
    """Open the store, decide like a user, finish the remaining actions, and report those that stay open."""
    database = open_database(folder / "desk.store", KEY)
    deployment = load_deployment(folder / "systems.toml")
    console = compose_console(deployment, SystemSecrets(folder), None, database)
    await console.open_store()
    until_s = time.monotonic() + 300
    decided: set[str] = set()
    while _unfinished(console) and time.monotonic() < until_s:
        for action in _unfinished(console):
            for place, step in enumerate(action.steps):
                if step.state in {StepState.CONFLICT, StepState.REJECTED}:
                    decided.add(action.customer_id)
                if step.state is StepState.UNKNOWN and step.remark is Remark.CANNOT_TELL:
                    # The user checks the system's own screens.
                    there = await _is_there(deployment, folder, action, step)
                    await console.decisions.report_outcome(action, place, happened=there)
                elif step.state is StepState.CONFLICT:
                    await console.decisions.resolve(action, place, {})
                elif step.state is StepState.REJECTED:
                    await console.decisions.retry(action)
                    break
        await asyncio.sleep(0.1)
    _say(unfinished=[action.id for action in _unfinished(console)], decided=sorted(decided))
    await console.aclose()


async def _is_there(deployment: Deployment, folder: Path, action: Action, step: Step) -> bool:
    """Return whether a system has the values of a step, read without the console's code."""
    token = (folder / f"{step.system}.token").read_text(encoding="utf-8")
    headers = {"Authorization": f"Bearer {token}"}
    base = deployment.systems[step.system].base_url
    async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False, timeout=30) as client:
        if step.kind == "add-note":
            query = {"relatedParty.id": action.customer_id, "limit": "100", "sort": "-interactionDate.startDateTime"}
            records = (await client.get(_CONTACTS, params=query)).raise_for_status().json()
            return any(part.get("id") == action.id for record in records for part in record.get("note", ()))
        if step.kind == "promise-to-pay":
            record = (await client.get(f"{_ACCOUNT}/{step.record}")).raise_for_status().json()
            begun = {_ms(plan["validFor"]["startDateTime"]) for plan in record.get("paymentPlan", ())}
            return _ms(action.happened_at.isoformat()) in begun
        path = _CUSTOMER if step.kind == "change-contact" else _ACCOUNT
        return step.wanted["phone"] in (await client.get(f"{path}/{step.record}")).raise_for_status().text


def _unfinished(console: Console) -> list[Action]:
    return [action for action in console.outbox.actions if action.is_open]


# ---------------------------------------------------------------------- the one that kills it


@dataclass
class _Book:
    """The reports of the processes before they died, and the contents of the store after that."""

    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    drafts_lost: int = 0
    damaged: int = 0
    doubled_drafts: int = 0
    unfinished: list[str] = field(default_factory=list)
    states: Counter[StepState] = field(default_factory=Counter)
    last_draft: str = ""
    decided: set[str] = field(default_factory=set)

    def read(self, lines: list[str]) -> list[tuple[str, float]]:
        """Read a process's reports; return the texts that it typed, with times."""
        typed = []
        for line in lines:
            try:
                facts = json.loads(line)
            except ValueError:
                continue  # the process died in the middle of a line
            if "typed" in facts:
                typed.append((facts["typed"], facts["at"]))
            elif "kept" in facts:
                self.kept[facts["kept"]] = facts
            elif "unfinished" in facts:
                self.unfinished = facts["unfinished"]
                self.decided |= set(facts["decided"])
        return typed

    async def look(self, folder: Path, customer: str, typed: list[tuple[str, float]], died_at: float) -> None:
        """Compare the store with the texts typed in time, and count the states of the actions."""
        if not (folder / "desk.store").exists():
            return
        try:
            database = await asyncio.to_thread(open_database, folder / "desk.store", KEY)
        except StoreError as error:
            print(f"kill: the store cannot be opened after a death: {error}")
            self.damaged += 1
            return
        try:
            drafts = await DraftRepository(database).load()
            actions = await ActionRepository(database).load()
            whole = await database.read(lambda connection: next(connection.execute("PRAGMA integrity_check"))[0])
        finally:
            await database.aclose()
        self.damaged += whole != "ok"
        for action in actions:  # an action saved in the last moment was not reported
            self.kept.setdefault(action.id, _facts(action))
        self.states.update({step.state for action in actions if action.is_open for step in action.steps})
        draft = drafts[f"note/{customer}"][0] if f"note/{customer}" in drafts else ""
        due = [text for text, at in typed if at <= died_at - _TYPED_IS_KEPT_AFTER_S]
        may_be = [due[-1] if due else self.last_draft, *(text for text, _ in typed[len(due) :])]
        sent = {
            step.wanted.get("text", "") for action in actions for step in action.steps if action.customer_id == customer
        }
        if draft not in may_be and not any(_is_rest(draft, typed, note) for typed in may_be for note in sent):
            self.drafts_lost += 1
            print(f"kill: {draft[-40:]!r} was kept where {may_be[0][-40:]!r} was due")
        self.last_draft = draft
        if draft.strip() and draft.strip() in sent:
            self.doubled_drafts += 1
            print(f"kill: {draft[-40:]!r} is a draft and an act")


def _is_rest(draft: str, typed: str, note: str) -> bool:
    """Return whether a draft is the rest of a typed text after its beginning was sent as a note."""
    return bool(note) and typed.strip().startswith(note) and typed.strip().removeprefix(note).strip() == draft.strip()


def measure() -> list[Result]:
    """Return all cases."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Result]:
    sandbox = await SandboxProcess.start(["--data", str(folder / "world"), "--customers", "100"])
    try:
        write_configuration(folder, sandbox.addresses, sandbox.tokens)
        async with _client(sandbox, "crm") as crm:
            found = (await crm.get(_CUSTOMER, params={"limit": _CUSTOMERS, "fields": "id"})).json()
        customers = [record["id"] for record in found]
        edited = customers[1::4]  # another console changes these too, so their final value is not known
        book, rng = _Book(), random.Random(20)
        async with _client(sandbox, "control") as control:
            for number in range(_DEATHS):
                for system in ("crm", "billing"):
                    await _trouble(control, system, rng)
                lines, died_at = await asyncio.to_thread(_kill_one, folder, customers, number, rng)
                await book.look(folder, customers[0], book.read(lines), died_at)
                if number % 3 == 0:
                    await _clear(control)
                    await _other_console(sandbox, rng.choice(edited), rng)
                if number % _LONG_LIFE_EVERY == _LONG_LIFE_EVERY - 1 or number == _DEATHS - 1:
                    await _clear(control)
                    book.read(await asyncio.to_thread(_run_to_the_end, folder))
        times = await _times(sandbox, customers, book)
        wrong = await _wrong_contacts(sandbox, book, set(edited))
    finally:
        await sandbox.stop()
    lost = [action for action, count in times.items() if count == 0]
    doubled = [action for action, count in times.items() if count > 1]
    rare = [state for state in _STATES if book.states[state] < _LEAST_DEATHS_IN_A_STATE]
    for action in [*lost, *doubled][:10]:
        print(f"kill: {times[action]} times there: {book.kept[action]}")
    kinds = Counter(facts["kind"] for facts in book.kept.values())
    print(f"kill: {_DEATHS} deaths, {len(book.kept)} acts kept: {dict(kinds)}; contact details wrong: {wrong}")
    print(f"kill: deaths with an act in a state: { {state.value: book.states[state] for state in _STATES} }")
    return [
        Result("kill", "acts lost", float(len(lost) + len(wrong)), "of", float(len(book.kept))),
        Result("kill", "acts doubled", float(len(doubled)), "of", float(len(book.kept))),
        Result("kill", "acts never finished", float(len(book.unfinished)), "of", float(len(book.kept))),
        Result("kill", "typed texts lost", float(book.drafts_lost), "of", float(_DEATHS)),
        Result("kill", "drafts of what is an act", float(book.doubled_drafts), "of", float(_DEATHS)),
        Result("kill", "stores damaged", float(book.damaged), "of", float(_DEATHS)),
        Result("kill", "states with fewer than ten deaths", float(len(rare)), "of", float(len(_STATES))),
    ]


def _client(sandbox: SandboxProcess, system: str) -> httpx.AsyncClient:
    is_control = system == "control"
    address = sandbox.control if is_control else sandbox.addresses[system]
    token = sandbox.control_token if is_control else sandbox.tokens[system]
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=address, headers=headers, trust_env=False, timeout=30)


async def _trouble(control: httpx.AsyncClient, system: str, rng: random.Random) -> None:
    faults = rng.choice(_TROUBLES)
    path = f"/faults/{system}"
    answer = await (control.put(path, json=faults) if faults else control.delete(path))
    answer.raise_for_status()


async def _clear(control: httpx.AsyncClient) -> None:
    for system in ("crm", "billing"):
        (await control.delete(f"/faults/{system}")).raise_for_status()


async def _other_console(sandbox: SandboxProcess, customer: str, rng: random.Random) -> None:
    """Change a phone number as another console does."""
    async with _client(sandbox, "crm") as crm:
        record = (await crm.get(f"{_CUSTOMER}/{customer}")).raise_for_status().json()
        for medium in record["contactMedium"]:
            if "phoneNumber" in medium["characteristic"]:
                medium["characteristic"]["phoneNumber"] = f"+1937666{rng.randrange(10_000):04}"
        body = {"contactMedium": record["contactMedium"], "engagedParty": record["engagedParty"]}
        (await crm.patch(f"{_CUSTOMER}/{customer}", json=body)).raise_for_status()


def _kill_one(folder: Path, customers: list[str], number: int, rng: random.Random) -> tuple[list[str], float]:
    """Start the console and kill it after a random time; return its reports and the time of the kill."""
    process = _start("live", str(folder), json.dumps(customers), str(number))
    # Every fourth dies while it starts, the others while they work.
    first = process.stdout.readline() if number % 4 and process.stdout else ""
    time.sleep(rng.uniform(_SHORTEST_LIFE_S, _LONGEST_LIFE_S))
    died_at = time.time()
    process.kill()
    # Not by communicate(): it would miss bytes that readline() has already put into the buffer.
    rest = process.stdout.read() if process.stdout else ""
    process.wait(30)
    return [first, *rest.splitlines()], died_at


def _run_to_the_end(folder: Path) -> list[str]:
    process = _start("finish", str(folder))
    said, _ = process.communicate(timeout=400)
    if process.returncode:
        raise RuntimeError(f"the last desk ended with {process.returncode}")
    return said.splitlines()


def _start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.kill", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8")


# ---------------------------------------------------------------------- the systems' records, read by no other code


async def _times(sandbox: SandboxProcess, customers: list[str], book: _Book) -> dict[str, int]:
    """Return how often each note and each promise to pay is in its system."""
    notes: Counter[str] = Counter()
    async with _client(sandbox, "crm") as crm:
        for customer in customers:
            offset = 0
            page: list[dict[str, Any]] = [{}]
            while page:
                answer = await crm.get(_CONTACTS, params={"relatedParty.id": customer, "limit": 100, "offset": offset})
                page = answer.raise_for_status().json()
                offset += len(page)
                notes.update(part["id"] for record in page for part in record.get("note", ()) if "id" in part)
    plans: Counter[tuple[str, int]] = Counter()
    promises = {action: facts for action, facts in book.kept.items() if facts["kind"] == "promise-to-pay"}
    async with _client(sandbox, "billing") as billing:
        for account in {facts["wanted"]["record"] for facts in promises.values()}:
            record = (await billing.get(f"{_ACCOUNT}/{account}")).raise_for_status().json()
            plans.update((account, _ms(plan["validFor"]["startDateTime"])) for plan in record.get("paymentPlan", ()))
    counted = {action: notes[action] for action, facts in book.kept.items() if facts["kind"] == "add-note"}
    return counted | {
        action: plans[facts["wanted"]["record"], _ms(facts["wanted"]["at"])] for action, facts in promises.items()
    }


async def _wrong_contacts(sandbox: SandboxProcess, book: _Book, edited: set[str]) -> list[str]:
    """Return the customers whose number in CRM is not the one requested last.

    After a user's decision, such as a retry of a rejected action, the decision counts and not the order of the actions.
    For such a customer, the number must be that of any of their actions.
    """
    wanted: dict[str, list[str]] = {}
    for action in sorted(book.kept):  # ids of actions sort by creation time
        facts = book.kept[action]
        if facts["kind"] == "change-contact" and facts["customer"] not in edited:
            wanted.setdefault(facts["customer"], []).append(facts["wanted"]["phone"])
    wrong = []
    strict = 0
    async with _client(sandbox, "crm") as crm:
        for customer, phones in wanted.items():
            media = (await crm.get(f"{_CUSTOMER}/{customer}")).raise_for_status().json()["contactMedium"]
            media.sort(key=lambda medium: not medium.get("preferred"))
            numbers = [facts["phoneNumber"] for medium in media if "phoneNumber" in (facts := medium["characteristic"])]
            may_be = phones if customer in book.decided else phones[-1:]
            strict += customer not in book.decided
            if numbers[0] not in may_be:
                wrong.append(customer)
                print(f"kill: {customer} has {numbers[0]}; wanted were, the last at the end, {phones}")
    print(f"kill: {len(wanted)} customers with changed numbers, {strict} without a decision of a user's")
    return wrong


def _ms(at: str) -> int:
    return (datetime.fromisoformat(at) - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if sys.argv[1] == "live":
        place, who, history = Path(sys.argv[2]), json.loads(sys.argv[3]), int(sys.argv[4])
        sys.exit(in_window(lambda window, bridge: _live(window, bridge, place, who, history)))
    else:
        asyncio.run(_finish(Path(sys.argv[2])))
