"""Trouble tickets (TMF621): open one, work on one, close one."""

from collections.abc import Sequence
from typing import Any

from console.messages import Message, forms
from console.messages import actions as say
from console.models.outbox import RiskClass
from console.models.trouble_ticket import TroubleTicket
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
    Undo,
    Values,
)
from console.services.actions.notes import LONGEST_FORM_TEXT
from console.services.customer.contact import NotPossibleError, refuse_card_numbers
from console.settings import Capability

_KINDS = {
    "technical": forms.TICKET_TECHNICAL(),
    "billing": forms.TICKET_BILLING(),
    "orderInquiry": forms.TICKET_ORDER(),
    "paymentTrace": forms.TICKET_PAYMENT(),
    "dataCorrection": forms.TICKET_DATA(),
    "general": forms.TICKET_GENERAL(),
}
_TYPES = tuple(FieldOption(kind, words) for kind, words in _KINDS.items())
_SEVERITIES = (
    FieldOption("medium", forms.MEDIUM()),
    FieldOption("high", forms.HIGH()),
    FieldOption("low", forms.LOW()),
)
# The possible next states for each state, by the TMF621 state model.
_ENDS = {
    "acknowledged": ("resolved", "cancelled"),
    "inProgress": ("resolved", "cancelled"),
    "pending": ("resolved", "cancelled"),
    "held": ("resolved", "cancelled"),
    "resolved": ("closed",),
}
_END_WORDS = {
    "resolved": forms.RESOLVED(),
    "cancelled": forms.CANCELLED_NO_TROUBLE(),
    "closed": forms.CLOSED_FOR_GOOD(),
}
About = tuple[str, str, str]


def checked_text(text: str, missing: Message) -> str:
    """Return a text as it is saved, without spaces around it.

    Raises:
        NotPossibleError: It is empty, has a card number, or is longer than `LONGEST_FORM_TEXT`.
    """
    words = text.strip()
    if not words:
        raise NotPossibleError(missing)
    refuse_card_numbers([words])
    if len(words) > LONGEST_FORM_TEXT:
        raise NotPossibleError(say.TEXT_TOO_LONG(over=len(words) - LONGEST_FORM_TEXT))
    return words


def new_ticket(
    kind: str, severity: str, name: str, text: str, about: About | None = None
) -> tuple[PlannedStep, Effect]:
    """Return the step that opens a ticket, and its effect; `about` is kind, id and name of a record."""
    wanted = {"type": kind, "severity": severity, "name": name, "text": text}
    if about is not None:
        wanted |= {"about_kind": about[0], "about": about[1], "about_name": about[2]}
    back = PlannedStep("close-ticket", "", {"status": "cancelled", "reason": "Taken back"})
    step = PlannedStep("create-ticket", "", wanted, back=back)
    effect = Effect(
        capability=Capability.TICKETS,
        what=forms.TICKET(),
        now="none",
        after=f"{name}, {severity}",
        undo=forms.CAN_BE_CANCELLED(),
        record=("ticket", ""),
        values={"type": kind, "severity": severity},
    )
    return step, effect


def _abouts(context: ActionContext) -> tuple[FieldOption, ...]:
    """Return the records that a ticket can be about; datasets that are not loaded are left out."""
    found = [FieldOption("", forms.NOTHING_IN_PARTICULAR())]
    for kind, name in _ABOUT_LISTS.items():
        words = _KIND_WORDS[kind]
        items = (context.lists.get(name) or ())[:12]
        found += [FieldOption(f"{kind} {item.id}", f"{words} {_name_of(item)}") for item in items]
    return tuple(found)


def _name_of(item: Any) -> str:
    return str(getattr(item, "label", None) or getattr(item, "description", None) or item.name)


def _named(context: ActionContext, kind: str, record: str) -> str:
    """Return the name of the record that a ticket is about."""
    return next(_name_of(item) for item in context.lists.get(_ABOUT_LISTS[kind]) or () if item.id == record)


# The dataset of each kind of record, by its TM Forum name.
_ABOUT_LISTS = {"Service": "services", "CustomerBill": "bills", "ProductOrder": "product_orders"}


_KIND_WORDS = {"Service": "Service", "CustomerBill": "Bill", "ProductOrder": "Order"}


def _about(context: ActionContext, values: Values) -> About | None:
    chosen = values.get("about", "")
    if not chosen and values.get("service"):  # a discrepancy names the service it is about
        chosen = f"Service {values['service']}"
    choice = next((one for one in _abouts(context) if one.value == chosen and chosen), None)
    if choice is None:
        return None
    kind, _, record = choice.value.partition(" ")
    return kind, record, _named(context, kind, record)


def _open_fields(context: ActionContext, values: Values) -> Sequence[Field]:
    start = f"Service {values['service']}" if values.get("service") else ""
    text = f"See also {values['other']}." if values.get("other") else ""
    if values.get("payment"):
        text = f"Payment {values['payment']} is done and counts for no bill."
        start = f"CustomerBill {values.get('bill', '')}"
    return (
        Field("type", forms.KIND(), FieldKind.CHOICE, _TYPES),
        Field("severity", forms.SEVERITY(), FieldKind.CHOICE, _SEVERITIES),
        Field("about", forms.ABOUT(), FieldKind.CHOICE, _abouts(context), start=start),
        Field("text", forms.WHAT_IS_WRONG(), FieldKind.LONG_TEXT, start=text),
    )


def _open_plan(context: ActionContext, values: Values) -> ActionPlan:
    context.open_customer()
    kind = values.get("type") or _TYPES[0].value
    text = checked_text(values.get("text", ""), say.TICKET_TEXT_MISSING())
    about = _about(context, values)
    subject = str(_KINDS.get(kind, kind))  # CRM saves it in one language, whatever the window's language
    name = f"{subject}: {about[2]}" if about else subject
    step, effect = new_ticket(kind, values.get("severity") or "medium", name, text, about)
    return ActionPlan(f"Open ticket: {name}", RiskClass.NOTE, (step,), (effect,))


def _tickets(context: ActionContext, *states: str) -> tuple[FieldOption, ...]:
    found = [one for one in context.all_of("tickets") if one.status in states and one.ticket_type != "approval"]
    if not found:
        raise NotPossibleError(say.NO_OPEN_TICKET())
    return tuple(FieldOption(one.id, f"{one.id} {one.name}", one.status or "") for one in found)


def _ticket(context: ActionContext, values: Values) -> TroubleTicket:
    context.open_customer()
    ticket: TroubleTicket = context.one("tickets", values.get("ticket", ""), "ticket")
    if ticket.status not in _ENDS:
        raise NotPossibleError(say.TICKET_CLOSED(ticket_id=ticket.id, ticket_status=ticket.status))
    return ticket


def _work_fields(context: ActionContext, values: Values) -> Sequence[Field]:
    tickets = _tickets(context, "acknowledged", "inProgress", "pending", "held")
    chosen = picked(values, "ticket", tickets)
    ticket = next((one for one in context.all_of("tickets") if one.id == chosen), None)
    return (
        Field("ticket", forms.TICKET(), FieldKind.PICK, tickets),
        Field("note", forms.NOTE(), FieldKind.LONG_TEXT),
        Field(
            "severity", forms.SEVERITY(), FieldKind.CHOICE, _SEVERITIES, start=(ticket.severity if ticket else "") or ""
        ),
        Field("about", forms.LINK_WITH(), FieldKind.CHOICE, _abouts(context)),
    )


def _work_plan(context: ActionContext, values: Values) -> ActionPlan:
    ticket = _ticket(context, values)
    wanted: dict[str, str] = {}
    base: dict[str, str] = {}
    effects: list[Effect] = []
    record = ("ticket", ticket.id)
    if note := values.get("note", "").strip():
        wanted["note"] = checked_text(note, say.NOTE_MISSING())
        effects.append(
            Effect(
                capability=Capability.TICKETS,
                what=forms.NOTE(),
                now="",
                after=note[:60],
                undo=forms.ONLY_ADDED_NEVER_REMOVED(),
                record=record,
                values={"notes": str(len(ticket.notes) + 1)},
                undone=Undo.IN_SYSTEM,
            )
        )
    severity = values.get("severity", "")
    if severity and severity != ticket.severity:
        wanted["severity"], base["severity"] = severity, ticket.severity or ""
        effects.append(
            Effect(
                capability=Capability.TICKETS,
                what=forms.SEVERITY(),
                now=ticket.severity or "",
                after=severity,
                undo=forms.CAN_BE_UNDONE(),
                record=record,
                values={"severity": severity},
            )
        )
    about = _about(context, values)
    if about is not None and all(one.id != about[1] for one in ticket.about):
        wanted["about"], wanted["about_kind"], wanted["about_name"] = about[1], about[0], about[2]
        effects.append(
            Effect(
                capability=Capability.TICKETS,
                what=forms.LINKED_WITH(),
                now="",
                after=about[2],
                undo=forms.BY_CRM(),
                record=record,
                values={"about": about[1]},
                undone=Undo.IN_SYSTEM,
            )
        )
    if not wanted:
        raise NotPossibleError(say.NOTHING_CHANGED())
    step = PlannedStep("update-ticket", ticket.id, wanted, base)
    return ActionPlan(f"Ticket {ticket.id}: {_did(wanted)}", RiskClass.FIELD, (step,), tuple(effects))


def _did(wanted: Values) -> str:
    words = {"note": "note", "severity": "severity", "about": "link"}
    return ", ".join(word for key, word in words.items() if key in wanted)


def _close_fields(context: ActionContext, values: Values) -> Sequence[Field]:
    tickets = _tickets(context, *_ENDS)
    chosen = picked(values, "ticket", tickets)
    ticket = next((one for one in context.all_of("tickets") if one.id == chosen), None)
    ends = _ENDS.get((ticket.status if ticket else "") or "", ())
    return (
        Field("ticket", forms.TICKET(), FieldKind.PICK, tickets),
        Field("status", forms.IT_IS(), FieldKind.CHOICE, tuple(FieldOption(end, _END_WORDS[end]) for end in ends)),
        Field("reason", forms.REASON(), hint=forms.WHAT_WAS_DONE()),
    )


def _close_plan(context: ActionContext, values: Values) -> ActionPlan:
    ticket = _ticket(context, values)
    status = values.get("status") or _ENDS[ticket.status or ""][0]
    if status not in _ENDS[ticket.status or ""]:
        raise NotPossibleError(say.NO_SUCH_TRANSITION(ticket_status=ticket.status, status=status))
    reason = checked_text(values.get("reason", ""), say.TICKET_REASON_MISSING())
    step = PlannedStep(
        "close-ticket",
        ticket.id,
        {"status": status, "reason": reason},
        {"status": ticket.status or "", "reason": ""},
    )
    effect = Effect(
        capability=Capability.TICKETS,
        what=forms.TICKET_NUMBER(ticket=ticket.id),
        now=ticket.status or "",
        after=status,
        undo=forms.CRM_CAN_REOPEN() if status == "resolved" else forms.CANNOT_BE_UNDONE(),
        record=("ticket", ticket.id),
        values={"status": status, "reason": reason},
        undone=Undo.IN_SYSTEM if status == "resolved" else Undo.NEVER,
    )
    return ActionPlan(f"Ticket {ticket.id}: {status}", RiskClass.ORDER, (step,), (effect,))


OPEN_TICKET = ActionType(
    name="open-ticket",
    title=forms.TITLE_OPEN_TICKET(),
    group="Care",
    letter="T",
    permission=Permission.WORK_TICKETS,
    send=forms.SEND_OPEN_TICKET(),
    asks=("services", "bills", "product_orders"),
    fields=_open_fields,
    plan=_open_plan,
)
WORK_ON_TICKET = ActionType(
    name="work-on-ticket",
    title=forms.TITLE_WORK_ON_TICKET(),
    group="Care",
    letter="W",
    permission=Permission.WORK_TICKETS,
    send=forms.SEND_WORK_ON_TICKET(),
    asks=("tickets", "services", "bills", "product_orders"),
    fields=_work_fields,
    plan=_work_plan,
)
CLOSE_TICKET = ActionType(
    name="close-ticket",
    title=forms.TITLE_FINISH_TICKET(),
    group="Care",
    letter="F",
    permission=Permission.WORK_TICKETS,
    send=forms.SEND_FINISH_TICKET(),
    asks=("tickets",),
    fields=_close_fields,
    plan=_close_plan,
)
