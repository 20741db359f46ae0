"""What a customer has: products as sold, services as provisioned."""

from dataclasses import dataclass
from datetime import datetime

from console.models.money import Money


@dataclass(frozen=True, slots=True)
class Product:
    """A product a customer has bought. Source: TMF637 v4 Product; `price` is its recurring price before tax."""

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


@dataclass(frozen=True, slots=True)
class Service:
    """A service as it is provisioned. Source: TMF638 v4 and v5 Service.

    v4 has no suspended state: a suspended service is active with `enabled` false. None where the system does not say.
    `operating_status` is how well it runs in the system's own word (`running`, `degraded`, ...), which only v5 has.
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

    @property
    def is_suspended(self) -> bool:
        """Whether it is suspended, in either version's way of saying so."""
        return self.state == "suspended" or (self.state == "active" and self.enabled is False)
