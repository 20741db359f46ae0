"""A simulated system of record: records, other users, and a network that loses and duplicates requests."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from console.errors import (
    BadResponseError,
    ConflictError,
    RejectedError,
    SignInRequiredError,
    SystemCallError,
    SystemUnavailableError,
    ThrottledError,
)
from console.models.outbox import Action, RiskClass, Step
from console.models.payload import Payload
from console.ports.acting import LookupResult, RemoteState, StepOutcome
from tests.support.simulated_machine import VirtualClock

_TIME_LIMIT_S = 8.0


@dataclass
class Server:
    """One system with its records, its other users, and the network in front of it."""

    name: str
    rng: random.Random
    clock: VirtualClock
    trace: Callable[[str], None]
    knows_keys: bool
    knows_versions: bool = True
    offline: bool = False
    calm: bool = False
    notes: list[tuple[str, str, int]] = field(default_factory=list)
    plans: list[tuple[str, str]] = field(default_factory=list)
    contacts: dict[str, dict[str, str]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)
    overwritten: list[str] = field(default_factory=list)
    seen: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # values that the user of an action knew
    late: set[asyncio.Task[None]] = field(default_factory=set)
    fail_call: int = -1
    calls: int = 0
    is_proven: bool = True  # whether its lists are trusted before they have shown a record

    def values(self, record: str) -> dict[str, str]:
        return self.contacts.setdefault(record, {"phone": "1", "email": "a", "balance": "10.00 USD"})

    def edit(self, record: str, name: str, value: str) -> None:
        """Change a value as another console does."""
        self.values(record)[name] = value
        self.versions[record] = self.versions.get(record, 0) + 1
        self.trace(f"{self.name}: another desk sets {name} of {record}")

    # ---- the port

    async def read_current(self, action: Action, step: Step) -> RemoteState:
        await self._travel(is_write=False)
        if action.risk is RiskClass.NOTE:
            return RemoteState()
        names = ("balance",) if action.risk is RiskClass.MONEY else tuple(step.wanted)
        values = self.values(step.record)
        version = str(self.versions.get(step.record, 0)) if self.knows_versions else None
        return RemoteState(Payload.read({name: values.get(name, "") for name in names}), version)

    async def look_up(self, action: Action, step: Step) -> LookupResult:
        await self._travel(is_write=False)
        if action.risk is not RiskClass.FIELD:
            made = self.notes if action.risk is RiskClass.NOTE else self.plans
            count = sum(one[0] == action.id for one in made)
            if count == 0:
                return LookupResult(StepOutcome.DID_NOT, by_list=not self.is_proven)
            return LookupResult(
                StepOutcome.HAPPENED, action.id, tuple(f"{action.id} again" for _ in range(count - 1)), by_list=True
            )
        values = self.values(step.record)
        if all(values.get(name, "") == wanted for name, wanted in step.wanted.items()):
            return LookupResult(StepOutcome.HAPPENED, step.record)
        untouched = all(values.get(name, "") == step.base.get(name, "") for name in step.wanted)
        return LookupResult(StepOutcome.DID_NOT if untouched else StepOutcome.CHANGED_SINCE, step.record)

    async def perform(self, action: Action, step: Step, *, version: str | None) -> str:
        rng = self.rng
        self._refuse_before_sending()
        await asyncio.sleep(rng.uniform(0.01, 0.4))
        if not self.calm and rng.random() < 0.05:
            raise self._error(RejectedError, "RULE", may_have_happened=True)
        lost_on_the_way = not self.calm and rng.random() < 0.08
        lost_on_the_way_back = not self.calm and rng.random() < 0.12
        if lost_on_the_way:
            if self.knows_keys and rng.random() < 0.5:  # the request still arrives, much later
                self._deliver_later(action, step, version, rng.uniform(5, 40))
            await asyncio.sleep(_TIME_LIMIT_S)
            raise self._error(SystemUnavailableError, "TIMEOUT", may_have_happened=True)
        result = self._apply(action, step, version)
        if self.knows_keys and not self.calm and rng.random() < 0.05:
            self._deliver_later(action, step, version, rng.uniform(0.1, 20))
        if lost_on_the_way_back:
            await asyncio.sleep(rng.choice((0.1, _TIME_LIMIT_S)))
            raise self._false_no()
        await asyncio.sleep(rng.uniform(0.01, 0.4))
        return result

    # ---- inside

    def _apply(self, action: Action, step: Step, version: str | None) -> str:
        if self.knows_keys and step.key in self.answered:
            return self.answered[step.key]
        values, number = self.values(step.record), self.versions.get(step.record, 0)
        if action.risk is RiskClass.NOTE:
            self.notes.append((action.id, action.customer_id, action.seq))
        else:
            if version is not None and version != str(number):
                raise self._error(ConflictError, "412")
            if action.risk is RiskClass.MONEY:
                self.plans.append((action.id, action.customer_id))
            else:
                for name, wanted in step.wanted.items():
                    if values.get(name, "") not in self.seen.get((action.id, name), set()) | {wanted}:
                        self.overwritten.append(f"{action.id} {name}")
                    values[name] = wanted
                    self.seen.setdefault((action.id, name), set()).add(wanted)  # a step may overwrite its own value
            self.versions[step.record] = number + 1
        self.answered[step.key] = action.id
        self.trace(f"{self.name}: does {action.title} of {action.customer_id}")
        return action.id

    def _false_no(self) -> SystemCallError:
        """Return a random error that the network may report for a write that happened."""
        kind, code = self.rng.choice(
            (
                (SystemUnavailableError, "CUT-OFF"), (BadResponseError, "NOT-JSON"), (RejectedError, "403"),
                (ConflictError, "409"), (SignInRequiredError, "401"), (ThrottledError, "429"), (ThrottledError, "503"),
            )
        )  # fmt: skip
        if kind is ThrottledError:
            retry_at = self.clock.now() + timedelta(seconds=self.rng.choice((-5, 0, 3)))
            error: SystemCallError = ThrottledError("slow", system=self.name, code=code, retry_at=retry_at)
            error.may_have_happened = True
            return error
        return self._error(kind, code, may_have_happened=True)

    def _deliver_later(self, action: Action, step: Step, version: str | None, after_s: float) -> None:
        async def deliver() -> None:
            await asyncio.sleep(after_s)
            try:
                self._apply(action, step, version)
            except SystemCallError:
                self.trace(f"{self.name}: a late copy is refused")

        task = asyncio.create_task(deliver())
        self.late.add(task)
        task.add_done_callback(self.late.discard)

    async def _travel(self, *, is_write: bool) -> None:
        self._refuse_before_sending()
        await asyncio.sleep(self.rng.uniform(0.01, 0.3))
        if not self.calm and not is_write and self.rng.random() < 0.06:
            await asyncio.sleep(self.rng.choice((0.0, _TIME_LIMIT_S)))
            raise self._error(SystemUnavailableError, "503")

    def _refuse_before_sending(self) -> None:
        self.calls += 1
        if self.calls == self.fail_call:
            raise self._error(SystemUnavailableError, "503")
        if self.offline:
            raise self._error(SystemUnavailableError, "NO-CONNECTION")
        if not self.calm and self.rng.random() < 0.03:
            raise self._error(SignInRequiredError, "401")
        if not self.calm and self.rng.random() < 0.02:
            raise ThrottledError("slow", system=self.name, code="429", retry_at=self.clock.now() + timedelta(seconds=3))

    def _error(self, kind: type[SystemCallError], code: str, *, may_have_happened: bool = False) -> SystemCallError:
        error = kind(f"{self.name} {code}", system=self.name, code=code)
        error.may_have_happened = may_have_happened
        return error
