"""Stop or start a charge in billing alone (TMF637 product of billing), where it has not followed provisioning."""

from collections.abc import Sequence

from console.messages import actions as say
from console.models.outbox import RiskClass
from console.services.access.permissions import Deed
from console.services.acts.declared import ActKind, Effect, Field, FieldKind, Plan, PlannedStep, Values
from console.services.acts.situation import Situation
from console.services.customer.contact import NotPossibleError
from console.settings import Capability


def _stop_fields(now: Situation, values: Values) -> Sequence[Field]:
    return (Field("product", "What", FieldKind.PICK, now.products("terminated"), start=values.get("product", "")),)


def _stop_plan(now: Situation, values: Values) -> Plan:
    product = now.product(values, "terminated")
    charge = now.charge_of(product)
    if charge is None or charge.status == "terminated":
        raise NotPossibleError(say.NOT_CHARGED(product_name=product.name))
    back = PlannedStep("change-charge", charge.id, {"status": charge.status or ""}, {"status": "terminated"})
    step = PlannedStep("change-charge", charge.id, {"status": "terminated"}, {"status": charge.status or ""}, back=back)
    effect = Effect(
        Capability.CHARGES,
        f"Charge {product.name}, {charge.price}",
        charge.status or "",
        "terminated",
        "Yes",
        ("charge", charge.id),
        {"status": "terminated"},
    )
    return Plan(
        f"Stop billing {product.name}",
        RiskClass.ORDER,
        (step,),
        (effect,),
        cost=f"{charge.price} a month before tax is not charged any more.",
        say=f"{product.name} will not be on your next bill.",
    )


def _start_fields(now: Situation, values: Values) -> Sequence[Field]:
    return (Field("product", "What", FieldKind.PICK, now.products("active"), start=values.get("product", "")),)


def _start_plan(now: Situation, values: Values) -> Plan:
    product = now.product(values, "active")
    charge = now.charge_of(product)
    if charge is not None and charge.status != "terminated":
        raise NotPossibleError(say.CHARGED_ALREADY(charge_price=charge.price, product_name=product.name))
    if product.price is None or not product.account_id or not product.serial_number:
        raise NotPossibleError(say.PRICE_OR_ACCOUNT_UNKNOWN(product_name=product.name))
    if "charges" in now.not_served:
        raise NotPossibleError(say.NO_CHARGES_KEPT())
    wanted = {
        "name": product.name,
        "serial": product.serial_number,
        "account": product.account_id,
        "amount": product.price,
    }
    back = PlannedStep("change-charge", "", {"status": "terminated"}, {"status": "active"})
    step = PlannedStep("create-charge", product.id, wanted, back=back)
    effect = Effect(
        Capability.CHARGES,
        "Charge",
        "none",
        f"{product.name}, {product.price} a month before tax",
        "Yes",
        ("charge", ""),
        {"name": product.name, "status": "active", "price": str(product.price.amount)},
    )
    return Plan(
        f"Start billing {product.name}",
        RiskClass.ORDER,
        (step,),
        (effect,),
        cost=f"{product.price} a month before tax from now on; nothing is charged for what has passed.",
    )


STOP_BILLING = ActKind(
    "stop-billing",
    "Stop billing",
    "Money",
    "B",
    Deed.CORRECT_BILLING,
    "Stop billing it",
    ("products", "charges"),
    _stop_fields,
    _stop_plan,
)
START_BILLING = ActKind(
    "start-billing",
    "Start billing",
    "Money",
    "V",
    Deed.CORRECT_BILLING,
    "Start billing it",
    ("products", "charges"),
    _start_fields,
    _start_plan,
)
