"""Subscribers to a change: an error in one does not stop the others."""

import pytest

from console.services.system.subscribers import Subscribers


@pytest.mark.expects_log("a subscriber failed")
def test_one_that_raises_stops_none_of_the_others() -> None:
    told: list[int] = []
    subscribers: Subscribers[[int]] = Subscribers()
    end = subscribers.add(told.append)
    subscribers.add(lambda number: 1 // (number - 1))
    subscribers.add(lambda number: told.append(-number))
    subscribers.notify(1)
    assert told == [1, -1]
    end()
    end()
    subscribers.notify(2)
    assert told == [1, -1, -2]
