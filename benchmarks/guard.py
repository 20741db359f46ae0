"""guard: how often the guard stops an honest rep, and how late it notices a snooping one.

Simulated days on the sandbox over real HTTP, with a call every few minutes and callers verified by CRM's real data.
Reps also open call details, work on tickets, forget notes, and have long and repeated calls. `Day` has the assumed
frequencies. An action counts as stopped if the guard rejects it, does not open its account, or lets the access expire.
Floor: the actions. The opposite case: days of snooping reps, at every pace.
"""

import asyncio
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx
import msgspec

from benchmarks.result import Result
from console.compose import Overrides, compose_console
from console.models.audit import AuditQuery
from console.models.customer import CustomerId
from console.services.access.access_service import SNOOPING, AccessReason
from console.services.access.permissions import REP, Permission
from console.services.console import Console
from console.services.customer.contact import NotPossibleError
from console.store.audit import AuditRepository
from console.store.database import in_memory
from console.system.clock import SystemClock
from console.system.sandbox_launcher import SandboxProcess

_DAYS = 200
_SNOOPERS = 40
_CUSTOMERS = 2000


class _Time(SystemClock):
    """The machine's clock, which the simulated day moves forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def boot_s(self) -> float:
        return super().boot_s() + self.ahead.total_seconds()


@dataclass(frozen=True)
class Known:
    """Facts that a customer knows about themselves."""

    id: CustomerId
    born: str
    account: str
    pin: str | None


@dataclass(frozen=True)
class Day:
    """Assumed frequencies of a day: shares of calls, except the numbers of calls and tickets."""

    calls: int = 60
    minutes: tuple[float, float] = (1.8, 0.5)  # of a call: lognormal mu, sigma; median about 6, 1 in 100 about 20
    says_it_wrong_first: float = 0.03
    calls_back: float = 0.10
    wants_single_calls: float = 0.08
    actions: tuple[int, ...] = (0, 0, 1, 1, 1, 2, 2, 3)
    forgotten_note: float = 0.05
    rings_again: float = 0.03
    tickets: int = 10
    ticket_without_action: float = 0.3
    ticket_needs_its_customer: float = 0.03


@dataclass
class Count:
    actions: int = 0
    stopped: int = 0
    flagged: int = 0


# Permissions that calls need, each as often as it is listed here.
_IN_CALLS = (
    *[Permission.ADD_NOTE] * 6, *[Permission.GIVE_CREDIT] * 2, *[Permission.SEND] * 2,
    *[Permission.WORK_TICKETS] * 2, Permission.TAKE_PAYMENT,
    Permission.PROMISE_TO_PAY, Permission.CHANGE_CONTACT, Permission.TEST_LINE,
    Permission.VISITS, Permission.ORDER, Permission.SUSPEND,
)  # fmt: skip
_ON_TICKETS = (
    Permission.WORK_TICKETS,
    Permission.WORK_TICKETS,
    Permission.ADD_NOTE,
    Permission.TEST_LINE,
    Permission.VISITS,
)


def measure() -> list[Result]:
    """Return the stopped actions and the flags of honest days, and how late snooping is noticed."""
    return asyncio.run(_measure())


async def _measure() -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        sandbox = await SandboxProcess.start(["--data", folder, "--customers", str(_CUSTOMERS)])
        try:
            people = await _people(sandbox)
            count = Count()
            for seed in range(_DAYS):
                await _honest(sandbox, people, seed, count)
            noticed = [await _snooper(sandbox, people, seed) for seed in range(_SNOOPERS)]
        finally:
            await sandbox.stop()
    late = sum(after is None or after > 20 for after in noticed)
    return [
        Result("guard", "acts of honest days stopped", count.stopped, "", count.actions),
        Result("guard", "honest days flagged", count.flagged, "", _DAYS),
        Result("guard", "noticed after 20 accounts or never", late, "", _SNOOPERS),
    ]


async def _people(sandbox: SandboxProcess) -> list[Known]:
    headers = {"Authorization": f"Bearer {sandbox.tokens['crm']}"}
    found: list[Known] = []
    async with httpx.AsyncClient(base_url=sandbox.addresses["crm"], headers=headers, trust_env=False) as crm:
        for offset in range(0, _CUSTOMERS, 100):
            page = await crm.get("/tmf-api/customerManagement/v4/customer", params={"limit": 100, "offset": offset})
            for one in page.raise_for_status().json():
                place = one["engagedParty"]
                party = (await crm.get(f"/tmf-api/party/v4/{place['@referredType'].lower()}/{place['id']}")).json()
                if one.get("account"):
                    born = str(party.get("birthDate") or "")[:10]
                    found.append(Known(CustomerId(one["id"]), born, one["account"][0]["id"], None))
    headers = {"Authorization": f"Bearer {sandbox.control_token}"}
    async with httpx.AsyncClient(base_url=sandbox.control, headers=headers, trust_env=False) as control:
        truths = [(await control.get(f"/truth/{one.id}")).raise_for_status().json() for one in found]
    return [replace(one, pin=truth["callerKnows"]["pin"]) for one, truth in zip(found, truths, strict=True)]


@dataclass(frozen=True)
class Stand:
    """A console, its audit, and its clock."""

    console: Console
    store: AuditRepository
    clock: _Time

    async def is_flagged(self) -> bool:
        await self.console.audit.wait_idle()
        return bool(await self.store.find(AuditQuery(what=SNOOPING)))


async def _stand(sandbox: SandboxProcess) -> Stand:
    deployment = msgspec.structs.replace(sandbox.deployment, sign_in=sandbox.deployment_with_sign_in.sign_in)
    clock, database = _Time(), in_memory()
    overrides = Overrides(user=REP, clock=clock)
    console = await asyncio.to_thread(compose_console, deployment, sandbox.secrets, overrides, database)
    await console.open_store()
    return Stand(console, AuditRepository(database), clock)


async def _honest(sandbox: SandboxProcess, people: Sequence[Known], seed: int, count: Count) -> None:
    rng, day, stand = random.Random(seed), Day(), await _stand(sandbox)
    console, clock = stand.console, stand.clock
    rep = _Rep(console, clock, rng, day, count)
    works = ["call"] * day.calls + ["ticket"] * day.tickets
    rng.shuffle(works)
    for work in works:
        who = rng.choice(people)
        await (rep.take_call(who) if work == "call" else rep.work_on_ticket(who))
        clock.ahead += timedelta(minutes=rng.uniform(0.2, 3))
        if work == "call" and rng.random() < day.rings_again:
            await rep.take_call(who)
    count.flagged += await stand.is_flagged()
    await console.aclose()


class _Rep:
    """An honest rep."""

    def __init__(self, console: Console, clock: _Time, rng: random.Random, day: Day, count: Count) -> None:
        self._console, self._clock, self._rng, self._day, self._count = console, clock, rng, day, count

    async def take_call(self, who: Known) -> None:
        """Verify, do the requested actions, close the account, and sometimes add a forgotten note afterwards."""
        rng, day = self._rng, self._day
        actions = rng.choice(day.actions)
        self._count.actions += actions
        if not await self._verify(who):
            self._count.stopped += max(1, actions)
            self._console.access.close(who.id)
            return
        minutes = rng.lognormvariate(*day.minutes)
        for _ in range(actions):
            self._clock.ahead += timedelta(minutes=minutes / (actions + 1))
            if self._console.access.expiring()[1]:
                self._console.access.prolong(who.id)  # the console warned that the access is about to expire
            await self._do(who, rng.choice(_IN_CALLS))
        self._clock.ahead += timedelta(minutes=minutes / (actions + 1))
        self._console.access.close(who.id)
        if rng.random() < day.forgotten_note:
            self._count.actions += 1
            await self._console.access.open_for(who.id, AccessReason.TYPED, "note to the call just ended")
            await self._do(who, Permission.ADD_NOTE)
            self._console.access.close(who.id)

    async def work_on_ticket(self, who: Known) -> None:
        """Open an account to work on an earlier request."""
        self._count.actions += 1
        await self._console.access.open_for(who.id, AccessReason.TYPED, "asked for by the second level")
        self._clock.ahead += timedelta(minutes=self._rng.uniform(1, 6))
        if self._rng.random() < self._day.ticket_needs_its_customer:
            await self._do(who, Permission.CHANGE_CONTACT)
        elif self._rng.random() >= self._day.ticket_without_action:
            await self._do(who, self._rng.choice(_ON_TICKETS))
        self._console.access.close(who.id)

    async def _verify(self, who: Known) -> bool:
        rng, day, access = self._rng, self._day, self._console.access
        name, answer = ("birth", who.born) if who.born and rng.random() < 0.75 else ("account", who.account)
        if rng.random() < day.calls_back:
            name, answer = "callback", ""
        try:
            if answer and rng.random() < day.says_it_wrong_first:
                try:
                    await access.verify(who.id, name, "1901-01-01")
                except NotPossibleError:
                    self._clock.ahead += timedelta(seconds=20)
            await access.verify(who.id, name, answer)
            if rng.random() < day.wants_single_calls:
                await access.verify(who.id, "photo", "")
        except NotPossibleError:
            return False
        return True

    async def _verify_further(self, who: Known) -> None:
        """Verify the caller by PIN, sometimes wrong the first time; call back a customer without a PIN."""
        access = self._console.access
        if who.pin is None:
            await access.number_on_file(who.id)
            await access.verify(who.id, "callback", "")
            return
        if self._rng.random() < self._day.says_it_wrong_first:
            try:
                await access.verify(who.id, "pin", f"{(int(who.pin) + 1) % 10_000:04d}")
            except NotPossibleError:
                self._clock.ahead += timedelta(seconds=20)
        await access.verify(who.id, "pin", who.pin)

    async def _do(self, who: Known, permission: Permission) -> None:
        found = self._console.access.grant_of(who.id)
        if (
            found is not None
            and found.reason is AccessReason.CALLER
            and self._console.access.refusal_to_do(permission, who.id)
        ):
            await self._verify_further(who)
        if self._console.access.refusal_to_do(permission, who.id) is not None:
            self._count.stopped += 1
        else:
            self._console.access.note_action(who.id)


async def _snooper(sandbox: SandboxProcess, people: Sequence[Known], seed: int) -> int | None:
    """Return how many accounts a snooping rep opened before a flag was set, or None if it never was."""
    rng, stand = random.Random(1000 + seed), await _stand(sandbox)
    console, clock = stand.console, stand.clock
    gap_min = (0.2, 1, 3, 6, 10, 15, 20, 30)[seed % 8]
    honest_between = seed % 3 == 0
    found = None
    shuffled = rng.sample(list(people), len(people))
    callers = iter(shuffled[40:])
    for number, who in enumerate(shuffled[:40], 1):
        if rng.random() < 0.5:
            await console.access.verify(who.id, rng.choice(("photo", "callback")), "")
        else:
            await console.access.open_for(who.id, AccessReason.TYPED, "had to look something up")
        console.access.close(who.id)
        clock.ahead += timedelta(minutes=gap_min * rng.uniform(0.7, 1.3))
        if honest_between and number % 4 == 0:
            other = next(callers)
            await console.access.verify(other.id, "account", other.account)
            console.access.note_action(other.id)
            console.access.close(other.id)
        if await stand.is_flagged():
            found = number
            break
    await console.aclose()
    return found
