"""Purchases, changes and ends of a customer's products, and their orders."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from console.sandbox.world.catalogue import ADD_ONS, BUSINESS_FIBRE, FIBRE, MOBILE, TV, Plan, in_currency
from console.sandbox.world.customer_history import (
    Appointment,
    Charge,
    CustomerHistory,
    Order,
    OrderMilestone,
    Subscription,
)
from console.sandbox.world.numbering import Numbers
from console.sandbox.world.people import WorldPerson

_DONE_STEPS = {
    "add": ("Accepted", "Shipped", "Visit", "Activate", "Closed"),
    "other": ("Accepted", "Network", "Billing", "Closed"),
}
_OPEN_STATES = ("acknowledged", "inProgress", "inProgress", "inProgress", "pending", "held", "assessingCancellation")
_OPEN_STATES_RARE = ("pendingCancellation", "partial", "failed", "cancelled", "rejected")


# Hour (UTC) of the world's last day; nothing in the world happens later.
NIGHT = 5


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a time on a day, aware UTC."""
    return datetime.combine(day, time(hour, minute), tzinfo=UTC)


def subscribe(history: CustomerHistory, account: int, plan: Plan, on: date, rng: random.Random) -> Subscription:
    subscription = Subscription(
        index=len(history.subscriptions),
        account=account,
        plan=plan,
        cents=in_currency(plan.cents, history.person.country.currency),
        started_on=on,
        detail=_detail(history.person, plan, rng),
    )
    history.subscriptions.append(subscription)
    return subscription


def _detail(person: WorldPerson, plan: Plan, rng: random.Random) -> str:
    if plan.family in {"voice", "mobile"}:
        free = "".join(str(rng.randrange(10)) for _ in range(2))
        return f"{person.phone[:-2]}{free}"
    if plan.family == "ip":
        return f"203.0.113.{rng.randrange(1, 255)}"
    return plan.detail


def complete_order(
    history: CustomerHistory, account: int, text: str, items: list[tuple[str, int]], done_on: date, rng: random.Random
) -> Order:
    """Add a completed order."""
    ordered_on = max(done_on - timedelta(days=rng.randrange(1, 12)), history.person.since - timedelta(days=12))
    adds = items[0][0] == "add"
    names = _DONE_STEPS["add" if adds else "other"]
    span = (done_on - ordered_on).days
    steps = [
        OrderMilestone(name, "completed", ordered_on + timedelta(days=span * i // (len(names) - 1)))
        for i, name in enumerate(names)
    ]
    order = Order(len(history.orders), account, text, items, ordered_on, "completed", done_on, done_on, steps)
    history.orders.append(order)
    appointment = next((step.on for step in steps if step.name == "Visit"), None)
    if appointment is not None and history.subscriptions[items[0][1]].plan.family in {"fibre", "tv"}:
        add_appointment(history, appointment, "completed", f"Installation: {text}", order=order.index)
    return order


def add_appointment(
    history: CustomerHistory, on: date, status: str, text: str, *, order: int | None = None, ticket: int | None = None
) -> None:
    """Add an appointment: 08:00-12:00 UTC for an even index, 13:00-17:00 UTC for an odd one."""
    if len(history.appointments) < Numbers.ITEMS:
        starts, ends = ((8, 12), (13, 17))[len(history.appointments) % 2]
        history.appointments.append(
            Appointment(
                len(history.appointments),
                at(on, starts),
                ends_at=at(on, ends),
                status=status,
                text=text,
                order=order,
                ticket=ticket,
            )
        )


def base_products(history: CustomerHistory, account: int, rng: random.Random) -> None:
    start = (
        history.person.since
        if account == 0
        else min(history.as_of, history.person.since + timedelta(days=rng.randrange(0, 200)))
    )
    plans = [rng.choice(BUSINESS_FIBRE if history.person.company else FIBRE[:3])]
    if not history.person.company and rng.random() < 0.5:
        plans.append(rng.choice(TV))
    plans += [plan for plan in ADD_ONS if rng.random() < (0.5 if plan.family != "ip" else 0.2)]
    plans += [rng.choice(MOBILE) for _ in range(rng.choices((0, 1, 2), (55, 30, 15))[0])]
    bought = [subscribe(history, account, plan, start, rng) for plan in plans]
    if rng.random() < 0.5:
        months = rng.choice((6, 12, 12, 24))
        bought[0].promotion_cents = in_currency(rng.choice((500, 1000, 1500)), history.person.country.currency)
        bought[0].promotion_until = start + timedelta(days=months * 365 // 12)
    complete_order(history, account, f"New: {bought[0].plan.name}", [("add", sub.index) for sub in bought], start, rng)


@dataclass(frozen=True, slots=True)
class _Room:
    """The range of days in which an account's products may change."""

    earliest: date
    days: int

    def day(self, rng: random.Random) -> date:
        return self.earliest + timedelta(days=rng.randrange(self.days))


def changes(history: CustomerHistory, account: int, rng: random.Random) -> None:
    earliest = max(history.person.since, history.as_of - timedelta(days=700)) + timedelta(days=20)
    room = _Room(earliest, (history.as_of - earliest).days - 5)
    if room.days <= 0:
        return
    mine = [sub for sub in history.subscriptions if sub.account == account]
    _change_plan(history, mine[0], room, rng)
    _add_one(history, account, room, rng)
    _remove_one(history, account, mine[1:], room, rng)
    for _ in range(rng.choices((0, 1, 2), (70, 22, 8))[0]):
        cents = in_currency(rng.randrange(150, 900), history.person.country.currency)
        history.charges.append(
            Charge(account, room.day(rng), cents=-cents, name="Credit for an outage", type="credit", cause="credit")
        )


def _change_plan(history: CustomerHistory, fibre: Subscription, room: _Room, rng: random.Random) -> None:
    ladder = BUSINESS_FIBRE if history.person.company else FIBRE
    if rng.random() >= 0.35 or fibre.plan not in ladder[:-1]:
        return
    on = room.day(rng)
    if on > fibre.started_on:
        better = subscribe(history, fibre.account, ladder[ladder.index(fibre.plan) + 1], on, rng)
        end(fibre, on)
        text = f"{fibre.plan.name} to {better.plan.name}"
        complete_order(history, fibre.account, text, [("modify", better.index), ("delete", fibre.index)], on, rng)


def _add_one(history: CustomerHistory, account: int, room: _Room, rng: random.Random) -> None:
    if rng.random() >= 0.3:
        return
    plan = rng.choice(ADD_ONS + MOBILE)
    added = subscribe(history, account, plan, room.day(rng), rng)
    complete_order(history, account, f"Add {plan.name}", [("add", added.index)], added.started_on, rng)


def _remove_one(
    history: CustomerHistory, account: int, further: list[Subscription], room: _Room, rng: random.Random
) -> None:
    removable = [sub for sub in further if sub.ended_on is None]
    if not removable or rng.random() >= 0.3:
        return
    gone, on = rng.choice(removable), room.day(rng)
    if on > gone.started_on:
        end(gone, on)
        complete_order(history, account, f"Remove {gone.plan.name}", [("delete", gone.index)], on, rng)


def end(subscription: Subscription, on: date) -> None:
    subscription.ended_on = on
    subscription.product_status = subscription.service_state = "terminated"
    subscription.service_enabled = False


def open_order(history: CustomerHistory, rng: random.Random) -> None:
    """Add an order that is not completed, in a random state of the standard."""
    account = rng.randrange(history.accounts)
    state = rng.choice(_OPEN_STATES if rng.random() < 0.7 else _OPEN_STATES_RARE)
    ordered_on = max(history.person.since, history.as_of - timedelta(days=rng.randrange(1, 15)))
    plan = rng.choice(ADD_ONS + MOBILE + TV)
    coming = subscribe(history, account, plan, ordered_on + timedelta(days=rng.randrange(15, 30)), rng)
    coming.never_billed = True
    dropped = state in {"cancelled", "rejected", "failed"}
    coming.product_status = "cancelled" if dropped else "pendingActive"
    coming.service_state = "inactive" if dropped else rng.choice(("feasibilityChecked", "designed", "reserved"))
    coming.service_enabled = False
    names = _DONE_STEPS["add"]
    passed = (history.as_of - ordered_on).days
    reached = 0 if state in {"acknowledged", "rejected"} else min(rng.randrange(1, 4), max(0, passed - 1))
    steps = [
        OrderMilestone(name, "completed", ordered_on + timedelta(days=i)) for i, name in enumerate(names[: reached + 1])
    ]
    steps += [OrderMilestone(name, "pending", None) for name in names[reached + 1 :]]
    current = steps[min(reached + 1, len(steps) - 1)]
    failure = None
    if state in {"failed", "partial"}:
        current.status, current.on = "failed", min(ordered_on + timedelta(days=reached + 1), history.as_of)
        failure = f"{current.name}: no answer from the network element"
    elif not dropped:
        current.status, current.on = "inProgress", coming.started_on - timedelta(days=3)
    if plan.family in {"fibre", "tv"} or rng.random() < 0.3:
        status = "cancelled" if dropped else rng.choice(("confirmed", "confirmed", "initialized"))
        day_before = coming.started_on - timedelta(days=1)
        add_appointment(history, day_before, status, f"Installation: {plan.name}", order=len(history.orders))
    history.orders.append(
        Order(
            len(history.orders),
            account,
            f"Add {plan.name}",
            [("add", coming.index)],
            ordered_on,
            state,
            None,
            coming.started_on,
            steps,
            failure,
        )
    )
