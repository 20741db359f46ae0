"""The one place that decides what this user may see of this customer."""

from dataclasses import dataclass
from enum import Enum

from console.models.customer import CustomerId


class Subject(Enum):
    """A kind of fact that can be shown or withheld."""

    CUSTOMER = "customer"
    PARTY = "party"
    BILLING_ACCOUNTS = "billing accounts"
    BILLS = "bills"
    BILL_LINES = "bill lines"
    PRODUCTS = "products"
    SERVICES = "services"
    PRODUCT_ORDERS = "product orders"
    SERVICE_ORDERS = "service orders"
    SERVICE_TESTS = "line tests"
    TICKETS = "tickets"
    INTERACTIONS = "contacts"
    APPOINTMENTS = "visits"
    PAYMENTS = "payments"
    REFUNDS = "refunds"
    USAGE = "single calls and data use"
    ALLOWANCES = "allowances"
    RELATED = "related customers"
    BILL_DOCUMENT = "the bill as the customer has it"


@dataclass(frozen=True, slots=True)
class User:
    """Who works at this desk; `may_see` is empty for nothing."""

    role: str
    may_see: frozenset[Subject]


REP = User("rep", frozenset(Subject))


class Permissions:
    """Answers for one signed-in user. Every read of a customer asks here before it asks a system."""

    def __init__(self, user: User) -> None:
        self.user = user

    def refusal(self, subject: Subject, customer_id: CustomerId) -> str | None:  # noqa: ARG002 - what is asked includes whom
        """Return why this user may not see it, in one sentence, or None when they may."""
        if subject in self.user.may_see:
            return None
        return f"The role {self.user.role} does not show {subject.value}."
