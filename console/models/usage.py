"""What a customer used, and what of an allowance is left."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from console.models.money import Money


@dataclass(frozen=True, slots=True)
class Usage:
    """One use, such as a call. Source: TMF635 v4 Usage; `cost` is without tax, None where it is not rated."""

    id: str
    at: datetime | None
    usage_type: str | None
    description: str | None
    amount: str | None
    status: str | None
    cost: Money | None
    product_name: str | None


@dataclass(frozen=True, slots=True)
class Bucket:
    """One allowance of one product in a period. Source: TMF677 v4 BucketRefOrValue.

    Amounts are in `units` (the system's word, such as MB). `allowed` is None where there is no limit or none was told.
    """

    id: str
    name: str
    product_id: str | None
    product_name: str | None
    units: str | None
    used: Decimal | None
    allowed: Decimal | None
    remaining: Decimal | None
    starts_at: datetime | None
    ends_at: datetime | None

    @property
    def share(self) -> float | None:
        """How much of the allowance is used, 0 to 1; None where that makes no sense."""
        if self.allowed is None or self.allowed <= 0 or self.used is None:
            return None
        return min(1.0, max(0.0, float(self.used / self.allowed)))
