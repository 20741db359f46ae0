"""Snooping is detected within 20 accounts; a normal day's work is not flagged; a restart resets nothing."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from console.models.audit import AuditEntry
from console.models.customer import CustomerId
from console.ports.customers import Customers
from console.services.access.access_history import BY_LAST_KNOWN, PastAccess, past_access
from console.services.access.access_service import SNOOPING, AccessReason, AccessService
from console.services.access.caller_check import CallerSystems
from console.services.access.snooping import GUESSED_AT_ONE, SnoopingDetector
from console.services.customer.contact import NotPossibleError
from console.settings.verification import VerificationSettings
from tests.support.factories import VirtualClock

NOBODY = cast("Customers", object())  # never called where the console has nothing to compare
NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)


def flagged_after(gap: timedelta, *, mixed: bool = False) -> int | None:
    """Return how many untouched accounts a user opens before a flag, one each `gap`; `mixed` adds real calls."""
    watch, at, count = SnoopingDetector(), NINE, 0
    for number in range(200):
        at += gap
        if mixed and number % 5 == 4:
            assert watch.opened(f"call {number}", at, checked=True) is None
            watch.touched(f"call {number}")
            continue
        count += 1
        if watch.opened(f"CU-{number}", at, checked=False):
            return count
    return None


@pytest.mark.parametrize("minutes", [0.1, 1, 4, 10, 20, 30])
@pytest.mark.parametrize("mixed", [False, True])
def test_whoever_opens_one_account_after_the_other_is_told_of_within_twenty(minutes: float, mixed: bool) -> None:
    count = flagged_after(timedelta(minutes=minutes), mixed=mixed)
    assert count is not None
    assert count <= 20


def test_days_of_calls_are_not_taken_for_it() -> None:
    told = 0
    for seed in range(200):
        rng, watch, at = random.Random(seed), SnoopingDetector(), NINE
        for number in range(60):
            at += timedelta(minutes=rng.uniform(4, 12))
            told += watch.opened(f"CU-{number}", at, checked=rng.random() < 0.7) is not None
            if rng.random() < 0.6:
                watch.touched(f"CU-{number}")
    assert told == 0


def test_wrong_answers_for_many_accounts_are_a_pattern_and_some_for_one_are_not() -> None:
    watch = SnoopingDetector()
    assert not any(watch.guessed("CU-1", NINE + timedelta(minutes=i)) for i in range(GUESSED_AT_ONE - 1))
    told = [watch.guessed(f"CU-{i}", NINE + timedelta(minutes=i)) for i in range(2, 10)]
    assert sum(words is not None for words in told) == 1


async def test_a_restart_forgives_neither_attempts_nor_looking_around() -> None:
    told: list[AuditEntry] = []
    clock = VirtualClock()

    def console() -> AccessService:
        def note(what: str, customer: str, words: str, facts: Mapping[str, str] | None = None) -> None:
            told.append(AuditEntry(clock.now(), "me", "rep", what, customer, words, facts=dict(facts or {})))

        access = AccessService(VerificationSettings(), systems=CallerSystems(NOBODY), clock=clock, on_event=note)
        access.recall(list(told))
        return access

    for number in range(11):
        await console().open_for(CustomerId(f"CU-{number}"), AccessReason.TYPED, "asked for by mail")
    assert SNOOPING not in {entry.what for entry in told}
    await console().open_for(CustomerId("CU-11"), AccessReason.TYPED, "asked for by mail")
    assert [entry.what for entry in told].count(SNOOPING) == 1
    with pytest.raises(NotPossibleError, match="open without a caller"):  # it was on the screen at most an hour ago
        await console().verify(CustomerId("CU-3"), "birth", "1980-01-01")
    told += [AuditEntry(clock.now(), "me", "rep", "verification failed", "CU-77", "Day of birth")] * 3
    with pytest.raises(NotPossibleError, match="Too many wrong answers"):
        await console().verify(CustomerId("CU-77"), "birth", "1980-01-01")
    clock.passed_s += 16 * 60
    opened = await console().verify(CustomerId("CU-77"), "photo", "")
    assert opened.reason is AccessReason.CALLER


async def test_an_opening_lapses_unless_it_is_prolonged() -> None:
    told: list[str] = []
    clock = VirtualClock()
    access = AccessService(
        VerificationSettings(lapse_min=30),
        systems=CallerSystems(NOBODY),
        clock=clock,
        on_event=lambda what, _who, _why, _facts=None: told.append(what),
    )
    customer = CustomerId("CU-1")
    await access.verify(customer, "photo", "")
    clock.passed_s += 27 * 60 + 59
    assert access.expiring() == ([], [])
    clock.passed_s += 60
    expired, soon = access.expiring()
    assert (expired, [one.customer_id for one in soon]) == ([], [customer])
    access.prolong(customer)
    clock.passed_s += 29 * 60
    assert access.grant_of(customer) is not None
    clock.passed_s += 60
    assert access.grant_of(customer) is None
    assert [one.customer_id for one in access.expiring()[0]] == [customer]
    access.prolong(customer)  # too late
    assert access.grant_of(customer) is None
    assert told == ["opened", "prolonged"]


@pytest.mark.parametrize(
    ("entry", "reason", "compared"),
    [
        (AuditEntry(NINE, "me", "rep", "opened", "CU-1", "a caller: Day of birth"), AccessReason.CALLER, True),
        (
            AuditEntry(NINE, "me", "rep", "opened", "CU-1", f"a caller: Day of birth{BY_LAST_KNOWN}"),
            AccessReason.CALLER,
            True,
        ),
        (AuditEntry(NINE, "me", "rep", "opened", "CU-1", "another reason: asked by mail"), AccessReason.TYPED, False),
        (
            AuditEntry(
                NINE, "me", "rep", "opened", "CU-1", "reworded", facts=PastAccess(AccessReason.CALLER, True).facts
            ),
            AccessReason.CALLER,
            True,
        ),
        (
            AuditEntry(
                NINE, "me", "rep", "opened", "CU-1", "a caller: x", facts=PastAccess(AccessReason.JOB, False).facts
            ),
            AccessReason.JOB,
            False,
        ),
    ],
)
def test_why_an_account_was_opened_is_read_from_values_and_of_earlier_entries_from_words(
    entry: AuditEntry, reason: AccessReason, compared: bool
) -> None:
    methods = VerificationSettings().methods
    assert past_access(entry, methods) == PastAccess(reason, compared)
