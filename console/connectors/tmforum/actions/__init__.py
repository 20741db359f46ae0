"""Writers that carry out each kind of step over the TM Forum APIs."""

from collections.abc import Mapping

from console.connectors.tmforum.actions.appointment import BookAppointment, CancelAppointment, MoveAppointment
from console.connectors.tmforum.actions.charge import ChangeCharge, ChangeHolder, CreateCharge
from console.connectors.tmforum.actions.contact import AccountContact, CustomerContact
from console.connectors.tmforum.actions.line_test import TestLine
from console.connectors.tmforum.actions.money import Pay, Refund
from console.connectors.tmforum.actions.note import AddNote, SendMessage
from console.connectors.tmforum.actions.orders import CancelProductOrder, OrderProduct, OrderService, UndoOrder
from console.connectors.tmforum.actions.promise import PromiseToPay
from console.connectors.tmforum.actions.ticket import (
    AskApproval,
    CloseTicket,
    CreateTicket,
    DecideApproval,
    UpdateTicket,
    WithdrawApproval,
)
from console.connectors.tmforum.actions.writer import Writer
from console.connectors.tmforum.client import TmForumClient
from console.models.billing_account import PAY_IN_PARTS, PROMISE_TO_PAY
from console.models.outbox import Action, Step
from console.ports.acting import LookupResult, RemoteState

_WRITERS: Mapping[str, Writer] = {
    "add-note": AddNote(),
    "send-message": SendMessage(),
    "change-contact": CustomerContact(),
    "create-ticket": CreateTicket(),
    "update-ticket": UpdateTicket(),
    "close-ticket": CloseTicket(),
    "ask-approval": AskApproval(),
    "withdraw-approval": WithdrawApproval(),
    "decide-approval": DecideApproval(),
    "book-visit": BookAppointment(),
    "move-visit": MoveAppointment(),
    "cancel-visit": CancelAppointment(),
    "change-billing-contact": AccountContact(),
    "change-holder": ChangeHolder(),
    "promise-to-pay": PromiseToPay(PROMISE_TO_PAY),
    "pay-in-parts": PromiseToPay(PAY_IN_PARTS),
    "refund": Refund(),
    "pay": Pay(),
    "change-charge": ChangeCharge(),
    "create-charge": CreateCharge(),
    "order-product": OrderProduct(),
    "order-service": OrderService(),
    "cancel-product-order": CancelProductOrder(),
    "undo-order": UndoOrder(),
    "test-line": TestLine(),
}


class TmForumActions:
    """Carries out actions at one system. Implements the port `ActingSystem`."""

    def __init__(self, client: TmForumClient) -> None:
        self._client = client

    @property
    def name(self) -> str:
        return self._client.name

    async def read_current(self, action: Action, step: Step) -> RemoteState:
        return await _WRITERS[step.kind].read_current(self._client, action, step)

    async def perform(self, action: Action, step: Step, *, version: str | None) -> str:
        return await _WRITERS[step.kind].perform(self._client, action, step, version=version)

    async def look_up(self, action: Action, step: Step) -> LookupResult:
        return await _WRITERS[step.kind].look_up(self._client, action, step)


__all__ = ["TmForumActions"]
