"""Events in the lives of the world's customers: every story leaves traces in all systems, and these agree."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from console.sandbox.world import World
from console.sandbox.world.numbering import Numbers
from console.sandbox.world.purchases import NIGHT, at

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=11, customers=1200, as_of=DAY)


def lives(world: World):
    return [world.history(n) for n in range(world.customers)]


def test_every_story_and_every_country_is_there(world: World) -> None:
    kinds = Counter(story.kind for history in lives(world) for story in history.stories)
    assert set(kinds) == {"priceChange", "move", "outage", "fraudScare", "bereavement", "growth"}
    assert {history.person.country.code for history in lives(world)} == {"US", "DE", "FR", "SE", "GB", "JP"}


@pytest.mark.parametrize(
    ("kind", "ticket", "cause", "order"),
    [
        ("move", None, "move", "Move to"),
        ("outage", "outage", "credit", None),
        ("fraudScare", "fraud", "fraud", None),
        ("bereavement", "administrative", None, None),
    ],
)
def test_a_story_is_told_by_all_systems(
    world: World, kind: str, ticket: str | None, cause: str | None, order: str | None
) -> None:
    told = 0
    for history in lives(world):
        for story in history.stories:
            if story.kind != kind:
                continue
            near = {story.on + timedelta(days=days) for days in range(-15, 16)}
            assert any(contact.at.date() in near for contact in history.interactions), "CRM heard of it"
            assert not ticket or any(t.type == ticket and t.opened_at.date() in near for t in history.tickets)
            assert not cause or any(charge.cause == cause and charge.on in near for charge in history.charges)
            assert not order or any(one.description.startswith(order) for one in history.orders)
            told += 1
    assert told > 5


def test_nothing_happens_after_the_last_night(world: World) -> None:
    night = at(DAY, NIGHT)
    for n in range(300):
        history = world.history(n)
        times: list[datetime] = [contact.at for contact in world.contacts(n)] + [use.at for use in world.usage(n)]
        times += [change for ticket in history.tickets for _, change, _ in ticket.changes]
        times += [test.at for test in history.tests if test.at.date() != DAY]
        assert max(times, default=night) <= night
        assert all(bill.billed_on <= DAY and (bill.paid_on or DAY) <= DAY for bill in world.bills(n))


def test_contacts_are_newest_first_and_about_something_that_is_there(world: World) -> None:
    channels: Counter[str] = Counter()
    for n in range(300):
        contacts = world.contacts(n)
        assert [contact.at for contact in contacts] == sorted((c.at for c in contacts), reverse=True)
        assert len(contacts) <= Numbers.CONTACTS
        months = {(bill.account, bill.month) for bill in world.bills(n)}
        for contact in contacts:
            channels[contact.channel] += 1
            if contact.about is None:
                continue
            kind, first, second = contact.about
            there = {
                "ticket": first < len(world.history(n).tickets),
                "order": first < len(world.history(n).orders),
                "bill": (first, second) in months,
            }
            assert there[kind], contact
    assert set(channels) == {"phone", "chat", "shop", "portal", "email", "sms"}


def test_a_payment_that_was_never_applied_leaves_its_bill_open(world: World) -> None:
    found = 0
    for n in range(world.customers):
        for item in world.history(n).discrepancies:
            if item.kind != "paymentNotApplied":
                continue
            bill = next(one for one in world.bills(n) if (one.account, one.month) == (item.account, item.month))
            assert bill.received > 0
            assert bill.paid == 0
            assert bill.state == "sent"
            found += 1
    assert found


def test_relations_hold_both_ways(world: World) -> None:
    back = {"householdMember": "householdMember", "parentCompany": "subsidiary", "subsidiary": "parentCompany"}
    found: Counter[str] = Counter()
    for n in range(world.customers):
        for other, role in world.relations(n):
            assert (n, back[role]) in world.relations(other)
            found[role] += 1
    assert set(found) == set(back)


def test_duplicates_are_not_given_away_by_a_relation(world: World) -> None:
    for n in range(world.customers):
        twin = world.history(n).twin_of
        if twin is not None:
            assert twin not in [other for other, _ in world.relations(n)]


def test_numbers_of_one_customer_never_run_over(world: World) -> None:
    for history in lives(world):
        for items in (
            history.orders,
            history.subscriptions,
            history.tickets,
            history.appointments,
            history.tests,
            history.charges,
        ):
            assert len(items) <= Numbers.ITEMS


def test_a_payment_fails_before_it_is_made_and_the_complaint_comes_between(world: World) -> None:
    seen = 0
    for n in range(400):
        contacts = world.contacts(n)
        for bill in world.bills(n):
            plan = bill.plan
            if plan.failed_at is None:
                continue
            assert plan.paid_at is None or plan.failed_at < plan.paid_at
            about = ("bill", bill.account, bill.month)
            told = {contact.reason: contact.at for contact in contacts if contact.about == about}
            assert told["Payment failed"] == plan.failed_at
            if "Payment did not work" in told:
                assert plan.failed_at < told["Payment did not work"]
                assert plan.paid_at is None or told["Payment did not work"] < plan.paid_at
            seen += 1
    assert seen > 20


def test_no_step_of_an_order_is_done_before_its_day(world: World) -> None:
    for history in lives(world):
        for order in history.orders:
            for step in order.steps:
                if step.status in {"completed", "failed"}:
                    assert step.on is not None
                    assert step.on <= DAY, (order.description, step)
