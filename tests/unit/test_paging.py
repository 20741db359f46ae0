"""A dataset with the beginning of a long list, and the pages that follow."""

import random
from datetime import timedelta

import pytest

from console.errors import SystemUnavailableError
from console.models.provenance import Records, Sourced
from console.services.customer.dataset_loader import DatasetLoader, SystemDataset
from console.services.system.network import Network
from tests.support.factories import NOON, VirtualClock, origin


def records(*numbers: int, next_offset: int | None = None) -> Records[int]:
    items = tuple(Sourced(number, origin(id=str(number))) for number in numbers)
    return Records(items, NOON, next_offset is None, 9, (), next_offset)


def part(*answers: object) -> DatasetLoader[Records[int]]:
    left = list(answers)

    async def answer() -> Records[int]:
        value = left.pop(0)
        if isinstance(value, Exception):
            raise value
        assert isinstance(value, Records)
        return value

    async def more(known: Records[int]) -> Records[int]:
        return known.joined(await answer())

    clock = VirtualClock()
    return SystemDataset(
        system="crm", fetch=answer, read_at=lambda facts: facts.read_at, refusal=lambda: None,
        fresh_for=timedelta(seconds=60), clock=clock, rng=random.Random(1), fetch_more=more,
    )  # fmt: skip


async def test_more_is_added_once_and_then_it_is_whole() -> None:
    one = part(records(1, 2, next_offset=2), records(2, 3))
    one.refresh()
    assert (await one.wait_idle()).facts is not None
    assert one.has_more
    one.load_more()
    one.load_more()
    facts = (await one.wait_idle()).facts
    assert facts is not None
    assert [item.value for item in facts] == [1, 2, 3]
    assert facts.complete
    assert not one.has_more
    one.load_more()
    assert one.state.loading_since is None
    one.close()


async def test_a_failure_while_reading_on_keeps_what_was_read_and_waits() -> None:
    down = SystemUnavailableError("CRM is not responding.", system="crm", code="CRM-1")
    one = part(records(1, 2, next_offset=2), *[down] * 20)
    one.refresh()
    await one.wait_idle()
    one.load_more()
    state = await one.wait_idle()
    assert state.failure is not None
    assert state.facts is not None
    assert len(state.facts) == 2
    one.load_more()
    assert one.state.loading_since is None, "the pause after a failure is for this question too"
    one.close()


def test_the_beginning_read_again_keeps_what_was_read_after_it() -> None:
    known = records(1, 2, 3, 4, 5, next_offset=5)
    assert [item.value for item in records(1, 2, next_offset=2).continued_by(known)] == [1, 2, 3, 4, 5]
    moved = records(9, 1, 2, next_offset=3).continued_by(known)
    assert ([item.value for item in moved], moved.next_offset, moved.complete) == ([9, 1, 2, 3, 4, 5], 6, False)
    whole = records(1, 2, next_offset=2).continued_by(records(1, 2, 3))
    assert ([item.value for item in whole], whole.next_offset, whole.complete) == ([1, 2, 3], None, True)
    assert [item.value for item in records(7, 8, next_offset=2).continued_by(known)] == [7, 8], "it may all be others"
    assert [item.value for item in records(1, 2).continued_by(known)] == [1, 2], "a list that has ended has ended"


async def test_asking_again_keeps_what_was_read_on() -> None:
    one = part(records(1, 2, next_offset=2), records(3, 4, next_offset=4), records(1, 2, next_offset=2))
    one.refresh()
    await one.wait_idle()
    one.load_more()
    await one.wait_idle()
    one.refresh()
    facts = (await one.wait_idle()).facts
    assert facts is not None
    assert [item.value for item in facts] == [1, 2, 3, 4]
    assert one.has_more
    one.close()


def test_a_system_that_ignores_paging_is_not_asked_for_ever() -> None:
    first = records(1, 2, next_offset=2)
    again = first.joined_or_ended(records(1, 2, next_offset=4))
    assert ([item.value for item in again], again.next_offset) == ([1, 2], None)
    assert first.joined_or_ended(records(2, 3, next_offset=4)).next_offset == 4


async def test_wanting_asks_once() -> None:
    one = part(records(1))
    assert not one.was_requested
    one.load_if_stale()
    one.load_if_stale()
    await one.wait_idle()
    one.load_if_stale()
    assert one.state.loading_since is None
    assert one.was_requested
    one.close()


@pytest.mark.parametrize("ends", [True, False])
def test_the_network_tells_changes_alone(ends: bool) -> None:
    network, told = Network(), []
    end = network.subscribe(told.append)
    network.set_online(online=True)
    network.set_online(online=False)
    network.set_online(online=False)
    if ends:
        end()
    network.set_online(online=True)
    assert told == ([False] if ends else [False, True])
