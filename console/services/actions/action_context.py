"""The data an action is planned on: the latest data of the systems, the user, and the actions in progress."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from console.errors import NotServedError
from console.messages import actions as say
from console.models.billing_account import BillingAccount
from console.models.customer import Customer
from console.models.customer_bill import CustomerBill
from console.models.inventory import Product, Service
from console.models.money import Money
from console.models.outbox import Action, StepState
from console.services.access.permissions import User
from console.services.actions.declared import FieldOption, Values
from console.services.customer.contact import NotPossibleError
from console.services.customer.customer_view import CustomerView
from console.services.customer.datasets import DATASETS
from console.services.search.days import DayOrder

_CLOSED = {"closed", "terminated", "inactive", "merged", "cancelled", "deceased"}


@dataclass(frozen=True, slots=True)
class ActionContext:
    """The data known now about a customer.

    `lists` are the datasets by name; None if no system has sent one. `lines` are the lines of each loaded bill, by bill
    id. `today` is the day in the user's time zone. `under_way` maps the id of a record to the title of the action in
    this console that is still changing it. `with_service_orders` says whether this deployment sends a service order
    beside every product order. `person` is the identity provider's name for the user, empty if nobody signs in.
    `origins` maps the id of a record to the systems that sent it. `credits_under_way` are this console's credits that
    billing may not have yet. `day_order` is the order of day and month in the deployment's country.
    """

    now: datetime
    today: date
    user: User
    customer: Customer | None
    lists: Mapping[str, Sequence[Any] | None]
    lines: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    under_way: Mapping[str, str] = field(default_factory=dict)
    not_served: frozenset[str] = frozenset()
    origins: Mapping[str, frozenset[str]] = field(default_factory=dict)
    with_service_orders: bool = False
    person: str = ""
    credits_under_way: Sequence[Money] = ()
    day_order: DayOrder = DayOrder.ASKED

    def all_of(self, name: str) -> Sequence[Any]:
        """Return one list.

        Raises:
            NotPossibleError: No system has sent it.
        """
        found = self.lists.get(name)
        if found is None:
            raise NotPossibleError(say.LIST_UNKNOWN(dataset=name.replace("_", " ")))
        return found

    def open_customer(self) -> Customer:
        """Return the customer.

        Raises:
            NotPossibleError: CRM has not sent the customer, or has them as closed or merged into another.
        """
        if self.customer is None:
            raise NotPossibleError(say.CUSTOMER_UNKNOWN())
        if (self.customer.status or "").lower() in _CLOSED:
            raise NotPossibleError(say.CUSTOMER_CLOSED(customer_status=self.customer.status))
        return self.customer

    def account(self, values: Values, name: str = "account") -> BillingAccount:
        """Return the chosen account. It is not closed, and its balance is known.

        Raises:
            NotPossibleError: No such account was found.
        """
        self.open_customer()
        account = self.one("accounts", values.get(name, ""), "account")
        if (account.state or "active").lower() in _CLOSED:
            raise NotPossibleError(say.ACCOUNT_CLOSED(account_id=account.id, account_state=account.state))
        if account.balance is None:
            raise NotPossibleError(say.BALANCE_OF_ACCOUNT_UNKNOWN(account_id=account.id))
        found: BillingAccount = account
        return found

    def one(self, name: str, record: str, word: str) -> Any:
        """Return one record of a list by its id. Without an id, return the only record.

        Raises:
            NotPossibleError: The record was not found, or none was chosen among several.
        """
        found = self.all_of(name)
        if not record and len(found) == 1:
            return found[0]
        if not record:
            raise NotPossibleError(say.RECORD_NOT_CHOSEN(word=word))
        one = next((item for item in found if item.id == record), None)
        if one is None:
            raise NotPossibleError(say.RECORD_GONE(word=word, record=record))
        return one

    def product(self, values: Values, *states: str) -> Product:
        """Return the chosen product. It is in one of these states, and no action is changing it.

        Raises:
            NotPossibleError: No such product was found, or an action in this console is changing it.
        """
        self.open_customer()
        product: Product = self.one("products", values.get("product", ""), "product")
        if product.status not in states:
            raise NotPossibleError(say.PRODUCT_IN_WRONG_STATE(product_name=product.name, product_status=product.status))
        self.check_free(product.id, product.name)
        return product

    def check_free(self, record: str, name: str) -> None:
        """Check that no action in this console is changing a record.

        Raises:
            NotPossibleError: An action is changing it.
        """
        if record in self.under_way:
            raise NotPossibleError(say.RECORD_IN_USE(title=self.under_way[record], name=name))

    def services_of(self, product: Product) -> Sequence[Service]:
        """Return the known services of a product."""
        return [item for item in self.lists.get("services") or () if item.id in product.service_ids]

    def charge_of(self, product: Product) -> Product | None:
        """Return billing's charge for a product, None if billing does not charge for it.

        The charge is matched by serial number.

        Raises:
            NotPossibleError: Billing has not sent its charges.
        """
        if "charges" in self.not_served:
            return None
        charges: Sequence[Product] = self.all_of("charges")
        serial = product.serial_number
        return next((one for one in charges if serial and one.serial_number == serial), None)

    def accounts(self) -> tuple[FieldOption, ...]:
        """Return the accounts to choose from, with the balance due."""
        return tuple(
            FieldOption(one.id, say.ACCOUNT_OWED(account=one.id, balance=one.balance) if one.balance else one.id)
            for one in self.all_of("accounts")
        )

    def products(self, *states: str) -> tuple[FieldOption, ...]:
        """Return the products to choose from: those in one of these states.

        Raises:
            NotPossibleError: No product is in one of these states.
        """
        found = [item for item in self.all_of("products") if item.status in states]
        if not found:
            raise NotPossibleError(say.NO_PRODUCT_IN_STATE(states=" or ".join(states)))
        return told_apart(
            FieldOption(one.id, ", ".join(filter(None, (one.name, _detail(one), _price(one))))) for one in found
        )

    def open_bills(self, account_id: str) -> Sequence[CustomerBill]:
        """Return an account's unpaid bills, oldest first."""
        found: Sequence[CustomerBill] = self.all_of("bills")
        own = [bill for bill in found if bill.account_id == account_id and bill.remaining and bill.remaining.amount > 0]
        return sorted(own, key=lambda bill: bill.billed_on or date.max)


def picked(values: Values, name: str, choices: Sequence[FieldOption]) -> str:
    """Return the value of a pick field: the chosen value, else the only choice, else an empty text."""
    return values.get(name) or (choices[0].value if len(choices) == 1 else "")


def told_apart(choices: Iterable[FieldOption]) -> tuple[FieldOption, ...]:
    """Return choices that all look different: choices with the same words get their ids added."""
    every = list(choices)
    words = Counter(choice.words for choice in every)
    return tuple(_with_number(one) if words[one.words] > 1 else one for one in every)


def _with_number(choice: FieldOption) -> FieldOption:
    return replace(choice, words=say.CHOICE_WITH_NUMBER(number=choice.value, words=choice.words))


def context_of(
    view: CustomerView,
    actions: Sequence[Action],
    user: User,
    *,
    person: str,
    with_service_orders: bool,
    day_order: DayOrder,
) -> ActionContext:
    """Return the context of a customer from the current data of their view; `actions` are this customer's."""
    lists: dict[str, Sequence[Any] | None] = {}
    origins: dict[str, set[str]] = {}
    not_served = set()
    for dataset in DATASETS:
        if not dataset.is_planned_on:
            continue
        state, held = view.loader(dataset).state, view.loader(dataset).unmasked
        lists[dataset.name] = None if held is None else tuple(item.value for item in held)
        for item in held or ():
            origins.setdefault(item.origin.id, set()).add(item.origin.system)
        if state.failure is not None and isinstance(state.failure.error, NotServedError):
            not_served.add(dataset.name)
    customer = view.customer.unmasked
    under_way = {
        record: action.title
        for action in actions
        if action.is_open and action.kind
        for step in action.steps
        for record in _records(step)
    }
    return ActionContext(
        view.now(),
        view.now().astimezone().date(),
        user=user,
        customer=customer.value if customer else None,
        lists=lists,
        lines=view.known_lines(),
        under_way=under_way,
        not_served=frozenset(not_served),
        origins={record: frozenset(systems) for record, systems in origins.items()},
        with_service_orders=with_service_orders,
        person=person,
        credits_under_way=tuple(_credits(actions, {item.id for item in lists["refunds"] or ()})),
        day_order=day_order,
    )


def _credits(actions: Sequence[Action], listed: Collection[str]) -> Iterator[Money]:
    """Yield the credits of these actions that billing does not list yet: waiting, being sent, or just done."""
    for action in actions:
        for step in action.steps:
            is_rejected = step.state in {StepState.REJECTED, StepState.CONFLICT}
            if step.kind == "refund" and not action.withdrawn and not is_rejected and step.result not in listed:
                yield step.wanted.money()


def _records(step: Any) -> set[str]:
    named = {step.record, step.wanted.get("product", ""), step.wanted.get("service", "")}
    return {record for record in named if record and step.kind in _EXCLUSIVE}


# Two steps of these kinds on the same record would conflict.
_EXCLUSIVE = {
    "order-product", "order-service", "change-charge", "cancel-product-order", "move-visit", "cancel-visit",
}  # fmt: skip


def _detail(product: Product) -> str:
    return next((value for _, value in product.characteristics), "")


def _price(product: Product) -> str:
    return f"{product.price} a {product.price_period or 'month'}" if product.price else ""
