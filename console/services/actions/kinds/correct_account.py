"""Update billing's copy of name, address, phone or e-mail from CRM (TMF666 billingAccount)."""

from collections.abc import Mapping, Sequence

from console.messages import Message, forms
from console.messages import actions as say
from console.models.billing_account import BillingAccount
from console.models.customer import ContactMedium, Customer
from console.models.outbox import RiskClass
from console.services.access.permissions import Permission
from console.services.actions.action_context import ActionContext
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
from console.services.customer.contact import IN_BILLING, NotPossibleError
from console.settings import Capability

_WORDS = {
    "name": forms.CONTACT_NAME(),
    "address": forms.CONTACT_ADDRESS(),
    "phone": forms.CONTACT_PHONE(),
    "email": forms.CONTACT_EMAIL(),
}
_ADDRESS_WORDS = {
    "street1": forms.ADDRESS_STREET(),
    "street2": forms.ADDRESS_SECOND_LINE(),
    "postCode": forms.ADDRESS_POST_CODE(),
    "stateOrProvince": forms.ADDRESS_STATE(),
}


def _fields(context: ActionContext, values: Values) -> Sequence[Field]:
    start = next((key for key in _WORDS if key in values), values.get("what", ""))
    choices = tuple(FieldOption(key, words) for key, words in _WORDS.items())
    return (
        Field("account", forms.ACCOUNT(), FieldKind.PICK, context.accounts()),
        Field("what", forms.TAKE_FROM_CRM(), FieldKind.CHOICE, choices, start=start),
    )


def _plan(context: ActionContext, values: Values) -> ActionPlan:
    customer, account = context.open_customer(), context.account(values)
    what = values.get("what") or "name"
    held, wanted = _held(account, what), _wanted(customer, what)
    if not wanted:
        raise NotPossibleError(say.NO_CONTACT_KEPT(kind=str(_WORDS[what]).lower()))
    changed = {key: value for key, value in wanted.items() if value != held.get(key, "")}
    if not changed:
        raise NotPossibleError(say.SAME_IN_BILLING())
    kind = "change-holder" if what == "name" else IN_BILLING
    base = {key: held.get(key, "") for key in changed}
    back = PlannedStep(kind, account.id, base, changed)
    step = PlannedStep(kind, account.id, changed, base, back=back if all(base.values()) else None)
    effects = tuple(
        Effect(
            capability=Capability.BILLING_ACCOUNTS,
            what=_part(key),
            now=base[key],
            after=value,
            undo=forms.CAN_BE_UNDONE(),
            record=("account", account.id),
            values={key: value},
        )
        for key, value in changed.items()
    )
    return ActionPlan(
        f"Update Billing's {str(_WORDS[what]).lower()} of {account.id} from CRM",
        RiskClass.FIELD,
        (step,),
        effects,
        warnings=(forms.ASK_WHICH_IS_RIGHT(),),
    )


def _wanted(customer: Customer, what: str) -> Mapping[str, str]:
    return {"name": customer.name} if what == "name" else _of(customer.contact_media, what)


def _held(account: BillingAccount, what: str) -> Mapping[str, str]:
    return {"name": account.holder or ""} if what == "name" else _of(account.contact_media, what)


def _of(media: Sequence[ContactMedium], kind: str) -> Mapping[str, str]:
    medium = next((one for one in sorted(media, key=lambda one: not one.preferred) if one.kind == kind), None)
    if medium is None:
        return {}
    return dict(medium.parts) if kind == "address" else {kind: medium.text}


def _part(key: str) -> Message | str:
    """Return the word for a part of contact data, else the system's own name for it."""
    return _ADDRESS_WORDS.get(key) or _WORDS.get(key) or key.capitalize()


CORRECT_ACCOUNT = ActionType(
    name="correct-account",
    title=forms.TITLE_CORRECT_ACCOUNT(),
    group="Care",
    letter="",
    permission=Permission.CORRECT_BILLING,
    send=forms.SEND_CORRECT_ACCOUNT(),
    asks=("customer", "accounts"),
    fields=_fields,
    plan=_plan,
    in_full=True,
)
