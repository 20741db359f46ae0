"""The panel of the bills, with the lines of the chosen one."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from console.messages import QT_TR_NOOP
from console.models.customer_bill import AppliedBillingRate, CustomerBill, CustomerBillId
from console.models.money import Money
from console.models.provenance import Records, Sourced
from console.services.customer.customer_view import CustomerView
from console.services.customer.dataset_loader import DatasetLoader
from console.services.discrepancies.watch import DiscrepancyWatch
from console.settings import Capability
from console.views import texts
from console.views.customer.panels.facts import FactMaker
from console.views.customer.panels.panel import Panel
from console.views.customer.panels.panel_type import Layout, PanelContext, PanelSlot, PanelType
from console.views.customer.panels.source import Source
from console.views.customer.panels.system_words import SystemNames
from console.views.message_words import in_words
from console.views.texts import tr
from console.views.widgets.labels import Button, Label
from console.views.widgets.row_model import Cell, Row
from console.views.widgets.rows import FactTable

# Types of bill lines, from the systems' values to screen words; other values are shown as received.
_KINDS = {"recurring": "monthly", "oneTime": "once"}


class BillsPanel(Panel):
    """All bills, newest first: amount, change from the previous bill, and state.

    Enter on a bill with a document, or the button over its lines, emits `document_wanted`.
    """

    document_wanted = Signal(object)
    explanation_wanted = Signal()

    def __init__(self, view: CustomerView, systems: SystemNames, watch: DiscrepancyWatch) -> None:
        self._view = view
        self._chosen: CustomerBillId | None = None
        self._account: str | None = None
        columns = (tr("Date"), tr("Number"), tr("Amount"), "", tr("Change"), tr("State"))
        self.table = FactTable(tr("Bills"), columns, stretch=3, optional=(3, 4, 1))
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(self._on_opened)
        self.lines = BillLines(view, systems, watch)
        self.lines.document_wanted.connect(self._want_document)
        self.lines.explain.clicked.connect(self._want_explanation)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self.table)
        splitter.addWidget(self.lines)
        splitter.setChildrenCollapsible(False)
        splitter.setSizes([280, 280])
        super().__init__(PANEL, systems, [Source(tr("Bills"), view.bills)], splitter)
        self.page_in(self.table)
        self._unsubscribe.append(view.payments.subscribe(lambda _part: self.show_facts()))

    def focus_first(self) -> None:
        self.table.setFocus()

    @property
    def chosen_bill(self) -> CustomerBill | None:
        """The bill at the cursor, else the newest; None without bills."""
        rows = self.table.rows_model
        index = max(0, self.table.currentIndex().row())
        bill = rows.row(index).data if index < rows.rowCount() else None
        return bill if isinstance(bill, CustomerBill) else None

    def show_bill(self, bill_id: str) -> None:
        """Move the cursor to a bill. If another account is shown, show all accounts."""
        index = self.table.rows_model.row_of(bill_id)
        if index is None:
            self.show_account(None)
            index = self.table.rows_model.row_of(bill_id)
        if index is not None:
            self.table.setCurrentIndex(self.table.rows_model.index(index, 0))

    def show_account(self, account_id: str | None) -> None:
        """Show the bills of one account, or of all with None."""
        if account_id != self._account:
            self._account = account_id
            self.table.clearSelection()
            self.table.setCurrentIndex(self.table.rows_model.index(-1, -1))
            self.show_facts()
            self.tick(self._view.now())

    def _is_shown(self, bill: CustomerBill) -> bool:
        return self._account is None or bill.account_id in {None, self._account}

    def count_words(self) -> str:
        facts = self._view.bills.state.facts
        if not facts:
            return ""
        if self._account is not None:
            own = sum(self._is_shown(item.value) for item in facts)
            return tr("{} of {}, account {}").format(own, len(facts), self._account)
        return str(len(facts)) if facts.complete else tr("{} of {}").format(len(facts), facts.total or tr("more"))

    def close_panel(self) -> None:
        super().close_panel()
        self.lines.leave()

    def show_facts(self) -> None:
        bills = self._view.bills.state.facts
        if not bills:
            return
        now = self._view.now()
        shown = [item for item in bills if self._is_shown(item.value)]
        amounts = [item.value.amount_due.amount for item in shown if item.value.amount_due]
        largest = max(amounts, default=None)
        earlier = _earlier_bills(bills)
        paid = {
            bill: payment.value.paid_at
            for payment in self._view.payments.state.facts or ()
            if not payment.value.failed
            for bill in payment.value.bill_ids
        }

        def make(index: int) -> Row:
            item = shown[index]
            due = item.value.amount_due
            share = float(due.amount / largest) if due and largest and largest > 0 else 0.0
            fresh = self._view.bills.is_fresh(item.origin, now)
            return self._row(item, earlier.get(item.value.id), max(0.0, share), paid.get(item.value.id), fresh=fresh)

        self.table.show_entries([item.value.id for item in shown], make)
        if not self.table.currentIndex().isValid() and bills.items:
            self.table.setCurrentIndex(self.table.rows_model.index(0, 0))

    def _row(
        self,
        item: Sourced[CustomerBill],
        earlier: CustomerBill | None,
        share: float,
        paid_at: datetime | None,
        *,
        fresh: bool,
    ) -> Row:
        make, bill = FactMaker(item.origin, self.systems, fresh=fresh), item.value
        word, state = _bill_state(bill, self._view.now(), paid_at)
        difference = _difference(bill.amount_due, earlier.amount_due if earlier else None)
        cells = (
            make.cell(tr("Date"), texts.day(bill.billed_on)),
            make.cell(tr("Number"), bill.label),
            make.cell(tr("Amount"), texts.money(bill.amount_due) if bill.amount_due else "", number=True, strong=True),
            make.cell(tr("Amount as a bar"), "", bar=share),
            make.cell(tr("Change"), texts.change(difference) if difference else "", number=True, worked_out=True),
            make.cell(tr("State"), word, state=state),
        )
        return Row(bill.id, cells, data=bill, details=lambda: _bill_details(make, bill))

    def _on_opened(self, row: Row) -> None:
        """Show the document of a bill, or the bill's facts if it has no document."""
        if isinstance(row.data, CustomerBill) and row.data.documents:
            self._want_document(row.data)
        else:
            self.table.show_row(row)

    def _want_document(self, bill: object) -> None:
        if isinstance(bill, CustomerBill) and bill.documents:
            self.document_wanted.emit(bill)

    def _want_explanation(self) -> None:
        self.explanation_wanted.emit()

    def _on_chosen(self, row: Row) -> None:
        if isinstance(row.data, CustomerBill) and row.data.id != self._chosen:
            self._chosen = row.data.id
            self.lines.show_bill(row.data)


def _bill_details(make: FactMaker, bill: CustomerBill) -> list[Cell]:
    """Return the cells of a bill that do not fit into its row."""
    amounts = (
        (tr("Before tax"), bill.tax_excluded),
        (tr("With tax"), bill.tax_included),
        (tr("Unpaid"), bill.remaining),
    )
    period = tr("{} to {}").format(texts.day(bill.period_start), texts.day(bill.period_end))
    return [
        *(make.cell(name, texts.money(amount) if amount else "") for name, amount in amounts),
        make.cell(tr("Period"), period if bill.period_start and bill.period_end else ""),
        make.cell(tr("Due"), texts.day(bill.due_on) if bill.due_on else ""),
        make.cell(tr("Account"), bill.account_id or ""),
        *make.details(bill.details),
    ]


def _difference(now: Money | None, before: Money | None) -> Money | None:
    return now - before if now and before and now.currency == before.currency else None


def _earlier_bills(bills: Records[CustomerBill]) -> dict[str, CustomerBill]:
    """Return the previous bill of the same account by bill id; credits are skipped."""
    before: dict[str | None, CustomerBill] = {}
    found: dict[str, CustomerBill] = {}
    for item in reversed(bills.items):
        if item.value.is_credit:
            continue
        earlier = before.get(item.value.account_id)
        if earlier is not None:
            found[item.value.id] = earlier
        before[item.value.account_id] = item.value
    return found


def _is_unpaid(bill: CustomerBill) -> bool:
    """Return whether a bill has a due date and an unpaid amount."""
    if bill.state not in {"new", "validated", "sent", "partiallyPaid"} or bill.due_on is None:
        return False
    return bill.remaining is None or bill.remaining.amount > 0


def _bill_state(bill: CustomerBill, now: datetime, paid_at: datetime | None) -> tuple[str, str]:
    """Return text and colour of a bill's state, with the date of payment or, if unpaid, the due date."""
    word, state = texts.state(bill.state)
    if bill.is_credit:
        return tr("Credit, {}").format(word.lower()), "info"
    if bill.state == "settled" and paid_at is not None:
        return tr("{} {}").format(word, texts.day(paid_at)), state
    if not _is_unpaid(bill):
        return word, state
    late = bill.is_late(texts.local_day(now))
    message = (tr("Late, {}") if late else tr("Due {}")).format(texts.day(bill.due_on))
    if bill.remaining is not None and bill.amount_due is not None and bill.remaining != bill.amount_due:
        message = tr("{}, {} unpaid").format(message, texts.money(bill.remaining))
    return message, "attention" if late else "info"


class BillLines(QWidget):
    """The lines of one bill, and whether they add up to the bill total."""

    document_wanted = Signal(object)

    def __init__(self, view: CustomerView, systems: SystemNames, watch: DiscrepancyWatch) -> None:
        super().__init__()
        self._view, self._watch = view, watch
        watch.subscribe(self.render_lines)
        self._systems = systems
        self._bill: CustomerBill | None = None
        self._loader: DatasetLoader[Records[AppliedBillingRate]] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._title, self._age = Label(semibold=True), Label("", "small", elide=True)
        self.table = FactTable(
            tr("Lines of the bill"), (tr("Line"), tr("Period"), tr("Kind"), tr("With tax")), stretch=0, optional=(2,)
        )
        self._sum = Label("", "small", elide=True)
        self._sum.setContentsMargins(10, 3, 10, 3)
        head = QHBoxLayout()
        head.setContentsMargins(10, 6, 10, 2)
        head.addWidget(self._title)
        self.document = Button(tr("As PDF"), "link", "small")
        self.document.setToolTip(tr("The bill as sent to the customer (Enter on the bill)"))
        self.document.clicked.connect(lambda: self.document_wanted.emit(self._bill))
        self.document.hide()
        head.addWidget(self.document)
        self.explain = Button(tr("Explain"), "link", "small")
        self.explain.setToolTip(tr("Compare with the previous bill ({} E)").format(texts.keys("Ctrl+J")))
        head.addWidget(self.explain)
        head.addStretch()
        head.addWidget(self._age)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._sum)
        self.table.opened.connect(self.table.show_row)

    def show_bill(self, bill: CustomerBill) -> None:
        """Show the lines of a bill; the first call loads them."""
        self.leave()
        self._bill = bill
        self._title.setText(tr("Lines of {}").format(bill.label))
        self.document.setVisible(bool(bill.documents))
        self.table.show_rows([])
        self._sum.setText("")
        self._loader = self._view.bill_lines(bill.id)
        self._unsubscribe = self._loader.subscribe(lambda _part: self.render_lines())
        self.render_lines()

    def leave(self) -> None:
        """Unsubscribe from the lines of the current bill."""
        self._unsubscribe()
        self._unsubscribe = lambda: None

    def render_lines(self) -> None:
        if self._loader is None or self._bill is None:
            return
        rates = self._loader.state
        if rates.facts is not None:
            lines = list(rates.facts)
            self.table.show_entries([item.value.id for item in lines], lambda index: self._row(lines[index]))
            self._show_sum(rates.facts, self._bill)
        if rates.failure is not None:
            self._age.setText(in_words(rates.failure.error.message))
            self._age.setToolTip(texts.tooltip(in_words(rates.failure.error.message)))
            self._age.set_look("mark", "danger" if rates.facts is None else "stale")
        elif rates.loading_since is not None and rates.facts is None:
            self._age.setText(tr("{} · loading").format(self._systems.together))
            self._age.set_look("mark", "info")
        elif rates.denied:
            self._age.setText(in_words(rates.denied.message))
        else:
            self._age.setText("")

    def _row(self, item: Sourced[AppliedBillingRate]) -> Row:
        make, rate = FactMaker(item.origin, self._systems), item.value
        ends = rate.period_end
        same_day = ends is None or ends == rate.period_start
        period = texts.day(rate.period_start) if same_day else f"{texts.day(rate.period_start)} – {texts.day(ends)}"
        doubted = self._watch.about(rate.product_id) if rate.product_id else None
        return Row(
            rate.id,
            (
                make.cell(tr("Line"), rate.name, state="conflict" if doubted is not None else None),
                make.cell(tr("Period"), period if rate.period_start else ""),
                make.cell(tr("Kind"), tr(_KINDS.get(rate.type or "", rate.type or ""))),
                make.cell(tr("With tax"), _line_amount(rate), number=True),
            ),
            details=lambda: [*self._taxes(make, rate), *make.details(rate.details)],
        )

    def _taxes(self, make: FactMaker, rate: AppliedBillingRate) -> list[Cell]:
        """Return the amounts of a line before and with tax, with currency."""
        amounts = ((tr("Before tax"), rate.tax_excluded), (tr("Amount with tax"), rate.tax_included))
        return [make.cell(name, texts.money(amount)) for name, amount in amounts if amount is not None]

    def _show_sum(self, lines: Records[AppliedBillingRate], bill: CustomerBill) -> None:
        """Show whether the lines add up to the bill. No sum if a line lacks an amount or has another currency."""
        amounts = [item.value.tax_included for item in lines]
        total = bill.tax_included or bill.amount_due
        if (
            total is None
            or not amounts
            or any(amount is None or amount.currency != total.currency for amount in amounts)
        ):
            self._sum.setText("" if not lines.items else tr("The lines can't be added up: an amount is missing."))
            self._sum.set_look("mark", "attention")
            return
        found = sum((amount for amount in amounts if amount), start=Money(total.amount * 0, total.currency))
        rest = total - found
        if not lines.complete or lines.lost:
            self._sum.setText(tr("Some lines are missing. The lines shown add up to {}.").format(texts.money(found)))
            self._sum.set_look("mark", "attention")
        elif rest.amount == 0:
            self._sum.setText(tr("Checked: the lines add up to {}.").format(texts.money(found)))
            self._sum.set_look("mark", "ok")
        else:
            message = tr("The lines add up to {}, but the bill says {}: {} is unexplained.")
            self._sum.setText(message.format(texts.money(found), texts.money(total), texts.money(rest)))
            self._sum.set_look("mark", "attention")


def _line_amount(rate: AppliedBillingRate) -> str:
    """Return the amount of a line with tax; if only the amount before tax is known, the text says so."""
    if rate.tax_included is not None or rate.tax_excluded is None:
        return texts.amount(rate.tax_included) if rate.tax_included else ""
    return tr("{} before tax").format(texts.amount(rate.tax_excluded))


def _make(page: PanelContext) -> BillsPanel:
    panel = BillsPanel(page.view, page.systems(Capability.BILLS), page.discrepancies)
    panel.document_wanted.connect(page.show_document)
    panel.explanation_wanted.connect(page.explain_bill)
    return panel


PANEL = PanelType(
    name="bills",
    title=QT_TR_NOOP("Bills"),
    icon="bills",
    letter="B",
    empty=QT_TR_NOOP("No bills."),
    slots={Layout.FULL: PanelSlot(1, 0, 0), Layout.MEDIUM: PanelSlot(1, 0, 0), Layout.SMALL: PanelSlot(1, 0, 0)},
    make=_make,
)
