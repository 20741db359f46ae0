"""The sandbox's world: the same from the same seed, exact to the cent, with numbers that reveal nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.sandbox.rules import matches, sort_records
from console.sandbox.world import World
from console.sandbox.world.numbering import Numbers

DAY = date(2026, 11, 23)


@given(st.integers(0, 2**31), st.integers(0, 9_000_000))
def test_numbers_lead_back_to_what_they_number(seed: int, serial: int) -> None:
    numbers = Numbers(seed)
    assert numbers.customer.decode(numbers.customer.encode(serial)) == serial
    assert numbers.read_bill_number(numbers.bill_number(serial, 320)) == (serial, 320)


@pytest.mark.parametrize("text", ["", "CU-", "CU-123", "CU-12345678", "BA-1234567", "CU-12345६7", "cu-1234567"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert Numbers(1).customer.decode(text) is None


def test_the_same_seed_is_the_same_world_and_another_is_another() -> None:
    first, again, other = (World(seed=seed, customers=50, as_of=DAY) for seed in (3, 3, 4))
    assert [first.truth(n) for n in range(50)] == [again.truth(n) for n in reversed(range(50))][::-1]
    assert [first.person(n) for n in range(50)] != [other.person(n) for n in range(50)]


@pytest.mark.parametrize("seed", [1, 20, 300])
def test_every_bill_difference_is_the_sum_of_its_causes(seed: int) -> None:
    world = World(seed=seed, customers=120, as_of=DAY)
    checked = 0
    for n in range(world.customers):
        for difference in world.truth(n)["billDifferences"]:
            assert sum(difference["causes"].values()) == difference["cents"]
            checked += 1
    assert checked > 1000


def test_bills_stop_with_what_they_bill_except_where_the_truth_says_so() -> None:
    world = World(seed=5, customers=400, as_of=DAY)
    wrong = set()
    for n in range(world.customers):
        history = world.history(n)
        for bill in world.bills(n):
            for line in bill.lines:
                sub = history.subscriptions[line.subscription] if line.subscription is not None else None
                if sub and sub.ended_on and line.cause == "recurring" and bill.billed_on > sub.ended_on:
                    wrong.add((n, sub.index))
    told = {
        (n, item.subscription)
        for n in range(world.customers)
        for item in world.history(n).discrepancies
        if item.kind == "billedButTerminated"
    }
    assert wrong == told
    assert told


def test_orders_come_in_every_state_and_every_kind_of_discrepancy_is_there() -> None:
    world = World(seed=1, customers=2000, as_of=DAY)
    states = {order.state for n in range(world.customers) for order in world.history(n).orders}
    assert states == {
        "acknowledged", "rejected", "pending", "held", "inProgress", "cancelled", "completed", "failed", "partial",
        "assessingCancellation", "pendingCancellation",
    }  # fmt: skip
    kinds = {item.kind for n in range(world.customers) for item in world.history(n).discrepancies}
    assert kinds == {
        "billedButTerminated", "activeNotBilled", "completedOrderInactiveService", "suspendedInOneSystem", "addressDiffers",
        "nameDiffers", "duplicateCustomer", "paymentNotApplied",
    }  # fmt: skip


def test_filters_and_sorting() -> None:
    record = {"id": "1", "state": "active", "flag": True, "parties": [{"id": "a"}, {"id": "b,c"}]}
    assert matches(record, {"parties.id": "a", "flag": "true"})
    assert matches(record, {"parties.id": "b,c"}), "a value with a comma in it is found whole"
    assert matches(record, {"state": "held,active"})
    assert not matches(record, {"parties.name": "a"})
    rows = [{"id": "1", "n": "b"}, {"id": "2"}, {"id": "3", "n": "a"}]
    assert [row["id"] for row in sort_records(rows, ("n",))] == ["3", "1", "2"]
    assert [row["id"] for row in sort_records(rows, ("-n",))] == ["1", "3", "2"]
