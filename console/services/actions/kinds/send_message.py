"""Send a bill or the portal link to an address of record: an outbound party interaction (TMF683)."""

from collections.abc import Sequence

from console.messages import actions as say
from console.messages import forms
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
    Undo,
    Values,
)
from console.services.customer.contact import NotPossibleError
from console.settings import Capability

_PORTAL = "portal"
_CHANNELS = {"email": ("email", "E-mail"), "phone": ("sms", "SMS")}


def _fields(context: ActionContext, _values: Values) -> Sequence[Field]:
    bills = [
        FieldOption(one.id, say.BILL_AND_AMOUNT(bill=one.label, amount=one.amount_due))
        for one in context.all_of("bills")[:12]
    ]
    return (
        Field("what", forms.WHAT(), FieldKind.PICK, (*bills, FieldOption(_PORTAL, forms.PORTAL_LINK()))),
        Field("to", forms.TO(), FieldKind.CHOICE, _addresses(context)),
    )


def _addresses(context: ActionContext) -> tuple[FieldOption, ...]:
    """Return the customer's addresses in CRM; messages go to no other address.

    Raises:
        NotPossibleError: CRM has no e-mail address and no phone number.
    """
    found = [
        FieldOption(f"{one.kind} {one.text}", forms.CHANNEL_TO(channel=_CHANNELS[one.kind][1], address=one.text))
        for one in context.open_customer().contact_media
        if one.kind in _CHANNELS
    ]
    if not found:
        raise NotPossibleError(say.NO_ADDRESS_NOR_NUMBER())
    return tuple(sorted(found, key=lambda choice: not choice.value.startswith("email")))


def _plan(context: ActionContext, values: Values) -> ActionPlan:
    chosen = next((one for one in _addresses(context) if one.value == values.get("to")), None)
    if chosen is None:
        raise NotPossibleError(say.ADDRESS_NOT_IN_CRM())
    kind, _, to = chosen.value.partition(" ")
    channel, word = _CHANNELS[kind]
    what = values.get("what", "")
    if not what:
        raise NotPossibleError(say.MESSAGE_MISSING())
    wanted = {"channel": channel, "channel_name": word, "to": to}
    if what == _PORTAL:
        title, text = "Portal link", "The way into the self-service portal"
    else:
        bill = context.one("bills", what, "bill")
        title, text = f"Bill {bill.label}", f"Bill {bill.label} of {bill.amount_due}"
        wanted |= {"about_kind": "CustomerBill", "about": bill.id, "about_name": bill.label}
    wanted |= {"reason": f"{title} sent", "text": f"{text}, sent to {to}"}
    step = PlannedStep("send-message", "", wanted)
    effect = Effect(
        capability=Capability.INTERACTIONS,
        what=word,
        now="",
        after=forms.SENT_TO(what=title, address=to),
        undo=forms.SENT_IS_SENT(),
        record=("interaction", ""),
        values={"direction": "outbound"},
        undone=Undo.NEVER,
    )
    return ActionPlan(
        f"{title} by {word} to {to}", RiskClass.NOTE, (step,), (effect,), say=forms.SAY_IN_A_MINUTE(address=to)
    )


SEND = ActionType(
    name="send",
    title=forms.TITLE_SEND(),
    group="Care",
    letter="E",
    permission=Permission.SEND,
    send=forms.SEND_MESSAGE(),
    asks=("bills", "customer"),
    fields=_fields,
    plan=_plan,
    in_full=True,
)
