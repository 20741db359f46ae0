"""Start values of a form from the record that the user has selected."""

from collections.abc import Callable, Mapping

from console.services.actions.action_context import ActionContext

Start = Mapping[str, str]


def starts_from(resource: str, record: str, context: ActionContext) -> Start:
    """Return the start values of a form's fields for a selected record, by field name.

    A value that matches no choice of the form means that nothing is chosen. So the form never picks another record of
    the same kind by mistake. The result is empty if the record gives no start values.

    Args:
        resource: The resource name in the TM Forum API, such as `service`.
        record: The record's id.
        context: The data known about the customer.
    """
    start = _STARTS.get(resource)
    return start(record, context) if start is not None else {}


def _known(context: ActionContext, name: str, record: str) -> object | None:
    return next((item for item in context.lists.get(name) or () if item.id == record), None)


def _service(record: str, context: ActionContext) -> Start:
    products = [item.id for item in context.lists.get("products") or () if record in item.service_ids]
    return {"service": record, "about": f"Service {record}", "product": products[0] if products else _NONE}


def _product(record: str, context: ActionContext) -> Start:
    product = _known(context, "products", record)
    services = tuple(getattr(product, "service_ids", ()))
    service = services[0] if len(services) == 1 else _NONE
    return {"product": record, "service": service, "about": f"Service {service}"}


def _bill(record: str, context: ActionContext) -> Start:
    bill = _known(context, "bills", record)
    account = getattr(bill, "account_id", None)
    found = {"bill": record, "about": f"CustomerBill {record}", "what": record}
    return {**found, "account": account} if account else found


def _line(record: str, context: ActionContext) -> Start:
    for bill, lines in context.lines.items():
        if any(line.id == record for line in lines):
            return {**_bill(bill, context), "line": record}
    return {"line": record}


def _payment(record: str, context: ActionContext) -> Start:
    payment = _known(context, "payments", record) or _known(context, "refunds", record)
    account, bills = getattr(payment, "account_id", None), tuple(getattr(payment, "bill_ids", ()))
    found = {"account": account} if account else {}
    return {**found, "bill": bills[0], "about": f"CustomerBill {bills[0]}"} if bills else found


def _product_order(record: str, _context: ActionContext) -> Start:
    return {"order": record, "about": f"ProductOrder {record}"}


def _service_order(record: str, context: ActionContext) -> Start:
    order = _known(context, "service_orders", record)
    behind = getattr(order, "product_order_id", None)
    return _product_order(behind or _NONE, context)


# This id matches no record, so nothing is chosen.
_NONE = "\0"
_STARTS: Mapping[str, Callable[[str, ActionContext], Start]] = {
    "service": _service,
    "product": _product,
    "billingAccount": lambda record, _context: {"account": record},
    "customerBill": _bill,
    "appliedCustomerBillingRate": _line,
    "payment": _payment,
    "refund": _payment,
    "troubleTicket": lambda record, _context: {"ticket": record, "about": f"TroubleTicket {record}"},
    "appointment": lambda record, _context: {"visit": record},
    "productOrder": _product_order,
    "serviceOrder": _service_order,
}
