"""Dispute a bill line: a trouble ticket of type `billingDispute` (TMF621) with the bill, the line and the amount."""

from collections.abc import Sequence

from console.messages import actions as say
from console.messages import forms
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
    Values,
)
from console.services.actions.kinds.tickets import checked_text, new_ticket
from console.services.customer.contact import NotPossibleError
from console.settings import Capability


def _bills(context: ActionContext) -> Sequence[FieldOption]:
    return [
        FieldOption(one.id, say.BILL_AND_AMOUNT(bill=one.label, amount=one.amount_due))
        for one in context.all_of("bills")[:24]
    ]


def _fields(context: ActionContext, values: Values) -> Sequence[Field]:
    bills = tuple(_bills(context))
    if not bills:
        raise NotPossibleError(say.NO_BILL_TO_DISPUTE())
    bill_id = picked(values, "bill", bills)
    lines = context.lines.get(bill_id, ())
    choices = tuple(
        FieldOption(line.id, forms.LINE_AND_AMOUNT(line=line.name, amount=line.tax_included or line.tax_excluded))
        for line in lines
        if (line.tax_included or line.tax_excluded) and (line.tax_included or line.tax_excluded).amount > 0
    )
    chosen = picked(values, "line", choices)
    line = next((line for line in lines if line.id == chosen), None)
    amount = (line.tax_included or line.tax_excluded) if line else None
    return (
        Field("bill", forms.BILL(), FieldKind.PICK, bills),
        Field("line", forms.BILL_LINE(), FieldKind.PICK, choices),
        Field("amount", forms.DISPUTED_WITH_TAX(), FieldKind.AMOUNT, start=str(amount.amount) if amount else ""),
        Field("text", forms.WHAT_THE_CUSTOMER_SAYS(), FieldKind.LONG_TEXT),
    )


def _plan(context: ActionContext, values: Values) -> ActionPlan:
    context.open_customer()
    bill = context.one("bills", values.get("bill", ""), "bill")
    if bill.id not in context.lines:
        raise NotPossibleError(say.BILL_LINES_UNKNOWN(bill_label=bill.label))
    line = next((one for one in context.lines[bill.id] if one.id == values.get("line")), None)
    amount = (line.tax_included or line.tax_excluded) if line else None
    if line is None or amount is None:
        raise NotPossibleError(say.LINE_MISSING())
    money = read_positive(values.get("amount", ""), amount.currency)
    if money.amount > amount.amount:
        raise NotPossibleError(say.MORE_THAN_LINE(amount=amount))
    text = checked_text(values.get("text", ""), say.DISPUTE_TEXT_MISSING())
    message = f"{line.name} on bill {bill.label}: {money} of {amount} is disputed. {text}"
    step, effect = new_ticket(
        "billingDispute", "medium", f"Dispute: {line.name}", message, ("CustomerBill", bill.id, bill.label)
    )
    step = PlannedStep(
        step.kind,
        step.record,
        {**step.wanted, "amount": money, "line": line.id},
    )
    kept = Effect(
        capability=Capability.BILLS,
        what=forms.BILL_NUMBER(bill=bill.label),
        now=bill.remaining,
        after=forms.NOT_CHANGED_UNTIL_DECIDED(),
        undo="",
        record=("", ""),
    )
    return ActionPlan(f"Dispute {money} of {line.name}", RiskClass.NOTE, (step,), (effect, kept))


DISPUTE_LINE = ActionType(
    name="dispute-line",
    title=forms.TITLE_DISPUTE_LINE(),
    group="Money",
    letter="D",
    permission=Permission.DISPUTE,
    send=forms.SEND_DISPUTE_LINE(),
    asks=("bills", "tickets"),
    fields=_fields,
    plan=_plan,
)
