"""The panel of the billing accounts and their balances."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from console.messages import QT_TR_NOOP
from console.models.billing_account import BillingAccount
from console.models.customer_bill import CustomerBill
from console.models.payment import Payment
from console.models.provenance import Origin, Records, Sourced
from console.services.customer.customer_view import CustomerView
from console.settings import Capability
from console.views import texts
from console.views.customer.panels.facts import FactMaker, promise_words
from console.views.customer.panels.panel import Panel
from console.views.customer.panels.panel_type import Layout, PanelContext, PanelSlot, PanelType
from console.views.customer.panels.source import Source
from console.views.customer.panels.system_words import SystemNames
from console.views.texts import tr
from console.views.widgets.fact import FactLabel, ShownFact
from console.views.widgets.labels import Label
from console.views.widgets.live_page import PlainScroll
from console.views.widgets.row_model import Cell, Row
from console.views.widgets.rows import FactList

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_FIELDS = (
    QT_TR_NOOP("Account"),
    QT_TR_NOOP("State"),
    QT_TR_NOOP("Payment"),
    QT_TR_NOOP("Next due"),
    QT_TR_NOOP("Promised"),
    QT_TR_NOOP("Also due"),
    QT_TR_NOOP("Not due"),
    QT_TR_NOOP("Last payment"),
    QT_TR_NOOP("Credit limit"),
    QT_TR_NOOP("Bill cycle"),
    QT_TR_NOOP("Paid by"),
)


def _owed_words(account: BillingAccount) -> str:
    if account.balance is None:
        return tr("balance unknown")
    return tr("due") if account.balance.amount > 0 else tr("no balance due")


def _account_values(account: BillingAccount) -> dict[str, str]:
    """Return the texts of an account's fields by field name; empty texts hide the field."""
    others = (f"{texts.spelt_out(one.type)} {texts.money(one.amount)}".strip() for one in account.other_balances)
    return {
        "Account": account.id,
        "State": texts.state(account.state)[0],
        "Payment": texts.state(account.payment_status)[0] if account.payment_status else "",
        "Promised": promise_words(account.promises),
        "Also due": ", ".join(texts.money(amount) for amount in account.also_owed),
        "Not due": ", ".join(others),
        "Credit limit": texts.money(account.credit_limit) if account.credit_limit else "",
        "Bill cycle": account.bill_cycle or "",
        "Paid by": account.payment_method or "",
    }


class AccountPanel(Panel):
    """The balance and facts of an account; with several accounts, a list above the facts of the chosen one."""

    account_chosen = Signal(str)

    def __init__(
        self, view: CustomerView, systems: SystemNames, is_booking: Callable[[], bool] = lambda: False
    ) -> None:
        self._view, self._is_booking = view, is_booking
        self._chosen: str | None = None
        self._record: Callable[[], tuple[ShownFact, ...]] = tuple
        body = QWidget()
        self._list = FactList(tr("Billing accounts"))
        self._list.setMaximumHeight(126)
        self._list.chosen.connect(self._on_chosen)
        self._balance = FactLabel(tr("Balance"), "figure", semibold=True)
        self._owed = Label(look="secondary")
        self._quote = Label("", "small")
        self._rows: dict[str, tuple[Label, FactLabel]] = {}
        top = QHBoxLayout()
        top.addWidget(self._balance)
        top.addWidget(self._owed)
        top.addStretch()
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(2)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name in _FIELDS:
            label, value = Label(tr(name), look="muted"), FactLabel(tr(name), elide=True)
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            value.setMinimumWidth(60)
            form.addRow(label, value)
            self._rows[name] = (label, value)
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._quote)
        layout.addLayout(form)
        layout.addStretch()
        outer = QVBoxLayout(body)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._list)
        outer.addWidget(PlainScroll(inner), 1)
        super().__init__(PANEL, systems, [Source(tr("Accounts"), view.accounts)], body)
        self._unsubscribe.append(view.bills.subscribe(lambda _part: self.show_facts()))
        self._unsubscribe.append(view.payments.subscribe(lambda _part: self.show_facts()))

    def focus_first(self) -> None:
        (self._list if self._list.isVisible() else self._balance).setFocus()

    def count_words(self) -> str:
        facts = self._view.accounts.state.facts
        return texts.counted(len(facts), facts) if facts and len(facts) > 1 else ""

    def tick(self, now: datetime) -> None:
        super().tick(now)
        facts = self._view.accounts.state.facts
        if facts and facts.items:
            fresh = self._view.accounts.is_fresh(self._chosen_of(facts).origin, now)
            message = tr("Past value") if self._view.as_of else tr("Do not quote")
            booking = fresh and self._is_booking()
            quote = tr("Safe to quote") if fresh else message
            words = tr("Payment posting, don't quote yet") if booking else quote
            self._quote.set_words(words)
            state = "ok" if fresh else "stale"
            self._quote.set_look("mark", "info" if booking else state)

    def show_facts(self) -> None:
        accounts = self._view.accounts.state.facts
        if not accounts or not accounts.items:
            return
        several = len(accounts) > 1
        self._list.setVisible(several)
        if several:
            self._list.show_rows([self._row(item, fresh=self._is_fresh(item)) for item in accounts])
            if not self._list.currentIndex().isValid():
                # The cursor starts on the first account. This is not a choice: the bills of all accounts stay visible.
                self._list.blockSignals(True)  # noqa: FBT003 - Qt's own
                self._list.setCurrentIndex(self._list.rows_model.index(0, 0))
                self._list.blockSignals(False)  # noqa: FBT003 - Qt's own
        chosen = self._chosen_of(accounts)
        self._show(chosen, fresh=self._is_fresh(chosen))

    def _is_fresh(self, item: Sourced[BillingAccount]) -> bool:
        return self._view.accounts.is_fresh(item.origin, self._view.now())

    def _chosen_of(self, accounts: Records[BillingAccount]) -> Sourced[BillingAccount]:
        return next((item for item in accounts if item.value.id == self._chosen), accounts.items[0])

    def _row(self, item: Sourced[BillingAccount], *, fresh: bool) -> Row:
        make = FactMaker(item.origin, self.systems, fresh=fresh)
        account = item.value
        trail = Cell(make.fact(tr("Balance"), texts.money(account.balance)))
        return Row(account.id, (make.cell(tr("Account"), account.name), make.cell(tr("Number"), account.id), trail))

    def _on_chosen(self, row: Row) -> None:
        self._chosen = row.key
        self.account_chosen.emit(row.key)
        self.show_facts()

    def _show(self, item: Sourced[BillingAccount], *, fresh: bool) -> None:
        account = item.value
        make = FactMaker(item.origin, self.systems, fresh=fresh)
        self._record = lambda: self._facts_of(make, account)
        self._balance.show_fact(make.fact(tr("Balance"), texts.money(account.balance)), self._record)
        self._owed.set_words(_owed_words(account))
        for name, text in _account_values(account).items():
            self._show_field(name, make, text)
        self._show_last_payment(make, account)
        self._show_next_due(make, account, fresh=fresh)

    def _show_last_payment(self, make: FactMaker, account: BillingAccount) -> None:
        paid, payments = self._last_payment(account), self._view.payments.state.facts
        if payments is not None and not payments.knows_newest:
            self._show_field("Last payment", make, tr("not known: list is incomplete"))
        elif paid is None:
            self._show_field("Last payment", make, "")
        else:
            text = f"{texts.money(paid.value.amount)}, {texts.day(paid.value.paid_at)}"
            fresh = self._view.payments.state.is_fresh(self._view.now())
            self._show_field("Last payment", FactMaker(paid.origin, self.systems, fresh=fresh), text)

    def _show_next_due(self, make: FactMaker, account: BillingAccount, *, fresh: bool) -> None:
        due, bills = self._next_due(account), self._view.bills.state.facts
        if due is None:
            self._show_field("Next due", make, "")
            return
        bill, origin = due
        text = f"{texts.money(bill.remaining or bill.amount_due)}, {texts.day(bill.due_on)}"
        overdue = bill.is_late(texts.local_day(self._view.now()))
        self._rows["Next due"][0].set_words(tr("Overdue since") if overdue else tr("Next due"))
        if bills is not None and not bills.is_whole:
            text = tr("{} or earlier: bill list is incomplete").format(text)
        self._show_field("Next due", FactMaker(origin, self.systems, fresh=fresh), text)

    def _facts_of(self, make: FactMaker, account: BillingAccount) -> tuple[ShownFact, ...]:
        """Return all facts of the account's record, shown when the rep opens a value."""
        known = [make.fact(tr(name), self._rows[name][1].text()) for name in _FIELDS if self._rows[name][1].text()]
        named = [make.fact(tr("Type"), account.account_type or ""), make.fact(tr("Holder"), account.holder or "")]
        media = [make.fact(texts.spelt_out(medium.medium), medium.text) for medium in account.contact_media]
        return (*known, *named, *media, *(cell.fact for cell in make.details(account.details)))

    def _show_field(self, name: str, make: FactMaker, text: str) -> None:
        label, value = self._rows[name]
        value.show_fact(make.fact(tr(name), text), self._record)
        label.setVisible(bool(text))

    def _last_payment(self, account: BillingAccount) -> Sourced[Payment] | None:
        """Return the newest payment to the account that did not fail; None if there is none or none is loaded."""
        own = [
            item
            for item in self._view.payments.state.facts or ()
            if item.value.account_id == account.id and not item.value.failed
        ]
        return max(own, key=lambda item: item.value.paid_at or _BEFORE_ALL, default=None)

    def _next_due(self, account: BillingAccount) -> tuple[CustomerBill, Origin] | None:
        """Return the oldest unpaid bill of the account and its origin; None if there is none or none is loaded."""
        bills: Records[CustomerBill] | None = self._view.bills.state.facts
        unpaid = [
            item
            for item in bills or ()
            if item.value.account_id == account.id
            and item.value.remaining is not None
            and item.value.remaining.amount > 0
        ]
        return (unpaid[-1].value, unpaid[-1].origin) if unpaid else None


def _make(page: PanelContext) -> AccountPanel:
    panel = AccountPanel(
        page.view,
        page.systems(Capability.BILLING_ACCOUNTS),
        lambda: page.console.actions.is_booking(page.view.customer_id),
    )
    panel.account_chosen.connect(page.show_account)
    return panel


PANEL = PanelType(
    name="account",
    title=QT_TR_NOOP("Account"),
    icon="account",
    letter="A",
    letter_text=QT_TR_NOOP("Account and balance"),
    empty=QT_TR_NOOP("No billing accounts."),
    slots={Layout.FULL: PanelSlot(0, 0, 0), Layout.MEDIUM: PanelSlot(0, 0, 0), Layout.SMALL: PanelSlot(0, 0, 0)},
    make=_make,
)
