"""Appointments (TMF646 appointment): book one in a free slot, move one, cancel one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from console.messages import Message, forms
from console.messages import actions as say
from console.models.appointment import Appointment, TimeSlot
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
    Undo,
    Values,
)
from console.services.actions.kinds.tickets import checked_text
from console.services.customer.contact import NotPossibleError
from console.settings import Capability

_OPEN = {"initialized", "confirmed", "attempted"}
_PURPOSES = (FieldOption("repair", forms.REPAIR()), FieldOption("installation", forms.INSTALLATION()))


def _hours(of: Appointment | TimeSlot) -> Message:
    """Return the hours of an appointment or a time slot, for the window to format."""
    return forms.HOURS(hours=of.hours)


def _said(slot: TimeSlot) -> Message:
    """Return the sentence to read to the caller."""
    return forms.SAY_TECHNICIAN_COMES(when=replace(slot.hours, spoken=True))


def _free_slots(context: ActionContext) -> list[TimeSlot]:
    slots: Sequence[TimeSlot] = context.all_of("time_slots")
    free = [slot for slot in slots if slot.starts_at > context.now]
    if not free:
        raise NotPossibleError(say.NO_FREE_HOURS())
    return free


def _slots(slots: Iterable[TimeSlot]) -> tuple[FieldOption, ...]:
    return tuple(FieldOption(slot.id, _hours(slot)) for slot in slots)


def _slot(context: ActionContext, values: Values) -> TimeSlot:
    slot: TimeSlot = context.one("time_slots", values.get("slot", ""), "time")
    if slot.starts_at <= context.now:
        raise NotPossibleError(say.TIME_PASSED())
    return slot


def _abouts(context: ActionContext) -> tuple[FieldOption, ...]:
    tickets = [one for one in context.lists.get("tickets") or () if one.is_open and one.ticket_type != "approval"]
    orders = [one for one in context.lists.get("product_orders") or () if one.is_open]
    found = [FieldOption(f"TroubleTicket {one.id}", forms.TICKET_NAMED(name=one.name)) for one in tickets]
    found += [FieldOption(f"ProductOrder {one.id}", forms.ORDER_NAMED(name=one.description)) for one in orders]
    return (*found, FieldOption("", forms.NOTHING_IN_PARTICULAR()))


def _book_fields(context: ActionContext, _values: Values) -> Sequence[Field]:
    return (
        Field("purpose", forms.PURPOSE(), FieldKind.CHOICE, _PURPOSES),
        Field("about", forms.FOR(), FieldKind.CHOICE, _abouts(context)),
        Field("slot", forms.WHEN(), FieldKind.CHOICE, _slots(_free_slots(context))),
        Field("text", forms.FOR_TECHNICIAN(), FieldKind.LONG_TEXT),
    )


def _book_plan(context: ActionContext, values: Values) -> ActionPlan:
    customer = context.open_customer()
    slot = _slot(context, values)
    about = values.get("about", "")
    kind, _, record = about.partition(" ")
    text = checked_text(values.get("text", ""), say.APPOINTMENT_TEXT_MISSING())
    place = next((one.text for one in customer.contact_media if one.kind == "address"), "")
    purpose = values.get("purpose") or _PURPOSES[0].value
    wanted = {
        "starts": slot.starts_at,
        "ends": slot.ends_at,
        "category": purpose,
        "text": text,
        "place": place,
        "about_kind": kind,
        "about": record,
    }
    back = PlannedStep("cancel-visit", "", {"status": "cancelled"}, {"status": "initialized"})
    step = PlannedStep("book-visit", "", wanted, back=back)
    effect = Effect(
        capability=Capability.APPOINTMENTS,
        what=forms.APPOINTMENT(),
        now="none",
        after=forms.HOURS_AND_TEXT(hours=slot.hours, text=place),
        undo=forms.CAN_BE_UNDONE(),
        record=("visit", ""),
        values={"starts": slot.starts_at.isoformat(), "status": "confirmed"},
    )
    booked = [
        one
        for one in context.lists.get("appointments") or ()
        if one.status in _OPEN and one.starts_at == slot.starts_at
    ]
    warnings = (forms.APPOINTMENT_BOOKED_THEN(),) if booked else ()
    return ActionPlan(
        f"Book an appointment, {slot.hours}",
        RiskClass.NOTE,
        (step,),
        (effect,),
        warnings=warnings,
        say=_said(slot),
    )


def _appointments(context: ActionContext) -> tuple[FieldOption, ...]:
    found = [
        one
        for one in context.all_of("appointments")
        if one.status in _OPEN and one.starts_at and one.starts_at > context.now
    ]
    if not found:
        raise NotPossibleError(say.NO_APPOINTMENT_TO_COME())
    return tuple(
        FieldOption(one.id, forms.HOURS_AND_TEXT(hours=one.hours, text=one.description or "")) for one in found
    )


def _appointment(context: ActionContext, values: Values) -> Appointment:
    context.open_customer()
    appointment: Appointment = context.one("appointments", values.get("visit", ""), "visit")
    if appointment.status not in _OPEN:
        raise NotPossibleError(say.APPOINTMENT_IN_STATE(appointment_status=appointment.status))
    context.check_free(appointment.id, "this appointment")
    return appointment


def _move_fields(context: ActionContext, values: Values) -> Sequence[Field]:
    appointments = _appointments(context)
    appointment = next(
        (one for one in context.all_of("appointments") if one.id == picked(values, "visit", appointments)), None
    )
    own = appointment.starts_at if appointment else None
    others = (slot for slot in _free_slots(context) if slot.starts_at != own)
    return (
        Field("visit", forms.APPOINTMENT(), FieldKind.PICK, appointments),
        Field("slot", forms.MOVE_TO(), FieldKind.CHOICE, _slots(others)),
    )


def _move_plan(context: ActionContext, values: Values) -> ActionPlan:
    appointment, slot = _appointment(context, values), _slot(context, values)
    if appointment.starts_at == slot.starts_at:
        raise NotPossibleError(say.APPOINTMENT_AT_THAT_TIME())
    before = {"starts": appointment.starts_at, **({"ends": appointment.ends_at} if appointment.ends_at else {})}
    after = {"starts": slot.starts_at, "ends": slot.ends_at}
    back = PlannedStep("move-visit", appointment.id, before, after)
    step = PlannedStep("move-visit", appointment.id, after, before, back=back if appointment.ends_at else None)
    effect = Effect(
        capability=Capability.APPOINTMENTS,
        what=forms.APPOINTMENT_NAMED(appointment=appointment.description or appointment.id),
        now=_hours(appointment),
        after=_hours(slot),
        undo=forms.CAN_BE_UNDONE(),
        record=("visit", appointment.id),
        values={"starts": slot.starts_at.isoformat(), "ends": slot.ends_at.isoformat()}
        | ({"status": "confirmed"} if appointment.status == "initialized" else {}),  # CRM confirms what is booked
    )
    return ActionPlan(f"Move the appointment to {slot.hours}", RiskClass.ORDER, (step,), (effect,), say=_said(slot))


def _cancel_fields(context: ActionContext, _values: Values) -> Sequence[Field]:
    return (Field("visit", forms.APPOINTMENT(), FieldKind.PICK, _appointments(context)),)


def _cancel_plan(context: ActionContext, values: Values) -> ActionPlan:
    appointment = _appointment(context, values)
    step = PlannedStep("cancel-visit", appointment.id, {"status": "cancelled"}, {"status": appointment.status or ""})
    effect = Effect(
        capability=Capability.APPOINTMENTS,
        what=forms.APPOINTMENT_NAMED(appointment=_hours(appointment)),
        now=appointment.status or "",
        after="cancelled",
        undo=forms.ONLY_BY_BOOKING_ANOTHER(),
        record=("visit", appointment.id),
        values={"status": "cancelled"},
        undone=Undo.NEVER,
    )
    return ActionPlan(f"Cancel the appointment of {appointment.hours}", RiskClass.ORDER, (step,), (effect,))


BOOK_APPOINTMENT = ActionType(
    name="book-visit",
    title=forms.TITLE_BOOK_APPOINTMENT(),
    group="Orders and appointments",
    letter="A",
    permission=Permission.VISITS,
    send=forms.SEND_BOOK_APPOINTMENT(),
    asks=("appointments", "time_slots", "tickets", "product_orders"),
    fields=_book_fields,
    plan=_book_plan,
    follow_s=(3, 35),
)
MOVE_APPOINTMENT = ActionType(
    name="move-visit",
    title=forms.TITLE_MOVE_APPOINTMENT(),
    group="Orders and appointments",
    letter="J",
    permission=Permission.VISITS,
    send=forms.SEND_MOVE_APPOINTMENT(),
    asks=("appointments", "time_slots"),
    fields=_move_fields,
    plan=_move_plan,
)
CANCEL_APPOINTMENT = ActionType(
    name="cancel-visit",
    title=forms.TITLE_CANCEL_APPOINTMENT(),
    group="Orders and appointments",
    letter="Y",
    permission=Permission.VISITS,
    send=forms.SEND_CANCEL_APPOINTMENT(),
    asks=("appointments",),
    fields=_cancel_fields,
    plan=_cancel_plan,
)
