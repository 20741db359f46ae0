from console.http.breaker import Breaker
from console.http.conditional_cache import CachedResponse, ConditionalCache
from console.http.requests import ReadRequest
from console.http.retry import RetryBudget


def test_opens_after_failures_in_a_row_and_lets_one_probe_through_after_each_pause() -> None:
    breaker = Breaker(failures_to_open=3, pause_s=5)
    for _ in range(3):
        assert breaker.admits(0)
        breaker.record(answered=False, now_s=0)
    assert not breaker.admits(4.9)
    assert breaker.admits(5)
    assert not breaker.admits(5.1), "only one question goes out at a time"
    breaker.record(answered=True, now_s=5.2)
    assert breaker.admits(5.2)


def test_an_answer_between_failures_keeps_it_closed() -> None:
    breaker = Breaker(failures_to_open=2)
    for answered in (False, True, False, True, False):
        breaker.record(answered=answered, now_s=0)
    assert breaker.admits(0)


def test_retries_are_a_tenth_of_all_questions() -> None:
    budget = RetryBudget()
    while budget.spend():
        pass
    spent = 0
    for _ in range(1000):
        budget.earn()
        spent += budget.spend()
    assert 95 <= spent <= 101


async def test_the_least_used_answer_is_forgotten_first() -> None:
    validators = ConditionalCache("billing", None, most_bytes=400)
    asked = {name: ReadRequest("/base", "customerBill", name) for name in ("a", "b", "c", "d", "e", "huge")}
    for name in "abcd":
        validators.save(asked[name], CachedResponse(name, {}, b"x" * 100))
    await validators.find(asked["a"])
    validators.save(asked["e"], CachedResponse("e", {}, b"x" * 100))
    assert await validators.find(asked["b"]) is None
    assert await validators.find(asked["a"]) is not None
    validators.save(asked["huge"], CachedResponse("huge", {}, b"x" * 101))
    assert await validators.find(asked["huge"]) is None, (
        "an answer over a quarter of the room would push out all others"
    )
