"""Pay in parts: a payment plan of several monthly payments on the account (TMF666 v4 PaymentPlan)."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from console.messages import actions as say
from console.models.billing_account import PAY_IN_PARTS
from console.models.outbox import RiskClass
from console.services.access.permissions import Deed
from console.services.acts.amounts import read_positive
from console.services.acts.declared import ActKind, Choice, Effect, Field, FieldKind, Plan, PlannedStep, Undo, Values
from console.services.acts.situation import Situation, picked
from console.services.customer.contact import NotPossibleError
from console.services.search.days import read_day
from console.settings import Capability

_PARTS = (2, 3, 4, 6, 12)
_LATEST_FIRST = timedelta(days=30)
_DAYS_BETWEEN = 30


def _fields(now: Situation, values: Values) -> Sequence[Field]:
    accounts = now.accounts()
    chosen = picked(values, "account", accounts)
    account = next((one for one in now.all_of("accounts") if one.id == chosen), None)
    owed = account.balance.amount if account and account.balance and account.balance.amount > 0 else None
    return (
        Field("account", "Account", FieldKind.PICK, accounts),
        Field("amount", "Amount, with tax", FieldKind.AMOUNT, start=str(owed) if owed else ""),
        Field("parts", "In", FieldKind.CHOICE, tuple(Choice(str(n), f"{n} parts, one a month") for n in _PARTS)),
        Field("first_on", "The first by", FieldKind.DAY, start="+14", hint="2 Dec, Friday, +7"),
    )


def _plan(now: Situation, values: Values) -> Plan:
    account = now.account(values)
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
    first = read_day(values.get("first_on", ""), now.today, now.day_order)
    if not timedelta() <= first - now.today <= _LATEST_FIRST:
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
        what="Payment plan",
        now="none",
        after=f"{parts} payments of about {each} {money.currency}, the last by {last}",
        undo="By billing",
        record=("account", account.id),
        values={"plan": f"{PAY_IN_PARTS} {money.amount.normalize():f} {parts}"},
        undone=Undo.IN_SYSTEM,
    )
    return Plan(
        f"Pay {money} in {parts} parts",
        RiskClass.MONEY,
        (step,),
        (effect,),
        cost="No more is owed by it. Late fees are billing's to decide.",
    )


PAY_IN_PARTS_KIND = ActKind(
    name="pay-in-parts",
    title="Pay in parts",
    group="Money",
    letter="Q",
    deed=Deed.PAY_IN_PARTS,
    send="Agree to the parts",
    asks=("accounts",),
    fields=_fields,
    plan=_plan,
)
