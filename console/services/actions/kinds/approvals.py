"""Decide on another rep's request. An approval is a trouble ticket of type `approval` (TMF621)."""

from collections.abc import Sequence
from typing import Any

from console.messages import actions as say
from console.messages import forms
from console.models.approval import ApprovalRequest, read_request
from console.models.outbox import RiskClass
from console.models.trouble_ticket import TroubleTicket
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
from console.services.actions.kinds.give_credit import given, limit_of
from console.services.customer.contact import NotPossibleError
from console.settings import Capability

_DECISIONS = (
    FieldOption("", forms.CHOOSE()),
    FieldOption("approved", forms.AGREE()),
    FieldOption("refused", forms.REFUSE()),
)


def open_approvals(tickets: Sequence[TroubleTicket]) -> list[TroubleTicket]:
    """Return the approval requests that are not decided yet."""
    return [one for one in tickets if one.ticket_type == "approval" and one.is_open]


def _fields(context: ActionContext, _values: Values) -> Sequence[Field]:
    asked = open_approvals(context.all_of("tickets"))
    if not asked:
        raise NotPossibleError(say.NOTHING_TO_APPROVE())
    return (
        Field("ticket", forms.ASKED_FOR(), FieldKind.PICK, tuple(FieldOption(one.id, one.name) for one in asked)),
        Field("decision", forms.DECISION(), FieldKind.PICK, _DECISIONS),
        Field("reason", forms.WHY(), FieldKind.LONG_TEXT, hint=forms.NEEDED_TO_REFUSE()),
    )


def _ticket(context: ActionContext, values: Values) -> TroubleTicket:
    asked = open_approvals(context.all_of("tickets"))
    ticket = next((one for one in asked if one.id == values.get("ticket")), None)
    if ticket is None:
        raise NotPossibleError(say.APPROVAL_DECIDED())
    return ticket


def _decision(values: Values, ticket: TroubleTicket) -> tuple[str, str]:
    """Return the decision and its reason.

    Raises:
        NotPossibleError: Nothing was chosen, or a declined request has no reason.
    """
    decision, reason = values.get("decision", ""), values.get("reason", "").strip()
    if decision not in {"approved", "refused"}:
        raise NotPossibleError(say.DECISION_MISSING(ticket_name=ticket.name))
    if decision == "refused" and not reason:
        raise NotPossibleError(say.REFUSAL_REASON_MISSING())
    return decision, reason


def _end_state(ticket: TroubleTicket, *, approved: bool) -> str:
    """Return the ticket's final state: `resolved` if approved, `rejected` if not yet started, else `cancelled`."""
    if approved:
        return "resolved"
    return "rejected" if ticket.status == "acknowledged" else "cancelled"


def _plan(context: ActionContext, values: Values) -> ActionPlan:
    ticket = _ticket(context, values)
    decision, reason = _decision(values, ticket)
    approved = decision == "approved"
    request = read_request((note.author, note.text) for note in ticket.notes)
    if approved:
        _check_approver(context, request)
    ends = _end_state(ticket, approved=approved)
    digest = request.digest if request is not None else ""
    wanted: dict[str, Any] = {"decision": decision, "reason": reason, "status": ends, "digest": digest}
    if request is not None:
        wanted |= {"amount": request.money}
    step = PlannedStep("decide-approval", ticket.id, wanted, {"status": ticket.status or ""})
    effect = Effect(
        capability=Capability.TICKETS,
        what=ticket.name,
        now=forms.NOW_ASKED_FOR(),
        after=decision,
        undo=forms.CANNOT_BE_UNDONE(),
        record=("ticket", ticket.id),
        values={"status": ends},
        undone=Undo.NEVER,
    )
    follows = forms.GIVEN_AT_ONCE() if approved else forms.NOT_GIVEN()
    then = Effect(
        capability=Capability.PAYMENTS, what=ticket.name, now=forms.NOT_GIVEN(), after=follows, undo="", record=("", "")
    )  # the record belongs to the requesting rep's action
    message = (forms.THEY_WRITE(text=ticket.description),) if ticket.description else ()
    return ActionPlan(
        f"{'Agree to' if approved else 'Refuse'}: {ticket.name}",
        RiskClass.ORDER,
        (step,),
        (effect, then),
        warnings=message,
    )


def _check_approver(context: ActionContext, request: ApprovalRequest | None) -> None:
    """Check that this user did not make the request, and that its credit is within their own limit.

    Raises:
        NotPossibleError: They may not approve it; the message says why.
    """
    if request is None:
        raise NotPossibleError(say.APPROVAL_WITHOUT_DETAILS())
    if request.by == (context.person or context.user.role):
        raise NotPossibleError(say.OWN_REQUEST())
    currency = request.money.currency
    limit, before = limit_of(context, currency), given(context, currency)
    if (before + request.money - limit).amount > 0:
        raise NotPossibleError(say.OVER_OWN_LIMIT(amount=request.money, before=before, limit=limit))


DECIDE = ActionType(
    name="decide-approval",
    title=forms.TITLE_DECIDE_APPROVAL(),
    group="Care",
    letter="H",
    permission=Permission.APPROVE,
    send=forms.SEND_DECISION(),
    asks=("tickets", "refunds"),
    fields=_fields,
    plan=_plan,
)
