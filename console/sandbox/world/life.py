"""One customer's life with OptiCom: accounts, what was bought and ended, and the orders that did it."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from console.sandbox.world.catalogue import ADD_ONS, BUSINESS_FIBRE, FIBRE, MOBILE, TV, Plan, in_currency
from console.sandbox.world.people import Person, derive_person, is_twin

_DONE_STEPS = {
    "add": ("Accepted", "Shipped", "Visit", "Activate", "Closed"),
    "other": ("Accepted", "Network", "Billing", "Closed"),
}
_OPEN_STATES = ("acknowledged", "inProgress", "inProgress", "inProgress", "pending", "held", "assessingCancellation")
_OPEN_STATES_RARE = ("pendingCancellation", "partial", "failed", "cancelled", "rejected")


@dataclass(slots=True)
class Subscription:
    """One thing a customer has or had: a product as sold and the service under it."""

    index: int
    account: int
    plan: Plan
    cents: int
    started_on: date
    ended_on: date | None = None
    promotion_cents: int = 0
    promotion_until: date | None = None
    detail: str = ""
    product_status: str = "active"
    service_state: str = "active"
    service_enabled: bool = True
    never_billed: bool = False
    bills_after_end: bool = False

    @property
    def billed_until(self) -> date | None:
        return None if self.bills_after_end else self.ended_on


@dataclass(slots=True)
class Step:
    """A milestone of an order."""

    name: str
    status: str
    on: date | None


@dataclass(slots=True)
class Order:
    """A product order and the service order that carries it out."""

    index: int
    account: int
    description: str
    items: list[tuple[str, int]]  # action, subscription
    ordered_on: date
    state: str
    completed_on: date | None
    expected_on: date
    steps: list[Step]
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Something two systems disagree about; `subscription` and `account` say where, as far as it has a place."""

    kind: str
    since: date
    account: int | None = None
    subscription: int | None = None
    order: int | None = None


@dataclass(slots=True)
class Life:
    """Everything the systems know of one customer, except the bills, which follow from it."""

    n: int
    as_of: date
    person: Person
    twin_of: int | None
    accounts: int
    cycle_days: list[int]
    subscriptions: list[Subscription] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    outage_credits: list[tuple[int, date, int]] = field(default_factory=list)  # account, day, cents
    contradictions: list[Contradiction] = field(default_factory=list)
    billing_name: str | None = None
    billing_street: str | None = None


def derive_life(seed: int, n: int, as_of: date) -> Life:
    """Return customer n's life up to a day."""
    rng = random.Random(f"{seed} life {n}")
    person = derive_person(seed, n, as_of)
    accounts = rng.choices((1, 2, 3, 4), (50, 25, 15, 10))[0] if person.company else rng.choices((1, 2), (96, 4))[0]
    life = Life(
        n=n,
        as_of=as_of,
        person=person,
        twin_of=n - 1 if is_twin(seed, n, as_of) else None,
        accounts=accounts,
        cycle_days=[rng.randrange(1, 29) for _ in range(accounts)],
    )
    for account in range(accounts):
        _base_products(life, account, rng)
        _changes(life, account, rng)
    if rng.random() < 0.22:
        _open_order(life, rng)
    _contradict(life, rng)
    return life


def _subscribe(life: Life, account: int, plan: Plan, on: date, rng: random.Random) -> Subscription:
    subscription = Subscription(
        index=len(life.subscriptions),
        account=account,
        plan=plan,
        cents=in_currency(plan.cents, life.person.country.currency),
        started_on=on,
        detail=_detail(life.person, plan, rng),
    )
    life.subscriptions.append(subscription)
    return subscription


def _detail(person: Person, plan: Plan, rng: random.Random) -> str:
    if plan.family in {"voice", "mobile"}:
        free = "".join(str(rng.randrange(10)) for _ in range(2))
        return f"{person.phone[:-2]}{free}"
    if plan.family == "ip":
        return f"203.0.113.{rng.randrange(1, 255)}"
    return plan.detail


def _order(
    life: Life, account: int, text: str, items: list[tuple[str, int]], done_on: date, rng: random.Random
) -> Order:
    """Add a completed order."""
    ordered_on = max(done_on - timedelta(days=rng.randrange(1, 12)), life.person.since - timedelta(days=12))
    adds = items[0][0] == "add"
    names = _DONE_STEPS["add" if adds else "other"]
    span = (done_on - ordered_on).days
    steps = [
        Step(name, "completed", ordered_on + timedelta(days=span * i // (len(names) - 1)))
        for i, name in enumerate(names)
    ]
    order = Order(len(life.orders), account, text, items, ordered_on, "completed", done_on, done_on, steps)
    life.orders.append(order)
    return order


def _base_products(life: Life, account: int, rng: random.Random) -> None:
    start = (
        life.person.since
        if account == 0
        else min(life.as_of, life.person.since + timedelta(days=rng.randrange(0, 200)))
    )
    plans = [rng.choice(BUSINESS_FIBRE if life.person.company else FIBRE[:3])]
    if not life.person.company and rng.random() < 0.5:
        plans.append(rng.choice(TV))
    plans += [plan for plan in ADD_ONS if rng.random() < (0.5 if plan.family != "ip" else 0.2)]
    plans += [rng.choice(MOBILE) for _ in range(rng.choices((0, 1, 2), (55, 30, 15))[0])]
    bought = [_subscribe(life, account, plan, start, rng) for plan in plans]
    if rng.random() < 0.5:
        months = rng.choice((6, 12, 12, 24))
        bought[0].promotion_cents = in_currency(rng.choice((500, 1000, 1500)), life.person.country.currency)
        bought[0].promotion_until = start + timedelta(days=months * 365 // 12)
    _order(life, account, f"New: {bought[0].plan.name}", [("add", sub.index) for sub in bought], start, rng)


def _changes(life: Life, account: int, rng: random.Random) -> None:
    earliest = max(life.person.since, life.as_of - timedelta(days=700)) + timedelta(days=20)
    room = (life.as_of - earliest).days - 5
    if room <= 0:
        return

    def day() -> date:
        return earliest + timedelta(days=rng.randrange(room))

    mine = [sub for sub in life.subscriptions if sub.account == account]
    ladder = BUSINESS_FIBRE if life.person.company else FIBRE
    fibre = mine[0]
    if rng.random() < 0.35 and fibre.plan in ladder[:-1]:
        on = day()
        if on > fibre.started_on:
            better = _subscribe(life, account, ladder[ladder.index(fibre.plan) + 1], on, rng)
            _end(fibre, on)
            text = f"{fibre.plan.name} to {better.plan.name}"
            _order(life, account, text, [("modify", better.index), ("delete", fibre.index)], on, rng)
    if rng.random() < 0.3:
        plan = rng.choice(ADD_ONS + MOBILE)
        added = _subscribe(life, account, plan, day(), rng)
        _order(life, account, f"Add {plan.name}", [("add", added.index)], added.started_on, rng)
    removable = [sub for sub in mine[1:] if sub.ended_on is None]
    if removable and rng.random() < 0.3:
        gone, on = rng.choice(removable), day()
        if on > gone.started_on:
            _end(gone, on)
            _order(life, account, f"Remove {gone.plan.name}", [("delete", gone.index)], on, rng)
    for _ in range(rng.choices((0, 1, 2), (70, 22, 8))[0]):
        life.outage_credits.append((account, day(), in_currency(rng.randrange(150, 900), life.person.country.currency)))


def _end(subscription: Subscription, on: date) -> None:
    subscription.ended_on = on
    subscription.product_status = subscription.service_state = "terminated"
    subscription.service_enabled = False


def _open_order(life: Life, rng: random.Random) -> None:
    """Add an order that is not done, in any of the standard's states."""
    account = rng.randrange(life.accounts)
    state = rng.choice(_OPEN_STATES if rng.random() < 0.7 else _OPEN_STATES_RARE)
    ordered_on = max(life.person.since, life.as_of - timedelta(days=rng.randrange(1, 15)))
    plan = rng.choice(ADD_ONS + MOBILE + TV)
    coming = _subscribe(life, account, plan, ordered_on + timedelta(days=rng.randrange(15, 30)), rng)
    coming.never_billed = True
    dropped = state in {"cancelled", "rejected", "failed"}
    coming.product_status = "cancelled" if dropped else "pendingActive"
    coming.service_state = "inactive" if dropped else rng.choice(("feasibilityChecked", "designed", "reserved"))
    coming.service_enabled = False
    names = _DONE_STEPS["add"]
    reached = 0 if state in {"acknowledged", "rejected"} else rng.randrange(1, 4)
    steps = [Step(name, "completed", ordered_on + timedelta(days=i)) for i, name in enumerate(names[: reached + 1])]
    steps += [Step(name, "pending", None) for name in names[reached + 1 :]]
    current = steps[min(reached + 1, len(steps) - 1)]
    failure = None
    if state in {"failed", "partial"}:
        current.status, current.on = "failed", ordered_on + timedelta(days=reached + 1)
        failure = f"{current.name}: no answer from the network element"
    elif not dropped:
        current.status, current.on = "inProgress", coming.started_on - timedelta(days=3)
    life.orders.append(
        Order(
            len(life.orders),
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


def _contradict(life: Life, rng: random.Random) -> None:
    """Let the systems disagree about some customers. What is changed here and nothing else goes into the truth."""
    if life.twin_of is not None:
        life.contradictions.append(Contradiction("duplicateCustomer", life.person.since))
    if rng.random() >= 0.12:
        return
    kind = rng.choice(
        (
            "billedButTerminated",
            "activeNotBilled",
            "completedOrderInactiveService",
            "suspendedInOneSystem",
            "addressDiffers",
            "nameDiffers",
        )
    )
    settled = life.as_of - timedelta(days=45)
    active = [sub for sub in life.subscriptions if sub.product_status == "active" and sub.started_on < settled]
    ended = [sub for sub in life.subscriptions if sub.ended_on is not None and sub.ended_on < settled]
    orders = {index: order for order in life.orders for _, index in order.items}
    if kind == "billedButTerminated" and ended:
        sub = rng.choice(ended)
        sub.bills_after_end = True
        life.contradictions.append(Contradiction(kind, sub.ended_on or settled, sub.account, sub.index))
    elif kind == "activeNotBilled" and active:
        sub = rng.choice(active)
        sub.never_billed = True
        life.contradictions.append(Contradiction(kind, sub.started_on, sub.account, sub.index))
    elif kind == "completedOrderInactiveService" and active:
        sub = rng.choice(active)
        sub.service_state, sub.service_enabled = "inactive", False
        life.contradictions.append(Contradiction(kind, sub.started_on, sub.account, sub.index, orders[sub.index].index))
    elif kind == "suspendedInOneSystem" and active:
        sub = rng.choice(active)
        sub.product_status = "suspended"
        life.contradictions.append(Contradiction(kind, settled, sub.account, sub.index))
    elif kind == "addressDiffers":
        number, _, street = life.person.place.street.partition(" ")
        life.billing_street = (
            f"{number}{rng.randrange(1, 9)} {street}"
            if number.isdigit()
            else f"{life.person.place.street}{rng.randrange(1, 9)}"
        )
        life.contradictions.append(Contradiction(kind, life.person.since, 0))
    elif kind == "nameDiffers":
        other = rng.choice([name for name in life.person.country.family if name != life.person.family])
        life.billing_name = life.person.name.replace(life.person.family, other)
        life.contradictions.append(Contradiction(kind, life.person.since, 0))
