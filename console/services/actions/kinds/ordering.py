"""Order a new product, or change a product into another (TMF622 product order, TMF620 catalog)."""

from collections.abc import Sequence

from console.messages import actions as say
from console.messages import forms
from console.models.inventory import Product
from console.models.offering import ProductOffering
from console.models.outbox import RiskClass
from console.services.access.permissions import Permission
from console.services.actions.action_context import ActionContext, picked
from console.services.actions.declared import (
    ActionPlan,
    ActionType,
    Effect,
    Field,
    FieldKind,
    FieldOption,
    PlannedStep,
    Values,
)
from console.services.actions.kinds.services import ASKS, FOLLOW_S, order_step
from console.services.customer.contact import NotPossibleError
from console.settings import Capability


def _offered(context: ActionContext, currency: str) -> list[ProductOffering]:
    segment = "business" if any(one.account_type == "business" for one in context.all_of("accounts")) else "residential"
    offerings: Sequence[ProductOffering] = context.all_of("offerings")
    return [
        one
        for one in offerings
        if one.is_sellable
        and one.price_in(currency)
        and (not one.segments or segment in one.segments or segment == "business")
    ]


def _offers(found: Sequence[ProductOffering], currency: str) -> tuple[FieldOption, ...]:
    return tuple(
        FieldOption(one.id, say.OFFERING_A_MONTH(offering=one.name, price=one.price_in(currency))) for one in found
    )


def _currency(context: ActionContext, values: Values) -> str:
    balance = context.account(values).balance
    return balance.currency if balance else ""


def _order_fields(context: ActionContext, values: Values) -> Sequence[Field]:
    accounts = context.accounts()
    chosen = picked(values, "account", accounts)
    currency = _currency(context, {"account": chosen}) if chosen else ""
    offered = _offered(context, currency) if chosen else []
    return (
        Field("account", forms.ACCOUNT(), FieldKind.PICK, accounts),
        Field("offering", forms.WHAT(), FieldKind.PICK, _offers(offered, currency)),
    )


def _order_plan(context: ActionContext, values: Values) -> ActionPlan:
    account = context.account(values)
    currency = _currency(context, {"account": account.id})
    offering = next((one for one in _offered(context, currency) if one.id == values.get("offering")), None)
    if offering is None:
        raise NotPossibleError(say.OFFERING_MISSING())
    price = offering.price_in(currency)
    if price is None:
        raise NotPossibleError(say.NO_PRICE_IN_CURRENCY(offering_name=offering.name, currency=currency))
    wanted = {
        "action": "add",
        "offering": offering.id,
        "offering_name": offering.name,
        "account": account.id,
        "account_name": account.name,
        "amount": price,
    }
    back = PlannedStep("undo-order", "", {})
    step = PlannedStep("order-product", account.id, wanted, back=back)
    undo = forms.WHILE_NOT_DONE()
    effects = (
        Effect(
            capability=Capability.PRODUCT_ORDERS,
            what=forms.PRODUCT_ORDER(),
            now="none",
            after=forms.ORDER_TO_ADD(product=offering.name),
            undo=undo,
            record=("product order", ""),
            values={"state": "completed"},
        ),
        Effect(
            capability=Capability.PRODUCT_ORDERS,
            what=offering.name,
            now="none",
            after="active",
            undo=forms.BY_ENDING_IT(),
            record=("product", ""),
            values={"name": offering.name, "status": "active", "price": str(price.amount)},
        ),
        Effect(
            capability=Capability.PRODUCT_ORDERS,
            what=forms.SERVICE_NAMED(name=offering.name),
            now="none",
            after="active",
            undo=forms.BY_ENDING_IT(),
            record=("service", ""),
            values={"name": offering.name, "state": "active", "enabled": "true"},
        ),
        Effect(
            capability=Capability.CHARGES,
            what=forms.CHARGE(),
            now="none",
            after=say.PRICE_BEFORE_TAX(price=price),
            undo=forms.BY_ENDING_IT(),
            record=("charge", ""),
            values={"name": offering.name, "status": "active", "price": str(price.amount)},
        ),
    )
    same = [one for one in context.lists.get("products") or () if one.name == offering.name and one.status == "active"]
    warnings = (forms.HAS_IT_ALREADY(product=offering.name),) if same else ()
    return ActionPlan(
        f"Order {offering.name}",
        RiskClass.ORDER,
        (step,),
        effects,
        warnings=warnings,
        cost=forms.COST_FROM_DAY_IT_WORKS(price=price),
        say=forms.SAY_COSTS(offering=offering.name, price=price),
    )


def _change_fields(context: ActionContext, values: Values) -> Sequence[Field]:
    every = {one.id: one for one in context.all_of("products")}
    products = tuple(choice for choice in context.products("active") if _alternatives(context, every[choice.value]))
    if not products:
        raise NotPossibleError(say.NOTHING_TO_CHANGE_TO())
    product = every.get(picked(values, "product", products))
    found = _alternatives(context, product) if product else []
    currency = product.price.currency if product and product.price else ""
    return (
        Field("product", forms.WHAT(), FieldKind.PICK, products),
        Field("offering", forms.INTO(), FieldKind.PICK, _offers(found, currency)),
    )


def _alternatives(context: ActionContext, product: Product) -> list[ProductOffering]:
    """Return the offerings that a product can be changed into: those of the same category."""
    currency = product.price.currency if product.price else ""
    offered = _offered(context, currency)
    own = next((one for one in context.all_of("offerings") if one.name == product.name), None)
    return [one for one in offered if own and one.category == own.category and one.id != own.id]


def _change_plan(context: ActionContext, values: Values) -> ActionPlan:
    product = context.product(values, "active")
    offering = next((one for one in _alternatives(context, product) if one.id == values.get("offering")), None)
    if product.price is None or offering is None:
        raise NotPossibleError(say.NEW_PLAN_MISSING(product_name=product.name))
    price = offering.price_in(product.price.currency)
    if price is None:
        raise NotPossibleError(say.NO_PRICE_TO_CHANGE_TO(offering_name=offering.name, currency=product.price.currency))
    own = next((one for one in context.all_of("offerings") if one.name == product.name), None)
    wanted = {
        "offering": offering.id,
        "offering_name": offering.name,
        "amount": price,
    }
    back = None
    if own is not None:
        back = {
            "offering": own.id,
            "offering_name": own.name,
            "amount": product.price,
        }
    step = order_step(product, "modify", wanted, back=back)
    undo = forms.BY_NEW_ORDER()
    changed = {"name": offering.name, "price": str(price.amount)}
    effects = [
        Effect(
            capability=Capability.PRODUCT_ORDERS,
            what=forms.PRODUCT_ORDER(),
            now="none",
            after=forms.ORDER_TO_CHANGE(product=product.name),
            undo=forms.WHILE_NOT_DONE(),
            record=("product order", ""),
            values={"state": "completed"},
        ),
        Effect(
            capability=Capability.PRODUCT_ORDERS,
            what=product.name,
            now=product.price,
            after=say.OFFERING_AND_PRICE(offering=offering.name, price=price),
            undo=undo,
            record=("product", product.id),
            values=changed,
        ),
    ]
    effects += [
        Effect(
            capability=Capability.PRODUCT_ORDERS,
            what=forms.SERVICE_NAMED(name=one.name),
            now=one.name,
            after=offering.name,
            undo=undo,
            record=("service", one.id),
            values={"name": offering.name},
        )
        for one in context.services_of(product)
        if one.state != "terminated"
    ]
    charge = context.charge_of(product)
    if charge is not None:
        effects.append(
            Effect(
                capability=Capability.CHARGES,
                what=forms.CHARGE(),
                now=charge.price or "",
                after=say.PRICE_BEFORE_TAX(price=price),
                undo=undo,
                record=("charge", charge.id),
                values=changed,
            )
        )
    difference = price - product.price
    more = forms.MORE(amount=difference) if difference.amount >= 0 else forms.LESS(amount=product.price - price)
    return ActionPlan(
        f"Change {product.name} to {offering.name}",
        RiskClass.ORDER,
        (step,),
        tuple(effects),
        cost=forms.COST_FROM_DAY_IT_WORKS(price=more),
        say=forms.SAY_COSTS_THAN_NOW(offering=offering.name, price=price, more=more),
    )


ORDER = ActionType(
    name="order",
    title=forms.TITLE_NEW_ORDER(),
    group="Orders and appointments",
    letter="O",
    permission=Permission.ORDER,
    send=forms.SEND_NEW_ORDER(),
    asks=("accounts", "products", "offerings", "product_orders"),
    fields=_order_fields,
    plan=_order_plan,
    follow_s=FOLLOW_S,
    starts="product_orders",
)
CHANGE = ActionType(
    name="change",
    title=forms.TITLE_CHANGE(),
    group="Service",
    letter="M",
    permission=Permission.ORDER,
    send=forms.SEND_CHANGE(),
    asks=(*ASKS, "accounts", "offerings"),
    fields=_change_fields,
    plan=_change_plan,
    follow_s=FOLLOW_S,
    starts="product_orders",
)
