"""Billing accounts, their balances and payment plans."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NewType

from console.models.customer import ContactMedium
from console.models.detail import Detail
from console.models.money import Money

BillingAccountId = NewType("BillingAccountId", str)


PROMISE_TO_PAY, PAY_IN_PARTS = "promiseToPay", "payInParts"


@dataclass(frozen=True, slots=True)
class PaymentPlan:
    """An amount to pay by a day. Source: TMF666 v4 PaymentPlan.

    `type` and `status` are the system's own words. `due_on` is the day its validity ends, as written. `parts` is the
    number of payments.
    """

    type: str | None
    status: str | None
    amount: Money | None
    due_on: date | None
    parts: int = 1

    @property
    def is_open_promise(self) -> bool:
        """Whether it is a promise to pay, in one or several payments, that is still open."""
        return self.type in {PROMISE_TO_PAY, PAY_IN_PARTS} and (self.status or "effective") in {
            "effective",
            "created",
            "active",
        }


@dataclass(frozen=True, slots=True)
class OtherBalance:
    """A balance of an account other than the amount due, such as a deposit. Source: TMF666 v4 AccountBalance.

    `type` is the system's own word.
    """

    type: str
    amount: Money


@dataclass(frozen=True, slots=True)
class BillingAccount:
    """The billed account of a customer. Source: TMF666 v4 BillingAccount.

    `balance` is the amount due when it was read (positive: the customer owes us), including tax; None if billing does
    not send it. `also_owed` are amounts due in further currencies. `other_balances` are deposits, points and the like,
    which nobody owes. `contact_media` are billing's own copy of the contact data. `holder` is billing's name for the
    customer.
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
    contact_media: tuple[ContactMedium, ...] = ()
    payment_plans: tuple[PaymentPlan, ...] = ()
    holder: str | None = None
    payment_method_id: str | None = None
    also_owed: tuple[Money, ...] = ()
    other_balances: tuple[OtherBalance, ...] = ()
    details: tuple[Detail, ...] = ()

    @property
    def promises(self) -> tuple[PaymentPlan, ...]:
        """The open promises to pay."""
        return tuple(plan for plan in self.payment_plans if plan.is_open_promise)

    @property
    def promised(self) -> Money:
        """The sum of the open promises in the balance's currency; zero without a balance."""
        currency = self.balance.currency if self.balance else ""
        amounts = (plan.amount for plan in self.promises if plan.amount and plan.amount.currency == currency)
        return sum(amounts, start=Money(Decimal(0), currency))
