"""The outbox over real sockets: network faults and every server behaviour; `bench wire` has thousands of schedules."""

import random

import pytest

from benchmarks.wire import run_all, worlds
from tests.support.fault_proxy import ENDLESS, MANNERS, WRITE_FAULTS
from tests.support.wire_schedule import KINDS, Plan

pytestmark = pytest.mark.expects_log("the outbox cannot be kept")


@pytest.mark.timeout(300)
async def test_nothing_is_lost_doubled_stuck_or_misnamed_whatever_is_answered() -> None:
    rng = random.Random(16)
    # Endless replies cost seconds each; tests/http has them.
    names = rng.sample([name for name in WRITE_FAULTS if name not in ENDLESS], 14)
    plans = [Plan((rng.choice(KINDS),), (name,), takes_back=rng.random() < 0.5) for name in names]
    plans += [Plan((rng.choice(KINDS),), ("answer lost",), manner) for manner in MANNERS]
    plans += [Plan((kind,), full_disk=True) for kind in KINDS[::3]]
    async with worlds(7, 60) as made:
        found = await run_all(made, plans, 16, side_by_side=40)
    assert [(plan, verdict.problems) for plan, verdict in found if verdict.problems] == []
    states = [state for _, verdict in found for state in verdict.states]
    assert states.count("done") > len(plans) * 0.7
