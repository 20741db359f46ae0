import asyncio
import random
from datetime import timedelta

import pytest

from console.errors import BadResponseError, ConsoleError, SystemUnavailableError
from console.models.provenance import Origin, Records, Sourced
from console.services.customer.part import Part, PartCoordinator, SystemPart
from tests.support.factories import NOON, VirtualClock


class Source:
    """Answers in the order it was told to; an exception is raised, a future is waited for."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self) -> object:
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, asyncio.Future):
            answer = await answer
        if isinstance(answer, BaseException):
            raise answer
        return answer


def coordinator(source: Source, clock: VirtualClock, refusal: str | None = None) -> PartCoordinator:
    return SystemPart(
        system="billing",
        fetch=source,
        read_at=lambda _facts: clock.now(),
        refusal=lambda: refusal,
        fresh_for=timedelta(seconds=60),
        clock=clock,
        rng=random.Random(1),
    )


def down(code: str = "BILLING-504") -> SystemUnavailableError:
    return SystemUnavailableError("Billing is out of service.", system="billing", code=code)


async def test_facts_come_and_grow_old() -> None:
    clock = VirtualClock()
    part = coordinator(Source("facts"), clock)
    told: list[Part] = []
    part.subscribe(told.append)
    part.ask()
    assert part.part.asking_since == NOON
    settled = await part.settled()
    assert settled.facts == "facts"
    assert settled.is_fresh(NOON + timedelta(seconds=60))
    assert not settled.is_fresh(NOON + timedelta(seconds=61))
    assert [bool(one.asking_since) for one in told] == [True, False]


async def test_asking_while_asking_is_folded() -> None:
    answer = asyncio.get_running_loop().create_future()
    source = Source(answer)
    part = coordinator(source, VirtualClock())
    for _ in range(5):
        part.ask()
    await asyncio.sleep(0)
    answer.set_result("facts")
    assert (await part.settled()).facts == "facts"
    assert source.asked == 1


async def test_what_was_known_survives_a_failure_and_is_not_safe_to_quote() -> None:
    part = coordinator(Source("facts", BadResponseError("Rubbish.", system="billing", code="X")), VirtualClock())
    part.ask()
    await part.settled()
    told: list[Part] = []
    part.subscribe(told.append)
    part.ask()
    async with asyncio.timeout(5):
        while not (told and told[-1].failure):
            await asyncio.sleep(0)
    settled = told[-1]
    part.close()
    assert settled.facts == "facts"
    assert settled.failure is not None
    assert not settled.is_fresh(NOON)
    assert settled.failure.next_try_at is not None
    assert settled.failure.next_try_at - NOON > timedelta(seconds=20), "rubbish lasts; asking at once would not mend it"
    part.close()


async def test_an_outage_is_asked_about_again_after_longer_and_longer_pauses_until_it_ends() -> None:
    clock = VirtualClock()
    source = Source(down(), down(), down(), "facts")
    part = coordinator(source, clock)
    pauses = []
    part.subscribe(
        lambda one: pauses.append((one.failure.next_try_at - clock.now()).total_seconds()) if one.failure else None
    )
    part.ask()
    async with asyncio.timeout(5):
        while part.part.facts is None:
            await asyncio.sleep(0)
    assert source.asked == 4
    assert part.part.failure is None
    growing = [pause for pause in dict.fromkeys(pauses) if pause > 0]
    assert growing == sorted(growing)
    assert 4 <= growing[0] <= 6


async def test_stopping_keeps_what_is_known_and_closing_tells_nobody() -> None:
    never = asyncio.get_running_loop().create_future()
    part = coordinator(Source("facts", never), VirtualClock())
    part.ask()
    await part.settled()
    part.ask()
    await asyncio.sleep(0)
    part.stop_asking()
    assert part.part.facts == "facts"
    assert part.part.stopped
    told: list[Part] = []
    part.subscribe(told.append)
    part.close()
    part.ask()
    assert not told


async def test_who_waits_goes_on_when_it_is_closed_while_asking() -> None:
    part = coordinator(Source(asyncio.get_running_loop().create_future()), VirtualClock())
    part.ask()
    waiting = asyncio.create_task(part.settled())
    await asyncio.sleep(0)
    part.close()
    async with asyncio.timeout(2):
        assert (await waiting).facts is None
        assert (await part.settled()).facts is None


async def test_a_user_who_may_not_see_it_makes_no_request() -> None:
    source = Source("facts")
    part = coordinator(source, VirtualClock(), refusal="The role trainee does not show bills.")
    part.ask()
    assert str((await part.settled()).denied) == "The role trainee does not show bills."
    assert source.asked == 0


@pytest.mark.expects_log("in a way nobody foresaw")
async def test_a_fault_of_our_own_ends_in_a_sentence_not_in_endless_asking() -> None:
    part = coordinator(Source(KeyError("x")), VirtualClock())
    part.ask()
    settled = await part.settled()
    assert settled.asking_since is None
    assert settled.failure is not None
    assert isinstance(settled.failure.error, ConsoleError)


async def test_asking_for_the_newest_reads_the_first_page_and_keeps_the_rest() -> None:
    clock = VirtualClock()
    everything, newest = Source(), Source(_bills(0, 2, after=2))
    part: PartCoordinator[Records[str]] = SystemPart(
        system="billing",
        fetch=everything,
        fetch_newest=newest,
        known=_bills(0, 5),
        read_at=lambda records: records.read_at,
        refusal=lambda: None,
        fresh_for=timedelta(seconds=60),
        clock=clock,
        rng=random.Random(1),
    )

    part.ask_newest()
    settled = await part.settled()

    assert (everything.asked, newest.asked) == (0, 1)
    assert settled.facts is not None
    assert [item.value for item in settled.facts] == ["B0", "B1", "B2", "B3", "B4"]


def _bills(first: int, end: int, *, after: int | None = None) -> Records[str]:
    items = tuple(
        Sourced(f"B{number}", Origin("billing", "customerBill", f"B{number}", None, NOON))
        for number in range(first, end)
    )
    return Records(items, NOON, next_offset=after, complete=after is None)
