"""Discrepancies between the systems for some customers. `World.truth` lists exactly the ones made here."""

import random
from collections.abc import Callable
from datetime import timedelta

from console.sandbox.world.customer_history import CustomerHistory, SeededDiscrepancy, Subscription
from console.sandbox.world.payments import bill_months

# Younger changes may still be in transit between two systems, so they are not discrepancies.
_SETTLES_IN = timedelta(days=45)


def contradict(history: CustomerHistory, rng: random.Random) -> None:
    """Add discrepancies to a customer: a duplicate if it is one, and another with a chance of 12 %."""
    if history.twin_of is not None:
        history.discrepancies.append(SeededDiscrepancy("duplicateCustomer", history.person.since))
    if rng.random() < 0.12:
        found = rng.choice(_KINDS)(history, rng)
        if found is not None:
            history.discrepancies.append(found)


def _pick(subs: list[Subscription], rng: random.Random) -> Subscription | None:
    return rng.choice(subs) if subs else None


def _active(history: CustomerHistory) -> list[Subscription]:
    settled_before = history.as_of - _SETTLES_IN
    return [sub for sub in history.subscriptions if sub.product_status == "active" and sub.started_on < settled_before]


def _billed_but_terminated(history: CustomerHistory, rng: random.Random) -> SeededDiscrepancy | None:
    settled_before = history.as_of - _SETTLES_IN
    sub = _pick(
        [sub for sub in history.subscriptions if sub.ended_on is not None and sub.ended_on < settled_before], rng
    )
    if sub is None or sub.ended_on is None:
        return None
    sub.bills_after_end = True
    return SeededDiscrepancy("billedButTerminated", sub.ended_on, sub.account, sub.index)


def _active_not_billed(history: CustomerHistory, rng: random.Random) -> SeededDiscrepancy | None:
    sub = _pick(_active(history), rng)
    if sub is None:
        return None
    sub.never_billed = True
    return SeededDiscrepancy("activeNotBilled", sub.started_on, sub.account, sub.index)


def _completed_order_inactive_service(history: CustomerHistory, rng: random.Random) -> SeededDiscrepancy | None:
    sub = _pick(_active(history), rng)
    if sub is None:
        return None
    sub.service_state, sub.service_enabled = "inactive", False
    order = next(
        order.index for order in reversed(history.orders) if any(index == sub.index for _, index in order.items)
    )
    return SeededDiscrepancy("completedOrderInactiveService", sub.started_on, sub.account, sub.index, order)


def _suspended_in_one_system(history: CustomerHistory, rng: random.Random) -> SeededDiscrepancy | None:
    sub = _pick(_active(history), rng)
    if sub is None:
        return None
    sub.product_status = "suspended"
    return SeededDiscrepancy("suspendedInOneSystem", history.as_of - _SETTLES_IN, sub.account, sub.index)


def _address_differs(history: CustomerHistory, rng: random.Random) -> SeededDiscrepancy:
    street = history.person.address.street
    number, _, rest = street.partition(" ")
    digit = rng.randrange(1, 9)
    history.billing_street = f"{number}{digit} {rest}" if number.isdigit() else f"{street}{digit}"
    return SeededDiscrepancy("addressDiffers", history.person.since, 0)


def _name_differs(history: CustomerHistory, rng: random.Random) -> SeededDiscrepancy | None:
    other = rng.choice([name for name in history.person.country.family if name != history.person.family])
    if history.person.family not in history.person.name:  # the company is named after another family
        return None
    history.billing_name = history.person.name.replace(history.person.family, other)
    return SeededDiscrepancy("nameDiffers", history.person.since, 0)


def _payment_not_applied(history: CustomerHistory, _rng: random.Random) -> SeededDiscrepancy | None:
    months = bill_months(history, 0)
    if len(months) <= 3:
        return None
    history.unapplied = (0, months[-3])
    return SeededDiscrepancy("paymentNotApplied", history.as_of - _SETTLES_IN, 0, month=months[-3])


_KINDS: tuple[Callable[[CustomerHistory, random.Random], SeededDiscrepancy | None], ...] = (
    _billed_but_terminated,
    _active_not_billed,
    _completed_order_inactive_service,
    _suspended_in_one_system,
    _address_differs,
    _name_differs,
    _payment_not_applied,
)
