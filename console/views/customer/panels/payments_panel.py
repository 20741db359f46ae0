"""The panel of payments, failed payments and refunds, with their bills."""

from datetime import UTC, datetime

from PySide6.QtCore import Signal

from console.messages import QT_TR_NOOP
from console.models.payment import Payment
from console.models.provenance import Sourced
from console.services.customer.customer_view import CustomerView
from console.settings import Capability
from console.views import texts
from console.views.customer.panels.facts import FactMaker
from console.views.customer.panels.panel import Panel
from console.views.customer.panels.panel_type import Layout, PanelContext, PanelSlot, PanelType
from console.views.customer.panels.source import Source
from console.views.customer.panels.system_words import SystemNames
from console.views.texts import tr
from console.views.widgets.row_model import Cell, Row
from console.views.widgets.rows import FactTable

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class PaymentsPanel(Panel):
    """Payments and refunds, newest first. Enter on one emits `bill_wanted` with its first bill."""

    bill_wanted = Signal(str)

    def __init__(self, view: CustomerView, systems: SystemNames) -> None:
        self._view = view
        columns = (tr("Date"), tr("Amount"), tr("For"), tr("By"), tr("State"))
        self.table = FactTable(tr("Payments"), columns, stretch=4, optional=(3,))
        self.table.opened.connect(self._on_opened)
        sources = [Source(tr("Payments"), view.payments), Source(tr("Refunds"), view.refunds)]
        super().__init__(PANEL, systems, sources, self.table)
        self.page_in(self.table)
        self._unsubscribe.append(view.bills.subscribe(lambda _part: self.show_facts()))

    def focus_first(self) -> None:
        self.table.setFocus()

    def count_words(self) -> str:
        facts = self._view.payments.state.facts
        failed = sum(item.value.failed for item in facts or ())
        if not facts:
            return ""
        if not failed:
            return texts.counted(len(facts), facts)
        return tr("{} failed").format(texts.counted(failed, facts))

    def show_facts(self) -> None:
        now = self._view.now()
        numbers = {str(item.value.id): item.value.label for item in self._view.bills.state.facts or ()}
        found = [
            (item, loader.is_fresh(item.origin, now))
            for loader in (self._view.payments, self._view.refunds)
            for item in loader.state.facts or ()
        ]
        found.sort(key=lambda pair: pair[0].value.paid_at or _BEFORE_ALL, reverse=True)
        self.table.show_entries(
            [f"{item.origin.resource} {item.origin.id}" for item, _ in found],
            lambda index: self._row(found[index][0], numbers, fresh=found[index][1]),
        )

    def _row(self, item: Sourced[Payment], numbers: dict[str, str], *, fresh: bool) -> Row:
        make, payment = FactMaker(item.origin, self.systems, fresh=fresh), item.value
        word, state = texts.state(payment.status)
        if payment.failed:
            word, state = tr("Failed: {}").format(payment.description or tr("no reason given")), "danger"
        if payment.is_refund:
            bills = tr("refund")
        elif payment.bill_ids:
            bills = ", ".join(numbers.get(bill, bill) for bill in payment.bill_ids)
        else:
            bills = tr("no bill given")
        by = " · ".join(text for text in (payment.method, payment.channel) if text)
        amount = texts.money(payment.amount) if payment.amount else ""
        cells = (
            make.cell(tr("Date"), texts.day(payment.paid_at)),
            make.cell(tr("Amount"), amount, number=True, strong=not payment.failed),
            make.cell(tr("For"), bills, state=None if payment.bill_ids or payment.is_refund else "attention"),
            make.cell(tr("By"), by),
            make.cell(tr("State"), word, state=state),
        )
        return Row(
            f"{item.origin.resource} {item.origin.id}",
            cells,
            data=payment,
            details=lambda: self._details(make, payment),
        )

    @staticmethod
    def _details(make: FactMaker, payment: Payment) -> list[Cell]:
        message = [
            make.cell(tr("Description"), payment.description or ""),
            make.cell(tr("Account"), payment.account_id or ""),
        ]
        return message + make.details(payment.details)

    def _on_opened(self, row: Row) -> None:
        if isinstance(row.data, Payment) and row.data.bill_ids:
            self.bill_wanted.emit(row.data.bill_ids[0])


def _make(page: PanelContext) -> PaymentsPanel:
    panel = PaymentsPanel(page.view, page.systems(Capability.PAYMENTS))
    panel.bill_wanted.connect(page.show_bill)
    return panel


PANEL = PanelType(
    name="payments",
    title=QT_TR_NOOP("Payments"),
    icon="payments",
    letter="M",
    letter_text=QT_TR_NOOP("Money: payments"),
    empty=QT_TR_NOOP("No payments."),
    slots={Layout.FULL: PanelSlot(1, 0, 1), Layout.MEDIUM: PanelSlot(1, 0, 1), Layout.SMALL: PanelSlot(1, 0, 1)},
    make=_make,
)
