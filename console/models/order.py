"""Product orders and service orders: what was asked for, and how far it is."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from console.models.detail import Detail
from console.models.inventory import ProductPrice


class OrderKind(Enum):
    """Which of the two orders of the standard this is."""

    PRODUCT = "productOrder"
    SERVICE = "serviceOrder"


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One thing an order adds, changes or ends; `action` and `state` keep the standard's spelling.

    `thing_id` is the product or service it is about, empty where it is none yet. `prices` are what it costs.
    """

    id: str
    action: str | None
    name: str
    state: str | None
    thing_id: str = ""
    quantity: Decimal | None = None
    prices: tuple[ProductPrice, ...] = ()
    appointment_id: str | None = None


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step of an order. Source: TMF641 v4 ServiceOrderMilestone; `status` is free text there."""

    name: str
    status: str | None
    at: datetime | None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One order. Source: TMF622 v4 ProductOrder and TMF641 v4 ServiceOrder.

    `items` are all of them, an item before those inside it. Product orders have no milestones in version 4; `errors`
    are the sentences the system attached.
    """

    id: str
    kind: OrderKind
    description: str
    state: str | None
    category: str | None
    ordered_at: datetime | None
    expected_at: datetime | None
    completed_at: datetime | None
    items: tuple[OrderItem, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    errors: tuple[str, ...] = ()
    product_order_id: str | None = None
    details: tuple[Detail, ...] = ()

    @property
    def thing_ids(self) -> frozenset[str | None]:
        """Return the products and services its items are about."""
        return frozenset(item.thing_id for item in self.items)

    @property
    def is_open(self) -> bool:
        """Whether something is still to happen; a state we do not know counts as open, so that it is looked at."""
        return (self.state or "").strip() not in {"completed", "cancelled", "rejected", "failed"}
