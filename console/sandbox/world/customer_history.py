"""The records of one customer's history: subscriptions, orders, charges, tickets, appointments and tests."""

from dataclasses import dataclass, field
from datetime import date, datetime

from console.sandbox.world.catalogue import Plan
from console.sandbox.world.people import WorldPerson


@dataclass(slots=True)
class Subscription:
    """One product that a customer has or had, with its service; amounts in the currency's smallest unit."""

    index: int
    account: int
    plan: Plan
    cents: int
    started_on: date
    ended_on: date | None = None
    promotion_cents: int = 0
    promotion_from: date | None = None
    promotion_until: date | None = None
    price_change: tuple[date, int] | None = None  # first day and new price
    detail: str = ""
    product_status: str = "active"
    service_state: str = "active"
    service_enabled: bool = True
    never_billed: bool = False
    bills_after_end: bool = False

    @property
    def billed_until(self) -> date | None:
        return None if self.bills_after_end else self.ended_on

    def is_billed_on(self, day: date) -> bool:
        return self.billed_until is None or self.billed_until > day

    def cents_on(self, day: date) -> int:
        return self.price_change[1] if self.price_change and day >= self.price_change[0] else self.cents

    def promotion_on(self, day: date) -> int:
        starts = self.promotion_from or self.started_on
        return self.promotion_cents if self.promotion_until and starts <= day < self.promotion_until else 0


@dataclass(slots=True)
class OrderMilestone:
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
    steps: list[OrderMilestone]
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class SeededDiscrepancy:
    """A discrepancy between two systems, with the account, product, order or bill month it is about."""

    kind: str
    since: date
    account: int | None = None
    subscription: int | None = None
    order: int | None = None
    month: int | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """A one-time charge, or a credit if `cents` is negative."""

    account: int
    on: date
    cents: int
    name: str
    type: str
    cause: str


@dataclass(slots=True)
class Ticket:
    """A trouble ticket; `changes` are its states with their times and reasons, oldest first."""

    index: int
    name: str
    type: str
    severity: str
    text: str
    opened_at: datetime
    changes: list[tuple[str, datetime, str]]
    due_on: datetime
    subscription: int | None = None
    notes: list[tuple[str, datetime, str]] = field(default_factory=list)  # author, time, text

    @property
    def status(self) -> str:
        return self.changes[-1][0]


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointment at the customer's address, for an order or a ticket."""

    index: int
    starts_at: datetime
    ends_at: datetime
    status: str
    text: str
    order: int | None = None
    ticket: int | None = None


@dataclass(frozen=True, slots=True)
class LineTest:
    """A test of one service and its measured values: speeds in Mbps, light in dBm, loss in percent."""

    index: int
    subscription: int
    at: datetime
    passed: bool
    down: float
    up: float
    optical: float
    loss: float


@dataclass(frozen=True, slots=True)
class Story:
    """An event in this customer's history, for `World.truth`."""

    kind: str
    on: date


@dataclass(frozen=True, slots=True)
class Interaction:
    """One interaction with the customer in CRM.

    `about` is the record it concerns: its kind (`ticket`, `order` or `bill`) and two numbers. These are the index and
    0, or the account and month of a bill.
    """

    at: datetime
    minutes: int
    channel: str
    direction: str
    reason: str
    text: str
    about: tuple[str, int, int] | None = None
    status: str = "completed"


@dataclass(slots=True)
class CustomerHistory:
    """All data of one customer, except bills, payments and usage, which are derived from it."""

    n: int
    as_of: date
    person: WorldPerson
    twin_of: int | None
    accounts: int
    cycle_days: list[int]
    subscriptions: list[Subscription] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    tests: list[LineTest] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
    interactions: list[Interaction] = field(default_factory=list)  # those that belong to stories
    discrepancies: list[SeededDiscrepancy] = field(default_factory=list)
    unapplied: tuple[int, int] | None = None  # account and month of a bill whose payment was never applied
    billing_name: str | None = None
    billing_street: str | None = None
