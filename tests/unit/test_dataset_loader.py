import asyncio
import random
from datetime import timedelta

import pytest

from console.errors import BadResponseError, ConsoleError, SystemUnavailableError
from console.models.provenance import Origin, Records, Sourced
from console.services.customer.dataset_loader import DatasetLoader, DatasetState, SystemDataset
from tests.support.factories import NOON, VirtualClock


class Source:
    """A source that returns its answers in order; it raises an exception and waits for a future."""

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


def loader(source: Source, clock: VirtualClock, refusal: str | None = None) -> DatasetLoader:
    return SystemDataset(
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
    dataset = loader(Source("facts"), clock)
    told: list[DatasetState] = []
    dataset.subscribe(told.append)
    dataset.refresh()
    assert dataset.state.loading_since == NOON
    settled = await dataset.wait_idle()
    assert settled.facts == "facts"
    assert settled.is_fresh(NOON + timedelta(seconds=60))
    assert not settled.is_fresh(NOON + timedelta(seconds=61))
    assert [bool(one.loading_since) for one in told] == [True, False]


async def test_asking_while_asking_is_folded() -> None:
    answer = asyncio.get_running_loop().create_future()
    source = Source(answer)
    dataset = loader(source, VirtualClock())
    for _ in range(5):
        dataset.refresh()
    await asyncio.sleep(0)
    answer.set_result("facts")
    assert (await dataset.wait_idle()).facts == "facts"
    assert source.asked == 1


async def test_what_was_known_survives_a_failure_and_is_not_safe_to_quote() -> None:
    dataset = loader(Source("facts", BadResponseError("Rubbish.", system="billing", code="X")), VirtualClock())
    dataset.refresh()
    await dataset.wait_idle()
    told: list[DatasetState] = []
    dataset.subscribe(told.append)
    dataset.refresh()
    async with asyncio.timeout(5):
        while not (told and told[-1].failure):
            await asyncio.sleep(0)
    settled = told[-1]
    dataset.close()
    assert settled.facts == "facts"
    assert settled.failure is not None
    assert not settled.is_fresh(NOON)
    assert settled.failure.next_try_at is not None
    assert settled.failure.next_try_at - NOON > timedelta(seconds=20), "rubbish lasts; asking at once would not mend it"
    dataset.close()


async def test_an_outage_is_asked_about_again_after_longer_and_longer_pauses_until_it_ends() -> None:
    clock = VirtualClock()
    source = Source(down(), down(), down(), "facts")
    dataset = loader(source, clock)
    pauses = []
    dataset.subscribe(
        lambda one: pauses.append((one.failure.next_try_at - clock.now()).total_seconds()) if one.failure else None
    )
    dataset.refresh()
    async with asyncio.timeout(5):
        while dataset.state.facts is None:
            await asyncio.sleep(0)
    assert source.asked == 4
    assert dataset.state.failure is None
    growing = [pause for pause in dict.fromkeys(pauses) if pause > 0]
    assert growing == sorted(growing)
    assert 4 <= growing[0] <= 6


async def test_stopping_keeps_what_is_known_and_closing_tells_nobody() -> None:
    never = asyncio.get_running_loop().create_future()
    dataset = loader(Source("facts", never), VirtualClock())
    dataset.refresh()
    await dataset.wait_idle()
    dataset.refresh()
    await asyncio.sleep(0)
    dataset.stop_loading()
    assert dataset.state.facts == "facts"
    assert dataset.state.stopped
    told: list[DatasetState] = []
    dataset.subscribe(told.append)
    dataset.close()
    dataset.refresh()
    assert not told


async def test_who_waits_goes_on_when_it_is_closed_while_asking() -> None:
    dataset = loader(Source(asyncio.get_running_loop().create_future()), VirtualClock())
    dataset.refresh()
    waiting = asyncio.create_task(dataset.wait_idle())
    await asyncio.sleep(0)
    dataset.close()
    async with asyncio.timeout(2):
        assert (await waiting).facts is None
        assert (await dataset.wait_idle()).facts is None


async def test_a_user_who_may_not_see_it_makes_no_request() -> None:
    source = Source("facts")
    dataset = loader(source, VirtualClock(), refusal="Your role (trainee) can't see bills.")
    dataset.refresh()
    assert str((await dataset.wait_idle()).denied) == "Your role (trainee) can't see bills."
    assert source.asked == 0


@pytest.mark.expects_log("unexpectedly")
async def test_a_fault_of_our_own_ends_in_a_sentence_not_in_endless_asking() -> None:
    dataset = loader(Source(KeyError("x")), VirtualClock())
    dataset.refresh()
    settled = await dataset.wait_idle()
    assert settled.loading_since is None
    assert settled.failure is not None
    assert isinstance(settled.failure.error, ConsoleError)


async def test_asking_for_the_newest_reads_the_first_page_and_keeps_the_rest() -> None:
    clock = VirtualClock()
    everything, newest = Source(), Source(_bills(0, 2, after=2))
    dataset: DatasetLoader[Records[str]] = SystemDataset(
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

    dataset.refresh_newest()
    settled = await dataset.wait_idle()

    assert (everything.asked, newest.asked) == (0, 1)
    assert settled.facts is not None
    assert [item.value for item in settled.facts] == ["B0", "B1", "B2", "B3", "B4"]


def _bills(first: int, end: int, *, after: int | None = None) -> Records[str]:
    items = tuple(
        Sourced(f"B{number}", Origin("billing", "customerBill", f"B{number}", None, NOON))
        for number in range(first, end)
    )
    return Records(items, NOON, next_offset=after, complete=after is None)
