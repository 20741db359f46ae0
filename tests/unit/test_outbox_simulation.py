"""The outbox under cuts, crashes, lost and doubled messages and other users: nothing lost, nothing doubled."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from console.errors import SystemUnavailableError
from console.models.outbox import Action, ActionState, RiskClass, Step, StepState
from console.models.payload import Payload
from console.services.outbox import Outbox
from console.services.outbox.merge import merge
from tests.support.planted import PLANTED
from tests.support.simulated_machine import Disk, VirtualClock, VirtualLoop
from tests.support.simulated_system import Server
from tests.support.simulation import run_schedule


@pytest.mark.parametrize("block", range(4))
@pytest.mark.expects_log("the outbox cannot be kept")
def test_nothing_is_lost_or_doubled_whatever_happens(block: int) -> None:
    actions = crashes = 0
    for seed in range(block * 100, block * 100 + 100):
        verdict = run_schedule(seed)
        assert not verdict.problems, f"seed {seed}: {verdict.problems}; replay with: dev.py bench sim --seed {seed}"
        actions, crashes = actions + verdict.actions, crashes + verdict.crashes
    assert actions > 300
    assert crashes > 50


@pytest.mark.expects_log("the outbox cannot be kept")
def test_the_same_seed_is_the_same_story() -> None:
    assert [run_schedule(seed).trace for seed in range(20)] == [run_schedule(seed).trace for seed in range(20)]


@pytest.mark.parametrize("fault", PLANTED, ids=lambda fault: fault.__name__)
@pytest.mark.expects_log("the outbox cannot be kept")
def test_a_planted_fault_is_found(fault: type[Outbox]) -> None:
    assert any(run_schedule(seed, fault).problems for seed in range(500))


# ------------------------------------------------------------------ every Nth flush and call of five journeys


def journey(name: str) -> list[Action]:
    at = datetime(2026, 11, 24, 8, tzinfo=UTC)

    def action(number: int, risk: RiskClass, *steps: Step) -> Action:
        return Action(f"act-{number}", "CU-1", f"{risk.value} {number}", risk, at, steps)

    def step(number: int, system: str, wanted: dict[str, str], base: dict[str, str]) -> Step:
        return Step("sim", system, f"key-{number}-{system}", Payload.read(wanted), "CU-1", Payload.read(base))

    note = action(1, RiskClass.NOTE, step(1, "crm", {"text": "x"}, {}))
    field = action(2, RiskClass.FIELD, *(step(2, name, {"phone": "2"}, {"phone": "1"}) for name in ("crm", "billing")))
    money = action(3, RiskClass.MONEY, step(3, "billing", {"amount": "5", "currency": "USD"}, {"balance": "10.00 USD"}))
    return {
        "a note": [note],
        "contact details in two systems": [field],
        "a promise": [money],
        "all three": [note, field, money],
        "one after the other": [field, action(4, RiskClass.FIELD, step(4, "crm", {"phone": "3"}, {"phone": "2"}))],
    }[name]


JOURNEYS = ["a note", "contact details in two systems", "a promise", "all three", "one after the other"]


async def play(loop: VirtualLoop, actions: list[Action], *, flush: int = -1, call: int = -1) -> dict[str, Any]:
    """Do the actions on calm systems, with one flush or one call failing; restart the program after a crash."""
    import random

    clock = VirtualClock(loop)
    disk = Disk(random.Random(1), lambda _line: None, crash_at=flush)
    servers = {
        name: Server(name, random.Random(2), clock, lambda _line: None, True, calm=True, fail_call=call)
        for name in ("crm", "billing")
    }
    promised: set[str] = set()

    async def use(outbox: Outbox) -> None:
        await outbox.open()
        outbox.start()
        known = {action.id for action in outbox.actions}
        for action in actions:
            if action.id not in known:
                await outbox.submit(action)
            promised.add(action.id)
        while any(action.is_open for action in outbox.actions):
            await asyncio.sleep(1)

    for _ in range(3):
        outbox = Outbox(disk, servers, clock=clock, rng=random.Random(3))
        using, dead = asyncio.create_task(use(outbox)), asyncio.create_task(disk.dead.wait())
        await asyncio.wait({using, dead}, return_when=asyncio.FIRST_COMPLETED, timeout=3600)
        ended = using.done()
        for task in (using, dead):
            task.cancel()
        await asyncio.gather(using, dead, return_exceptions=True)
        await outbox.aclose()
        disk.crash_at = -1
        disk.dead.clear()
        if ended:
            break
    return {
        "states": {action.id: action.state for action in disk.rows.values()},
        "promised": promised,
        "notes": [note[0] for note in servers["crm"].notes],
        "plans": [plan[0] for plan in servers["billing"].plans],
        "phones": [servers[name].values("CU-1")["phone"] for name in ("crm", "billing")],
        "flushes": disk.flushes,
        "calls": max(server.calls for server in servers.values()),
    }


def run_journey(name: str, **fault: int) -> dict[str, Any]:
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(play(loop, journey(name), **fault))
    finally:
        loop.close()


@pytest.mark.parametrize("name", JOURNEYS)
def test_every_flush_and_every_call_may_fail_once(name: str) -> None:
    whole = run_journey(name)
    assert set(whole["states"].values()) == {ActionState.DONE}
    cases = [{"flush": number} for number in range(1, whole["flushes"] + 1)]
    cases += [{"call": number} for number in range(1, whole["calls"] + 1)]
    for case in cases:
        found = run_journey(name, **case)
        assert set(found["states"].values()) == {ActionState.DONE}, case
        assert found["promised"] <= set(found["states"]), case
        for part in ("notes", "plans", "phones"):
            assert found[part] == whole[part], (case, part)


# ------------------------------------------------------------------ single rules


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "write", "conflicts"),
    [
        ({"a": "1"}, {"a": "2"}, {"a": "1"}, {"a": "2"}, {}),
        ({"a": "1"}, {"a": "2"}, {"a": "2"}, {}, {}),
        ({"a": "1"}, {"a": "2"}, {"a": "3"}, {}, {"a": "3"}),
        ({}, {"a": "2"}, {}, {"a": "2"}, {}),
        ({"a": "1", "b": "1"}, {"a": "2", "b": "2"}, {"a": "1", "b": "3"}, {"a": "2"}, {"b": "3"}),
    ],
)
def test_only_what_both_sides_changed_is_asked(
    base: dict[str, str], mine: dict[str, str], theirs: dict[str, str], write: dict[str, str], conflicts: dict[str, str]
) -> None:
    found = merge(base=base, mine=mine, theirs=theirs)
    assert (found.write, found.conflicts) == (write, conflicts)


def test_an_action_that_may_have_happened_cannot_be_withdrawn() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    for state, can in ((StepState.WAITING, True), (StepState.SENDING, False), (StepState.UNKNOWN, False)):
        action = Action("a", "c", "t", RiskClass.NOTE, at, (Step("k", "crm", "key", {}, state=state),))
        assert action.is_settled is can


def test_what_one_system_has_not_done_yet_can_be_given_up() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    steps = tuple(Step("k", "crm", "key", {}, state=state) for state in (StepState.DONE, StepState.REJECTED))
    action = Action("a", "c", "t", RiskClass.FIELD, at, steps)
    assert action.state is ActionState.HALF_DONE
    assert action.is_settled


def test_an_error_says_whether_it_may_have_happened() -> None:
    assert not SystemUnavailableError("x", system="crm", code="X").may_have_happened
