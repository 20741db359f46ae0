"""What a form starts from: the record the user has selected, and what follows from it."""

from collections.abc import Callable, Mapping

from console.services.actions.situation import Situation

Start = Mapping[str, str]


def starts_from(resource: str, record: str, now: Situation) -> Start:
    """Return what the fields of a form start from when a record is selected, by the fields' names.

    A name that is there with a value no choice of the form has means that nothing is chosen: another record of the kind
    is never taken for it. Nothing is returned for a record that says nothing about any field.

    Args:
        resource: The record's resource in the standard, such as `service`.
        record: Its id.
        now: What is known about the customer.
    """
    start = _STARTS.get(resource)
    return start(record, now) if start is not None else {}


def _known(now: Situation, name: str, record: str) -> object | None:
    return next((item for item in now.lists.get(name) or () if item.id == record), None)


def _service(record: str, now: Situation) -> Start:
    products = [item.id for item in now.lists.get("products") or () if record in item.service_ids]
    return {"service": record, "about": f"Service {record}", "product": products[0] if products else _NONE}


def _product(record: str, now: Situation) -> Start:
    product = _known(now, "products", record)
    services = tuple(getattr(product, "service_ids", ()))
    service = services[0] if len(services) == 1 else _NONE
    return {"product": record, "service": service, "about": f"Service {service}"}


def _bill(record: str, now: Situation) -> Start:
    bill = _known(now, "bills", record)
    account = getattr(bill, "account_id", None)
    found = {"bill": record, "about": f"CustomerBill {record}", "what": record}
    return {**found, "account": account} if account else found


def _line(record: str, now: Situation) -> Start:
    for bill, lines in now.lines.items():
        if any(line.id == record for line in lines):
            return {**_bill(bill, now), "line": record}
    return {"line": record}


def _payment(record: str, now: Situation) -> Start:
    payment = _known(now, "payments", record) or _known(now, "refunds", record)
    account, bills = getattr(payment, "account_id", None), tuple(getattr(payment, "bill_ids", ()))
    found = {"account": account} if account else {}
    return {**found, "bill": bills[0], "about": f"CustomerBill {bills[0]}"} if bills else found


def _product_order(record: str, _now: Situation) -> Start:
    return {"order": record, "about": f"ProductOrder {record}"}


def _service_order(record: str, now: Situation) -> Start:
    order = _known(now, "service_orders", record)
    behind = getattr(order, "product_order_id", None)
    return _product_order(behind or _NONE, now)


# No record has this id, so nothing is chosen.
_NONE = "\0"
_STARTS: Mapping[str, Callable[[str, Situation], Start]] = {
    "service": _service,
    "product": _product,
    "billingAccount": lambda record, _now: {"account": record},
    "customerBill": _bill,
    "appliedCustomerBillingRate": _line,
    "payment": _payment,
    "refund": _payment,
    "troubleTicket": lambda record, _now: {"ticket": record, "about": f"TroubleTicket {record}"},
    "appointment": lambda record, _now: {"visit": record},
    "productOrder": _product_order,
    "serviceOrder": _service_order,
}
