"""cost: requests and bytes to open a customer, the first time and again; means over ten customers.

Floor: one request for each resource that is shown, and the size of those responses. The second time, each must be a
304.
"""

from benchmarks.result import Result
from benchmarks.window import Stage, on_stage
from console.models.health import Exchange

_RUNS = 10


def measure() -> list[Result]:
    """Return all cases."""
    return on_stage(_play)


async def _play(stage: Stage) -> list[Result]:
    customers = await stage.customers(_RUNS)
    rounds = []
    for _ in range(2):
        seen: list[list[Exchange]] = []
        for customer in customers:
            stage.exchanges.clear()
            await stage.open_and_settle(customer)
            seen.append(list(stage.exchanges))
        rounds.append(seen)
    first, again = rounds
    needed = sum(len({exchange.what for exchange in seen}) for seen in first) / _RUNS
    weight = sum(sum({exchange.what: exchange.received for exchange in seen}.values()) for seen in first) / _RUNS
    return [
        Result("cost", "requests, first time", _requests(first), "req", needed),
        Result("cost", "bytes, first time", _bytes(first), "B", weight),
        Result("cost", "requests, again", _requests(again), "req", needed),
        Result("cost", "bytes, again", _bytes(again), "B", weight),
    ]


def _requests(seen: list[list[Exchange]]) -> float:
    return sum(map(len, seen)) / _RUNS


def _bytes(seen: list[list[Exchange]]) -> float:
    return sum(exchange.received for exchanges in seen for exchange in exchanges) / _RUNS
