"""Simulated schedules of actions, faults and crashes for the outbox, and the check of each result.

All random values come from one seed, so a failing seed fails again in the same way, event by event.
"""

import asyncio
import hashlib
import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from console.errors import StoreError
from console.models.outbox import Action, ActionState, Remark, RiskClass, Step, StepState
from console.models.payload import Payload
from console.services.customer.contact import NotPossibleError
from console.services.outbox import Outbox
from tests.support.simulated_machine import Disk, VirtualClock, VirtualLoop
from tests.support.simulated_system import Server

_SYSTEMS = ("crm", "billing")
_CUSTOMERS = ("CU-1", "CU-2", "CU-3")


@dataclass
class Verdict:
    """The result of one schedule; `trace` is a digest of all events."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    overwritten: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    actions: int = 0
    crashes: int = 0
    conflicts: int = 0
    virtual_s: float = 0.0
    trace: str = ""

    @property
    def problems(self) -> list[str]:
        found = {name: getattr(self, name) for name in ("lost", "doubled", "disordered", "overwritten", "stuck")}
        return [f"{name}: {', '.join(items)}" for name, items in found.items() if items]


class World:
    """One schedule from its seed to its end."""

    def __init__(self, seed: int, loop: VirtualLoop, make: Callable[..., Outbox]) -> None:
        self.rng = random.Random(seed)
        self.clock = VirtualClock(loop)
        self.lines: list[str] = []
        self._loop = loop
        self._make = make
        knows_keys = self.rng.random() < 0.7
        self.servers = {
            name: Server(name, random.Random(self.rng.random()), self.clock, self.note, knows_keys) for name in _SYSTEMS
        }
        for server in self.servers.values():
            server.is_proven = self.rng.random() < 0.8
        self.disk = Disk(random.Random(self.rng.random()), self.note)
        self.outbox: Outbox | None = None
        self.promised: dict[str, Action] = {}
        self.attended: set[int] = set()  # sequence numbers of actions that a user decided
        self.verdict = Verdict()
        self.withdrawn: set[str] = set()
        self.withdrawing: set[str] = set()
        self._made = 0
        self._result: Any = None

    def note(self, line: str) -> None:
        self.lines.append(f"{self._loop.passed_s:.4f} {line}")

    async def live(self) -> Verdict:
        """Run users, other consoles, faults and crashes for some minutes; then run without faults until settled."""
        await self._boot()
        for _ in range(self.rng.randint(6, 14)):
            await self._something()
        for server in self.servers.values():
            server.offline, server.calm = False, True
        self.disk.crash_at, self.disk.is_full = -1, False
        if self._is_dead():
            await self._crash()
        assert self.outbox is not None
        for _ in range(40):
            for server in self.servers:
                self.outbox.system_is_back(server)
            await asyncio.sleep(30)
            await self._attend()
            if not any(action.is_open and action.state is not ActionState.REJECTED for action in self.outbox.actions):
                break
        while any(server.late for server in self.servers.values()):
            await asyncio.sleep(5)
        self._judge()
        await self._end()
        return self.verdict

    async def _boot(self) -> None:
        """Start the program, again after each crash."""
        while True:
            rng = random.Random(self.rng.random())
            outbox = self._make(self.disk, self.servers, clock=self.clock, rng=rng)
            self.outbox = outbox
            if not await self._survives(outbox.open()):
                self.verdict.crashes += 1
                self._arm()
                continue
            outbox.start()
            self.outbox = outbox
            return

    async def _survives(self, doing: Coroutine[Any, Any, Any]) -> bool:
        """Return whether a coroutine finished before the process ended."""
        task, dead = asyncio.create_task(doing), asyncio.create_task(self.disk.dead.wait())
        await asyncio.wait({task, dead}, return_when=asyncio.FIRST_COMPLETED)
        dead.cancel()
        if not task.done():
            task.cancel()
            return False
        try:
            self._result = task.result()
        except (StoreError, NotPossibleError) as error:  # the user sees the error
            self._result = error
        return True

    def _arm(self) -> None:
        """Choose a flush at which the process ends, or none."""
        self.disk.dead.clear()
        if all(server.calm for server in self.servers.values()):
            self.disk.crash_at = -1
            return
        self.disk.crash_at = self.disk.flushes + self.rng.randint(1, 25) if self.rng.random() < 0.7 else -1

    async def _end(self) -> None:
        if self.outbox is not None:
            await self.outbox.aclose()
            self.outbox = None

    async def _crash(self) -> None:
        self.verdict.crashes += 1
        self.note("the program is gone")
        await self._end()
        self._arm()
        await asyncio.sleep(self.rng.uniform(0, 20))
        await self._boot()

    async def _something(self) -> None:
        rng = self.rng
        what = rng.random()
        if what < 0.55:
            await self._action()
        elif what < 0.7:
            server = rng.choice(list(self.servers.values()))
            server.edit(rng.choice(_CUSTOMERS), rng.choice(("phone", "email")), f"other {rng.randint(1, 99)}")
        elif what < 0.8:
            server = rng.choice(list(self.servers.values()))
            server.offline = not server.offline
            self.note(f"{server.name} offline: {server.offline}")
            if not server.offline and self.outbox is not None:
                self.outbox.system_is_back(server.name)
        elif what < 0.88:
            await self._crash()
        elif what < 0.9:
            self.clock.skew += timedelta(minutes=rng.choice((-10, 10, -24 * 60, 400 * 24 * 60, -400 * 24 * 60)))
        elif what < 0.93:
            self.disk.is_full = not self.disk.is_full
            self.note(f"the disk is full: {self.disk.is_full}")
        else:
            await self._attend()
        await asyncio.sleep(rng.uniform(0.0, 12.0))
        if self._is_dead():
            await self._crash()

    def _is_dead(self) -> bool:
        """Return whether the process ended at a flush."""
        return self.disk.dead.is_set()

    async def _action(self) -> None:
        if self.outbox is None or self._is_dead():
            return
        action = self._new_action()
        for step in action.steps:
            for name, value in step.base.items():
                self.servers[step.system].seen.setdefault((action.id, name), set()).add(str(value))
        if await self._survives(self.outbox.submit(action)) and isinstance(self._result, Action):
            self.promised[action.id] = action
            self.note(f"promised {action.title}")

    def _new_action(self) -> Action:
        rng, self._made = self.rng, self._made + 1
        customer, number = rng.choice(_CUSTOMERS), self._made
        risk = rng.choice((RiskClass.NOTE, RiskClass.NOTE, RiskClass.FIELD, RiskClass.FIELD, RiskClass.MONEY))
        at = self.clock.now()

        def step(system: str, wanted: Mapping[str, str], names: Sequence[str]) -> Step:
            seen = dict(self.servers[system].values(customer))
            if rng.random() < 0.2:  # the user saw old values
                seen = {name: "1" if name == "phone" else "a" if name == "email" else seen[name] for name in seen}
            base = {name: seen.get(name, "") for name in names}
            return Step("sim", system, f"key-{number}-{system}", Payload.read(wanted), customer, Payload.read(base))

        if risk is RiskClass.NOTE:
            steps = (step("crm", {"text": f"note {number}"}, ()),)
        elif risk is RiskClass.MONEY:
            steps = (step("billing", {"amount": f"{number}", "currency": "USD"}, ("balance",)),)
        else:
            wanted = {rng.choice(("phone", "email")): f"mine {number}"}
            steps = tuple(step(system, wanted, tuple(wanted)) for system in _SYSTEMS)
        return Action(f"act-{number}", customer, f"{risk.value} {number}", risk, at, steps)

    async def _attend(self) -> None:
        """Do what a user does about each action."""
        for action in list(self.outbox.actions) if self.outbox is not None else ():
            if self._is_dead() or not await self._look_at(action):
                return

    async def _look_at(self, action: Action) -> bool:
        """Do what the user does about one action; return False where the program ended during it."""
        assert self.outbox is not None
        for place, step in enumerate(action.steps):
            if step.state is StepState.CONFLICT:
                return await self._resolve(action, place, step)
            if step.remark is Remark.CANNOT_TELL and step.state is StepState.UNKNOWN:
                # The user checks the system's own screens, which show every write that arrived.
                return await self._survives(
                    self.outbox.report_outcome(action.id, place, happened=self._effects(action) > 0)
                )
            if step.state is StepState.REJECTED and self.rng.random() < 0.5:
                self.attended.add(action.seq)
                return await self._survives(self.outbox.retry(action.id))
        if self.rng.random() < 0.05:
            self.withdrawing.add(action.id)
            if not await self._survives(self.outbox.withdraw(action.id)):
                return False
            if self._result is True:
                self.withdrawn.add(action.id)
        return True

    async def _resolve(self, action: Action, place: int, step: Step) -> bool:
        assert self.outbox is not None
        self.verdict.conflicts += 1
        self.attended.add(action.seq)
        mine = self.rng.random() < 0.5 or action.risk is RiskClass.MONEY
        for name, value in step.theirs.items():
            self.servers[step.system].seen.setdefault((action.id, name), set()).add(value)
        return await self._survives(self.outbox.resolve(action.id, place, {} if mine else dict(step.theirs)))

    # ---- checks

    def _judge(self) -> None:
        assert self.outbox is not None
        held = {action.id: action for action in self.outbox.actions}
        verdict = self.verdict
        verdict.actions, verdict.virtual_s = len(self.promised), self._loop.passed_s
        verdict.trace = hashlib.blake2b("\n".join(self.lines).encode(), digest_size=8).hexdigest()
        for server in self.servers.values():
            verdict.overwritten += server.overwritten
        for action_id, promised in self.promised.items():
            action = held.get(action_id) or self.disk.rows.get(action_id)
            effects = self._effects(promised)
            if action is None:
                verdict.lost.append(f"{action_id} is gone")
            elif action.state is ActionState.DONE and effects == 0 and promised.risk is not RiskClass.FIELD:
                verdict.lost.append(f"{action_id} is said to be done")
            elif action.state is ActionState.WITHDRAWN and action_id not in self.withdrawing:
                verdict.lost.append(f"{action_id} was taken back by nobody")
            elif (
                action.state in {ActionState.WITHDRAWN, ActionState.REJECTED} or action_id in self.withdrawn
            ) and effects:
                verdict.doubled.append(f"{action_id} was taken back or refused, and happened")
            elif (
                action.is_open
                and action.state is not ActionState.REJECTED
                and action.state is not ActionState.HALF_DONE
            ):
                verdict.stuck.append(f"{action_id} {action.state.value}")
            if effects > 1:
                verdict.doubled.append(f"{action_id} {effects} times")
        self._judge_order(held)

    def _effects(self, action: Action) -> int:
        if action.risk is RiskClass.NOTE:
            return sum(note[0] == action.id for note in self.servers["crm"].notes)
        if action.risk is RiskClass.MONEY:
            return sum(plan[0] == action.id for plan in self.servers["billing"].plans)
        return 0

    def _judge_order(self, held: Mapping[str, Action]) -> None:
        """Check that each customer's payment plans were made in order; actions that a user decided are left out."""
        for customer in _CUSTOMERS:
            plans = [
                held[plan[0]].seq for plan in self.servers["billing"].plans if plan[1] == customer and plan[0] in held
            ]
            calm = [seq for seq in plans if seq not in self.attended]
            if calm != sorted(calm):
                self.verdict.disordered.append(f"{customer} {calm}")


def run_schedule(seed: int, make: Callable[..., Outbox] = Outbox) -> Verdict:
    """Run one schedule and return its result."""
    loop = VirtualLoop()
    loop.set_exception_handler(lambda _loop, _context: None)  # a crash ends tasks at any point
    try:
        return loop.run_until_complete(World(seed, loop, make).live())
    finally:
        pending = asyncio.all_tasks(loop)
        for task in pending:
            task.cancel()
        if pending:
            loop.run_until_complete(asyncio.wait(pending))
        loop.close()
