"""Suspend, resume and end what a customer has, by product order (TMF622) and billing's charge (TMF637).

Provisioning carries out an order; billing begins and changes charges with it, but only stops or pauses them when it is
told. So suspending, resuming and ending have a step in each of the two.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from console.models.inventory import Product
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
        say=f"{product.name} is switched off and not charged until you ask for it again.",
    )


def _resume(now: Situation, values: Values) -> Plan:
    product = now.product(values, "suspended")
    runs = all(service.enabled and service.state == "active" for service in now.services_of(product))
    say = "" if runs else f"{product.name} works again within minutes."
    return _both(now, product, "Resume", "active", "suspended", say=say)


def _both(now: Situation, product: Product, word: str, status: str, before: str, *, say: str) -> Plan:
    """Return the plan that puts a product, its services and its charge into a state; all of it can be taken back."""
    on = status == "active"
    steps = [order_step(product, "modify", {"status": status}, back={"status": before})]
    undo = "Yes, by a new order"
    effects = [
        Effect(
            Capability.PRODUCT_ORDERS,
            "Product order",
            "none",
            word.lower(),
            "Yes, while it is not done",
            ("product order", ""),
            {"state": "completed"},
        ),
        Effect(
            Capability.PRODUCT_ORDERS,
            product.name,
            product.status or "",
            status,
            undo,
            ("product", product.id),
            {"status": status},
        ),
    ]
    for service in now.services_of(product):
        if service.state == "terminated" or (service.enabled is on and service.state == "active"):
            continue
        after = {"enabled": str(on).lower()} | ({"state": "active"} if service.state != "active" else {})
        effects.append(
            Effect(
                Capability.PRODUCT_ORDERS,
                f"Service {service.name}",
                "off" if service.enabled is False else "on",
                "on" if on else "off",
                undo,
                ("service", service.id),
                after,
            )
        )
        if now.with_service_orders:
            steps.append(_serviceorder_step(service.id, service.name, enabled=on))
    warnings = _charge(now, product, status, before, steps, effects, "Yes")
    price = f"{product.price} a {product.price_period or 'month'} before tax" if product.price else "Its charge"
    cost = f"{price} {'is charged again' if on else 'is not charged meanwhile'}."
    return Plan(
        f"{word} {product.name}",
        RiskClass.ORDER,
        tuple(steps),
        tuple(effects),
        warnings=warnings,
        say=say,
        cost=cost if steps[-1].kind == "change-charge" else "",
    )


def _end(now: Situation, values: Values) -> Plan:
    product = now.product(values, "active", "suspended")
    steps = [order_step(product, "delete", {})]
    never = "No. Only by a new order"
    effects = [
        Effect(
            Capability.PRODUCT_ORDERS,
            "Product order",
            "none",
            "end",
            "Yes, while it is not done",
            ("product order", ""),
            {"state": "completed"},
        ),
        Effect(
            Capability.PRODUCT_ORDERS,
            product.name,
            product.status or "",
            "terminated",
            never,
            ("product", product.id),
            {"status": "terminated"},
            undone=Undo.NEVER,
        ),
    ]
    for service in now.services_of(product):
        if service.state != "terminated":
            effects.append(
                Effect(
                    Capability.PRODUCT_ORDERS,
                    f"Service {service.name}",
                    service.state or "",
                    "terminated",
                    never,
                    ("service", service.id),
                    {"state": "terminated", "enabled": "false"},
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
            Capability.CHARGES,
            f"Charge {charge.price or ''}".strip(),
            charge.status or "",
            status,
            undo,
            ("charge", charge.id),
            {"status": status},
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
    "suspend",
    "Suspend",
    "Service",
    "S",
    Deed.SUSPEND,
    "Suspend it",
    ASKS,
    _suspend_fields,
    _suspend,
    FOLLOW_S,
    starts="product_orders",
)
RESUME = ActKind(
    "resume",
    "Resume",
    "Service",
    "U",
    Deed.SUSPEND,
    "Resume it",
    ASKS,
    _resume_fields,
    _resume,
    FOLLOW_S,
    starts="product_orders",
)
END = ActKind(
    "end-service",
    "End a service",
    "Service",
    "X",
    Deed.END_SERVICE,
    "End it",
    ASKS,
    _end_fields,
    _end,
    FOLLOW_S,
    starts="product_orders",
)
