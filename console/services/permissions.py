"""The one place that decides what this user may see and do."""

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


class Deed(Enum):
    """A kind of act."""

    ADD_NOTE = "add notes"
    CHANGE_CONTACT = "change contact data"
    PROMISE_TO_PAY = "take promises to pay"


@dataclass(frozen=True, slots=True)
class User:
    """Who works at this desk; what is not in `may_see` and `may_do` is neither shown nor done."""

    role: str
    may_see: frozenset[Subject]
    may_do: frozenset[Deed] = frozenset()


REP = User("rep", frozenset(Subject), frozenset(Deed))


class Permissions:
    """Answers for one signed-in user. Every read of a customer asks here before it asks a system."""

    def __init__(self, user: User) -> None:
        self.user = user

    def refusal(self, subject: Subject, customer_id: CustomerId) -> str | None:  # noqa: ARG002 - what is asked includes whom
        """Return why this user may not see it, in one sentence, or None when they may."""
        if subject in self.user.may_see:
            return None
        return f"The role {self.user.role} does not show {subject.value}."

    def refusal_to_do(self, deed: Deed) -> str | None:
        """Return why this user may not do it, in one sentence, or None when they may."""
        if deed in self.user.may_do:
            return None
        return f"The role {self.user.role} may not {deed.value}."
