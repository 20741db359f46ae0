"""`opticom-console show CUSTOMER`: one customer as text or JSON, through the same services as the window."""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from console.cli.asking import ask_person, ask_secret
from console.errors import ConsoleError, NotServedError, UnknownCustomerError, UsageError
from console.messages.names import name_of
from console.models.appointment import Appointment
from console.models.billing_account import BillingAccount
from console.models.customer import CustomerId
from console.models.customer_bill import CustomerBill
from console.models.discrepancy import Comparison
from console.models.interaction import PartyInteraction
from console.models.inventory import Product, Service
from console.models.order import Order
from console.models.payment import Payment
from console.models.provenance import Records
from console.models.related import RelatedCustomer
from console.models.search import SearchResult, SystemSearchState
from console.models.service_test import ServiceTest
from console.models.trouble_ticket import TroubleTicket
from console.models.usage import Bucket, Usage
from console.services.access.access_service import AccessReason
from console.services.console import Console
from console.services.customer.customer_view import CustomerView
from console.services.customer.dataset_loader import DatasetLoader
from console.services.customer.datasets import DATASETS
from console.services.discrepancies.watch import DiscrepancyWatch

_MOST_BILLS = 12
_MOST_LINES = 20


async def show(console: Console, customer: str, *, as_json: bool) -> tuple[str, bool]:
    """Return one customer as text, and whether every dataset was loaded.

    Raises:
        ConsoleError: No customer, or more than one, was found.
    """
    view = console.view_customer(await find_one(console, customer))
    watch = DiscrepancyWatch(view, console.served_by, console.system_labels)
    try:
        view.load_all()
        await view.wait_idle()
        watch.compare_now()  # also requests the lines of the newest bills
        await view.wait_idle()
        watch.compare_now()
        failure = view.customer.state.failure
        if failure is not None and isinstance(failure.error, UnknownCustomerError):
            raise failure.error
        failures = [loader.state.failure for loader in view.loaders if loader.state.failure]
        whole = all(isinstance(failure.error, NotServedError) for failure in failures)
        if as_json:
            compared = {"comparison": _plain(watch.comparison)}
            return json.dumps({**json_of(view), **compared}, ensure_ascii=False, indent=2), whole
        return "\n".join([*text_of(view, console), *comparison_text(watch.comparison)]), whole
    finally:
        watch.close()
        view.close()


async def find_one(console: Console, text: str) -> CustomerId:
    """Return the one customer found by a number, name, e-mail or phone number.

    Raises:
        ConsoleError: None was found, or several; the message lists them.
    """
    results: list[SearchResult] = []
    await console.search.find(console.search.read(text), results.append)
    result = results[-1]
    if len(result.found) == 1:
        return result.found[0].customer_id
    if result.found:
        lines = [
            f"  {item.customer_id}  {item.name or ''}  {', '.join(item.details[:1])}" for item in result.found[:10]
        ]
        raise UsageError(
            f"{text!r} finds {len(result.found)} customers. Give one of their numbers:\n" + "\n".join(lines)
        )
    failed = [
        progress.sentence
        for progress in result.systems
        if progress.state is SystemSearchState.FAILED and progress.sentence
    ]
    if failed:
        raise ConsoleError(f"{text!r} was not found, but some systems did not reply. {failed[0]}")
    raise UnknownCustomerError(f"No customer found for {text!r}.")


def text_of(view: CustomerView, console: Console) -> Iterator[str]:
    """Yield the lines of a customer for a terminal."""
    yield from _customer(view, console)
    printed = {dataset.name for dataset in DATASETS if dataset.is_printed} - _IN_HEAD
    for name in (*_LISTS, *sorted(printed - _LISTS.keys())):
        title, line, most = _LISTS.get(name, (name.replace("_", " ").capitalize(), _any, None))
        yield from _list(title, getattr(view, name), console, line, most=most)


def comparison_text(comparison: Comparison) -> Iterator[str]:
    """Yield the lines of the discrepancies between systems, and of what could not be compared."""
    yield ""
    yield f"Discrepancies ({len(comparison.found)})"
    for one in comparison.found:
        cost = f", {one.cost}" if one.cost else ""
        yield f"  {one.subject}: {name_of(one.kind)}{cost}"
        yield from (f"    {claim.system}: {claim.says} ({claim.record})" for claim in one.statements)
    yield from (f"  not compared: {gap.why}" for gap in comparison.not_compared)


def _customer(view: CustomerView, console: Console) -> Iterator[str]:
    state = view.customer.state
    if state.facts is None:
        yield f"Customer {view.customer_id}"
        yield f"  {state.failure.error if state.failure else state.denied or 'not known'}"
        return
    customer = state.facts.value
    yield f"{customer.name}  {customer.id}  {customer.status or ''}   [{_origin(view.customer, console)}]"
    party = view.party.state.facts
    if party is not None:
        facts = (
            party.value.kind.value,
            party.value.birth_on and f"born {party.value.birth_on}",
            *party.value.languages,
        )
        yield "  " + ", ".join(fact for fact in facts if fact)
    for medium in customer.contact_media:
        yield f"  {medium.medium:<14}{medium.text}"


def _list(
    title: str, loader: DatasetLoader[Any], console: Console, line: Callable[[Any], str], most: int | None = None
) -> Iterator[str]:
    state = loader.state
    yield ""
    if state.facts is None:
        yield f"{title}: {state.failure.error if state.failure else state.denied or 'not known'}"
        return
    records: Records[Any] = state.facts
    count = f"{len(records)}" if records.complete else f"{len(records)} of {records.total or 'more'}"
    lost = f", {records.lost} could not be read" if records.lost else ""
    yield f"{title} ({count}{lost})   [{_origin(loader, console)}]"
    for item in records.items[:most]:
        yield f"  {line(item.value)}"
    if most is not None and len(records) > most:
        yield f"  and {len(records) - most} older"


def _origin(loader: DatasetLoader[Any], console: Console) -> str:
    systems = ", ".join(console.label(member.state.system) for member in loader.members)
    read_at = loader.state.read_at
    return f"{systems}, {read_at:%H:%M:%S} UTC" if read_at else systems


def _day(at: date | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "no date   "


def _account(account: BillingAccount) -> str:
    facts = ", ".join(fact for fact in (account.state, account.payment_status, account.bill_cycle) if fact)
    return f"{account.id}  {account.name}  balance {account.balance or 'not known'}  {facts}"


def _bill(bill: CustomerBill) -> str:
    return f"{_day(bill.billed_on)}  {bill.label:<18}{bill.amount_due or 'no amount'!s:>14}  {bill.state or ''}"


def _product(product: Product) -> str:
    price = f"{product.price} a {product.price_period}" if product.price and product.price_period else ""
    return f"{product.name:<22}{product.status or '':<15}since {_day(product.started_at)}  {price}"


def _service(service: Service) -> str:
    suspended = "  disabled" if service.enabled is False and service.state == "active" else ""
    facts = " ".join(value for _, value in service.characteristics)
    return f"{service.name:<22}{service.state or '':<20}{facts}{suspended}"


def _order(order: Order) -> str:
    steps = " > ".join(f"{step.name} ({step.status})" for step in order.milestones if step.status != "completed")
    return f"{_day(order.ordered_at)}  {order.id}  {order.description}  {order.state or ''}  {steps}".rstrip()


def _payment(payment: Payment) -> str:
    bills = f"for bill {', '.join(payment.bill_ids)}" if payment.bill_ids else ""
    message = payment.description if payment.failed else payment.method
    amount = f"{payment.amount or 'no amount'!s:>14}"
    return f"{_day(payment.paid_at)}  {amount}  {payment.status or ''}  {message or ''}  {bills}".rstrip()


def _bucket(bucket: Bucket) -> str:
    allowed = bucket.text or "limit unknown" if bucket.allowed is None else f"of {bucket.allowed}"
    used = "unknown" if bucket.used is None else bucket.used
    return f"{bucket.product_name or ''}  {bucket.name}  used {used} {allowed}, until {_day(bucket.ends_at)}"


def _usage(usage: Usage) -> str:
    return f"{_time(usage.at)}  {usage.description or ''}  {usage.amount}  {usage.cost or ''}".rstrip()


def _ticket(ticket: TroubleTicket) -> str:
    return f"{_day(ticket.created_at)}  {ticket.id}  {ticket.name}  {ticket.status or ''}"


def _appointment(appointment: Appointment) -> str:
    return (
        f"{_time(appointment.starts_at)}  {appointment.id}  {appointment.description or ''}  {appointment.status or ''}"
    )


def _test(test: ServiceTest) -> str:
    figures = ", ".join(f"{item.name} {item.value} {item.unit or ''}".strip() for item in test.measures)
    return f"{_time(test.at)}  {test.service_name or ''}  {test.description or test.state or ''}  {figures}"


def _contact(contact: PartyInteraction) -> str:
    return f"{_time(contact.at)}  {contact.channel or ''}: {contact.reason or ''}  {contact.description or ''}".rstrip()


def _related(related: RelatedCustomer) -> str:
    return f"{related.customer_id}  {related.name or ''}  {related.role or ''}  {related.problem or ''}".rstrip()


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "no date         "


def json_of(view: CustomerView) -> dict[str, Any]:
    """Return a customer as JSON values: each record with its origin, each failure with its sentence and code."""
    return {
        "customerId": view.customer_id,
        **{dataset.name: _part_json(view.loader(dataset)) for dataset in DATASETS if dataset.is_printed},
    }


def _part_json(loader: DatasetLoader[Any]) -> dict[str, Any]:
    state = loader.state
    failure = state.failure and {"sentence": str(state.failure.error), "code": state.failure.code}
    return {
        "system": ", ".join(member.state.system for member in loader.members),
        "readAt": _plain(state.read_at),
        "facts": _plain(state.facts),
        "failure": failure,
        "denied": str(state.denied) if state.denied is not None else None,
    }


def _plain(value: Any) -> Any:
    """Return a model value as JSON values. Amounts stay exact, as text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [_plain(element) for element in value]
    return value


def run(options: argparse.Namespace) -> int:
    """Print the customer. Return 0, or 1 if a dataset was not loaded."""
    if options.customer is None and not options.demo:
        raise UsageError("Give a customer, such as: opticom-console show CU-2041877")
    return asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> int:
    from console.session import open_session  # noqa: PLC0415 - httpx is loaded only once it is clear what to show

    asked = None if options.demo else ask_person  # a sandbox of this command gives out a token, so nobody signs in
    grant = open_session(
        config=options.config,
        demo=options.demo,
        ask_person=asked,
        ask_secret=ask_secret if sys.stdin.isatty() else None,
    )
    async with grant as session:
        access, number = session.console.access, options.customer or session.first_customer or ""
        if access.is_required:
            if options.reason is None:
                raise UsageError("Give a reason, such as --reason 'ticket TT-100234, requested by the customer'.")
            found = await find_one(session.console, number)
            await access.open_for(found, AccessReason.TYPED, options.reason)
            number = found
        text, whole = await show(
            session.console, options.customer or session.first_customer or "", as_json=options.json
        )
    print(text)
    return 0 if whole else 1


def _any(value: Any) -> str:
    """Return a line for a record type without its own line format: its number, names and states."""
    words = (getattr(value, name, None) for name in ("id", "name", "description", "status", "state"))
    return "  ".join(str(word) for word in words if word)


# Datasets printed in the head, not as lists.
_IN_HEAD = frozenset({"customer", "party"})
# By the name of the dataset: title, function for the line of a record, and most records to print (None: all).
_LISTS: Mapping[str, tuple[str, Callable[[Any], str], int | None]] = {
    "accounts": ("Billing accounts", _account, None),
    "bills": ("Bills", _bill, _MOST_BILLS),
    "products": ("Products", _product, None),
    "services": ("Services", _service, None),
    "product_orders": ("Product orders", _order, None),
    "service_orders": ("Service orders", _order, None),
    "payments": ("Payments", _payment, _MOST_BILLS),
    "refunds": ("Refunds", _payment, None),
    "allowances": ("Allowances", _bucket, None),
    "usage": ("Usage", _usage, _MOST_LINES),
    "tickets": ("Tickets", _ticket, None),
    "appointments": ("Visits", _appointment, None),
    "tests": ("Line tests", _test, None),
    "interactions": ("Contacts", _contact, _MOST_LINES),
    "related": ("Related customers", _related, None),
}
