"""The one place that decides what this user may see and do."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from typing import Protocol

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
    SAME_PERSON = "second numbers of the customer"
    CHARGES = "what is charged every month"
    TIME_SLOTS = "free hours for a visit"
    OFFERINGS = "the catalogue"
    BILL_DOCUMENT = "the bill as the customer has it"


class Deed(Enum):
    """A kind of act."""

    ADD_NOTE = "add notes"
    CHANGE_CONTACT = "change contact data"
    PROMISE_TO_PAY = "take promises to pay"
    GIVE_CREDIT = "give credit"
    TAKE_PAYMENT = "take payments"
    DISPUTE = "dispute bill lines"
    PAY_IN_PARTS = "agree to payment in parts"
    WORK_TICKETS = "work on tickets"
    ORDER = "order and change services"
    SUSPEND = "suspend and resume services"
    END_SERVICE = "end services"
    CANCEL_ORDER = "cancel orders"
    TEST_LINE = "test and restart lines"
    VISITS = "book and move visits"
    SEND = "send bills and links"
    CORRECT_BILLING = "correct what billing keeps"
    APPROVE = "approve what is over a limit"


@dataclass(frozen=True, slots=True)
class User:
    """Who works at this desk; what is not in `may_see` and `may_do` is neither shown nor done.

    `credit_limits` is how much may be given back to one customer in 30 days without asking, by currency (with tax); in
    a currency that is not named, nothing.
    """

    role: str
    may_see: frozenset[Subject]
    may_do: frozenset[Deed] = frozenset()
    credit_limits: Mapping[str, Decimal] = field(default_factory=dict)


def _limits(whole_units: int) -> Mapping[str, Decimal]:
    """Return a limit in each currency, roughly the same in all."""
    rates = {"USD": 1, "EUR": 1, "GBP": 1, "SEK": 10, "JPY": 150}
    return {currency: Decimal(whole_units * rate) for currency, rate in rates.items()}


REP = User("rep", frozenset(Subject), frozenset(Deed) - {Deed.APPROVE}, _limits(25))
SENIOR_REP = User("senior rep", frozenset(Subject), frozenset(Deed) - {Deed.APPROVE}, _limits(100))
SUPERVISOR = User("supervisor", frozenset(Subject), frozenset(Deed), _limits(250))
# What a line and the way to it need; nothing of money, so no contacts either, which speak of bills and payments.
FIELD_TECHNICIAN = User(
    "field technician",
    frozenset(
        {
            Subject.CUSTOMER, Subject.PARTY, Subject.PRODUCTS, Subject.SERVICES, Subject.PRODUCT_ORDERS,
            Subject.SERVICE_ORDERS, Subject.SERVICE_TESTS, Subject.TICKETS, Subject.APPOINTMENTS,
            Subject.TIME_SLOTS, Subject.OFFERINGS,
        }
    ),
    frozenset({Deed.ADD_NOTE, Deed.WORK_TICKETS, Deed.TEST_LINE, Deed.VISITS}),
)  # fmt: skip
# Learns on real customers beside somebody: sees what a rep sees but single calls, and moves no money and no service.
TRAINEE = User(
    "trainee",
    frozenset(Subject) - {Subject.USAGE},
    frozenset({Deed.ADD_NOTE, Deed.WORK_TICKETS, Deed.TEST_LINE, Deed.VISITS, Deed.SEND}),
)
ROLES: Mapping[str, User] = {user.role: user for user in (REP, SENIOR_REP, SUPERVISOR, FIELD_TECHNICIAN, TRAINEE)}


def with_limits(user: User, limits: Mapping[str, Mapping[str, Decimal]]) -> User:
    """Return the user with the limits a deployment sets for their role, or as they are where it sets none."""
    return replace(user, credit_limits=limits[user.role]) if user.role in limits else user


_BY_ROLE = "The role "


def is_of_role(refusal: str) -> bool:
    """Return whether a refusal is the role's, so that only somebody else can see it; else verifying opens it."""
    return refusal.startswith(_BY_ROLE)


class AccountDoor(Protocol):
    """Says what of an account is open now; see `Openings`."""

    def refusal(self, subject: Subject, customer_id: CustomerId) -> str | None:
        """Return why something is not shown now, or None."""

    def refusal_to_do(self, deed: Deed, customer_id: CustomerId) -> str | None:
        """Return why something cannot be done now, or None."""


class Permissions:
    """Answers for one signed-in user. Every read of a customer asks here before it asks a system.

    Without a door every account is open; `door` is asked after the role.
    """

    def __init__(self, user: User, door: AccountDoor | None = None) -> None:
        self.user, self._door = user, door

    def refusal(self, subject: Subject, customer_id: CustomerId) -> str | None:
        """Return why this user may not see it, in one sentence, or None when they may."""
        by_role = self.refusal_by_role(subject)
        if by_role is not None:
            return by_role
        return self._door.refusal(subject, customer_id) if self._door is not None else None

    def refusal_by_role(self, subject: Subject) -> str | None:
        """Return why this user's role does not show it of anybody, or None where it does."""
        if subject in self.user.may_see:
            return None
        return f"{_BY_ROLE}{self.user.role} does not show {subject.value}."

    def refusal_to_do(self, deed: Deed, customer_id: CustomerId | None = None) -> str | None:
        """Return why this user may not do it, for a customer or at all, in one sentence, or None when they may."""
        if deed not in self.user.may_do:
            return f"{_BY_ROLE}{self.user.role} may not {deed.value}."
        if self._door is None or customer_id is None:
            return None
        return self._door.refusal_to_do(deed, customer_id)
