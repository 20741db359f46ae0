"""Payment plan: several monthly payments on the account (TMF666 v4 PaymentPlan)."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from console.messages import actions as say
from console.messages import forms
from console.models.billing_account import PAY_IN_PARTS
from console.models.money import Money
from console.models.outbox import RiskClass
from console.services.access.permissions import Permission
from console.services.actions.action_context import ActionContext, picked
from console.services.actions.amounts import read_positive
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
from console.services.customer.contact import NotPossibleError
from console.services.search.days import read_day
from console.settings import Capability

_PARTS = (2, 3, 4, 6, 12)
_LATEST_FIRST = timedelta(days=30)
_DAYS_BETWEEN = 30


def _fields(context: ActionContext, values: Values) -> Sequence[Field]:
    accounts = context.accounts()
    chosen = picked(values, "account", accounts)
    account = next((one for one in context.all_of("accounts") if one.id == chosen), None)
    owed = account.balance.amount if account and account.balance and account.balance.amount > 0 else None
    return (
        Field("account", forms.ACCOUNT(), FieldKind.PICK, accounts),
        Field("amount", forms.AMOUNT_WITH_TAX(), FieldKind.AMOUNT, start=str(owed) if owed else ""),
        Field(
            "parts",
            forms.IN_PARTS(),
            FieldKind.CHOICE,
            tuple(FieldOption(str(n), forms.PARTS_ONE_A_MONTH(n=n)) for n in _PARTS),
        ),
        Field("first_on", forms.FIRST_BY(), FieldKind.DAY, start="+14", hint=forms.DAYS_AS_EXAMPLES()),
    )


def _plan(context: ActionContext, values: Values) -> ActionPlan:
    account = context.account(values)
    balance = account.balance
    if balance is None or balance.amount <= 0:
        raise NotPossibleError(say.NOTHING_OWED())
    money = read_positive(values.get("amount", ""), balance.currency)
    free = balance - account.promised
    if money.amount > free.amount:
        raise NotPossibleError(say.LESS_OWED_AND_FREE(free=free))
    parts = int(values.get("parts") or _PARTS[0])
    if parts not in _PARTS:
        raise NotPossibleError(say.PARTS_MISSING())
    first = read_day(values.get("first_on", ""), context.today, context.day_order)
    if not timedelta() <= first - context.today <= _LATEST_FIRST:
        raise NotPossibleError(say.FIRST_PART_OUT_OF_RANGE())
    each = (money.amount / parts).quantize(Decimal(1).scaleb(-money.digits))
    last = first + timedelta(days=_DAYS_BETWEEN * (parts - 1))
    wanted = {
        "amount": money,
        "due_on": last,
        "parts": parts,
    }
    base = {"balance": balance, "state": account.state or ""}
    step = PlannedStep("pay-in-parts", account.id, wanted, base)
    effect = Effect(
        capability=Capability.BILLING_ACCOUNTS,
        what=forms.PAYMENT_PLAN(),
        now="none",
        after=forms.PARTS_AND_LAST_DAY(parts=parts, each=Money(each, money.currency), last=last),
        undo=forms.BY_BILLING(),
        record=("account", account.id),
        values={"plan": f"{PAY_IN_PARTS} {money.amount.normalize():f} {parts}"},
        undone=Undo.IN_SYSTEM,
    )
    return ActionPlan(
        f"Payment plan: {money} in {parts} payments",
        RiskClass.MONEY,
        (step,),
        (effect,),
        cost=forms.COST_OF_PARTS(),
    )


PAY_IN_PARTS_KIND = ActionType(
    name="pay-in-parts",
    title=forms.TITLE_PAY_IN_PARTS(),
    group="Money",
    letter="Q",
    permission=Permission.PAY_IN_PARTS,
    send=forms.SEND_PAY_IN_PARTS(),
    asks=("accounts",),
    fields=_fields,
    plan=_plan,
)
