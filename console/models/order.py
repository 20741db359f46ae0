"""Product orders and service orders with their items, state and milestones."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from console.models.detail import Detail
from console.models.inventory import ProductPrice


class OrderKind(Enum):
    """The two kinds of order in the standard."""

    PRODUCT = "productOrder"
    SERVICE = "serviceOrder"


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One item that an order adds, changes or ends; `action` and `state` are the standard's words.

    `thing_id` is the id of its product or service, empty if there is none yet. `prices` are its prices.
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

    `items` are all of its items; an item comes before the items inside it. Product orders have no milestones in version
    4. `errors` are the messages that the system attached.
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
        """Return the ids of the products and services of its items."""
        return frozenset(item.thing_id for item in self.items)

    @property
    def is_open(self) -> bool:
        """Whether the order is unfinished; an unknown state counts as open, so that someone checks it."""
        return (self.state or "").strip() not in {"completed", "cancelled", "rejected", "failed"}
