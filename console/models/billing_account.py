"""A billing account and its balance."""

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
    """What is to be paid by when. Source: TMF666 v4 PaymentPlan.

    `type` and `status` are the system's own words; `due_on` is the day its validity ends, as written;
    `parts` is in how many payments.
    """

    type: str | None
    status: str | None
    amount: Money | None
    due_on: date | None
    parts: int = 1

    @property
    def is_open_promise(self) -> bool:
        """Whether it is a promise to pay, at once or in parts, that nothing was said about since."""
        return self.type in {PROMISE_TO_PAY, PAY_IN_PARTS} and (self.status or "effective") in {
            "effective",
            "created",
            "active",
        }


@dataclass(frozen=True, slots=True)
class OtherBalance:
    """What an account holds besides what is owed, such as a deposit. Source: TMF666 v4 AccountBalance.

    `type` is the system's own word.
    """

    type: str
    amount: Money


@dataclass(frozen=True, slots=True)
class BillingAccount:
    """Whom and how we bill. Source: TMF666 v4 BillingAccount.

    `balance` is what was owed when it was read (positive: the customer owes us), including tax; None where billing does
    not say. In further currencies `also_owed`; deposits, points and the like are `other_balances` and owed by nobody.
    `contact_media` are billing's own copy of how to reach the customer, `holder` whom it names as the customer.
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
        """What was promised to be paid and is still awaited."""
        return tuple(plan for plan in self.payment_plans if plan.is_open_promise)

    @property
    def promised(self) -> Money:
        """The sum of what is promised, in the balance's currency; nothing where there is no balance."""
        currency = self.balance.currency if self.balance else ""
        amounts = (plan.amount for plan in self.promises if plan.amount and plan.amount.currency == currency)
        return sum(amounts, start=Money(Decimal(0), currency))
