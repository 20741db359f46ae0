"""Payments and refunds: money that came in or went back, and the bills it was for."""

from dataclasses import dataclass
from datetime import datetime

from console.models.detail import Detail
from console.models.money import Money


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment, or with `is_refund` a refund. Source: TMF676 v4 Payment and Refund.

    `status` is the system's own word. `bill_ids` are the bills it was for, empty if the system names none. For a failed
    payment, `description` is the message the customer got.
    """

    id: str
    status: str | None
    paid_at: datetime | None
    amount: Money | None
    method: str | None
    channel: str | None
    description: str | None
    account_id: str | None
    bill_ids: tuple[str, ...] = ()
    is_refund: bool = False
    details: tuple[Detail, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the system reports that no money moved."""
        return (self.status or "").strip().lower() in {"failed", "declined", "refused", "rejected", "cancelled"}
