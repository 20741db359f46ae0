"""Give credit: a refund to the account (TMF676 Refund), shown on the next bill. Above the limit it needs approval."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from console.messages import Message, forms
from console.messages import actions as say
from console.models.billing_account import BillingAccount
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

# The value is printed on the bill, in the deployment's language; the words are for the user.
REASONS = (
    FieldOption("Billing error, corrected", forms.REASON_BILLING_ERROR()),
    FieldOption("Outage", forms.REASON_OUTAGE()),
    FieldOption("Goodwill", forms.REASON_GOODWILL()),
)
_COUNTED = timedelta(days=30)
_LONGEST_WHY = 1000


def _fields(context: ActionContext, values: Values) -> Sequence[Field]:
    return (
        Field("account", forms.ACCOUNT(), FieldKind.PICK, context.accounts()),
        Field("amount", forms.AMOUNT_WITH_TAX(), FieldKind.AMOUNT, hint=_left_words(context, values)),
        Field("reason", forms.REASON_ON_BILL(), FieldKind.CHOICE, REASONS),
        Field("why", forms.FOR_SUPERVISOR(), FieldKind.LONG_TEXT, hint=forms.NEEDED_ABOVE_LIMIT()),
    )


def given(context: ActionContext, currency: str) -> Money:
    """Return a customer's credits in the last 30 days in a currency, with this console's unlisted credits."""
    recent = [
        refund.amount
        for refund in context.all_of("refunds")
        if refund.amount
        and refund.amount.currency == currency
        and not refund.failed
        and refund.paid_at
        and context.now - refund.paid_at <= _COUNTED
    ]
    recent += [money for money in context.credits_under_way if money.currency == currency]
    return sum(recent, start=Money(Decimal(0), currency))


def limit_of(context: ActionContext, currency: str) -> Money:
    """Return the amount that this user may give one customer in 30 days without approval."""
    return Money(context.user.credit_limits.get(currency, Decimal(0)), currency)


def _left_words(context: ActionContext, values: Values) -> Message | str:
    """Return a hint with the amount left without approval, in the account's currency."""
    chosen = picked(values, "account", context.accounts())
    balance = context.account({"account": chosen}).balance if chosen else None
    if balance is None:
        return "12.50"
    left = limit_of(context, balance.currency) - given(context, balance.currency)
    return forms.UP_TO_WITHOUT_ASKING(amount=left) if left.amount > 0 else forms.SUPERVISOR_MUST_AGREE()


def _plan(context: ActionContext, values: Values) -> ActionPlan:
    account = context.account(values)
    balance = account.balance
    if balance is None:  # account() has checked it
        raise NotPossibleError(say.BALANCE_UNKNOWN())
    money = read_positive(values.get("amount", ""), balance.currency)
    before = given(context, balance.currency)
    limit = limit_of(context, balance.currency)
    over = before + money - limit
    reason = values.get("reason") or REASONS[0].value
    why = values.get("why", "").strip()
    title = f"Credit of {money} on {account.id}"
    wanted = {
        "amount": money,
        "account": account.id,
        "account_name": account.name,
        "reason": reason,
    }
    refund = PlannedStep("refund", account.id, wanted, {"state": account.state or ""})
    effects = (
        Effect(
            capability=Capability.PAYMENTS,
            what=forms.BALANCE(),
            now=balance,
            after=balance - money,
            undo=forms.ONLY_BY_NEW_CHARGE(),
            record=("account", account.id),
            values={"balance": str((balance - money).amount)},
            undone=Undo.NEVER,
        ),
        Effect(
            capability=Capability.PAYMENTS,
            what=forms.CREDITS_AND_LIMIT(limit=limit),
            now=before,
            after=before + money,
            undo=forms.WITH_THE_CREDIT(),
            record=("refund", ""),
            values={"amount": str(money.amount), "status": "done"},
            undone=Undo.IN_SYSTEM,
        ),
    )
    if over.amount <= 0:
        return ActionPlan(title, RiskClass.MONEY, (refund,), effects, cost=_cost(account, money))
    return _asked(
        account, title, ActionPlan(title, RiskClass.MONEY, (refund,), effects, cost=_cost(account, money)), over, why
    )


def _asked(account: BillingAccount, title: str, plan: ActionPlan, over: Money, why: str) -> ActionPlan:
    """Return the plan with a request to a supervisor as its first step.

    Raises:
        NotPossibleError: The reason for the supervisor is missing or too long.
    """
    if not why:
        raise NotPossibleError(say.OVER_LIMIT_WRITE_WHY(over=over))
    if len(why) > _LONGEST_WHY:
        raise NotPossibleError(say.REQUEST_TOO_LONG(most=_LONGEST_WHY))
    asked = {"title": title, "text": why, "account": account.id, "over": over}
    back = PlannedStep("withdraw-approval", "", {"act": ""})
    request_step = PlannedStep("ask-approval", account.id, asked, back=back)
    effect = Effect(
        capability=Capability.TICKETS,
        what=forms.APPROVAL(),
        now="none",
        after=forms.NOW_ASKED_FOR(),
        undo=forms.UNTIL_DECIDED(),
        record=("ticket", ""),
        values={"type": "approval"},
    )
    approval = forms.NEEDS_SUPERVISOR(over=over)
    return ActionPlan(title, plan.risk, (request_step, *plan.steps), (effect, *plan.effects), plan.cost, approval)


def _cost(account: BillingAccount, money: Money) -> Message:
    return forms.COST_LESS_OWED(amount=money, account=account.id)


GIVE_CREDIT = ActionType(
    name="give-credit",
    title=forms.TITLE_GIVE_CREDIT(),
    group="Money",
    letter="C",
    permission=Permission.GIVE_CREDIT,
    send=forms.SEND_GIVE_CREDIT(),
    asks=("accounts", "refunds"),
    fields=_fields,
    plan=_plan,
    follow_s=(4, 30, 75),
)
