"""The explanation of a bill: two bills of an account compared, with a cause for each cent of the difference."""

from collections.abc import Callable

from PySide6.QtCore import QKeyCombination, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from console.models.bill_explanation import BillExplanation, Cause, CauseKind, LineChange
from console.models.customer_bill import AppliedBillingRate, CustomerBill
from console.models.money import Money
from console.models.order import Order
from console.models.provenance import Origin, Records
from console.services.billing.bill_explained import NotComparableError, explain, order_behind
from console.services.customer.customer_view import CustomerView
from console.services.customer.dataset_loader import DatasetLoader
from console.views import texts
from console.views.customer.bill.say_bill import AGAIN, say
from console.views.customer.bill.say_bill_words import LANGUAGES
from console.views.customer.bill.waterfall import Waterfall
from console.views.customer.panels.facts import FactMaker
from console.views.customer.panels.system_words import SystemNames
from console.views.message_words import in_words
from console.views.texts import tr
from console.views.widgets.fact import ShownFact
from console.views.widgets.labels import Button, Label, StateSurface, Surface, titled_surface
from console.views.widgets.row_model import Cell, Row
from console.views.widgets.rows import FactTable

_STATES = {CauseKind.UNEXPLAINED: "attention", CauseKind.CREDIT: "ok", CauseKind.LATE_PAYMENT: "attention"}


class ExplainView(Surface):
    """The view over the panels that explains a bill. Up and Down select a cause, Esc goes back.

    `said` carries the sentence for the note. The view loads only the lines of both bills. Until both are loaded, it
    shows that they are loading, or why loading failed.
    """

    closed = Signal()
    said = Signal(str)

    def __init__(self, view: CustomerView, systems: SystemNames) -> None:
        super().__init__("window")
        self.setAccessibleName(tr("Bill explained"))
        self._view, self._systems = view, systems
        self._bills: list[CustomerBill] = []
        self._lines: list[DatasetLoader[Records[AppliedBillingRate]]] = []
        self._unsubscribe: list[Callable[[], None]] = []
        self.explanation: BillExplanation | None = None
        self.later, self.earlier = QComboBox(), QComboBox()
        self.later.setAccessibleName(tr("Bill to explain"))
        self.earlier.setAccessibleName(tr("Bill to compare with"))
        for box in (self.later, self.earlier):
            box.currentIndexChanged.connect(lambda _index: self._compare())
        self._title = Label("", "body", semibold=True)
        self._quote = Label("", "small", look="chip")
        self.language = QComboBox()
        self.language.setAccessibleName(tr("Language"))
        for code, words in LANGUAGES.items():
            self.language.addItem(words.name, code)
        self.language.activated.connect(lambda _index: self._render())
        self.sentence = Label("", wrap=True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentence.setAccessibleName(tr("Say this"))
        self.chart = Waterfall()
        causes = (tr("Cause"), tr("Reason"), tr("Repeats?"), tr("Amount"))
        self.causes = FactTable(tr("Causes"), causes, stretch=0, optional=(2, 1))
        lines = (tr("Line"), tr("Period"), tr("Before"), tr("Now"), tr("Change"), tr("Cause"))
        self.lines = FactTable(tr("Line by line"), lines, stretch=0, optional=(1, 5))
        self._sum = Label("", "small", elide=True)
        self._sum.setContentsMargins(9, 2, 9, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 8)
        layout.setSpacing(6)
        layout.addLayout(self._make_head())
        layout.addWidget(self._make_say())
        grid = QGridLayout()
        grid.setSpacing(8)
        grid.addWidget(titled_surface(tr("From one bill to the other"), self.chart), 0, 0)
        grid.addWidget(titled_surface(tr("Causes"), self.causes, self._sum), 0, 1)
        grid.addWidget(titled_surface(tr("Line by line, before tax"), self.lines), 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(0, 2)
        grid.setRowStretch(1, 3)
        layout.addLayout(grid, 1)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.closed.emit)
        keys = QKeySequence(QKeyCombination(Qt.Modifier.CTRL | Qt.Modifier.SHIFT, Qt.Key.Key_N))
        QShortcut(keys, self, self._into_note)

    def _make_head(self) -> QHBoxLayout:
        back = Button(tr("Back   {}").format("Esc"), "plain")
        back.clicked.connect(self.closed)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(back)
        row.addWidget(self._title)
        row.addStretch()
        row.addWidget(Label(tr("Compare"), look="muted"))
        row.addWidget(self.later)
        row.addWidget(Label(tr("with"), look="muted"))
        row.addWidget(self.earlier)
        row.addWidget(self._quote)
        return row

    def _make_say(self) -> QWidget:
        note = Button(tr("Add to note   {}").format("Ctrl+Shift+N"), "plain", "small")
        note.clicked.connect(self._into_note)
        box = StateSurface()
        box.set_state("info")
        head = QHBoxLayout()
        head.addWidget(Label(tr("Say this"), semibold=True))
        head.addStretch()
        head.addWidget(self.language)
        head.addWidget(note)
        column = QVBoxLayout(box)
        column.setContentsMargins(12, 6, 12, 8)
        column.addLayout(head)
        column.addWidget(self.sentence)
        return box

    # ------------------------------------------------------------------ content

    def show_bill(self, bill: CustomerBill) -> None:
        """Compare a bill with the previous bill of its account."""
        facts = self._view.bills.state.facts or ()
        own = [
            (item.value.billed_on, item.value)
            for item in facts
            if item.value.account_id == bill.account_id and item.value.billed_on is not None
        ]
        self._bills = [one for _, one in sorted(own, key=lambda pair: pair[0], reverse=True)]
        index = next((n for n, one in enumerate(self._bills) if one.id == bill.id), 0)
        for box, chosen in ((self.later, index), (self.earlier, min(index + 1, len(self._bills) - 1))):
            box.blockSignals(True)  # noqa: FBT003 - Qt's own
            box.clear()
            for one in self._bills:
                box.addItem(f"{texts.day(one.billed_on)}   {texts.money(one.tax_included or one.amount_due)}")
            box.setCurrentIndex(chosen)
            box.blockSignals(False)  # noqa: FBT003 - Qt's own
        self._title.set_words(f"{self._view.name}  ·  {bill.account_id or ''}")
        party = self._view.party.state.facts
        spoken = [self.language.findData(code[:2].lower()) for code in (party.value.languages if party else ())]
        self.language.setCurrentIndex(next((index for index in spoken if index >= 0), 0))
        self._compare()
        self.causes.setFocus()

    def leave(self) -> None:
        """Unsubscribe from the bill lines."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe = []

    @property
    def pair(self) -> tuple[CustomerBill, CustomerBill] | None:
        """The earlier and the later of the two chosen bills, in either order of the boxes; None without two bills."""
        later, earlier = sorted((self.earlier.currentIndex(), self.later.currentIndex()))  # the newest bill is first
        return (self._bills[earlier], self._bills[later]) if 0 <= later < earlier else None

    def _compare(self) -> None:
        self.leave()
        if self.pair is None:
            one = tr("This account has only one bill, so there is nothing to compare.")
            self._say_only(one if len(self._bills) < 2 else tr("Choose two different bills."))
            return
        self._lines = [self._view.bill_lines(bill.id) for bill in self.pair]
        self._unsubscribe = [part.subscribe(lambda _part: self._render()) for part in self._lines]
        self._render()

    def _render(self) -> None:
        self.explanation = None
        pair, (old, new) = self.pair, (part.state for part in self._lines)
        if pair is None:
            return
        failure = next((part.failure for part in (old, new) if part.failure), None)
        if old.facts is not None and new.facts is not None:
            try:
                self._show(*pair, old.facts, new.facts)
            except NotComparableError as error:
                self._say_only(in_words(error.message))
        elif failure is not None:
            self._say_only(tr("The lines of both bills are needed. {}").format(in_words(failure.error.message)))
        else:
            self._say_only(tr("Loading the lines from {}…").format(self._systems.together))

    def _say_only(self, sentence: str) -> None:
        self.explanation = None
        self.sentence.set_words(sentence)
        self.chart.show_explanation(None)
        self.causes.show_rows([])
        self.lines.show_rows([])
        self._sum.set_words("")
        self._quote.hide()

    def _show(
        self,
        earlier: CustomerBill,
        later: CustomerBill,
        old: Records[AppliedBillingRate],
        new: Records[AppliedBillingRate],
    ) -> None:
        found = explain(earlier, [item.value for item in old], later, [item.value for item in new])
        self.explanation = found
        self.sentence.set_words(say(found, str(self.language.currentData())))
        self.chart.show_explanation(found)
        origin = next((item.origin for item in (*new, *old)), None)
        orders = [*(self._view.product_orders.state.facts or ()), *(self._view.service_orders.state.facts or ())]
        behind = [order_behind(cause, found, [item.value for item in orders]) for cause in found.causes]
        rows = zip(found.causes, behind, strict=True)
        self.causes.show_rows([self._cause_row(f"{n}", cause, order, origin) for n, (cause, order) in enumerate(rows)])
        changed_first = sorted(found.changes, key=lambda change: not _change(change, found.difference).amount)
        self.lines.show_rows([self._line_row(n, change, found, origin) for n, change in enumerate(changed_first)])
        whole = old.is_whole and new.is_whole
        self._show_sum(found, whole=whole)
        now = self._view.now()
        fresh = self._view.bills.state.is_fresh(now) and all(line.state.is_fresh(now) for line in self._lines)
        safe = fresh and whole
        if not whole:
            self.sentence.set_words(tr("Some bill lines are missing, so there is no sentence yet."))
        self._quote.set_words(tr("Safe to quote") if safe else tr("Do not quote"))
        self._quote.set_look("chip", "ok" if safe else "stale")
        self._quote.show()

    def _show_sum(self, found: BillExplanation, *, whole: bool) -> None:
        rest = found.unexplained
        if not whole:
            self._sum.set_words(tr("Some bill lines are missing, so not everything is explained."))
        elif rest.amount:
            self._sum.set_words(tr("{} of the difference is unexplained.").format(texts.money(rest)))
        else:
            message = tr("Fully explained: {}, to the cent.")
            self._sum.set_words(message.format(texts.change(found.difference)))
        self._sum.set_look("mark", "ok" if whole and not rest.amount else "attention")

    def _cause_row(self, key: str, cause: Cause, order: Order | None, origin: Origin | None) -> Row:
        make = self._make(origin)
        because = f"{order.id}, {texts.day(order.ordered_at)}" if order is not None else ""
        says_itself = cause.kind.value in cause.name.lower() or cause.kind is CauseKind.TAX
        title = make(tr("Cause"), cause.name if says_itself else f"{cause.name}: {cause.kind.value}")
        cells = (
            Cell(title.fact, state=_STATES.get(cause.kind)),
            make(tr("Reason"), because),
            make(tr("Repeats?"), tr(AGAIN[cause.kind]) if AGAIN[cause.kind] else ""),
            Cell(make(tr("Amount"), texts.change(cause.amount)).fact, number=True, strong=True),
        )
        return Row(key, cells)

    def _line_row(self, number: int, change: LineChange, found: BillExplanation, origin: Origin | None) -> Row:
        make = self._make(origin)
        difference = _change(change, found.difference)
        changed = texts.change(difference) if difference.amount else ""
        period = f"{texts.day(change.period_start)} – {texts.day(change.period_end)}" if change.period_start else ""
        cells = (
            make(tr("Line"), change.name),
            make(tr("Period"), period),
            Cell(make(tr("Before"), texts.amount(change.before) if change.before else "").fact, number=True),
            Cell(make(tr("Now"), texts.amount(change.after) if change.after else "").fact, number=True),
            Cell(make(tr("Change"), changed).fact, number=True, strong=True),
            make(tr("Cause"), change.kind.value if difference.amount else tr("not changed")),
        )
        return Row(f"{number} {change.name}", cells)

    def _make(self, origin: Origin | None) -> Callable[[str, str], Cell]:
        """Return a function that makes cells, marked as calculated by the console from the bill lines."""
        if origin is None:
            return lambda label, text: Cell(ShownFact(label, text, None))
        maker = FactMaker(origin, self._systems)
        return lambda label, text: Cell(maker.fact(label, text, worked_out=True))

    def _into_note(self) -> None:
        if self.explanation is not None:
            self.said.emit(self.sentence.text())


def _change(change: LineChange, like: Money) -> Money:
    nothing = like - like
    return (change.after or nothing) - (change.before or nothing)
