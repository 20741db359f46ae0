"""Events in a customer's history besides purchases. Each changes all three systems consistently."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from console.sandbox.world.catalogue import FIBRE, MOBILE, MOVE_CENTS, in_currency
from console.sandbox.world.customer_history import (
    Charge,
    CustomerHistory,
    Interaction,
    LineTest,
    Story,
    Subscription,
    Ticket,
)
from console.sandbox.world.numbering import Numbers
from console.sandbox.world.people import full_name
from console.sandbox.world.purchases import NIGHT, add_appointment, at, complete_order, end, subscribe

_EVERYDAY = (
    ("Slow Wi-Fi in the evening", "technical", "fibre", "Speed drops after 19:00; the living room is worst."),
    ("Picture freezes on one box", "technical", "tv", "The box in the bedroom freezes every few minutes."),
    ("Noise on the line", "technical", "voice", "Crackling during calls since the weekend."),
    ("Question about a charge", "billing", "fibre", "Asks what the part-month line on the bill means."),
    ("Invoice address to be changed", "administrative", "fibre", "Wants paper bills sent to the office."),
    ("No signal at home", "technical", "mobile", "One bar indoors since the mast was changed."),
)
_NOTES = {
    "technical": "Restarted the box together; to be watched.",
    "billing": "Explained the period and the days of it; a copy was sent.",
    "administrative": "Took the new address down; to be confirmed in writing.",
}
_ENDS = (
    ("resolved", timedelta(days=2), "Solved with the customer"),
    ("cancelled", timedelta(days=1), "Solved itself"),
)
_TELLERS = ("phone", "chat", "portal", "shop")


def tell_stories(seed: int, history: CustomerHistory, rng: random.Random) -> None:
    """Add events to a customer: the price change, at most one large event, everyday tickets and line tests."""
    _price_change(seed, history)
    room = (history.as_of - history.person.since).days - 60
    if room > 30:
        on = history.as_of - timedelta(days=rng.randrange(20, min(room, 690)))
        chosen = rng.choices(
            (None, _move, _outage, _fraud, _bereavement, _growth),
            (46, 12, 22, 7, 6, 7 if history.person.company else 0),
        )[0]
        if chosen is not None:
            chosen(history, on, rng)
    for _ in range(rng.choices((0, 1, 2, 3), (45, 35, 15, 5))[0]):
        _everyday(history, rng)
    _line_tests(history, rng)


def _active(history: CustomerHistory, family: str, on: date) -> Subscription | None:
    return next(
        (
            sub
            for sub in history.subscriptions
            if sub.plan.family == family and sub.started_on < on and (sub.ended_on is None or sub.ended_on > on)
        ),
        None,
    )


def _say(history: CustomerHistory, on: date, hour: int, channel: str, reason: str, text: str,
         about: tuple[str, int, int] | None = None, *, outbound: bool = False) -> None:  # fmt: skip
    """Add one interaction to CRM."""
    minute = (history.n * 7 + len(history.interactions) * 13) % 60
    minutes = {"phone": 6, "chat": 14, "shop": 12}.get(channel, 1) + minute % 5
    history.interactions.append(
        Interaction(at(on, hour, minute), minutes, channel, "outbound" if outbound else "inbound", reason, text, about)
    )


def _open_ticket(
    history: CustomerHistory, opened_at: datetime, name: str, kind: str, text: str, severity: str = "medium"
) -> Ticket:
    due_on = opened_at + timedelta(hours={"high": 8, "medium": 48}.get(severity, 120))
    ticket = Ticket(
        len(history.tickets), name, kind, severity, text, opened_at, [("acknowledged", opened_at, "Received")], due_on
    )
    history.tickets.append(ticket)
    return ticket


def _price_change(seed: int, history: CustomerHistory) -> None:
    """Raise the price of active fibre plans once, on the same day for all customers."""
    world = random.Random(f"{seed} prices")
    on = history.as_of - timedelta(days=world.randrange(100, 300))
    permille = world.randrange(30, 60)
    for sub in history.subscriptions:
        if sub.plan.family == "fibre" and sub.started_on < on and (sub.ended_on is None or sub.ended_on > on):
            dearer = sub.cents * (1000 + permille) // 1000
            sub.price_change = (on, round(dearer, -2 if history.person.country.currency == "SEK" else -1))
            if not any(story.kind == "priceChange" for story in history.stories):
                history.stories.append(Story("priceChange", on))
                _say(history, on - timedelta(days=30), 9, "email", "Price change announced",
                     f"{sub.plan.name} costs more from {on.isoformat()}.", outbound=True)  # fmt: skip


def _move(history: CustomerHistory, on: date, rng: random.Random) -> None:
    fibre = _active(history, "fibre", on)
    if fibre is None or len(history.orders) >= Numbers.ITEMS - 8:
        return
    history.stories.append(Story("move", on))
    street = rng.choice([name for name in history.person.country.streets if name not in history.person.address.street])
    number = rng.randrange(1, 150)
    old = f"{number} {street}" if history.person.country.number_first else f"{street} {number}"
    order = complete_order(
        history, fibre.account, f"Move to {history.person.address.street}", [("modify", fibre.index)], on, rng
    )
    add_appointment(history, on, "completed", f"Connect the line at {history.person.address.street}", order=order.index)
    cents = in_currency(MOVE_CENTS, history.person.country.currency)
    history.charges.append(Charge(fibre.account, on, cents, "Moving the line", "oneTime", "move"))
    channel = rng.choice(_TELLERS)
    _say(history, order.ordered_on, 11, channel, "Moving house", f"Moves from {old} on {on.isoformat()}.",
         ("order", order.index, 0))  # fmt: skip
    _say(history, on, 16, "sms", "Visit done", "The line works at the new address.", ("order", order.index, 0),
         outbound=True)  # fmt: skip


def _outage(history: CustomerHistory, on: date, rng: random.Random) -> None:
    fibre = _active(history, "fibre", on)
    if fibre is None:
        return
    history.stories.append(Story("outage", on))
    hours = rng.randrange(3, 30)
    began = at(on, rng.randrange(0, 20), 10)
    ended = began + timedelta(hours=hours)
    ticket = _open_ticket(
        history, began + timedelta(minutes=25), f"Outage of {on.isoformat()}, {hours} h", "outage",
        "No connection at all; the box blinks red.", "high",
    )  # fmt: skip
    ticket.subscription = fibre.index
    ticket.changes += [
        ("inProgress", began + timedelta(minutes=50), "Cable damaged by road works"),
        ("resolved", ended, "Cable repaired"),
        ("closed", ended + timedelta(days=2), "Customer confirmed"),
    ]
    cents = in_currency(hours * 22 + 100, history.person.country.currency)
    credited_on = min(ended.date() + timedelta(days=1), history.as_of)
    history.charges.append(Charge(fibre.account, credited_on, -cents, f"Credit for the outage of {on.isoformat()}",
                               "credit", "credit"))  # fmt: skip
    ticket.notes.append(("Care", ended + timedelta(hours=20), "Credit given; it shows on the next bill."))
    about = ("ticket", ticket.index, 0)
    _say(history, on, ticket.opened_at.hour, rng.choice(("phone", "chat", "portal")), "No connection",
         "Line is down, asks how long it takes.", about)  # fmt: skip
    _say(
        history,
        ended.date(),
        ended.hour,
        "sms",
        "Connection restored",
        f"Repaired after {hours} h.",
        about,
        outbound=True,
    )


def _fraud(history: CustomerHistory, on: date, rng: random.Random) -> None:
    mobile = _active(history, "mobile", on)
    if mobile is None:
        return
    history.stories.append(Story("fraudScare", on))
    currency = history.person.country.currency
    cents = in_currency(rng.randrange(1800, 7200, 100), currency)
    history.charges.append(Charge(mobile.account, on, cents, "Premium numbers abroad", "usage", "fraud"))
    ticket = _open_ticket(history, at(on, 7, 40), "Calls the customer did not make", "fraud",
                          "Eleven calls to premium numbers between 02:00 and 04:00.", "high")  # fmt: skip
    ticket.subscription = mobile.index
    back = min(on + timedelta(days=rng.randrange(2, 6)), history.as_of)
    ticket.changes += [
        ("inProgress", at(on, 8, 5), "Premium numbers barred"),
        ("resolved", at(back, 15), "Calls confirmed as fraud and credited"),
        ("closed", at(back, 16), "New SIM sent"),
    ]
    history.charges.append(Charge(mobile.account, back, -cents, "Credit for calls not made", "credit", "fraudCredit"))
    about = ("ticket", ticket.index, 0)
    _say(history, on, 7, "sms", "Unusual calls", "Eleven calls to premium numbers this night. Was it you?", about,
         outbound=True)  # fmt: skip
    _say(history, on, 8, "phone", "Fraud suspicion", "Did not make these calls; wants the number barred.", about)
    _say(history, back, 16, "email", "Fraud confirmed", "The calls are credited in full.", about, outbound=True)


def _bereavement(history: CustomerHistory, on: date, rng: random.Random) -> None:
    if history.person.company:
        return
    history.stories.append(Story("bereavement", on))
    given = rng.choice([name for name in history.person.country.given if name != history.person.given])
    holder = full_name(history.person.country, given, history.person.family)
    text = f"{holder} has died; {history.person.name} takes the contract over."
    ticket = _open_ticket(history, at(on, 10, 15), "Change of account holder", "administrative", text, "low")
    ticket.changes += [
        ("inProgress", at(on, 11), "Certificate asked for"),
        ("resolved", at(min(on + timedelta(days=6), history.as_of), 9), "Contract is in the new name"),
    ]
    about = ("ticket", ticket.index, 0)
    _say(history, on, 10, rng.choice(("phone", "shop")), "Death in the family",
         f"{holder} has died. Please no advertising for some weeks.", about)  # fmt: skip
    gone = _active(history, "mobile", on) or _active(history, "tv", on)
    if gone is not None:
        ended_on = min(on + timedelta(days=14), history.as_of)
        end(gone, ended_on)
        complete_order(history, gone.account, f"Remove {gone.plan.name}", [("delete", gone.index)], ended_on, rng)


def _growth(history: CustomerHistory, on: date, rng: random.Random) -> None:
    history.stories.append(Story("growth", on))
    for number in range(rng.randrange(2, 5)):
        started_on = min(on + timedelta(days=40 * number), history.as_of - timedelta(days=5))
        if started_on <= on and number:
            break
        plan = rng.choice(MOBILE)
        added = subscribe(history, 0, plan, started_on, rng)
        order = complete_order(history, 0, f"Add {plan.name}", [("add", added.index)], started_on, rng)
        _say(history, order.ordered_on, 9, "phone", "More staff", f"A new colleague needs {plan.name}.",
             ("order", order.index, 0))  # fmt: skip


_TAKEN_UP = ("inProgress", timedelta(hours=2), "Taken up")


def _later_changes(kind: str, days_ago: int, rng: random.Random) -> Iterator[tuple[str, timedelta, str]]:
    """Yield the later states of a ticket: tickets older than 4 days have ended, newer ones may wait."""
    if days_ago > 4:
        ended = rng.choice(_ENDS)
        yield ended
        if ended[0] == "resolved" and days_ago > 10:
            yield "closed", timedelta(days=6), "No further question"
    elif rng.random() < 0.4:
        part = "Waits for a part" if kind == "technical" else "Waits for accounting"
        state, reason = (("pending", "Waits for the customer"), ("held", part))[rng.randrange(2)]
        yield state, timedelta(hours=5), reason


def _everyday(history: CustomerHistory, rng: random.Random) -> None:
    """Add an everyday ticket, old or still open."""
    since = max(history.person.since, history.as_of - timedelta(days=700))
    days_ago = rng.randrange(1, max(2, (history.as_of - since).days)) if rng.random() < 0.7 else rng.randrange(1, 4)
    on = history.as_of - timedelta(days=days_ago)
    name, kind, family, text = rng.choice(_EVERYDAY)
    sub = _active(history, family, on)
    if sub is None or len(history.tickets) >= Numbers.ITEMS - 1:
        return
    severity = rng.choice(("low", "medium", "medium", "high"))
    ticket = _open_ticket(history, at(on, rng.randrange(7, 20), rng.randrange(60)), name, kind, text, severity)
    ticket.subscription = sub.index
    changes = [_TAKEN_UP, *_later_changes(kind, days_ago, rng)]
    now = at(history.as_of, NIGHT)
    ticket.changes += [(state, min(ticket.opened_at + after, now), reason) for state, after, reason in changes]
    ticket.notes.append(("Care", ticket.opened_at + timedelta(minutes=9), _NOTES[kind]))
    if kind == "technical" and rng.random() < 0.35:
        appointment_on = on + timedelta(days=2)
        status = "completed" if appointment_on < history.as_of else "confirmed"
        add_appointment(history, appointment_on, status, f"Look at: {name}", ticket=ticket.index)
    channel = rng.choice(_TELLERS)
    reason = "Request sent" if channel == "portal" else name
    _say(history, on, ticket.opened_at.hour, channel, reason, text, ("ticket", ticket.index, 0))


def _line_tests(history: CustomerHistory, rng: random.Random) -> None:
    """Add one to three tests of each active fibre line in the last 120 days; about 14 % fail."""
    for sub in history.subscriptions:
        if sub.plan.family != "fibre" or sub.ended_on is not None or sub.started_on > history.as_of:
            continue
        days = [
            rng.randrange(1, min(120, (history.as_of - sub.started_on).days + 2)) for _ in range(rng.randrange(1, 4))
        ]
        for days_ago in sorted(days, reverse=True):
            if len(history.tests) < Numbers.ITEMS:
                history.tests.append(_line_test(history, sub, history.as_of - timedelta(days=days_ago), rng))


def _line_test(history: CustomerHistory, sub: Subscription, on: date, rng: random.Random) -> LineTest:
    nominal = float(sub.plan.detail.partition("/")[0] or FIBRE[0].detail.partition("/")[0])
    good = rng.random() < 0.86
    share = rng.uniform(0.9, 0.98) if good else rng.uniform(0.2, 0.6)
    return LineTest(
        index=len(history.tests),
        subscription=sub.index,
        at=at(on, rng.randrange(6, 21), rng.randrange(60)),
        passed=good,
        down=round(nominal * share, 1),
        up=round(nominal * share * 0.99, 1),
        optical=round(rng.uniform(-21, -16) if good else rng.uniform(-29, -26), 1),
        loss=0.0 if good else round(rng.uniform(0.8, 6), 1),
    )
