"""All interactions between OptiCom and a customer in CRM, over all channels, newest first."""

import random
from datetime import datetime, timedelta

from console.sandbox.world.customer_history import CustomerHistory, Interaction, Order
from console.sandbox.world.numbering import Numbers
from console.sandbox.world.payments import BillSettlement, bill_day, bill_months, payment_plan
from console.sandbox.world.purchases import NIGHT, at

_ORDERED_BY = ("phone", "chat", "shop", "portal")


def derive_contacts(seed: int, history: CustomerHistory) -> list[Interaction]:
    """Return a customer's interactions: the last two years, plus all about orders; newest first, at most 1,024."""
    rng = random.Random(f"{seed} contacts {history.n}")
    found = list(history.interactions)
    mentioned = {contact.about[1] for contact in history.interactions if contact.about and contact.about[0] == "order"}
    for order in history.orders:
        # If a story has an interaction about the order, the customer ordered in it: leave out the order call.
        found += _about_order(order, rng)[1 if order.index in mentioned else 0 :]
    for account in range(history.accounts):
        for month in bill_months(history, account):
            found += _about_bill(history, account, month, payment_plan(seed, history, account, month), rng)
    now = at(history.as_of, NIGHT)
    found = sorted((contact for contact in found if contact.at <= now), key=lambda contact: contact.at)
    return found[-Numbers.CONTACTS :][::-1]


def _about_order(order: Order, rng: random.Random) -> list[Interaction]:
    channel = rng.choice(_ORDERED_BY)
    about = ("order", order.index, 0)
    reason = "Request sent" if channel == "portal" else "Order"
    minutes = {"phone": 9, "chat": 15, "shop": 20}.get(channel, 2)
    found = [
        Interaction(at(order.ordered_on, 8, rng.randrange(20, 55)), minutes, channel, "inbound", reason,
                order.description, about)
    ]  # fmt: skip
    shipped = next((step.on for step in order.steps if step.name == "Shipped" and step.status == "completed"), None)
    if shipped is not None:
        when = at(shipped, 14, rng.randrange(60))
        found.append(_outbound(when, "sms", "Shipped", "The box is on its way.", about))
    return found


def _about_bill(
    history: CustomerHistory, account: int, month: int, plan: BillSettlement, rng: random.Random
) -> list[Interaction]:
    billed_on = bill_day(month, history.cycle_days[account])
    about = ("bill", account, month)
    found = []
    if rng.random() < 0.5:
        found.append(_outbound(at(billed_on, 6, 30), "email", "Bill ready", f"Bill of {billed_on.isoformat()}", about))
    if plan.channel == "portal" and rng.random() < 0.6:
        read_on = billed_on + timedelta(days=rng.randrange(0, 6))
        when = at(read_on, rng.randrange(7, 22), rng.randrange(10, 60))
        found += _portal_visit(when, rng, "Bill viewed", f"Bill of {billed_on.isoformat()}", about)
    if plan.failed_at is not None:
        shown = f"Shown to the customer: “{plan.error}”"
        found += _portal_visit(plan.failed_at, rng, "Payment failed", shown, about, failed=True)
        if rng.random() < 0.4:
            when = plan.failed_at + timedelta(minutes=rng.randrange(20, 110))
            message = f"The portal said: “{plan.error}”"
            channel = rng.choice(("phone", "chat"))
            found.append(Interaction(when, 7, channel, "inbound", "Payment did not work", message, about))
    if plan.paid_at is not None and plan.channel == "portal" and rng.random() < 0.5:
        found += _portal_visit(plan.paid_at, rng, "Payment made", plan.method, about)
    if rng.random() < 0.03:
        asked = billed_on + timedelta(days=rng.randrange(2, 9))
        when = at(asked, rng.randrange(8, 19), rng.randrange(60))
        text = "Asked why the amount changed; explained line by line."
        found.append(Interaction(when, 8, "phone", "inbound", "Bill higher than expected", text, about))
    return found


def _outbound(when: datetime, channel: str, reason: str, text: str, about: tuple[str, int, int]) -> Interaction:
    return Interaction(when, 0, channel, "outbound", reason, text, about)


def _portal_visit(
    did_at: datetime, rng: random.Random, did: str, text: str, about: tuple[str, int, int], *, failed: bool = False
) -> list[Interaction]:
    """Return an activity in the portal, and the sign-in some minutes before it."""
    signed_in = did_at - timedelta(minutes=rng.randrange(1, 6))
    return [
        Interaction(signed_in, 0, "portal", "inbound", "Signed in", "Self-service portal", None),
        Interaction(did_at, 1, "portal", "inbound", did, text, about, "failed" if failed else "completed"),
    ]
