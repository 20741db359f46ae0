"""Suspend, resume and end a product, by product order (TMF622) and billing's charge (TMF637).

Provisioning carries out an order. Billing starts and changes charges with the order, but it stops or pauses a charge
only on request. So suspend, resume and end have a step in both systems.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from console.messages import Message, forms
from console.models.inventory import Product, Service
from console.models.outbox import RiskClass
from console.services.access.permissions import Permission
from console.services.actions.action_context import ActionContext
from console.services.actions.declared import (
    ActionPlan,
    ActionType,
    Effect,
    Field,
    FieldKind,
    PlannedStep,
    Undo,
    Values,
)
from console.settings import Capability

ASKS = ("products", "services", "charges", "product_orders")
FOLLOW_S = (4.0, 20.0, 75.0, 140.0)


def _suspend_fields(context: ActionContext, _values: Values) -> Sequence[Field]:
    return (Field("product", forms.WHAT(), FieldKind.PICK, context.products("active")),)


def _resume_fields(context: ActionContext, _values: Values) -> Sequence[Field]:
    return (Field("product", forms.WHAT(), FieldKind.PICK, context.products("suspended")),)


def _end_fields(context: ActionContext, _values: Values) -> Sequence[Field]:
    return (Field("product", forms.WHAT(), FieldKind.PICK, context.products("active", "suspended")),)


def _suspend(context: ActionContext, values: Values) -> ActionPlan:
    product = context.product(values, "active")
    return _both(
        context,
        product,
        "Suspend",
        "suspended",
        "active",
        spoken=forms.SAY_SUSPENDED(product=product.name),
    )


def _resume(context: ActionContext, values: Values) -> ActionPlan:
    product = context.product(values, "suspended")
    runs = all(service.enabled and service.state == "active" for service in context.services_of(product))
    spoken = "" if runs else forms.SAY_WORKS_AGAIN(product=product.name)
    return _both(context, product, "Resume", "active", "suspended", spoken=spoken)


def _changes(service: Service, *, on: bool) -> bool:
    """Return whether a service must be switched: it has not ended and is not in this state yet."""
    return service.state != "terminated" and not (service.enabled is on and service.state == "active")


def _service_effect(service: Service, undo: Message, *, on: bool) -> Effect:
    values = {"enabled": str(on).lower()}
    if service.state != "active":
        values["state"] = "active"
    return Effect(
        capability=Capability.PRODUCT_ORDERS,
        what=forms.SERVICE_NAMED(name=service.name),
        now="off" if service.enabled is False else "on",
        after="on" if on else "off",
        undo=undo,
        record=("service", service.id),
        values=values,
    )


def _cost(product: Product, *, on: bool) -> Message:
    """Return the message about the charge when a product is switched on or off."""
    if product.price is None:
        return forms.COST_ITS_CHARGE_AGAIN() if on else forms.COST_NOT_ITS_CHARGE_MEANWHILE()
    say = forms.COST_CHARGED_AGAIN if on else forms.COST_NOT_CHARGED_MEANWHILE
    return say(price=product.price, period=product.price_period or "month")


def _both(
    context: ActionContext, product: Product, word: str, status: str, before: str, *, spoken: Message | str
) -> ActionPlan:
    """Return the plan that puts a product, its services and its charge into a state; all of it can be undone."""
    on = status == "active"
    steps = [order_step(product, "modify", {"status": status}, back={"status": before})]
    undo = forms.BY_NEW_ORDER()
    effects = [
        Effect(
            capability=Capability.PRODUCT_ORDERS,
            what=forms.PRODUCT_ORDER(),
            now="none",
            after=word.lower(),
            undo=forms.WHILE_NOT_DONE(),
            record=("product order", ""),
            values={"state": "completed"},
        ),
        Effect(
            capability=Capability.PRODUCT_ORDERS,
            what=product.name,
            now=product.status or "",
            after=status,
            undo=undo,
            record=("product", product.id),
            values={"status": status},
        ),
    ]
    changing = [one for one in context.services_of(product) if _changes(one, on=on)]
    effects += [_service_effect(service, undo, on=on) for service in changing]
    if context.with_service_orders:
        steps += [_serviceorder_step(service.id, service.name, enabled=on) for service in changing]
    warnings = _charge(context, product, status, before, steps, effects, forms.CAN_BE_UNDONE())
    return ActionPlan(
        f"{word} {product.name}",
        RiskClass.ORDER,
        tuple(steps),
        tuple(effects),
        warnings=warnings,
        say=spoken,
        cost=_cost(product, on=on) if steps[-1].kind == "change-charge" else "",
    )


def _end(context: ActionContext, values: Values) -> ActionPlan:
    product = context.product(values, "active", "suspended")
    steps = [order_step(product, "delete", {})]
    never = forms.ONLY_BY_NEW_ORDER()
    effects = [
        Effect(
            capability=Capability.PRODUCT_ORDERS,
            what=forms.PRODUCT_ORDER(),
            now="none",
            after="end",
            undo=forms.WHILE_NOT_DONE(),
            record=("product order", ""),
            values={"state": "completed"},
        ),
        Effect(
            capability=Capability.PRODUCT_ORDERS,
            what=product.name,
            now=product.status or "",
            after="terminated",
            undo=never,
            record=("product", product.id),
            values={"status": "terminated"},
            undone=Undo.NEVER,
        ),
    ]
    for service in context.services_of(product):
        if service.state != "terminated":
            effects.append(
                Effect(
                    capability=Capability.PRODUCT_ORDERS,
                    what=forms.SERVICE_NAMED(name=service.name),
                    now=service.state or "",
                    after="terminated",
                    undo=never,
                    record=("service", service.id),
                    values={"state": "terminated", "enabled": "false"},
                    undone=Undo.NEVER,
                )
            )
            if context.with_service_orders:
                steps.append(_serviceorder_step(service.id, service.name, enabled=None))
    warnings = _charge(
        context, product, "terminated", product.status or "active", steps, effects, forms.CAN_BE_UNDONE()
    )
    return ActionPlan(
        f"End {product.name}",
        RiskClass.ORDER,
        tuple(steps),
        tuple(effects),
        warnings=warnings,
        cost=forms.COST_REST_COMES_BACK(),
    )


def _charge(
    context: ActionContext,
    product: Product,
    status: str,
    before: str,
    steps: list[PlannedStep],
    effects: list[Effect],
    undo: Message,
) -> tuple[Message, ...]:
    """Add billing's step, if billing has the charge; else return a warning for the rep."""
    charge = context.charge_of(product)
    if charge is None and "charges" in context.not_served:
        return (forms.LOOK_ON_NEXT_BILL(),)
    if charge is None:
        return (forms.BILLING_CHARGES_NOTHING(),)
    if charge.status == status:
        return (forms.CHARGE_IS_SO_ALREADY(status=status),)
    if status == "suspended" and charge.status == "terminated":
        return (forms.CHARGE_ENDED_ALREADY(),)
    back = PlannedStep("change-charge", charge.id, {"status": charge.status or before}, {"status": status})
    steps.append(
        PlannedStep("change-charge", charge.id, {"status": status}, {"status": charge.status or ""}, back=back)
    )
    effects.append(
        Effect(
            capability=Capability.CHARGES,
            what=forms.CHARGE_AMOUNT(price=charge.price) if charge.price else forms.CHARGE(),
            now=charge.status or "",
            after=status,
            undo=undo,
            record=("charge", charge.id),
            values={"status": status},
        )
    )
    return ()


def order_step(
    product: Product, action: str, wanted: Mapping[str, Any], back: Mapping[str, Any] | None = None
) -> PlannedStep:
    """Return the step that orders a change of a product; `back` has the values of the opposite order."""
    about = {
        "action": action,
        "product": product.id,
        "product_name": product.name,
        "account": product.account_id or "",
    }
    undo = PlannedStep("undo-order", "", {**about, **back} if back is not None else {})
    return PlannedStep("order-product", product.id, {**about, **wanted}, {"status": product.status or ""}, back=undo)


def _serviceorder_step(service: str, name: str, *, enabled: bool | None) -> PlannedStep:
    wanted = {"action": "delete" if enabled is None else "modify", "service": service, "service_name": name}
    if enabled is None:
        return PlannedStep("order-service", service, wanted)
    back = PlannedStep("order-service", service, {**wanted, "enabled": not enabled})
    return PlannedStep("order-service", service, {**wanted, "enabled": enabled}, back=back)


SUSPEND = ActionType(
    name="suspend",
    title=forms.TITLE_SUSPEND(),
    group="Service",
    letter="S",
    permission=Permission.SUSPEND,
    send=forms.SEND_SUSPEND(),
    asks=ASKS,
    fields=_suspend_fields,
    plan=_suspend,
    follow_s=FOLLOW_S,
    starts="product_orders",
)
RESUME = ActionType(
    name="resume",
    title=forms.TITLE_RESUME(),
    group="Service",
    letter="U",
    permission=Permission.SUSPEND,
    send=forms.SEND_RESUME(),
    asks=ASKS,
    fields=_resume_fields,
    plan=_resume,
    follow_s=FOLLOW_S,
    starts="product_orders",
)
END = ActionType(
    name="end-service",
    title=forms.TITLE_END_SERVICE(),
    group="Service",
    letter="X",
    permission=Permission.END_SERVICE,
    send=forms.SEND_END_SERVICE(),
    asks=ASKS,
    fields=_end_fields,
    plan=_end,
    follow_s=FOLLOW_S,
    starts="product_orders",
)
