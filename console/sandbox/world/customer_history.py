"""What makes up one customer's life with OptiCom: what was bought and ended, ordered, reported, visited and tested."""

from dataclasses import dataclass, field
from datetime import date, datetime

from console.sandbox.world.catalogue import Plan
from console.sandbox.world.people import Person


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
    promotion_from: date | None = None
    promotion_until: date | None = None
    price_change: tuple[date, int] | None = None  # from when, the new price
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
    """Something two systems disagree about; the rest says where, as far as it has a place."""

    kind: str
    since: date
    account: int | None = None
    subscription: int | None = None
    order: int | None = None
    month: int | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """Something billed or given back once."""

    account: int
    on: date
    cents: int
    name: str
    type: str
    cause: str


@dataclass(slots=True)
class Ticket:
    """A trouble ticket; `changes` are its states with the time and reason of each, oldest first."""

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
    """An appointment at the customer's, for an order or a ticket."""

    index: int
    starts_at: datetime
    ends_at: datetime
    status: str
    text: str
    order: int | None = None
    ticket: int | None = None


@dataclass(frozen=True, slots=True)
class LineTest:
    """A test of one service with what was measured; speeds in Mbps, light in dBm, loss in percent."""

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
    """What happened to this customer, for the truth manifest."""

    kind: str
    on: date


@dataclass(frozen=True, slots=True)
class Interaction:
    """One thing said or done with the customer, as CRM keeps it.

    `about` is what it was about: the kind of record (`ticket`, `order`, `bill`, `payment`) and where in the life.
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
    """Everything the systems know of one customer, except bills, payments and usage, which follow from it."""

    n: int
    as_of: date
    person: Person
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
    interactions: list[Interaction] = field(default_factory=list)  # what the stories left with CRM
    discrepancies: list[SeededDiscrepancy] = field(default_factory=list)
    unapplied: tuple[int, int] | None = None  # account and month of a bill whose payment was never applied
    billing_name: str | None = None
    billing_street: str | None = None
