"""wire: the real outbox over real sockets to a real sandbox, through a proxy with network and server faults.

No timing. Counts the schedules that lost, silently duplicated or never finished an action, reported a wrong state, or
changed a wrong customer; must be zero. Also counts the planted faults not found. `--seed N` selects another world and
other schedules.
"""

import asyncio
import os
import random
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx

from benchmarks.result import Result
from console.services.outbox import Outbox
from console.system.sandbox_launcher import SandboxProcess
from tests.support.planted import PLANTED_ON_THE_WIRE
from tests.support.wire_schedule import Plan, Verdict, World, mixed_plan, run_plan, single_plans

PROMISES = ("lost", "doubled", "stuck", "wrong state", "wrong customer")
_EACH, _MIXED, _BLOCKS_FOR_A_FAULT = 40, 1_000, 12
_SIDE_BY_SIDE = 6
_CUSTOMERS = 300


def measure() -> list[Result]:
    """Return all cases."""
    return asyncio.run(_measure(int(os.environ.get("OPTICOM_BENCH_SEED") or 16)))


async def _measure(seed: int) -> list[Result]:
    rng = random.Random(seed)
    each = int(os.environ.get("OPTICOM_WIRE_EACH") or _EACH)
    mixed = int(os.environ.get("OPTICOM_WIRE_MIXED") or _MIXED)
    plans = [*single_plans(rng, each), *(mixed_plan(rng) for _ in range(mixed))]
    wrong: Counter[str] = Counter()
    states: Counter[str] = Counter()
    async with worlds(seed) as made:
        for plan, verdict in await run_all(made, plans, seed):
            states.update(verdict.states)
            wrong.update({promise for promise, _ in verdict.problems})
            for promise, what in verdict.problems:
                print(f"  {promise}: {what}; {plan}")
        print(f"wire: {len(plans)} schedules from seed {seed}, actions {dict(states)}")
        missed = [fault.__name__ for fault in PLANTED_ON_THE_WIRE if not await _is_found(made, fault, seed)]
    for name in missed:
        print(f"  not found: {name}")
    results = [Result("wire", promise, float(wrong[promise]), "runs", float(len(plans))) for promise in PROMISES]
    found = Result("wire", "planted faults not found", float(len(missed)), "of", float(len(PLANTED_ON_THE_WIRE)))
    return [*results, found]


async def _is_found(made: Sequence[World], fault: type[Outbox], seed: int) -> bool:
    rng = random.Random(seed)
    for block in range(_BLOCKS_FOR_A_FAULT):
        plans = [fault.plan(rng) for _ in range(2 * _SIDE_BY_SIDE)]  # type: ignore[attr-defined] # planted faults have one
        if any(verdict.problems for _, verdict in await run_all(made, plans, seed + block, fault)):
            return True
    return False


async def run_all(
    made: Sequence[World],
    plans: Sequence[Plan],
    seed: int,
    make: Callable[..., Outbox] = Outbox,
    *,
    side_by_side: int = _SIDE_BY_SIDE,
) -> list[tuple[Plan, Verdict]]:
    """Run schedules some at a time, never two on the same customer."""
    free: asyncio.Queue[tuple[World, str]] = asyncio.Queue()
    for number in range(len(made[0].people)):
        for world in made:
            free.put_nowait((world, world.people[number]))
    slots = asyncio.Semaphore(side_by_side)

    async def one(number: int, plan: Plan) -> tuple[Plan, Verdict]:
        async with slots:
            world, customer = await free.get()
            try:
                return plan, await run_plan(world, plan, customer, random.Random(seed * 100_000 + number), make)
            finally:
                free.put_nowait((world, customer))

    running: list[Awaitable[Any]] = [one(number, plan) for number, plan in enumerate(plans)]
    return list(await asyncio.gather(*running))


@asynccontextmanager
async def worlds(seed: int, customers: int = _CUSTOMERS) -> AsyncIterator[list[World]]:
    """Yield two sandboxes: one whose systems support idempotency keys, and one whose systems do not."""
    async with AsyncExitStack() as stack:
        made = []
        for knows_keys in (True, False):
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            arguments = ["--data", folder, "--customers", str(customers), "--seed", str(seed)]
            sandbox = await SandboxProcess.start(arguments)
            stack.push_async_callback(sandbox.stop)
            raw = {}
            for system, address in sandbox.addresses.items():
                headers = {"Authorization": f"Bearer {sandbox.tokens[system]}"}
                client = httpx.AsyncClient(base_url=address, headers=headers, trust_env=False, timeout=30, verify=False)
                raw[system] = await stack.enter_async_context(client)
            if not knows_keys:
                await _forget_keys(sandbox)
            made.append(World(sandbox, sandbox.deployment, raw, await _people(raw)))
        yield made


async def _forget_keys(sandbox: SandboxProcess) -> None:
    headers = {"Authorization": f"Bearer {sandbox.control_token}"}
    async with httpx.AsyncClient(base_url=sandbox.control, headers=headers, trust_env=False, verify=False) as client:
        for system in sandbox.addresses:
            (await client.put(f"/quirks/{system}", json=["keys-ignored"])).raise_for_status()


async def _people(raw: dict[str, httpx.AsyncClient]) -> tuple[str, ...]:
    """Return customers with an active billing account, which actions need."""
    found: list[str] = []
    for offset in range(0, _CUSTOMERS, 100):
        parameters = {"limit": 100, "offset": offset}
        accounts = (await raw["billing"].get("/tmf-api/accountManagement/v4/billingAccount", params=parameters)).json()
        found += [one["relatedParty"][0]["id"] for one in accounts if one["state"] == "active"]
    return tuple(dict.fromkeys(found))
