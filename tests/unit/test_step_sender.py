"""One step of an action, by its system's replies: its state is "being sent" while its request is on the wire."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.errors import (
    BadResponseError,
    ConflictError,
    NotServedError,
    RejectedError,
    SignInRequiredError,
    StoreFullError,
    SystemCallError,
    SystemUnavailableError,
    ThrottledError,
)
from console.models.outbox import Action, ActionState, Remark, ReplyMeaning, RiskClass, Step, StepState
from console.models.same_value import same_value
from console.ports.acting import LookupResult, RemoteState, StepOutcome
from console.services.customer.contact import NotPossibleError
from console.services.outbox import Outbox
from console.services.outbox.sender import LOST_AFTER_S
from tests.support.simulated_machine import VirtualClock, VirtualLoop

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
NOT_THERE = LookupResult(StepOutcome.DID_NOT)
THERE = LookupResult(StepOutcome.HAPPENED, "R-1")
NOBODY_KNOWS = LookupResult(StepOutcome.CANNOT_TELL, others=("R-9",), by_list=True)


def error(
    kind: type[SystemCallError], code: str = "X", *, sent: bool = True, is_outage: bool = False
) -> SystemCallError:
    made = (
        ThrottledError("slow", system="crm", code=code, retry_at=AT, is_outage=is_outage)
        if kind is ThrottledError
        else kind("why", system="crm", code=code)
    )
    made.may_have_happened = sent
    return made


class Scripted:
    """A system with scripted replies; the last reply repeats."""

    name = "crm"

    def __init__(self, writes: Sequence[Any], looks: Sequence[Any], current: Sequence[RemoteState] = ()) -> None:
        self.writes, self.looks, self.current = list(writes), list(looks), list(current) or [RemoteState()]
        self.keys: list[str] = []
        self.hold: asyncio.Event | None = None

    async def read_current(self, action: Action, step: Step) -> RemoteState:
        return self._next(self.current)

    async def perform(self, action: Action, step: Step, *, version: str | None) -> str:
        self.keys.append(step.key)
        return str(self._next(self.writes))

    async def look_up(self, action: Action, step: Step) -> LookupResult:
        if self.hold is not None:
            await self.hold.wait()
        found: LookupResult = self._next(self.looks)
        return found

    @staticmethod
    def _next(answers: list[Any]) -> Any:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer


class Rows:
    """A store in memory, which can be full."""

    def __init__(self) -> None:
        self.rows: dict[str, Action] = {}
        self.is_full = False

    async def add(self, action: Action, *, typed_in: Sequence[str] = (), instead_of: Action | None = None) -> Action:
        await self.change(replace(action, seq=len(self.rows) + 1))
        return self.rows[action.id]

    async def change(self, action: Action) -> None:
        await asyncio.sleep(0)
        if self.is_full:
            raise StoreFullError("The disk is full.")
        self.rows[action.id] = action

    async def load(self, *, closed: int = 50) -> Sequence[Action]:
        return list(self.rows.values())


def run(play: Callable[["Rig"], Awaitable[None]], writes: Sequence[Any], looks: Sequence[Any], **more: Any) -> "Rig":
    """Run a test on a loop whose clock jumps ahead when it is idle."""
    loop = VirtualLoop()
    rig = Rig(loop, Scripted(writes, looks, **more))

    async def whole() -> None:
        await rig.outbox.open()
        rig.outbox.start()
        try:
            await play(rig)
        finally:
            await rig.outbox.aclose()

    try:
        loop.run_until_complete(whole())
    finally:
        loop.close()
    return rig


class Rig:
    def __init__(self, loop: VirtualLoop, system: Scripted) -> None:
        self.clock, self.system, self.rows = VirtualClock(loop), system, Rows()
        self.outbox = Outbox(self.rows, {"crm": system}, clock=self.clock, rng=random.Random(1))

    async def send(self, risk: RiskClass = RiskClass.NOTE, wait_s: float = 0.5) -> None:
        step = Step("k", "crm", "key-1", {"phone": "2"}, "CU-1", {"phone": "1"})
        await self.outbox.submit(Action("a-1", "CU-1", "Title", risk, AT, (step,)))
        await asyncio.sleep(wait_s)

    @property
    def action(self) -> Action:
        (action,) = self.outbox.actions
        return action

    @property
    def step(self) -> Step:
        return self.action.steps[0]


EVERY_ERROR = [
    *(error(kind, sent=sent) for kind in (SystemUnavailableError, SignInRequiredError, BadResponseError, RejectedError,
       NotServedError, ConflictError, ThrottledError) for sent in (True, False)),
    StoreFullError("The disk is full."), OSError("x"), ValueError("x"), KeyError("x"), RuntimeError("x"),
    TimeoutError("x"), ZeroDivisionError("x"),
]  # fmt: skip


@pytest.mark.expects_log("an action failed unexpectedly")
@pytest.mark.expects_log("the outbox cannot be kept")
@pytest.mark.parametrize("failing", ["write", "look", "read"])
@pytest.mark.parametrize("raised", EVERY_ERROR, ids=lambda one: f"{type(one).__name__}")
def test_whatever_is_raised_nothing_stays_being_sent(failing: str, raised: BaseException) -> None:
    async def play(rig: Rig) -> None:
        for _ in range(40):
            await rig.send(wait_s=0.0) if not rig.outbox.actions else None
            await asyncio.sleep(7)
            assert rig.step.state is not StepState.SENDING

    more = {"current": [raised]} if failing == "read" else {}
    writes = [raised] if failing == "write" else [error(SystemUnavailableError)]
    rig = run(play, writes, [raised] if failing == "look" else [NOT_THERE], **more)
    assert len(rig.system.keys) < 25, "it is not sent again and again"


@pytest.mark.parametrize(
    "answer",
    [error(RejectedError), error(ConflictError), error(SignInRequiredError), error(ThrottledError, "429"),
     error(ThrottledError, "503", is_outage=True), error(SystemUnavailableError), error(BadResponseError, "404")],
    ids=lambda one: f"{type(one).__name__} {one.code}",
)  # fmt: skip
def test_what_was_done_is_done_whatever_was_answered(answer: SystemCallError) -> None:
    async def play(rig: Rig) -> None:
        await rig.send(wait_s=10)
        assert rig.action.state is ActionState.DONE
        assert rig.step.result == "R-1"

    assert run(play, [answer], [THERE]).system.keys == ["key-1"]


def test_a_rejection_stands_once_a_look_has_found_nothing() -> None:
    async def play(rig: Rig) -> None:
        await rig.send()
        assert (rig.action.state, rig.step.message) == (ActionState.REJECTED, "why")

    run(play, [error(RejectedError)], [NOT_THERE])


def test_a_rejection_whose_look_fails_is_checked_again_and_not_sent() -> None:
    async def play(rig: Rig) -> None:
        await rig.send()
        assert rig.action.state is ActionState.UNKNOWN
        await asyncio.sleep(30)
        assert rig.action.state is ActionState.REJECTED

    looks = [error(SystemUnavailableError), error(SystemUnavailableError), NOT_THERE]
    assert len(run(play, [error(RejectedError)], looks).system.keys) == 1


@pytest.mark.parametrize("deciding", ["withdraw", "edit"])
def test_a_false_rejection_is_found_before_a_user_decides(deciding: str) -> None:
    async def play(rig: Rig) -> None:
        await rig.send()
        assert rig.action.state is ActionState.REJECTED
        doing = (
            rig.outbox.withdraw("a-1") if deciding == "withdraw" else rig.outbox.edit("a-1", {"phone": "3"}, title="T")
        )
        with pytest.raises(NotPossibleError, match="may have been"):
            await doing
        assert (rig.action.state, rig.action.title) == (ActionState.DONE, "Title")

    run(play, [error(RejectedError)], [NOT_THERE, THERE])


def test_a_false_rejection_is_not_sent_again_by_try_again() -> None:
    async def play(rig: Rig) -> None:
        await rig.send()
        await rig.outbox.retry("a-1")
        await asyncio.sleep(1)
        assert rig.action.state is ActionState.DONE

    assert run(play, [error(RejectedError), "R-2"], [NOT_THERE, THERE]).system.keys == ["key-1"]


def test_nobody_may_withdraw_what_cannot_be_checked() -> None:
    async def play(rig: Rig) -> None:
        await rig.send()
        with pytest.raises(NotPossibleError, match="can't check now"):
            await rig.outbox.withdraw("a-1")
        assert rig.action.state is ActionState.REJECTED

    run(play, [error(RejectedError)], [NOT_THERE, error(SystemUnavailableError)])


def test_a_full_disk_while_the_request_is_on_the_wire_rejects_nothing() -> None:
    async def play(rig: Rig) -> None:
        async def fill(action: Action, step: Step, *, version: str | None) -> str:
            rig.rows.is_full = True
            rig.system.keys.append(step.key)
            return "R-1"

        rig.system.perform = fill  # type: ignore[method-assign] # the disk fills while this system works
        await rig.send()
        assert rig.step.state is not StepState.REJECTED
        rig.rows.is_full = False
        await asyncio.sleep(70)
        assert rig.action.state is ActionState.DONE
        assert rig.rows.rows["a-1"].state is ActionState.DONE

    assert run_expecting_full_disk(play, ["R-1"], [THERE]).system.keys == ["key-1"]


def run_expecting_full_disk(play: Callable[[Rig], Awaitable[None]], writes: Sequence[Any], looks: Sequence[Any]) -> Rig:
    import logging

    logging.getLogger("console.services.outbox.outbox").disabled = True
    try:
        return run(play, writes, looks)
    finally:
        logging.getLogger("console.services.outbox.outbox").disabled = False


def test_what_a_user_decides_while_the_disk_is_full_is_undone_in_memory_too() -> None:
    async def play(rig: Rig) -> None:
        await rig.send()
        rig.rows.is_full = True
        with pytest.raises(StoreFullError):
            await rig.outbox.withdraw("a-1")
        assert rig.action.state is ActionState.REJECTED
        with pytest.raises(StoreFullError):
            await rig.outbox.edit("a-1", {"phone": "3"}, title="Other")
        assert (rig.action.title, rig.step.wanted) == ("Title", {"phone": "2"})

    run(play, [error(RejectedError, sent=False)], [NOT_THERE])


def test_it_has_happened_counts_over_a_look_that_was_under_way() -> None:
    async def play(rig: Rig) -> None:
        await rig.send()
        rig.system.hold = asyncio.Event()
        await asyncio.sleep(LOST_AFTER_S + 10)  # a lookup is under way now
        await rig.outbox.report_outcome("a-1", 0, happened=True)
        rig.system.hold.set()
        await asyncio.sleep(120)
        assert rig.action.state is ActionState.DONE

    assert len(run(play, [error(SystemUnavailableError)], [NOT_THERE]).system.keys) == 1


def test_it_has_not_waits_as_long_as_the_request_may_arrive() -> None:
    async def play(rig: Rig) -> None:
        await rig.send(wait_s=4)
        wait_s = await rig.outbox.report_outcome("a-1", 0, happened=False)
        assert 50 < wait_s < LOST_AFTER_S
        assert rig.system.keys == ["key-1"]
        await asyncio.sleep(wait_s + 30)
        assert await rig.outbox.report_outcome("a-1", 0, happened=False) == 0
        await asyncio.sleep(1)
        assert rig.system.keys == ["key-1", "key-1."], "a request of its own, after one more look"

    run(play, [error(SystemUnavailableError), "R-2"], [NOBODY_KNOWS])


def test_a_list_that_has_shown_nothing_yet_proves_nothing() -> None:
    async def play(rig: Rig) -> None:
        await rig.send(wait_s=LOST_AFTER_S * 4)
        assert (rig.action.state, rig.step.remark) == (ActionState.UNKNOWN, Remark.CANNOT_TELL)

    by_list = LookupResult(StepOutcome.DID_NOT, by_list=True)
    assert len(run(play, [error(SystemUnavailableError)], [by_list]).system.keys) == 1


def test_a_second_record_is_said_with_both_ids() -> None:
    async def play(rig: Rig) -> None:
        await rig.send(wait_s=1)
        assert (rig.action.state, rig.step.remark) == (ActionState.DONE, Remark.NONE)
        await asyncio.sleep(10)
        assert (rig.step.remark, rig.step.result, rig.step.others) == (Remark.TWICE, "R-1", ("R-2",))

    run(play, ["R-1"], [THERE, replace(THERE, others=("R-2",))])


def test_a_look_for_a_second_record_that_was_not_answered_is_repeated() -> None:
    async def play(rig: Rig) -> None:
        await rig.send(wait_s=70)
        assert rig.step.remark is Remark.TWICE

    run(play, ["R-1"], [THERE, error(SystemUnavailableError), replace(THERE, others=("R-2",))])


def test_a_list_that_does_not_show_the_record_itself_is_looked_at_again_for_a_second() -> None:
    async def play(rig: Rig) -> None:
        await rig.send(wait_s=20)
        assert (rig.step.remark, rig.step.confirmed) == (Remark.NONE, False)
        await asyncio.sleep(60)
        assert (rig.step.remark, rig.step.confirmed) == (Remark.TWICE, True)

    unlisted = replace(THERE, is_unlisted=True)
    run(play, ["R-1"], [unlisted, unlisted, replace(THERE, others=("R-2",))])


def test_what_is_done_by_a_users_word_names_no_record_that_only_an_answer_named() -> None:
    async def play(rig: Rig) -> None:
        await rig.send(wait_s=LOST_AFTER_S * 4)
        await rig.outbox.report_outcome("a-1", 0, happened=True)
        assert (rig.action.state, rig.step.result) == (ActionState.DONE, "")

    run(play, ["R-OF-SOMEBODY-ELSE"], [NOBODY_KNOWS])


def test_what_somebody_overwrites_right_after_is_said() -> None:
    async def play(rig: Rig) -> None:
        await rig.send(RiskClass.FIELD, wait_s=20)
        assert (rig.action.state, rig.step.remark) == (ActionState.DONE, Remark.CHANGED_SINCE)

    run(play, ["CU-1"], [THERE, LookupResult(StepOutcome.CHANGED_SINCE)], current=[RemoteState({"phone": "1"})])


def test_a_record_that_is_said_to_change_each_time_is_asked_about_after_three() -> None:
    async def play(rig: Rig) -> None:
        await rig.send(RiskClass.FIELD, wait_s=300)
        assert (rig.action.state, rig.step.remark) == (ActionState.CONFLICT, Remark.KEEPS_CHANGING)

    rig = run(play, [error(ConflictError, "412")], [NOT_THERE], current=[RemoteState({"phone": "1"}, '"7"')])
    assert len(rig.system.keys) == 3


@pytest.mark.parametrize("retry_at", [AT - timedelta(days=9999), AT, AT + timedelta(days=9999)])
def test_what_a_system_says_about_when_never_makes_it_hammered_or_forgotten(retry_at: datetime) -> None:
    async def play(rig: Rig) -> None:
        await rig.send(wait_s=600)

    slow = ThrottledError("slow", system="crm", code="429", retry_at=retry_at)
    slow.may_have_happened = True
    rig = run(play, [slow], [NOT_THERE])
    assert 1 <= len(rig.system.keys) < 25


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=400), timedelta(days=-4000)])
def test_no_jump_of_the_clock_stops_or_hurries_anything(jump: timedelta) -> None:
    async def play(rig: Rig) -> None:
        await rig.send(wait_s=5)
        rig.clock.skew += jump
        await asyncio.sleep(61)
        left_s = ((rig.action.next_try_at or AT) - rig.clock.now()).total_seconds()
        assert left_s < 80, "what is shown is right again within a minute"
        await asyncio.sleep(120)
        sent = len(rig.system.keys)
        rig.clock.skew -= jump
        await asyncio.sleep(180)
        assert len(rig.system.keys) > sent

    rig = run(play, [error(SystemUnavailableError, sent=False)], [NOT_THERE])
    assert 5 < len(rig.system.keys) < 20


def test_a_wait_that_was_kept_before_the_clock_went_back_is_no_longer_than_a_minute() -> None:
    async def play(rig: Rig) -> None:
        await rig.send(wait_s=5)
        again = Outbox(rig.rows, {"crm": rig.system}, clock=rig.clock, rng=random.Random(1))
        await rig.outbox.aclose()
        rig.clock.skew -= timedelta(days=400)
        await again.open()
        again.start()
        sent = len(rig.system.keys)
        await asyncio.sleep(61)
        assert len(rig.system.keys) > sent
        await again.aclose()

    run(play, [error(SystemUnavailableError, sent=False)], [NOT_THERE])


def test_the_verdict_of_a_503_is_none_as_something_behind_it_may_be_at_work() -> None:
    async def play(rig: Rig) -> None:
        await rig.send()
        assert (rig.action.state, rig.step.verdict) == (ActionState.UNKNOWN, ReplyMeaning.NONE)

    run(play, [error(ThrottledError, "CRM-503", is_outage=True)], [NOT_THERE])


def test_one_system_that_hangs_takes_no_lane_of_another() -> None:
    loop = VirtualLoop()
    clock, hanging, quick = VirtualClock(loop), Scripted(["x"], [THERE]), Scripted(["R-1"], [THERE])
    hanging.hold = asyncio.Event()
    outbox = Outbox(Rows(), {"crm": hanging, "billing": quick}, clock=clock, rng=random.Random(1))

    async def play() -> None:
        await outbox.open()
        outbox.start()
        for number, system in enumerate(["crm"] * 12 + ["billing"]):
            step = Step("k", system, f"key-{number}", {}, "r")
            await outbox.submit(Action(f"a-{number}", f"CU-{number}", "T", RiskClass.NOTE, AT, (step,)))
        await asyncio.sleep(5)
        assert outbox.actions[-1].state is ActionState.DONE
        await outbox.aclose()

    loop.run_until_complete(play())
    loop.close()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+1 555 010 0001", "(555) 010-0001", True),
        ("+442079460018", "020 7946 0018", True),
        ("+44 (0)20 7946 0018", "+442079460018", True),
        ("+15550100001", "+15550100002", False),
        ("12345", "912345", False),
        ("other 1", "1", False),
    ],
)
def test_phone_numbers_are_compared_as_numbers(one: str, other: str, same: bool) -> None:
    assert same_value("phone", one, other) is same
    assert same_value("email", one, other) is (one == other)
