"""Inventory of a customer: products as sold, services as provisioned."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from console.models.detail import Detail
from console.models.money import Money


class PriceKind(Enum):
    """The time when a price is charged."""

    RECURRING = "recurring"
    ONE_TIME = "oneTime"
    USAGE = "usage"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ProductPrice:
    """One price as it is charged now. Source: TMF637 v4 and v5 ProductPrice.

    `amount` is before tax, unless `with_tax`; it is for one `unit` of use if there is a unit. `period` is `month`,
    `year`, `week`, `day` or `quarter`, else the system's own word. Until `until` (aware UTC) it replaces the price
    `full`. `certain` is False if the system changes the price in a way that may mean two amounts; then `amount` is
    unchanged.
    """

    kind: PriceKind
    name: str | None
    amount: Money
    period: str | None = None
    unit: str | None = None
    with_tax: bool = False
    certain: bool = True
    until: datetime | None = None
    full: Money | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A product that a customer has bought. Source: TMF637 v4 and v5 Product.

    `price` is the current charge per `price_period` before tax, None if unknown. Until `price_until` (aware UTC) it
    replaces `full_price`. `other_prices` are one-time, usage and other prices, and prices that are known only with tax.
    """

    id: str
    name: str
    status: str | None
    started_at: datetime | None
    terminated_at: datetime | None
    price: Money | None
    price_period: str | None
    serial_number: str | None
    account_id: str | None
    service_ids: tuple[str, ...] = ()
    characteristics: tuple[tuple[str, str], ...] = ()
    price_until: datetime | None = None
    full_price: Money | None = None
    other_prices: tuple[ProductPrice, ...] = ()
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A service as it is provisioned. Source: TMF638 v4 and v5 Service.

    v4 has no suspended state: a suspended service is active with `enabled` False. `enabled` is None if the system does
    not send it. `operating_status` is the system's own word (`running`, `degraded`, ...); only v5 has it.
    """

    id: str
    name: str
    state: str | None
    enabled: bool | None
    category: str | None
    started_at: datetime | None
    ended_at: datetime | None
    characteristics: tuple[tuple[str, str], ...] = ()
    operating_status: str | None = None
    details: tuple[Detail, ...] = ()

    @property
    def is_suspended(self) -> bool:
        """Whether it is suspended, in the way of either version."""
        return self.state == "suspended" or (self.state == "active" and self.enabled is False)
