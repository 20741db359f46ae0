"""A person's window and commands share the log of opened accounts and wrong answers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from console.models.audit import AuditEntry
from console.models.customer import CustomerId
from console.models.provenance import Sourced
from console.ports.customers import Customers
from console.services.access.access_service import SNOOPING, AccessReason, AccessService
from console.services.access.caller_check import CallerSystems
from console.services.access.snooping import FAST, GUESSED_AT_ONE
from console.services.customer.contact import NotPossibleError
from console.services.outbox.shared_notes import SharedNotes
from console.services.system.steady_clock import SteadyClock
from console.settings.verification import VerificationSettings
from console.store.guard_log import GuardLogFile
from tests.support.factories import MovableClock, VirtualClock, origin

KEY = bytes(range(32))
WHY = "Checks what was asked"


class _Crm:
    """A CRM with one account number for every customer."""

    async def fetch_customer(self, customer_id: CustomerId) -> object:
        class AuditResult:
            account_ids = ("BA-1",)

        return Sourced(AuditResult(), origin(id=customer_id))


class Program:
    """A window or a command of a person, and the events it reported."""

    def __init__(self, path: Path, clock: MovableClock) -> None:
        self.told: list[tuple[str, str]] = []
        self.access = AccessService(
            VerificationSettings(),
            systems=CallerSystems(cast("Customers", _Crm())),
            clock=clock,
            on_event=lambda what, _customer, words, _facts=None: self.told.append((what, words)),
            shared=SharedNotes(GuardLogFile(path, KEY), clock),
        )

    @property
    def flags(self) -> list[str]:
        return [words for what, words in self.told if what == SNOOPING]

    async def guess(self, customer: str, answer: str) -> str:
        with pytest.raises(NotPossibleError) as rejected:
            await self.access.verify(CustomerId(customer), "account", answer)
        return str(rejected.value)


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[Callable[[], Program]]:
    clock, made = MovableClock(), list[Program]()

    def make() -> Program:
        made.append(Program(tmp_path / "guard.store", clock))
        return made[-1]

    make.clock = clock  # type: ignore[attr-defined]
    yield make
    for one in made:
        await one.access.aclose()


async def test_an_account_that_one_program_shut_is_shut_for_all(program: Callable[[], Program]) -> None:
    window, show, prime = program(), program(), program()
    for answer in ("1", "2", "3"):
        await window.guess("CU-1", answer)
    with pytest.raises(NotPossibleError, match="Too many wrong answers"):
        await show.access.open_for(CustomerId("CU-1"), AccessReason.TYPED, WHY)
    with pytest.raises(NotPossibleError, match="Too many wrong answers"):
        await prime.access.open_to_read_ahead(CustomerId("CU-1"), WHY)
    await show.access.open_for(CustomerId("CU-2"), AccessReason.TYPED, WHY)


async def test_what_all_programs_open_counts_in_one_pattern(program: Callable[[], Program]) -> None:
    programs = [program() for _ in range(4)]
    for number in range(FAST):
        one = programs[number % 4]
        if number % 4 == 3:
            await one.access.open_to_read_ahead(CustomerId(f"CU-{number}"), WHY)
        else:
            await one.access.open_for(CustomerId(f"CU-{number}"), AccessReason.TYPED, WHY)
    assert sum(len(one.flags) for one in programs) == 1


async def test_a_new_process_for_each_account_is_no_way_around(program: Callable[[], Program]) -> None:
    flags = 0
    for number in range(16):
        show = program()
        await show.access.open_for(CustomerId(f"CU-{number}"), AccessReason.TYPED, WHY)
        flags += len(show.flags)
    assert flags >= 1


async def test_guesses_at_one_account_are_counted_over_a_day(program: Callable[[], Program]) -> None:
    window = program()
    clock = program.clock  # type: ignore[attr-defined]
    for number in range(GUESSED_AT_ONE):
        await window.guess("CU-1", str(number))
        clock.ahead += timedelta(minutes=20)
    assert any("wrong answers for one account" in words for words in window.flags)
    assert "today" in await window.guess("CU-1", "BA-1")  # although this answer is correct
    clock.ahead += timedelta(hours=25)
    await window.access.verify(CustomerId("CU-1"), "account", "BA-1")


@pytest.mark.expects_log("begun anew")
async def test_a_file_of_rubbish_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "guard.store"
    await asyncio.to_thread(path.write_bytes, b"rubbish" * 1000)
    log = GuardLogFile(path, KEY)
    entry = AuditEntry(MovableClock().now(), "", "", "opened", "CU-1")
    await log.add(entry)
    other = GuardLogFile(path, KEY)
    assert await other.news() == [entry]
    assert await log.news() == []
    await log.aclose()
    await other.aclose()
    assert b"CU-1" not in await asyncio.to_thread(path.read_bytes)


async def test_a_clock_that_was_set_moves_nothing_that_was_noted_since_the_computer_started(tmp_path: Path) -> None:
    path, seconds = tmp_path / "guard.store", [1000.0]

    def log() -> GuardLogFile:
        return GuardLogFile(path, KEY, boot_id="this start", boot_s=lambda: seconds[0])

    now = datetime.now(UTC)
    first = log()
    set_back = AuditEntry(now - timedelta(hours=20), "", "", "verification failed", "CU-1")
    await first.add(set_back)  # by a clock that was 20 hours slow
    seconds[0] += 60
    other = log()
    [found] = await other.news()
    assert abs((now - found.at) - timedelta(seconds=60)) < timedelta(seconds=20)
    after = GuardLogFile(path, KEY, boot_id="the next start", boot_s=lambda: 5.0)
    assert await after.news() == [set_back]
    for one in (first, other, after):
        await one.aclose()


@pytest.mark.parametrize("hours", [-30, -1, 1, 24, 24 * 400])
async def test_a_clock_that_is_set_neither_opens_nor_lapses_anything(hours: int) -> None:
    clock, jumps = SetClock(), list[timedelta]()
    steady = SteadyClock(clock, jumps.append)
    told: list[str] = []
    access = AccessService(
        VerificationSettings(), systems=CallerSystems(cast("Customers", _Crm())), clock=steady,
        on_event=lambda what, _customer, _words, _facts=None: told.append(what),
    )  # fmt: skip
    shut, mine = CustomerId("CU-1"), CustomerId("CU-2")
    await access.verify(mine, "account", "BA-1")
    for answer in ("1", "2", "3"):
        with pytest.raises(NotPossibleError):
            await access.verify(shut, "account", answer)

    clock.off = timedelta(hours=hours)

    assert access.grant_of(mine) is not None
    assert access.refusal_to_open(shut) is not None
    assert jumps == [timedelta(hours=hours)]
    clock.passed_s = 16 * 60
    assert access.refusal_to_open(shut) is None
    clock.passed_s = 31 * 60
    assert access.grant_of(mine) is None


class SetClock(VirtualClock):
    """A clock that a user sets, while the computer's own counter runs on."""

    off = timedelta()

    def now(self) -> datetime:
        return super().now() + self.off
