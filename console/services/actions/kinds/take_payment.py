"""Take a payment by the method that billing has saved (TMF676 Payment). No card number is entered here."""

from collections.abc import Sequence

from console.messages import Message, forms
from console.messages import actions as say
from console.models.billing_account import BillingAccount
from console.models.customer_bill import CustomerBill
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
from console.settings import Capability

# Used for the account, instead of a bill's id.
_ACCOUNT = "account"
_NEVER = forms.ONLY_BY_GIVING_BACK()


def _fields(context: ActionContext, values: Values) -> Sequence[Field]:
    accounts = context.accounts()
    account_id = picked(values, "account", accounts)
    account = next((one for one in context.all_of("accounts") if one.id == account_id), None)
    bills = context.open_bills(account_id)
    choices = [FieldOption(one.id, say.BILL_AND_OPEN_AMOUNT(bill=one.label, amount=one.remaining)) for one in bills]
    if account is not None:  # not before: this choice would stay selected
        choices.append(FieldOption(_ACCOUNT, forms.ACCOUNT_NO_BILL()))
    first = _first_amount(values, bills, account.balance if account else None)
    return (
        Field("account", forms.ACCOUNT(), FieldKind.PICK, accounts),
        Field("bill", forms.FOR(), FieldKind.CHOICE, tuple(choices)),
        Field(
            "amount",
            forms.AMOUNT_WITH_TAX(),
            FieldKind.AMOUNT,
            start=str(first.amount) if first else "",
            hint=_method_words(account),
        ),
    )


def _method_words(account: BillingAccount | None) -> Message | str:
    if account is None:
        return ""
    return forms.BY_METHOD(method=account.payment_method) if account.payment_method else forms.NO_METHOD_STORED()


def _first_amount(values: Values, bills: Sequence[CustomerBill], owed: Money | None) -> Money | None:
    """Return the amount to start with: the bill's open amount, at most the balance due."""
    first = bills[0].id if bills else _ACCOUNT
    bill = next((one for one in bills if one.id == values.get("bill", first)), None)
    if bill is None or bill.remaining is None or owed is None:
        return owed
    if bill.remaining.currency != owed.currency:
        return None
    return bill.remaining if bill.remaining.amount < owed.amount else owed


def _balance(account: BillingAccount) -> Money:
    """Return the balance due on an account that can take a payment.

    Raises:
        NotPossibleError: The balance is unknown or not positive, or no payment method is saved.
    """
    if account.balance is None:
        raise NotPossibleError(say.BALANCE_UNKNOWN())
    if account.payment_method_id is None:
        raise NotPossibleError(say.NO_PAYMENT_METHOD(account_id=account.id))
    if account.balance.amount <= 0:
        raise NotPossibleError(say.NOTHING_OWED())
    return account.balance


def _bill(context: ActionContext, values: Values, account: BillingAccount, money: Money) -> CustomerBill | None:
    """Return the bill to pay, None if the payment is for the account.

    Raises:
        NotPossibleError: Nothing was chosen, the currencies differ, or less than the amount is open.
    """
    chosen = values.get("bill", _ACCOUNT)
    if not chosen:
        raise NotPossibleError(say.PAYMENT_PURPOSE_MISSING())
    if chosen == _ACCOUNT:
        return None
    bill: CustomerBill = context.one("bills", chosen, "bill")
    if bill.remaining is not None and bill.remaining.currency != money.currency:
        currencies = {"bill_currency": bill.remaining.currency, "account_currency": money.currency}
        raise NotPossibleError(say.BILL_IN_OTHER_CURRENCY(bill=bill.label, account=account.id, **currencies))
    if bill.remaining is None or money.amount > bill.remaining.amount:
        raise NotPossibleError(say.LESS_OF_BILL_OPEN(bill_remaining=bill.remaining, bill_label=bill.label))
    return bill


def _bill_effect(bill: CustomerBill, open_before: Money, money: Money) -> Effect:
    rest = open_before - money
    state = "settled" if rest.amount <= 0 else "partiallyPaid"
    return Effect(
        capability=Capability.PAYMENTS,
        what=forms.BILL_OPEN(bill=bill.label),
        now=open_before,
        after=rest,
        undo=_NEVER,
        record=("bill", bill.id),
        values={"remaining": str(rest.amount), "state": state},
        undone=Undo.NEVER,
    )


def _plan(context: ActionContext, values: Values) -> ActionPlan:
    account = context.account(values)
    balance = _balance(account)
    money = read_positive(values.get("amount", ""), balance.currency)
    if money.amount > balance.amount:
        raise NotPossibleError(say.LESS_OWED(balance=balance))
    bill = _bill(context, values, account, money)
    wanted = {
        "amount": money,
        "account": account.id,
        "account_name": account.name,
        "method": account.payment_method_id,
        "method_name": account.payment_method or "",
        "bill": bill.id if bill else "",
    }
    step = PlannedStep("pay", account.id, wanted, {"balance": balance, "state": account.state or ""})
    effects = [
        Effect(
            capability=Capability.PAYMENTS,
            what=forms.PAYMENT(),
            now="none",
            after=say.PAID_BY(amount=money, method=account.payment_method),
            undo=_NEVER,
            record=("payment", ""),
            values={"amount": str(money.amount), "status": "done"},
            undone=Undo.NEVER,
        ),
        Effect(
            capability=Capability.PAYMENTS,
            what=forms.BALANCE(),
            now=balance,
            after=balance - money,
            undo=_NEVER,
            record=("account", account.id),
            values={"balance": str((balance - money).amount)},
            undone=Undo.NEVER,
        ),
    ]
    if bill is not None and bill.remaining is not None:
        effects.append(_bill_effect(bill, bill.remaining, money))
    cost = forms.COST_CHARGED_NOW(method=account.payment_method, amount=money)
    return ActionPlan(f"Payment of {money} on {account.id}", RiskClass.MONEY, (step,), tuple(effects), cost=cost)


TAKE_PAYMENT = ActionType(
    name="take-payment",
    title=forms.TITLE_TAKE_PAYMENT(),
    group="Money",
    letter="P",
    permission=Permission.TAKE_PAYMENT,
    send=forms.SEND_TAKE_PAYMENT(),
    asks=("accounts", "bills"),
    fields=_fields,
    plan=_plan,
    follow_s=(4, 25),
)
