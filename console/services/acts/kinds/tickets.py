"""Trouble tickets (TMF621): open one, work on one, close one."""

from collections.abc import Sequence
from typing import Any

from console.messages import actions as say
from console.models.outbox import RiskClass
from console.models.trouble_ticket import TroubleTicket
from console.services.access.permissions import Deed
from console.services.acts.declared import ActKind, Choice, Effect, Field, FieldKind, Plan, PlannedStep, Undo, Values
from console.services.acts.notes import LONGEST_FORM_TEXT
from console.services.acts.situation import Situation, picked
from console.services.customer.contact import NotPossibleError, refuse_card_numbers
from console.settings import Capability

_TITLES = {
    "technical": "Something does not work",
    "billing": "About a bill",
    "orderInquiry": "About an order",
    "paymentTrace": "A payment is missing",
    "dataCorrection": "Data must be corrected",
    "general": "Something else",
}
_TYPES = tuple(Choice(kind, words) for kind, words in _TITLES.items())
_SEVERITIES = (Choice("medium", "Medium"), Choice("high", "High"), Choice("low", "Low"))
# What may follow each state by the standard's own order of states.
_ENDS = {
    "acknowledged": ("resolved", "cancelled"),
    "inProgress": ("resolved", "cancelled"),
    "pending": ("resolved", "cancelled"),
    "held": ("resolved", "cancelled"),
    "resolved": ("closed",),
}
_END_WORDS = {"resolved": "Resolved", "cancelled": "Cancelled, it was no trouble", "closed": "Closed for good"}
About = tuple[str, str, str]


def checked_text(text: str, missing: str) -> str:
    """Return a text as it is kept.

    Raises:
        NotPossibleError: It is empty, or too long.
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
    """Return the step that opens a ticket and what it changes; `about` is kind, id and name of a record."""
    wanted = {"type": kind, "severity": severity, "name": name, "text": text}
    if about is not None:
        wanted |= {"about_kind": about[0], "about": about[1], "about_name": about[2]}
    back = PlannedStep("close-ticket", "", {"status": "cancelled", "reason": "Taken back"})
    step = PlannedStep("create-ticket", "", wanted, back=back)
    effect = Effect(
        capability=Capability.TICKETS,
        what="Ticket",
        now="none",
        after=f"{name}, {severity}",
        undo="Yes, it can be cancelled",
        record=("ticket", ""),
        values={"type": kind, "severity": severity},
    )
    return step, effect


def _abouts(now: Situation) -> tuple[Choice, ...]:
    """Return the records a ticket can be about; what no system has said is left out."""
    found = [Choice("", "Nothing in particular")]
    for kind, name in _ABOUT_LISTS.items():
        words = _KIND_WORDS[kind]
        items = (now.lists.get(name) or ())[:12]
        found += [Choice(f"{kind} {item.id}", f"{words} {_name_of(item)}") for item in items]
    return tuple(found)


def _name_of(item: Any) -> str:
    return str(getattr(item, "label", None) or getattr(item, "description", None) or item.name)


def _named(now: Situation, kind: str, record: str) -> str:
    """Return what a record is called that a ticket is about."""
    return next(_name_of(item) for item in now.lists.get(_ABOUT_LISTS[kind]) or () if item.id == record)


# By the kind of a record in the standard, the list it stands in.
_ABOUT_LISTS = {"Service": "services", "CustomerBill": "bills", "ProductOrder": "product_orders"}


_KIND_WORDS = {"Service": "Service", "CustomerBill": "Bill", "ProductOrder": "Order"}


def _about(now: Situation, values: Values) -> About | None:
    chosen = values.get("about", "")
    if not chosen and values.get("service"):  # a disagreement names what it is about
        chosen = f"Service {values['service']}"
    choice = next((one for one in _abouts(now) if one.value == chosen and chosen), None)
    if choice is None:
        return None
    kind, _, record = choice.value.partition(" ")
    return kind, record, _named(now, kind, record)


def _open_fields(now: Situation, values: Values) -> Sequence[Field]:
    start = f"Service {values['service']}" if values.get("service") else ""
    text = f"See also {values['other']}." if values.get("other") else ""
    if values.get("payment"):
        text = f"Payment {values['payment']} is done and counts for no bill."
        start = f"CustomerBill {values.get('bill', '')}"
    return (
        Field("type", "Kind", FieldKind.CHOICE, _TYPES),
        Field("severity", "Severity", FieldKind.CHOICE, _SEVERITIES),
        Field("about", "About", FieldKind.CHOICE, _abouts(now), start=start),
        Field("text", "What is wrong", FieldKind.LONG_TEXT, start=text),
    )


def _open_plan(now: Situation, values: Values) -> Plan:
    now.open_customer()
    kind = values.get("type") or _TYPES[0].value
    text = checked_text(values.get("text", ""), "Write what is wrong.")
    about = _about(now, values)
    name = f"{_TITLES.get(kind, kind)}: {about[2]}" if about else _TITLES.get(kind, kind)
    step, effect = new_ticket(kind, values.get("severity") or "medium", name, text, about)
    return Plan(f"Open ticket: {name}", RiskClass.NOTE, (step,), (effect,))


def _tickets(now: Situation, *states: str) -> tuple[Choice, ...]:
    found = [one for one in now.all_of("tickets") if one.status in states and one.ticket_type != "approval"]
    if not found:
        raise NotPossibleError(say.NO_OPEN_TICKET())
    return tuple(Choice(one.id, f"{one.id} {one.name}", one.status or "") for one in found)


def _ticket(now: Situation, values: Values) -> TroubleTicket:
    now.open_customer()
    ticket: TroubleTicket = now.one("tickets", values.get("ticket", ""), "ticket")
    if ticket.status not in _ENDS:
        raise NotPossibleError(say.TICKET_CLOSED(ticket_id=ticket.id, ticket_status=ticket.status))
    return ticket


def _work_fields(now: Situation, values: Values) -> Sequence[Field]:
    tickets = _tickets(now, "acknowledged", "inProgress", "pending", "held")
    chosen = picked(values, "ticket", tickets)
    ticket = next((one for one in now.all_of("tickets") if one.id == chosen), None)
    return (
        Field("ticket", "Ticket", FieldKind.PICK, tickets),
        Field("note", "Note", FieldKind.LONG_TEXT),
        Field("severity", "Severity", FieldKind.CHOICE, _SEVERITIES, start=(ticket.severity if ticket else "") or ""),
        Field("about", "Link with", FieldKind.CHOICE, _abouts(now)),
    )


def _work_plan(now: Situation, values: Values) -> Plan:
    ticket = _ticket(now, values)
    wanted: dict[str, str] = {}
    base: dict[str, str] = {}
    effects: list[Effect] = []
    record = ("ticket", ticket.id)
    if note := values.get("note", "").strip():
        wanted["note"] = checked_text(note, "")
        effects.append(
            Effect(
                capability=Capability.TICKETS,
                what="Note",
                now="",
                after=note[:60],
                undo="Only added to, never removed",
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
                what="Severity",
                now=ticket.severity or "",
                after=severity,
                undo="Yes",
                record=record,
                values={"severity": severity},
            )
        )
    about = _about(now, values)
    if about is not None and all(one.id != about[1] for one in ticket.about):
        wanted["about"], wanted["about_kind"], wanted["about_name"] = about[1], about[0], about[2]
        effects.append(
            Effect(
                capability=Capability.TICKETS,
                what="Linked with",
                now="",
                after=about[2],
                undo="By CRM",
                record=record,
                values={"about": about[1]},
                undone=Undo.IN_SYSTEM,
            )
        )
    if not wanted:
        raise NotPossibleError(say.NOTHING_CHANGED())
    step = PlannedStep("update-ticket", ticket.id, wanted, base)
    return Plan(f"Ticket {ticket.id}: {_did(wanted)}", RiskClass.FIELD, (step,), tuple(effects))


def _did(wanted: Values) -> str:
    words = {"note": "note", "severity": "severity", "about": "link"}
    return ", ".join(word for key, word in words.items() if key in wanted)


def _close_fields(now: Situation, values: Values) -> Sequence[Field]:
    tickets = _tickets(now, *_ENDS)
    chosen = picked(values, "ticket", tickets)
    ticket = next((one for one in now.all_of("tickets") if one.id == chosen), None)
    ends = _ENDS.get((ticket.status if ticket else "") or "", ())
    return (
        Field("ticket", "Ticket", FieldKind.PICK, tickets),
        Field("status", "It is", FieldKind.CHOICE, tuple(Choice(end, _END_WORDS[end]) for end in ends)),
        Field("reason", "Reason", hint="What was done"),
    )


def _close_plan(now: Situation, values: Values) -> Plan:
    ticket = _ticket(now, values)
    status = values.get("status") or _ENDS[ticket.status or ""][0]
    if status not in _ENDS[ticket.status or ""]:
        raise NotPossibleError(say.NO_SUCH_TRANSITION(ticket_status=ticket.status, status=status))
    reason = checked_text(values.get("reason", ""), "Write what was done.")
    step = PlannedStep(
        "close-ticket",
        ticket.id,
        {"status": status, "reason": reason},
        {"status": ticket.status or "", "reason": ""},
    )
    effect = Effect(
        capability=Capability.TICKETS,
        what=f"Ticket {ticket.id}",
        now=ticket.status or "",
        after=status,
        undo="Yes, CRM can open it again" if status == "resolved" else "No",
        record=("ticket", ticket.id),
        values={"status": status, "reason": reason},
        undone=Undo.IN_SYSTEM if status == "resolved" else Undo.NEVER,
    )
    return Plan(f"Ticket {ticket.id}: {status}", RiskClass.ORDER, (step,), (effect,))


OPEN_TICKET = ActKind(
    name="open-ticket",
    title="Open ticket",
    group="Care",
    letter="T",
    deed=Deed.WORK_TICKETS,
    send="Open the ticket",
    asks=("services", "bills", "product_orders"),
    fields=_open_fields,
    plan=_open_plan,
)
WORK_ON_TICKET = ActKind(
    name="work-on-ticket",
    title="Work on ticket",
    group="Care",
    letter="W",
    deed=Deed.WORK_TICKETS,
    send="Keep it with the ticket",
    asks=("tickets", "services", "bills", "product_orders"),
    fields=_work_fields,
    plan=_work_plan,
)
CLOSE_TICKET = ActKind(
    name="close-ticket",
    title="Finish ticket",
    group="Care",
    letter="F",
    deed=Deed.WORK_TICKETS,
    send="Finish the ticket",
    asks=("tickets",),
    fields=_close_fields,
    plan=_close_plan,
)
