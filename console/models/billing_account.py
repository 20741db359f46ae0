"""A billing account and its balance."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from console.models.money import Money

BillingAccountId = NewType("BillingAccountId", str)


@dataclass(frozen=True, slots=True)
class BillingAccount:
    """Whom and how we bill. Source: TMF666 v4 BillingAccount.

    `balance` is what is owed now (positive: the customer owes us), including tax; None where billing does not say.
    """

    id: BillingAccountId
    name: str
    account_type: str | None = None
    state: str | None = None
    payment_status: str | None = None
    balance: Money | None = None
    credit_limit: Money | None = None
    parent_id: str | None = None
    bill_cycle: str | None = None
    payment_method: str | None = None
    last_modified_at: datetime | None = None
