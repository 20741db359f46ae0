"""The panel of used allowances, and of the calls and data behind them."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter

from console.messages import QT_TR_NOOP
from console.models.provenance import Sourced
from console.models.usage import Bucket, Counter, Quantity, Usage
from console.services.customer.customer_view import CustomerView
from console.settings import Capability
from console.views import texts
from console.views.customer.panels.facts import FactMaker
from console.views.customer.panels.panel import Panel
from console.views.customer.panels.panel_type import Layout, PanelSlot, PanelType
from console.views.customer.panels.source import Source
from console.views.customer.panels.system_words import SystemNames
from console.views.texts import tr
from console.views.widgets.row_model import Cell, Row
from console.views.widgets.rows import FactTable

_NEARLY_USED = 0.85  # share of an allowance from which it is highlighted


class UsagePanel(Panel):
    """Allowances with a bar each; below them each usage record, newest first."""

    def __init__(self, view: CustomerView, systems: SystemNames) -> None:
        self._view = view
        columns = (tr("Allowance"), tr("Used"), tr("Share"), tr("Left"), tr("Until"))
        self.buckets = FactTable(tr("Allowances"), columns, stretch=0, optional=(4,))
        columns = (tr("When"), tr("What"), tr("Amount"), tr("Product"), tr("Cost before tax"))
        self.table = FactTable(tr("Usage"), columns, stretch=1, optional=(3, 2))
        self._sized = False
        self._splitter = splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self.buckets)
        splitter.addWidget(self.table)
        splitter.setChildrenCollapsible(False)
        splitter.setSizes([100, 300])
        sources = [Source(tr("Allowances"), view.allowances), Source(tr("Usage"), view.usage)]
        super().__init__(PANEL, systems, sources, splitter)
        self.table.opened.connect(self.table.show_row)
        self.buckets.opened.connect(self.buckets.show_row)
        self.page_in(self.table)

    def focus_first(self) -> None:
        (self.buckets if self.buckets.rows_model.rowCount() else self.table).setFocus()

    def count_words(self) -> str:
        facts = self._view.usage.state.facts
        if not facts:
            return ""
        return str(len(facts)) if facts.complete else tr("{} of {}").format(len(facts), facts.total or tr("more"))

    def show_facts(self) -> None:
        now = self._view.now()
        allowances, usage = self._view.allowances.state, self._view.usage.state
        buckets = allowances.facts
        self.buckets.setVisible(bool(buckets))
        if buckets is not None:
            is_fresh = self._view.allowances.is_fresh
            makers = [FactMaker(item.origin, self.systems, fresh=is_fresh(item.origin, now)) for item in buckets]
            rows = [
                _bucket_row(i, item.value, make) for i, (item, make) in enumerate(zip(buckets, makers, strict=True))
            ]
            self.buckets.show_rows(rows)
            if not self._sized:
                self._sized = bool(buckets)
                height = 32 + 26 * min(5, len(buckets))
                self._splitter.setSizes([height, max(120, self._splitter.height() - height)])
        items = list(usage.facts or ())
        self.table.show_entries([item.value.id for item in items], lambda index: self._row(items[index], now))

    def _row(self, item: Sourced[Usage], now: datetime) -> Row:
        fresh = self._view.usage.is_fresh(item.origin, now)
        make, usage = FactMaker(item.origin, self.systems, fresh=fresh), item.value
        when = f"{texts.day(texts.local_day(usage.at))} {texts.clock(usage.at)}" if usage.at else texts.day(None)
        cost = ""
        if usage.cost is not None:
            cost = tr("included") if usage.cost.amount == 0 else texts.money(usage.cost)
        cells = (
            make.cell(tr("When"), when),
            make.cell(tr("What"), usage.description or usage.usage_type or ""),
            make.cell(tr("Amount"), usage.amount, number=True),
            make.cell(tr("Product"), usage.product_name or ""),
            make.cell(tr("Cost before tax"), cost, number=True),
        )
        return Row(usage.id, cells, details=lambda: make.details(usage.details))


def _bucket_row(index: int, bucket: Bucket, make: FactMaker) -> Row:
    share = bucket.share
    state = None
    if share is not None:
        state = "attention" if share >= _NEARLY_USED else "ok"
    cells = (
        make.cell(tr("Allowance"), " · ".join(text for text in (bucket.product_name, bucket.name) if text)),
        make.cell(tr("Used"), _amount(bucket.used), number=True),
        make.cell(tr("Share used"), "", bar=share if share is not None else 0.0, track=True),
        make.cell(tr("Left"), _left(bucket), state=state),
        make.cell(tr("Until"), texts.day(bucket.ends_at)),
    )
    return Row(f"{bucket.id} {index}", cells, details=lambda: _bucket_details(bucket, make))


def _bucket_details(bucket: Bucket, make: FactMaker) -> list[Cell]:
    """Return the limit, the reserved amount, the start date, and the use by each user."""
    return [
        make.cell(tr("Allowed"), _amount(bucket.allowed) if bucket.allowed else ""),
        make.cell(tr("Reserved"), _amount(bucket.reserved) if bucket.reserved else ""),
        make.cell(tr("From"), texts.day(bucket.starts_at)),
        *(make.cell(_counter_name(one), one.text or _amount(one.value)) for one in bucket.counters),
    ]


def _left(bucket: Bucket) -> str:
    """Return the rest of an allowance: the amount, else the system's text, else that the limit is unknown."""
    if bucket.remaining is not None:
        return _amount(bucket.remaining)
    if bucket.text:
        return tr("unlimited") if bucket.text.lower() == "unlimited" else bucket.text
    return tr("limit unknown") if bucket.allowed is None else tr("unknown")


def _counter_name(counter: Counter) -> str:
    return " · ".join(text for text in (counter.user, texts.spelt_out(counter.type), counter.level) if text)


def _amount(value: Quantity | None) -> str:
    """Return an amount with its unit; from 1,000 MB as GB (1,000 MB = 1 GB)."""
    if value is None:
        return tr("unknown")
    if (value.units or "").upper() == "MB" and abs(value.amount) >= 1000:
        return f"{texts.plain_number(value.amount / 1000, 1)} GB"
    return f"{texts.plain_number(value.amount, 0)} {value.units or ''}".strip()


PANEL = PanelType(
    name="usage",
    title=QT_TR_NOOP("Usage"),
    icon="usage",
    letter="G",
    empty=QT_TR_NOOP("No usage."),
    slots={Layout.FULL: PanelSlot(1, 0, 2), Layout.MEDIUM: PanelSlot(1, 0, 2), Layout.SMALL: PanelSlot(1, 0, 2)},
    make=lambda page: UsagePanel(page.view, page.systems(Capability.USAGE)),
)
