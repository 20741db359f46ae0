"""All declared actions in menu order. A new action needs a file in `kinds/` and a line here."""

from collections.abc import Mapping

from console.services.actions.declared import ActionType
from console.services.actions.kinds.appointments import BOOK_APPOINTMENT, CANCEL_APPOINTMENT, MOVE_APPOINTMENT
from console.services.actions.kinds.approvals import DECIDE
from console.services.actions.kinds.cancel_order import CANCEL_ORDER
from console.services.actions.kinds.charges import START_BILLING, STOP_BILLING
from console.services.actions.kinds.correct_account import CORRECT_ACCOUNT
from console.services.actions.kinds.dispute_line import DISPUTE_LINE
from console.services.actions.kinds.give_credit import GIVE_CREDIT
from console.services.actions.kinds.line_tests import RESTART, TEST_LINE
from console.services.actions.kinds.ordering import CHANGE, ORDER
from console.services.actions.kinds.pay_in_parts import PAY_IN_PARTS_KIND
from console.services.actions.kinds.send_message import SEND
from console.services.actions.kinds.services import END, RESUME, SUSPEND
from console.services.actions.kinds.take_payment import TAKE_PAYMENT
from console.services.actions.kinds.tickets import CLOSE_TICKET, OPEN_TICKET, WORK_ON_TICKET

ACTIONS: Mapping[str, ActionType] = {
    kind.name: kind
    for kind in (
        GIVE_CREDIT, TAKE_PAYMENT, DISPUTE_LINE, PAY_IN_PARTS_KIND, STOP_BILLING, START_BILLING,
        TEST_LINE, RESTART, SUSPEND, RESUME, CHANGE, END,
        ORDER, CANCEL_ORDER, BOOK_APPOINTMENT, MOVE_APPOINTMENT, CANCEL_APPOINTMENT,
        OPEN_TICKET, WORK_ON_TICKET, CLOSE_TICKET, SEND, CORRECT_ACCOUNT, DECIDE,
    )
}  # fmt: skip
