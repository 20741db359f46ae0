"""Cancel an unfinished order (TMF622 v4 cancelProductOrder and TMF641 v4 cancelServiceOrder)."""

from collections.abc import Iterator, Sequence

from console.messages import Message, forms
from console.messages import actions as say
from console.models.appointment import Appointment
from console.models.order import Order
from console.models.outbox import RiskClass
from console.services.access.permissions import Permission
from console.services.actions.action_context import ActionContext
from console.services.actions.declared import (
    ActionPlan,
    ActionType,
    Effect,
    Field,
    FieldKind,
    FieldOption,
    PlannedStep,
    Undo,
    Values,
)
from console.services.actions.kinds.tickets import checked_text
from console.services.customer.contact import NotPossibleError
from console.settings import Capability

_CAN_BE = {"acknowledged", "inProgress", "pending", "held"}


def _open(context: ActionContext) -> list[Order]:
    return [order for order in context.all_of("product_orders") if order.state in _CAN_BE]


def _fields(context: ActionContext, _values: Values) -> Sequence[Field]:
    orders = _open(context)
    if not orders:
        raise NotPossibleError(say.NO_ORDER_TO_CANCEL())
    choices = tuple(FieldOption(one.id, f"{one.id} {one.description}", one.state or "") for one in orders)
    return (
        Field("order", forms.ORDER(), FieldKind.PICK, choices),
        Field("reason", forms.REASON(), hint=forms.WHAT_THE_CUSTOMER_SAYS()),
    )


def _cancelled(what: Message | str, record: tuple[str, str], word: str, before: str | None) -> Effect:
    never = forms.ONLY_BY_NEW_ORDER()
    values = {word: "cancelled"}
    return Effect(
        capability=Capability.PRODUCT_ORDERS,
        what=what,
        now=before or "",
        after="cancelled",
        undo=never,
        record=record,
        values=values,
        undone=Undo.NEVER,
    )


def _cancelled_with(context: ActionContext, order: Order) -> Iterator[Effect]:
    """Yield the effects on an order's open service orders and on the products that it would have started."""
    for one in context.lists.get("service_orders") or ():
        if one.product_order_id == order.id and one.is_open:
            yield _cancelled(forms.SERVICE_ORDER_NUMBER(number=one.id), ("service order", one.id), "state", one.state)
    adds = {item.thing_id for item in order.items if item.action == "add"}
    for one in context.lists.get("products") or ():
        if one.id in adds and one.status == "pendingActive":
            yield _cancelled(one.name, ("product", one.id), "status", one.status)


def _appointments(context: ActionContext, order: Order) -> list[Appointment]:
    """Return the coming appointments that were booked for an order."""
    return [
        appointment
        for appointment in context.lists.get("appointments") or ()
        if appointment.status in {"initialized", "confirmed"} and any(one.id == order.id for one in appointment.about)
    ]


def _plan(context: ActionContext, values: Values) -> ActionPlan:
    context.open_customer()
    order: Order = context.one("product_orders", values.get("order", ""), "order")
    if order.state not in _CAN_BE:
        raise NotPossibleError(say.ORDER_CANNOT_BE_CANCELLED(order_id=order.id, order_state=order.state))
    context.check_free(order.id, order.description)
    reason = checked_text(values.get("reason", ""), say.CANCEL_REASON_MISSING())
    step = PlannedStep(
        "cancel-product-order",
        order.id,
        {"order": order.id, "reason": reason},
        {"state": order.state or ""},
    )
    effects = (
        _cancelled(forms.ORDER_NAMED(name=order.description), ("product order", order.id), "state", order.state),
        *_cancelled_with(context, order),
    )
    warnings = tuple(
        forms.APPOINTMENT_BOOKED_FOR_ORDER(appointment=appointment.description)
        for appointment in _appointments(context, order)
    )
    return ActionPlan(
        f"Cancel order {order.id}",
        RiskClass.ORDER,
        (step,),
        effects,
        warnings=warnings,
        cost=forms.UNDELIVERED_IS_NOT_CHARGED(),
    )


CANCEL_ORDER = ActionType(
    name="cancel-order",
    title=forms.TITLE_CANCEL_ORDER(),
    group="Orders and appointments",
    letter="G",
    permission=Permission.CANCEL_ORDER,
    send=forms.SEND_CANCEL_ORDER(),
    asks=("product_orders", "service_orders", "products", "appointments"),
    fields=_fields,
    plan=_plan,
    follow_s=(3, 9),
)
