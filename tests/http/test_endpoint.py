"""The HTTP layer against the real sandbox: every fault ends in one of the six errors and never blocks the pool."""

import asyncio
import random
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from console.errors import (
    BadResponseError,
    RejectedError,
    SignInRequiredError,
    SystemCallError,
    SystemUnavailableError,
    ThrottledError,
)
from console.http import Endpoint, HttpLayer, ReadRequest
from console.models.health import Exchange
from console.settings import Auth, System
from console.system.clock import SystemClock
from tests.support.control import Control

BILLS = "/tmf-api/customerBillManagement/v4"


class Rig:
    """One endpoint of the sandbox's billing, and the exchanges it reported."""

    def __init__(self, control: Control, **settings: object) -> None:
        self.exchanges: list[Exchange] = []
        self.layer = HttpLayer(clock=SystemClock(), on_exchange=self.exchanges.append, rng=random.Random(1))
        values: dict[str, Any] = {
            "kind": "billing",
            "base_url": control.process.addresses["billing"],
            "time_limit_s": 1.0,
            **settings,
        }
        system = System(**{"auth": Auth(kind="bearer", secret="handed:billing"), **values})
        self.endpoint: Endpoint = self.layer.endpoint(
            "billing", system, label="Billing", secrets=control.process.secrets
        )

    async def __aenter__(self) -> "Rig":
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.layer.aclose()

    def bills(self, offset: int = 0) -> ReadRequest:
        return ReadRequest(BILLS, "customerBill", parameters=(("offset", str(offset)), ("limit", "20")))


FAULTS = [
    ({"status": 401}, SignInRequiredError, "BILLING-401"),
    ({"expired_token": True}, SignInRequiredError, "BILLING-401"),
    ({"status": 403}, RejectedError, "BILLING-403"),
    ({"status": 429}, ThrottledError, "BILLING-429"),
    ({"status": 500}, SystemUnavailableError, "BILLING-500"),
    ({"status": 502}, SystemUnavailableError, "BILLING-502"),
    ({"status": 503}, SystemUnavailableError, "BILLING-503"),
    ({"status": 504}, SystemUnavailableError, "BILLING-504"),
    ({"status": 302}, BadResponseError, "BILLING-302"),
    ({"outage": True}, SystemUnavailableError, "BILLING-NO-CONNECTION"),
    ({"cut_off": True}, SystemUnavailableError, "BILLING-CUT-OFF"),
    ({"latency_ms": 3000}, SystemUnavailableError, "BILLING-TIMEOUT"),
    ({"bytes_per_s": 400}, SystemUnavailableError, "BILLING-TIMEOUT"),
    ({"body": "truncated"}, BadResponseError, "BILLING-NOT-JSON"),
    ({"body": "html"}, BadResponseError, "BILLING-NOT-JSON"),
    ({"answer_mb": 50}, BadResponseError, "BILLING-TOO-LONG"),
]


@pytest.mark.parametrize(("fault", "error", "code"), FAULTS, ids=lambda value: str(value)[:40])
async def test_every_fault_ends_in_one_clear_error_and_is_over_when_it_is_over(
    sandbox: Control, fault: dict[str, object], error: type[SystemCallError], code: str
) -> None:
    async with Rig(sandbox) as rig:
        await sandbox.faults("billing", **fault)
        started = time.monotonic()
        with pytest.raises(error) as caught:
            await rig.endpoint.get(rig.bills())
        assert caught.value.code == code
        assert time.monotonic() - started < 4
        await sandbox.clear()
        if isinstance(caught.value, ThrottledError):  # until then no request is sent
            await asyncio.sleep((caught.value.retry_at - datetime.now(UTC)).total_seconds())
        answer = await rig.endpoint.get(rig.bills())
        assert len(answer.value) == 20


async def test_a_cancelled_question_never_costs_a_connection(sandbox: Control) -> None:
    async with Rig(sandbox, max_requests=3, time_limit_s=5.0) as rig:
        await sandbox.faults("billing", latency_ms=30)
        rng = random.Random(3)
        for _round in range(10):
            asking = [asyncio.create_task(rig.endpoint.get(rig.bills(offset))) for offset in range(12)]
            await asyncio.sleep(rng.uniform(0, 0.06))
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
        await sandbox.clear()
        answers = await asyncio.gather(*(rig.endpoint.get(rig.bills(offset)) for offset in range(100, 106)))
        assert all(answer.status == 200 for answer in answers)


async def test_a_question_nobody_waits_for_any_more_is_not_sent(sandbox: Control) -> None:
    async with Rig(sandbox, max_requests=1, time_limit_s=5.0) as rig:
        await sandbox.faults("billing", latency_ms=300)
        first = asyncio.create_task(rig.endpoint.get(rig.bills(0)))
        waiting = asyncio.create_task(rig.endpoint.get(rig.bills(20)))
        for _ in range(10):  # both wait for the only connection
            await asyncio.sleep(0)
        waiting.cancel()
        await first
        await rig.endpoint.get(rig.bills(40))  # any other waiting request would have been sent before this one
        assert len(rig.exchanges) == 2


async def test_equal_questions_under_way_are_one_request(sandbox: Control) -> None:
    async with Rig(sandbox) as rig:
        answers = await asyncio.gather(*(rig.endpoint.get(rig.bills()) for _ in range(5)))
        assert len(rig.exchanges) == 1
        assert all(answer.value is answers[0].value for answer in answers)


async def test_asking_again_costs_a_304_and_says_when_it_was_confirmed(sandbox: Control) -> None:
    async with Rig(sandbox) as rig:
        first = await rig.endpoint.get(rig.bills())
        again = await rig.endpoint.get(rig.bills())
        assert again.value == first.value
        assert again.unchanged, "the server sent no body, the stored one was used"
        assert (first.unchanged, again.received) == (False, 0)
        assert first.received > 1000
        assert again.read_at > first.read_at


async def test_no_more_requests_at_once_than_allowed(sandbox: Control) -> None:
    async with Rig(sandbox, max_requests=2, time_limit_s=5.0) as rig:
        await sandbox.faults("billing", latency_ms=100)
        started = time.monotonic()
        await asyncio.gather(*(rig.endpoint.get(rig.bills(offset)) for offset in range(6)))
        assert time.monotonic() - started > 0.28, "six at two a time take three rounds"


async def test_an_outage_is_not_hammered_and_its_end_is_noticed(sandbox: Control) -> None:
    async with Rig(sandbox) as rig:
        await sandbox.faults("billing", outage=True)
        for _ in range(10):
            with pytest.raises(SystemUnavailableError):
                await rig.endpoint.get(rig.bills())
        assert len(rig.exchanges) <= 9, "after five failures in a row the system is left in peace"
        with pytest.raises(SystemUnavailableError) as caught:
            await rig.endpoint.get(rig.bills())
        assert caught.value.code == "BILLING-PAUSED"


@pytest.mark.parametrize("typed", ["../../../etc/passwd", "..", "%2e%2e", "a b/c?d=e#f", "CU\n-1", "x" * 3000, "مرحبا"])
async def test_what_is_typed_as_a_number_stays_one_path_segment(sandbox: Control, typed: str) -> None:
    async with Rig(sandbox) as rig:
        try:
            answer = await rig.endpoint.get(ReadRequest(BILLS, "customerBill", typed))
            assert answer.status == 404
        except RejectedError:
            pass  # some servers reject an impossible number as a bad request


async def test_logs_do_not_say_who_was_looked_for(sandbox: Control, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with Rig(sandbox) as rig:
        await rig.endpoint.get(ReadRequest(BILLS, "customerBill", parameters=(("relatedParty.id", "CU-7777777"),)))
        await rig.endpoint.get(ReadRequest(BILLS, "customerBill", "CU-7777777"))
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("console")]
    assert len(ours) >= 2
    assert not [line for line in ours if "7777777" in line]
    others = [record.getMessage() for record in caplog.records if record.levelname != "DEBUG"]
    assert not [line for line in others if "7777777" in line]


async def test_closing_in_the_middle_of_a_request_leaves_nothing_behind(sandbox: Control) -> None:
    rig = Rig(sandbox, time_limit_s=30.0)
    await sandbox.faults("billing", latency_ms=5000)
    asking = asyncio.create_task(rig.endpoint.get(rig.bills()))
    await asyncio.sleep(0.1)
    started = time.monotonic()
    await rig.layer.aclose()
    assert time.monotonic() - started < 3
    with pytest.raises((SystemCallError, asyncio.CancelledError)):
        await asking
