"""Suspend, resume and end what a customer has, by product order (TMF622) and billing's charge (TMF637).

Provisioning carries out an order; billing begins and changes charges with it, but only stops or pauses them when it is
told. So suspending, resuming and ending have a step in each of the two.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from console.models.inventory import Product, Service
from console.models.outbox import RiskClass
from console.services.access.permissions import Deed
from console.services.acts.declared import ActKind, Effect, Field, FieldKind, Plan, PlannedStep, Undo, Values
from console.services.acts.situation import Situation
from console.settings import Capability

ASKS = ("products", "services", "charges", "product_orders")
FOLLOW_S = (4.0, 20.0, 75.0, 140.0)


def _suspend_fields(now: Situation, _values: Values) -> Sequence[Field]:
    return (Field("product", "What", FieldKind.PICK, now.products("active")),)


def _resume_fields(now: Situation, _values: Values) -> Sequence[Field]:
    return (Field("product", "What", FieldKind.PICK, now.products("suspended")),)


def _end_fields(now: Situation, _values: Values) -> Sequence[Field]:
    return (Field("product", "What", FieldKind.PICK, now.products("active", "suspended")),)


def _suspend(now: Situation, values: Values) -> Plan:
    product = now.product(values, "active")
    return _both(
        now,
        product,
        "Suspend",
        "suspended",
        "active",
        spoken=f"{product.name} is switched off and not charged until you ask for it again.",
    )


def _resume(now: Situation, values: Values) -> Plan:
    product = now.product(values, "suspended")
    runs = all(service.enabled and service.state == "active" for service in now.services_of(product))
    spoken = "" if runs else f"{product.name} works again within minutes."
    return _both(now, product, "Resume", "active", "suspended", spoken=spoken)


def _changes(service: Service, *, on: bool) -> bool:
    """Return whether a service has to be switched; one that ended, or already is so, has not."""
    return service.state != "terminated" and not (service.enabled is on and service.state == "active")


def _service_effect(service: Service, undo: str, *, on: bool) -> Effect:
    values = {"enabled": str(on).lower()}
    if service.state != "active":
        values["state"] = "active"
    return Effect(
        capability=Capability.PRODUCT_ORDERS,
        what=f"Service {service.name}",
        now="off" if service.enabled is False else "on",
        after="on" if on else "off",
        undo=undo,
        record=("service", service.id),
        values=values,
    )


def _both(now: Situation, product: Product, word: str, status: str, before: str, *, spoken: str) -> Plan:
    """Return the plan that puts a product, its services and its charge into a state; all of it can be taken back."""
    on = status == "active"
    steps = [order_step(product, "modify", {"status": status}, back={"status": before})]
    undo = "Yes, by a new order"
    effects = [
        Effect(
            capability=Capability.PRODUCT_ORDERS,
            what="Product order",
            now="none",
            after=word.lower(),
            undo="Yes, while it is not done",
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
    changing = [one for one in now.services_of(product) if _changes(one, on=on)]
    effects += [_service_effect(service, undo, on=on) for service in changing]
    if now.with_service_orders:
        steps += [_serviceorder_step(service.id, service.name, enabled=on) for service in changing]
    warnings = _charge(now, product, status, before, steps, effects, "Yes")
    price = f"{product.price} a {product.price_period or 'month'} before tax" if product.price else "Its charge"
    cost = f"{price} {'is charged again' if on else 'is not charged meanwhile'}."
    return Plan(
        f"{word} {product.name}",
        RiskClass.ORDER,
        tuple(steps),
        tuple(effects),
        warnings=warnings,
        say=spoken,
        cost=cost if steps[-1].kind == "change-charge" else "",
    )


def _end(now: Situation, values: Values) -> Plan:
    product = now.product(values, "active", "suspended")
    steps = [order_step(product, "delete", {})]
    never = "No. Only by a new order"
    effects = [
        Effect(
            capability=Capability.PRODUCT_ORDERS,
            what="Product order",
            now="none",
            after="end",
            undo="Yes, while it is not done",
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
    for service in now.services_of(product):
        if service.state != "terminated":
            effects.append(
                Effect(
                    capability=Capability.PRODUCT_ORDERS,
                    what=f"Service {service.name}",
                    now=service.state or "",
                    after="terminated",
                    undo=never,
                    record=("service", service.id),
                    values={"state": "terminated", "enabled": "false"},
                    undone=Undo.NEVER,
                )
            )
            if now.with_service_orders:
                steps.append(_serviceorder_step(service.id, service.name, enabled=None))
    warnings = _charge(now, product, "terminated", product.status or "active", steps, effects, "Yes")
    return Plan(
        f"End {product.name}",
        RiskClass.ORDER,
        tuple(steps),
        tuple(effects),
        warnings=warnings,
        cost="What was paid for the rest of the month comes back on the next bill.",
    )


def _charge(
    now: Situation,
    product: Product,
    status: str,
    before: str,
    steps: list[PlannedStep],
    effects: list[Effect],
    undo: str,
) -> tuple[str, ...]:
    """Add the step in billing, where billing keeps such charges; return what to say where it does not."""
    charge = now.charge_of(product)
    if charge is None and "charges" in now.not_served:
        return ("Billing keeps no charges of its own here: look on the next bill whether it followed.",)
    if charge is None:
        return ("Billing charges nothing for it.",)
    if charge.status == status:
        return (f"Billing has its charge as {status} already.",)
    if status == "suspended" and charge.status == "terminated":
        return ("Billing has ended its charge already.",)
    back = PlannedStep("change-charge", charge.id, {"status": charge.status or before}, {"status": status})
    steps.append(
        PlannedStep("change-charge", charge.id, {"status": status}, {"status": charge.status or ""}, back=back)
    )
    effects.append(
        Effect(
            capability=Capability.CHARGES,
            what=f"Charge {charge.price or ''}".strip(),
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
    """Return the step that orders a change of a product; `back` is what the opposite order would want."""
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


SUSPEND = ActKind(
    name="suspend",
    title="Suspend",
    group="Service",
    letter="S",
    deed=Deed.SUSPEND,
    send="Suspend it",
    asks=ASKS,
    fields=_suspend_fields,
    plan=_suspend,
    follow_s=FOLLOW_S,
    starts="product_orders",
)
RESUME = ActKind(
    name="resume",
    title="Resume",
    group="Service",
    letter="U",
    deed=Deed.SUSPEND,
    send="Resume it",
    asks=ASKS,
    fields=_resume_fields,
    plan=_resume,
    follow_s=FOLLOW_S,
    starts="product_orders",
)
END = ActKind(
    name="end-service",
    title="End a service",
    group="Service",
    letter="X",
    deed=Deed.END_SERVICE,
    send="End it",
    asks=ASKS,
    fields=_end_fields,
    plan=_end,
    follow_s=FOLLOW_S,
    starts="product_orders",
)
