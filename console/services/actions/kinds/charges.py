"""Stop or start a charge in billing only (TMF637 product of billing), if billing did not follow provisioning."""

from collections.abc import Sequence

from console.messages import actions as say
from console.messages import forms
from console.models.outbox import RiskClass
from console.services.access.permissions import Permission
from console.services.actions.action_context import ActionContext
from console.services.actions.declared import ActionPlan, ActionType, Effect, Field, FieldKind, PlannedStep, Values
from console.services.customer.contact import NotPossibleError
from console.settings import Capability


def _stop_fields(context: ActionContext, values: Values) -> Sequence[Field]:
    return (
        Field("product", forms.WHAT(), FieldKind.PICK, context.products("terminated"), start=values.get("product", "")),
    )


def _stop_plan(context: ActionContext, values: Values) -> ActionPlan:
    product = context.product(values, "terminated")
    charge = context.charge_of(product)
    if charge is None or charge.status == "terminated":
        raise NotPossibleError(say.NOT_CHARGED(product_name=product.name))
    back = PlannedStep("change-charge", charge.id, {"status": charge.status or ""}, {"status": "terminated"})
    step = PlannedStep("change-charge", charge.id, {"status": "terminated"}, {"status": charge.status or ""}, back=back)
    effect = Effect(
        capability=Capability.CHARGES,
        what=forms.CHARGE_OF(product=product.name, price=charge.price),
        now=charge.status or "",
        after="terminated",
        undo=forms.CAN_BE_UNDONE(),
        record=("charge", charge.id),
        values={"status": "terminated"},
    )
    return ActionPlan(
        f"Stop billing {product.name}",
        RiskClass.ORDER,
        (step,),
        (effect,),
        cost=forms.COST_NOT_CHARGED_ANY_MORE(price=charge.price),
        say=forms.SAY_NOT_ON_NEXT_BILL(product=product.name),
    )


def _start_fields(context: ActionContext, values: Values) -> Sequence[Field]:
    return (
        Field("product", forms.WHAT(), FieldKind.PICK, context.products("active"), start=values.get("product", "")),
    )


def _start_plan(context: ActionContext, values: Values) -> ActionPlan:
    product = context.product(values, "active")
    charge = context.charge_of(product)
    if charge is not None and charge.status != "terminated":
        raise NotPossibleError(say.CHARGED_ALREADY(charge_price=charge.price, product_name=product.name))
    if product.price is None or not product.account_id or not product.serial_number:
        raise NotPossibleError(say.PRICE_OR_ACCOUNT_UNKNOWN(product_name=product.name))
    if "charges" in context.not_served:
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
        capability=Capability.CHARGES,
        what=forms.CHARGE(),
        now="none",
        after=say.PRODUCT_BEFORE_TAX(product=product.name, price=product.price),
        undo=forms.CAN_BE_UNDONE(),
        record=("charge", ""),
        values={"name": product.name, "status": "active", "price": str(product.price.amount)},
    )
    return ActionPlan(
        f"Start billing {product.name}",
        RiskClass.ORDER,
        (step,),
        (effect,),
        cost=forms.COST_CHARGED_FROM_NOW_ON(price=product.price),
    )


STOP_BILLING = ActionType(
    name="stop-billing",
    title=forms.TITLE_STOP_BILLING(),
    group="Money",
    letter="B",
    permission=Permission.CORRECT_BILLING,
    send=forms.SEND_STOP_BILLING(),
    asks=("products", "charges"),
    fields=_stop_fields,
    plan=_stop_plan,
)
START_BILLING = ActionType(
    name="start-billing",
    title=forms.TITLE_START_BILLING(),
    group="Money",
    letter="V",
    permission=Permission.CORRECT_BILLING,
    send=forms.SEND_START_BILLING(),
    asks=("products", "charges"),
    fields=_start_fields,
    plan=_start_plan,
)
